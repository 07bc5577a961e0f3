/** The pages of a static registry in a browser: nothing that axe objects to, nothing wider than a phone, a picture of each to look at. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateRegistry, makeRegistry } from '../../bench/generate-registry.ts';
import { serveStatic } from '../../main/cli/static-server.ts';
import { axeFinds } from '../support/axe.ts';
import { openBrowser, openWatched, PICTURES } from '../support/browser-app.ts';

const generated = generateRegistry(120);
let folder: string;
let server: Awaited<ReturnType<typeof serveStatic>>;
let browser: Browser;
let fingerprint: string;

beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true });
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-pages-'));
  const made = await makeRegistry(folder, generated);
  fingerprint = made.fingerprint;
  server = await serveStatic(made.out, 0, { title: 'Acme plugins' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

const needy = generated.records.find(({ versions, permissions }) => permissions.length > 0 && (versions[0]?.dependencies.length ?? 0) > 0) ?? generated.records[0];
const PAGES: Readonly<Record<string, string>> = {
  list: '', found: '?q=data', nothing: '?q=nothing+at+all', plugin: `plugins/${needy?.id ?? ''}`, publisher: `publishers/${needy?.publisher.id ?? ''}`, missing: 'plugins/com.acme.nobody',
};

describe('D9 pages beside a registry, as they look', () => {
  for (const width of [360, 1280]) {
    it(`axe objects to nothing at ${width} pixels, light and dark, and nothing is cut off`, async () => {
      const { page, problems } = await openWatched(browser, { viewport: { width, height: 800 } });
      for (const [name, where] of Object.entries(PAGES)) {
        await page.goto(`${server.address}${where}`);
        for (const theme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
          await page.screenshot({ path: path.join(PICTURES, `registry-${name}.${theme}.${width}.png`) });
          expect(await axeFinds(page), `${name} ${theme}`).toEqual([]);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0);
        expect(await page.evaluate(() => getComputedStyle(document.body).margin), name).toBe('0px');
      }
      expect(problems.filter((line) => !line.includes('404'))).toEqual([]);
      await page.close();
    }, 120_000);
  }

  it('is searched and read by keyboard, and leads into the app', async () => {
    const { page } = await openWatched(browser, { viewport: { width: 360, height: 800 } });
    await page.goto(server.address);
    await page.getByRole('searchbox', { name: 'Search' }).fill(needy?.name ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: needy?.name ?? '', exact: true }).first().click();
    expect(await page.getByRole('link', { name: 'Open in Troupe' }).getAttribute('href')).toBe(`troupe://install/${needy?.id ?? ''}?registry=${fingerprint}`);
    await page.getByRole('link', { name: needy?.publisher.name ?? '', exact: true }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(needy?.publisher.name);
    expect(await page.locator('img.icon').first().evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(32);
    await page.close();
  });
});
