/** Code, formulas and diagrams of others: what is read for them and when, what they can reach, and what they cost while an answer streams. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptSends, startRun, talk } from '../renderer/chat/scripted-run.ts';
import { useBrowser } from '../support/browser-app.ts';
import { createWorld, type FakeWorld } from '../support/fake-core.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { HOSTILE_RICH, RICH } from '../support/rich-text.ts';

const { open } = useBrowser();
let server: PageServer;
beforeAll(async () => { server = await startPageServer(createWorld()); });
afterAll(async () => { await server.stop(); });

function saying(text: string): FakeWorld {
  const world = createWorld();
  world.conversations.push(talk('talk-1'));
  const run = startRun(world, 'talk-1', 'Show me.');
  run.chunk(text);
  run.finish();
  return world;
}

/** Opens a chat and notes each file that it asks for. */
async function read(world: FakeWorld): Promise<{ page: Page; files: string[]; problems: string[] }> {
  server.show(world);
  const files: string[] = [];
  const { page, problems } = await open('about:blank');
  await page.context().route('**', async (route) => { files.push(route.request().url().replace(/^http:\/\/127\.0\.0\.1:\d+/, '')); await route.fallback(); });
  await page.goto(server.address('/chat/talk-1'));
  return { page, files, problems };
}
const rich = (files: readonly string[]): string[] => files.filter((file) => /highlight-worker|grammars|math-block|diagram/.test(file) || !file.startsWith('/'));

describe('A2 rich text', () => {
  it('a chat without it reads nothing for it', async () => {
    const { page, files } = await read(saying('Plain **words**, `code` in a line, $5 or $10.\n\n```nonsense\nx\n```'));
    await page.getByText('Plain').waitFor();
    await page.waitForLoadState('networkidle');
    expect(rich(files)).toEqual([]);
  });

  it('colours code in a thread, draws formulas and diagrams, and shows what cannot be drawn as it was written', async () => {
    const { page, files } = await read(saying(RICH));
    await page.locator('[data-kind=keyword]', { hasText: 'export' }).waitFor();
    expect(await page.getByRole('region', { name: 'Code, ts' }).innerText()).toContain('// Counts words, whatever the language.\nexport function countWords(text: string');
    await expect.poll(() => page.locator('[data-kind=comment]').allInnerTexts()).toEqual(['// Counts words, whatever the language.']);
    // Formulas are read from a file of their own, which may come after the colours.
    await expect.poll(() => page.locator('math').count()).toBe(3);
    await page.locator('[data-drawn]').waitFor();
    await page.getByText(/^This diagram cannot be drawn\. Parse error/).waitFor();
    expect(files.filter((file) => file === '/diagram.html').length).toBe(2);
    expect(files.filter((file) => /^\/assets\/(python|cpp|rust)/.test(file))).toEqual([]);
    // The frame shows the page's ground only while both are of one colour scheme.
    await page.emulateMedia({ colorScheme: 'dark' });
    const schemes = async (): Promise<unknown> => [await page.locator('iframe[data-drawn]').evaluate((frame) => getComputedStyle(frame).colorScheme), await page.frames().find((one) => one.url().endsWith('/diagram.html'))?.evaluate(() => getComputedStyle(document.documentElement).colorScheme)];
    await expect.poll(schemes, { timeout: 30_000 }).toEqual(['dark', 'dark']);
    await page.getByRole('button', { name: 'Show the source' }).click();
    await page.getByText('A[Question] --> B{Known?}').waitFor();
  });

  it('A3 a diagram has neither the page, its origin, nor a network', async () => {
    const { page, files, problems } = await read(saying(HOSTILE_RICH.join('\n\n')));
    await page.locator('[data-drawn]').nth(1).waitFor();
    expect(problems).toEqual([]);
    const frame = page.frames().find((one) => one.url().endsWith('/diagram.html'));
    const answers = await frame?.evaluate(async () => {
      const said = (error: unknown): string => (error instanceof Error ? error.name : String(error));
      const tries = [() => String(parent.document), () => localStorage.length, () => document.cookie, () => indexedDB.open('x')].map((one) => { try { return one(); } catch (error) { return said(error); } });
      const fetched = await fetch('/').then(() => 'fetched', said);
      document.body.append(Object.assign(new Image(), { src: 'https://evil.example/x.png' }));
      return { origin: self.origin, tries, fetched, scripts: document.querySelectorAll('svg script, svg iframe, svg a[href], svg [onload], svg [onerror]').length };
    });
    expect(answers).toEqual({ origin: 'null', tries: ['SecurityError', 'SecurityError', 'SecurityError', 'SecurityError'], fetched: 'TypeError', scripts: 0 });
    await expect.poll(() => ['connect-src', 'img-src'].every((directive) => problems.some((problem) => problem.startsWith(`content policy: ${directive} `)))).toBe(true);
    await frame?.evaluate(() => { location.href = 'https://evil.example/'; });
    await expect.poll(() => problems.some((problem) => problem.includes("Framing 'https://evil.example/' violates"))).toBe(true);
    // What the test itself tried was refused, and said so.
    problems.length = 0;

    expect(files.filter((file) => !file.startsWith('/'))).toEqual([]);
  });

  it('paints with the frames, not with the pieces, while 2,000 pieces a second of it come', async () => {
    const world = createWorld();
    world.conversations.push(talk('talk-1'));
    const runs = scriptSends(world);
    const { page } = await read(world);
    await page.getByRole('textbox', { name: 'Message Ada' }).fill('Show me.');
    await page.keyboard.press('Enter');
    await page.getByText('Ada is thinking…').waitFor();
    await page.evaluate(() => {
      const seen = { frames: 0, paints: 0 };
      Object.assign(globalThis, { seen });
      const frame = (): void => { seen.frames += 1; requestAnimationFrame(frame); };
      requestAnimationFrame(frame);
      let dirty = false;
      new MutationObserver(() => { if (!dirty) { dirty = true; seen.paints += 1; setTimeout(() => { dirty = false; }); } }).observe(document.querySelector('[role=region][aria-label=Messages]') ?? document.body, { subtree: true, childList: true, characterData: true });
    });
    const text = `${RICH.replaceAll('mermaid', 'text')}\n\n`.repeat(6);
    const pieces = text.match(/[\s\S]{1,3}/g) ?? [];
    for (let at = 0; at < pieces.length; at += 20) {
      for (const piece of pieces.slice(at, at + 20)) runs[0]?.chunk(piece);
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
    await page.getByText('Ada is writing…').waitFor();
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: { frames: number; paints: number } }).seen);
    // One paint of the text and one of the list that makes room for it; without the limit it would be one for each piece.
    expect(seen.paints).toBeLessThanOrEqual(2 * seen.frames + 2);
  });
});
