/**
 * The marketplace in a real Chromium on the built app with 10,000 plugins: from a click on it, and from a reload of the page, to cards
 * that can be read and a search field that answers; and frames while the whole list passes by. The rival is a plain page that holds the
 * same 10,000 cards at once, as text without icons and buttons.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { CatalogCard } from '../contract/model/catalog.ts';
import type { TroupeClient } from '../contract/link/client.ts';
import { withCore } from './built-core.ts';
import { generateRegistry, makeRegistry } from './generate-registry.ts';
import { sample, spread, timed, type Figure } from './measure.ts';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from './start.ts';

const PLUGINS = 10_000;
const OPENINGS = 7;
/** A machine that is busy with other things is waited for; the figure says what it took. */
const PATIENCE_MS = 60_000;
/** Pixels that the list moves on with each frame: as fast as a hand turns a wheel, and as a dragged scroll bar. */
const SPEEDS = { wheel: 40, bar: 600 } as const;
const WHEEL_FRAMES = 300;
/** A page that cannot keep up is not waited for until its end. */
const COURSE_MS = 20_000;
/** A frame that comes later than this was missed on a screen of 60 a second. */
const LATE_MS = 20;
const VIEW = { width: 1280, height: 900 };

interface Scrolled { between: number[]; longestTask: number }

/** Moves the list on with every frame until its end, `most` frames or `COURSE_MS`; milliseconds between frames, and the longest task of the page. */
const scrolled = (page: Page, pixels: number, most: number): Promise<Scrolled> => page.evaluate(async ({ pixels, most, until }) => {
  const list = document.querySelector('#content');
  if (!list) throw new Error('There is no list to scroll.');
  list.scrollTop = 0;
  const tasks: number[] = [0];
  const observer = new PerformanceObserver((entries) => { for (const { duration } of entries.getEntries()) tasks.push(duration); });
  observer.observe({ type: 'longtask' });
  const frame = (): Promise<number> => new Promise((resolve) => { requestAnimationFrame(resolve); });
  for (let settled = 0; settled < 10; settled += 1) await frame();
  const between: number[] = [];
  let before = await frame();
  const began = before;
  while (between.length < most && before - began < until && list.scrollTop + list.clientHeight < list.scrollHeight - 1) {
    list.scrollTop += pixels;
    const now = await frame();
    between.push(now - before);
    before = now;
  }
  observer.disconnect();
  return { between, longestTask: Math.max(...tasks) };
}, { pixels, most, until: COURSE_MS });

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** All cards in one plain document. */
async function plainList(client: TroupeClient): Promise<string> {
  const cards: CatalogCard[] = [];
  for (let offset = 0; offset < PLUGINS; offset += 100) cards.push(...(await client.call.catalog.search({ offset, limit: 100 })).items);
  const card = ({ name, publisher, description, rating, installs, priceModel }: CatalogCard): string => `<article><h2><a href="#">${escaped(name)}</a></h2><span>${escaped(publisher.name)}</span><p>${escaped(description)}</p><small>${rating?.toFixed(1) ?? ''} ${installs} ${priceModel}</small></article>`;
  return `<!doctype html><title>plain</title><style>body { margin: 0; font: 14px sans-serif } #content { height: 100vh; overflow: auto } main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px } article { box-sizing: border-box; height: 148px; padding: 14px; border: 1px solid #ccc; border-radius: 8px; overflow: hidden }</style><div id="content"><main>${cards.map(card).join('')}</main></div>`;
}

export async function benchMarketplace(): Promise<Figure[]> {
  if (CHROMIUM === undefined) throw new Error('There is no Chromium here; install one to measure the marketplace.');
  const top = await mkdtemp(path.join(os.tmpdir(), 'troupe-bench-marketplace-'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  try {
    const { out, fingerprint } = await makeRegistry(top, generateRegistry(PLUGINS));
    return await withCore(async (core) => {
      const client = await core.local();
      await client.call.credentials.choosePlain({});
      await client.call.settings.change({ change: { onboardingDone: true } });
      await client.call.catalog.addRegistry({ address: out, fingerprint });
      const page = await browser.newPage({ viewport: VIEW });
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(core.address ?? '');
      const navigation = page.getByRole('navigation', { name: 'Main navigation' });
      const card = page.getByRole('list', { name: 'Plugins', exact: true }).getByRole('listitem').first().getByRole('link').first();
      const field = page.getByRole('textbox', { name: 'Search the marketplace' });
      const open = async (): Promise<void> => { await navigation.getByRole('link', { name: 'Marketplace' }).click(); await card.waitFor(); };
      await navigation.getByRole('link', { name: 'Marketplace' }).waitFor();
      const first = await timed(open);
      const again = await sample(OPENINGS, PATIENCE_MS, open, async () => { await navigation.getByRole('link', { name: 'Home' }).click(); await card.waitFor({ state: 'detached' }); });
      // A reload is the page's warm start: the core runs, and nothing of the page is in memory.
      const reloaded = await sample(OPENINGS, PATIENCE_MS, async () => { await page.reload({ waitUntil: 'commit' }); await card.waitFor(); });
      const found = page.getByText(/^[\d,]+ plugins?$/).first();
      let word = 0;
      const answered: number[] = [];
      while (answered.length < OPENINGS) {
        const before = await found.textContent() ?? '';
        answered.push(await timed(async () => { await field.fill(['report', 'mail', 'data', 'csv'][word++ % 4] ?? ''); await found.filter({ hasNotText: before }).waitFor(); }));
      }
      await field.fill('');
      await page.getByText(/^10,\d{3} plugins$/).first().waitFor();
      const wheel = await scrolled(page, SPEEDS.wheel, WHEEL_FRAMES);
      const bar = await scrolled(page, SPEEDS.bar, PLUGINS);
      await page.close();
      const plain = await browser.newPage({ viewport: VIEW });
      plain.setDefaultTimeout(PATIENCE_MS);
      const all = await plainList(client);
      const plainly = await sample(OPENINGS, PATIENCE_MS, async () => { await plain.setContent(all); await plain.getByRole('link').first().waitFor(); });
      const plainWheel = await scrolled(plain, SPEEDS.wheel, WHEEL_FRAMES);
      const plainBar = await scrolled(plain, SPEEDS.bar, PLUGINS);
      const many = PLUGINS.toLocaleString('en');
      const rival = (values: readonly number[]) => ({ name: 'all cards at once, plain', ...spread(values) });
      const late = ({ between }: Scrolled): number => between.filter((time) => time > LATE_MS).length / between.length * 100;
      const course = (words: string, ours: Scrolled, theirs: Scrolled): Figure[] => [
        { name: `between frames, ${words}`, unit: 'ms', ...spread(ours.between), rival: rival(theirs.between), target: { most: LATE_MS, on: 'p95' } },
        { name: `frames later than ${LATE_MS} ms, ${words}`, unit: '%', ...spread([late(ours)]), rival: rival([late(theirs)]) },
        { name: `longest task of the page (0: none over 50), ${words}`, unit: 'ms', ...spread([ours.longestTask]), rival: rival([theirs.longestTask]) },
      ];
      return [
        { name: `marketplace of ${many} opened for the first time`, unit: 'ms', ...spread([first]), target: { most: 1_000, on: 'median' } },
        { name: `marketplace of ${many} opened again`, unit: 'ms', ...spread(again), target: { most: 1_000, on: 'p95' } },
        { name: `marketplace of ${many} from a reload of the page`, unit: 'ms', ...spread(reloaded), rival: rival(plainly), target: { most: 1_000, on: 'p95' } },
        { name: `answer to words in its search field`, unit: 'ms', ...spread(answered) },
        ...course(`${many} scrolled by ${SPEEDS.wheel} px a frame`, wheel, plainWheel),
        ...course(`${many} scrolled by ${SPEEDS.bar} px a frame, to the end or for ${COURSE_MS / 1_000} s`, bar, plainBar),
      ] satisfies Figure[];
    }, { serve: true });
  } finally {
    await browser.close();
    await rm(top, { recursive: true, force: true });
  }
}
