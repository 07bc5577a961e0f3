/** What is special about a page in a browser: its way in, a reload, a core that dies. */
import { describe, expect, it } from 'vitest';
import { useBrowser } from '../support/browser-app.ts';
import { enterNewHome, goTo } from '../support/journey.ts';

const { home, serve, open } = useBrowser();
/** The browser's own lines about an address that refuses or does not answer. */
const REFUSED = [/WebSocket connection to .* failed/, /Failed to load resource/];

describe('X12 the page in a browser', () => {
  it('takes its token out of the address, outlives a reload and a typed address, and lets nobody else in by the same token', async () => {
    const core = await serve(await home());
    const { page, received } = await open(core.address);
    await enterNewHome(page);
    expect(page.url()).not.toContain('token');
    await goTo(page, 'Team');
    await page.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/team');
    await page.goto(`${core.origin}/settings/appearance`);
    await page.getByText('System follows your desktop.').waitFor();
    expect(received.length).toBeGreaterThan(0);

    const second = await open(core.address, {}, REFUSED);
    await second.page.getByRole('heading', { name: 'This address was used up' }).waitFor();
    expect(second.received).toEqual([]);
    const third = await open(core.origin, {}, REFUSED);
    await third.page.getByRole('heading', { name: 'Open Troupe from where you started it' }).waitFor();
    expect(third.received).toEqual([]);
  });

  it('says that the core is away, keeps what was typed, and goes on when it is back', async () => {
    const folder = await home();
    const core = await serve(folder);
    const { page } = await open(core.address, {}, REFUSED);
    await enterNewHome(page);
    await goTo(page, 'Marketplace');
    const search = page.getByRole('textbox', { name: 'Search the marketplace' });
    await search.fill('csv');
    await page.getByRole('article').filter({ hasText: 'CSV Analyst' }).waitFor();
    await core.kill();
    await page.getByText('Reconnecting… your work is kept.').waitFor();
    expect(await search.inputValue()).toBe('csv');
    const again = await serve(folder, { port: core.port });
    expect(again.port).toBe(core.port);
    await page.getByText('Reconnecting… your work is kept.').waitFor({ state: 'detached' });
    await search.fill('web');
    await page.getByRole('article').filter({ hasText: 'Web Research' }).waitFor();
    expect(await page.evaluate(() => performance.getEntriesByType('navigation').length)).toBe(1);
  });
});
