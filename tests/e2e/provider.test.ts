/** A provider of the person's own, in a browser: added by address and key, answering piece by piece, stopped, and out of reach. */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openKeys } from '../../main/core/base/credentials/index.ts';
import { memoryKeychain } from '../core/credentials/memory-keychain.ts';
import { useBrowser, type Serving, type WatchedPage } from '../support/browser-app.ts';
import { ANALYST, enterNewHome, goTo, hireFromSheet, installPlugin, messageField } from '../support/journey.ts';
import { leaksIn, leaksInFolder, leaksInRows } from '../support/secret-scan.ts';
import { startStandIn, type StandInProvider } from '../support/stand-in-provider.ts';

const KEY = 'sk-test-5f1c0a7e4b9d4c22';
const PASSPHRASE = 'four words are enough';
const { home, serve, open } = useBrowser();
let provider: StandInProvider;
let core: Serving;
let folder: string;
let watched: WatchedPage;
let page: Page;
let agent: string;

beforeAll(async () => { provider = await startStandIn(KEY); });
afterAll(async () => { await provider.stop(); });
beforeEach(async () => {
  folder = await home();
  core = await serve(folder);
  watched = await open(core.address);
  ({ page } = watched);
  await page.getByLabel('Choose a passphrase').fill(PASSPHRASE);
  await page.getByLabel('The passphrase again').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Encrypt with this passphrase' }).click();
  await enterNewHome(page);
  await addProvider();
  await installPlugin(page, ANALYST.name);
  agent = await hireFromSheet(page, ANALYST.agent);
});

async function addProvider(): Promise<void> {
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Add a provider' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a provider' });
  await dialog.getByLabel('Address').fill(provider.url);
  await dialog.getByLabel('Key', { exact: true }).fill('sk-wrong');
  await dialog.getByRole('button', { name: 'Test and add' }).click();
  await dialog.getByText(/key/i).and(dialog.locator('.mantine-InputWrapper-error')).waitFor();
  await dialog.getByLabel('Key', { exact: true }).fill(KEY);
  await dialog.getByRole('button', { name: 'Test and add' }).click();
  await dialog.getByRole('button', { name: 'Use stand-in-large by default' }).click();
  await dialog.getByText('One of its models is your default now.').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
}

async function write(text: string): Promise<void> {
  await messageField(page, agent).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

describe('A4 a provider of one’s own', () => {
  it('shows each piece before the next one is sent, stops at once when asked, and never shows the key', async () => {
    await write('Tell me a story');
    const story = await provider.next();
    expect(story.asked.stream).toBe(true);
    for (const [at, piece] of ['Once ', 'upon ', 'a time.'].entries()) {
      story.send(piece);
      await page.getByRole('article').last().getByText(['Once', 'Once upon', 'Once upon a time.'][at] ?? '').waitFor();
      expect(story.sent).toBe(at + 1);
    }
    story.finish();
    await page.getByRole('article').last().getByRole('button', { name: 'Answer again' }).waitFor();

    await write('And another one');
    const another = await provider.next();
    another.send('Long ago ');
    await page.getByRole('article').last().getByText('Long ago').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await another.closed;
    await page.getByRole('article').last().getByText('Stopped').waitFor();
    await page.getByRole('article').last().getByText('Long ago').waitFor();

    await goTo(page, 'Settings');
    await page.getByText('key stored').waitFor();
    expect(provider.keys).toContain(KEY);
    const seen = await page.evaluate(() => [document.documentElement.outerHTML, ...[...document.querySelectorAll('input')].map(({ value }) => value), JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].join('\n'));
    const secrets = [KEY, PASSPHRASE];
    expect(leaksIn(seen, secrets)).toEqual([]);
    expect(watched.received.length).toBeGreaterThan(10);
    for (const frame of watched.received) expect(leaksIn(frame, secrets)).toEqual([]);
    // Planted, it is found in the page and in what a socket brings.
    await page.evaluate((text) => { document.body.dataset['planted'] = text; }, btoa(KEY));
    expect(leaksIn(await page.evaluate(() => document.documentElement.outerHTML), secrets)).toEqual(['base64', 'base64url']);
    expect(leaksIn(JSON.stringify({ delta: KEY.slice(12) }), secrets)).toEqual(['raw', 'JSON', 'URL']);

    await watched.close();
    await core.stop();
    expect((await leaksInFolder(folder, secrets)).leaks).toEqual([]);
    const keys = await openKeys({ keyFile: path.join(folder, 'key.json'), database: path.join(folder, 'troupe.db'), keychain: memoryKeychain(), passphrase: PASSPHRASE, interactive: true });
    const rows = leaksInRows(path.join(folder, 'troupe.db'), keys.databaseKey(), secrets);
    expect(rows.leaks).toEqual([]);
    expect(rows.tables).toEqual(expect.arrayContaining(['secrets', 'run_events', 'messages', 'audit']));
  });

  it('says what happened when the provider is gone, and that nothing is sent when the app is offline', async () => {
    const before = provider.asked();
    await goTo(page, 'Settings');
    await page.getByRole('link', { name: 'Registries' }).click();
    await page.getByRole('switch', { name: 'Offline mode' }).click({ force: true });
    await page.getByRole('link', { name: 'Offline mode is on. Nothing is fetched from the network.' }).waitFor();
    await goTo(page, 'Chat');
    await page.getByRole('link', { name: /New chat/ }).or(page.getByRole('button', { name: /New chat/ })).first().click();
    await write('Are you there?');
    // A server on this machine is no network: it answers as before.
    const yes = await provider.next();
    yes.send('Yes.');
    yes.finish();
    await page.getByRole('article').last().getByRole('button', { name: 'Answer again' }).waitFor();
    expect(provider.asked()).toBe(before + 1);

    await provider.stop();
    await write('And now?');
    await page.getByRole('article').last().getByText('Failed').waitFor({ timeout: 60_000 });
    await page.getByRole('article').last().getByRole('link', { name: 'Open the model settings' }).waitFor();
    await page.getByRole('article').last().getByRole('button', { name: 'Answer again' }).waitFor();
  });
});
