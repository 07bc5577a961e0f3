/** Every screen in every state: nothing that axe objects to, nothing wider than the window, a picture of each to look at. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../renderer/app/routes.tsx';
import { axeFinds } from '../support/axe.ts';
import { openBrowser, openWatched, PICTURES, type WatchedPage } from '../support/browser-app.ts';
import { createWorld } from '../support/fake-core.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { states, type Kind, type State } from '../support/states.ts';

const WIDTHS = [1280, 480] as const;
const THEMES = ['light', 'dark'] as const;
/** What a colour changes; every other rule judges both themes alike. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const REFUSED = /WebSocket connection to .* failed|Failed to load resource/;

interface Look { width: number; server: PageServer; watched: WatchedPage }
let browser: Browser;
let looks: Look[] = [];

beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true });
  browser = await openBrowser();
  looks = await Promise.all(WIDTHS.map(async (width) => ({ width, server: await startPageServer(createWorld()), watched: await openWatched(browser, { viewport: { width, height: 800 } }) })));
});
afterAll(async () => {
  await browser.close();
  await Promise.all(looks.map(({ server }) => server.stop()));
});

/** Waits until nothing moves any more: fonts are there, pictures are decoded, transitions have ended. */
const still = (page: Page): Promise<void> => page.evaluate(async () => {
  await document.fonts.ready;
  const frame = (): Promise<unknown> => new Promise((resolve) => { requestAnimationFrame(resolve); });
  const moving = (): boolean => document.getAnimations().some((animation) => animation.playState === 'running' && animation.effect?.getComputedTiming().iterations !== Infinity);
  for (let quiet = 0; quiet < 3; quiet = moving() ? 0 : quiet + 1) await frame();
});

async function reach(state: State, { server, watched: { page } }: Look): Promise<void> {
  const world = state.world();
  server.comeBack();
  server.show(world, state.build ?? null);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  // The same origin again and again: nothing that the state before left behind may show.
  await page.evaluate(() => { if (location.protocol === 'http:') { localStorage.clear(); sessionStorage.clear(); } });
  await page.goto('about:blank');
  await page.goto(server.address(state.address));
  await state.act?.(page, world, server);
  await state.shows(page).waitFor({ timeout: 10_000 });
}

async function judge(state: State, { width, watched: { page } }: Look): Promise<string[]> {
  const found: string[] = [];
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await still(page);
    await page.screenshot({ path: path.join(PICTURES, `${state.name}.${theme}.${width}.png`) });
    for (const line of await axeFinds(page, theme === 'light' ? undefined : COLOUR_RULES)) found.push(`${width} ${theme}: ${line}`);
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (over > 0) found.push(`${width}: ${over} px wider than the window`);
  return found;
}

describe('X2 X3 X5 every screen in every state', () => {
  it.each(states.map((state) => ({ name: state.name, state })))('$name', async ({ state }) => {
    const found = await Promise.all(looks.map(async (look) => {
      const { problems } = look.watched;
      problems.length = 0;
      await reach(state, look);
      const judged = await judge(state, look);
      const said = problems.splice(0).filter((problem) => !(state.refused && REFUSED.test(problem)));
      return [...judged, ...said];
    }));
    expect(found.flat()).toEqual([]);
  });
});

describe('the list of states', () => {
  const paths: string[] = [];
  const walk = (list: typeof routes): void => {
    for (const { path: own, index, children } of list) {
      if (own !== undefined && children === undefined) paths.push(own);
      if (index) paths.push('/');
      if (children) walk(children);
    }
  };
  walk(routes);
  const kindsOf = (route: string): Set<Kind> => new Set(states.filter((state) => state.route === route).map(({ kind }) => kind));

  it('has every route, full and, where something is asked for, empty, failing and loading', () => {
    expect(paths).toContain('chat/*');
    for (const route of paths) for (const kind of route === '*' ? ['full'] as const : ['full', 'empty', 'failing', 'loading'] as const) expect(kindsOf(route), `${route} ${kind}`).toContain(kind);
    expect(states.filter(({ route }) => route !== 'gate' && !paths.includes(route)).map(({ name }) => name)).toEqual([]);
    expect(new Set(states.map(({ name }) => name)).size).toBe(states.length);
  });

  it('has every section of the settings', async () => {
    const { sections } = await import('../../renderer/features/settings/sections.ts');
    for (const { id } of sections) expect(states.some(({ address }) => address === `/settings/${id}`), id).toBe(true);
  });
});
