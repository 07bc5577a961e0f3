/** The screens of the main job in the pseudo-locale: every word comes from the locale files, and none is cut off. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openWatched, type WatchedPage } from '../support/browser-app.ts';
import { createWorld } from '../support/fake-core.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { states } from '../support/states.ts';

let browser: Browser;
let server: PageServer;
let watched: WatchedPage;
beforeAll(async () => {
  server = await startPageServer(createWorld());
  browser = await openBrowser();
  watched = await openWatched(browser);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Screens that are reached by an address alone, without a click on a word. */
const shown = states.filter(({ act, kind, route, build }) => act === undefined && kind !== 'loading' && kind !== 'failing' && route !== 'gate' && build === undefined);
/** What the browser itself writes in the language of the page: times, sizes, numbers. */
const FORMATTED = /^(?:[\d.,:/ %≈$€KMB]|\d+ ?(?:kB|MB|GB)|now|yesterday|tomorrow|last (?:week|month)|in \d+ \w+|\d+ \w+ ago|\d{1,2} \w{3,9} \d{4}|\w{3,9} \d{1,2}, \d{4}|\w{3,9} \d{4}|(?:AM|PM))*$/;
/** Names that are the same in every language. */
const NAMES = new Set(['Troupe', 'Ctrl K', 'OpenAI', 'json', 'text', 'python', 'F2', 'Del']);

interface Found { text: string; cut: boolean }

/**
 * Every text and every name that the page shows, and whether one of its own words is cut by what it stands in. The names
 * of the rooms in the bar of a narrow window may end in an ellipsis: their icons stand above them.
 */
const read = (page: Page): Promise<Found[]> => page.evaluate(() => {
  const found: Found[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    const parent = node.parentElement;
    if (text === '' || !parent || parent.closest('script, style, pre, .unseen')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const own = range.getBoundingClientRect();
    let cut = false;
    let hidden = own.width === 0;
    for (let box: Element | null = parent; box && box !== document.body && !cut; box = box.parentElement) {
      const { overflowX, position, clipPath } = getComputedStyle(box);
      hidden ||= clipPath !== 'none';
      if (overflowX === 'hidden' || overflowX === 'clip') { const around = box.getBoundingClientRect(); cut = own.right > around.right + 1 || own.left < around.left - 1; }
      if (overflowX === 'auto' || overflowX === 'scroll' || position === 'fixed') break;
    }
    found.push({ text, cut: cut && !hidden && !parent.closest('nav a:has(svg)') });
  }
  for (const element of document.querySelectorAll('[aria-label]:not([aria-hidden=true]), [title], [placeholder], img[alt]')) for (const name of ['aria-label', 'title', 'placeholder', 'alt']) { const text = element.getAttribute(name)?.trim(); if (text) found.push({ text, cut: false }); }
  return found;
});

const isWords = (text: string): boolean => text.startsWith('[') || text.endsWith(']') || /[ÀƁÇÐÉƑĜĤÎĴĶĻṀÑÔÞǪŔŠŢÛṼŴẊÝŽàƀçðéƒĝĥîĵķļɱñôþǫŕšţûṽŵẋýž]{2}/.test(text);

describe('X2 every word comes from the locale files', () => {
  it.each(shown.map((state) => ({ name: state.name, state })))('$name', async ({ state }) => {
    const world = state.world();
    world.settings = { ...world.settings, language: 'en-XA' };
    server.show(world);
    // What the core said is the data of others; only the interface's own words are judged.
    const said = JSON.stringify([world.cards, [...world.installed.values()], world.hires, world.hireable, world.conversations, [...world.messages.values()], world.providers, world.models, world.registries, world.checks, [...world.folders.values()]]).toLowerCase();
    const { page, received, problems } = watched;
    received.length = 0;
    problems.length = 0;
    await page.evaluate(() => { if (location.protocol === 'http:') { localStorage.clear(); sessionStorage.clear(); } });
    await page.goto('about:blank');
    await page.goto(server.address(state.address));
    for (const width of [480, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await page.getByText(/^\[.*~\]$/).first().waitFor();
      await page.waitForFunction(() => document.querySelectorAll('.mantine-Skeleton-root, [data-skeleton]').length === 0);
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      const all = await read(page);
      // Joined after the page was read: what it shows had come before that.
      const frames = received.join('\n').toLowerCase();
      const strange = all.filter(({ text }) => /[A-Za-z]{3}/.test(text) && !isWords(text) && !NAMES.has(text) && !FORMATTED.test(text) && !text.toLowerCase().split(', ').every((part) => said.includes(part) || frames.includes(JSON.stringify(part).slice(1, -1))));
      expect(strange.map(({ text }) => text), `${width}: words that come from nowhere`).toEqual([]);
      expect(all.filter(({ text, cut }) => cut && isWords(text) && !all.some((other) => !other.cut && other.text === text)).map(({ text }) => text), `${width}: words that are cut off`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), `${width}: px wider than the window`).toBeLessThanOrEqual(0);
    }
    expect(problems).toEqual([]);
  });
});
