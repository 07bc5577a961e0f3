/**
 * A chat in a real Chromium on the built page, over a scripted core that sends what it is told: a conversation of 5,000 messages opened and
 * scrolled, an answer of code, formulas and lists at 2,000 pieces a second, the first piece of an answer, and what the page takes of memory
 * and, when nothing happens, of the processor. The rival is a plain page that puts the same text into one element as it comes.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { ChatMessage } from '../contract/model/chat.ts';
import { scriptSends, talk, type ScriptedRun } from '../tests/renderer/chat/scripted-run.ts';
import { createWorld, type FakeWorld } from '../tests/support/fake-core.ts';
import { startPageServer } from '../tests/support/page-server.ts';
import { RICH } from '../tests/support/rich-text.ts';
import { processorMs, sample, spread, timed, type Figure } from './measure.ts';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from './start.ts';

const MESSAGES = 5_000;
const PIECES = 10_000;
const A_SECOND = 2_000;
const OPENINGS = 7;
const FIRSTS = 15;
const FRAMES = 300;
const WHEEL_PX = 40;
const LATE_MS = 20;
const IDLE_MS = 60_000;
const SETTLE_MS = 5_000;
const PATIENCE_MS = 60_000;
const LONG = 'talk-long';
const FRESH = 'talk-fresh';

const answerText = (at: number): string => `Answer ${at}. ${at % 10 === 0 ? RICH.replaceAll('mermaid', 'text') : 'It has a few words, a `name`, **some weight** and a list.\n\n- one\n- two\n- three'}`;

function longTalk(): ChatMessage[] {
  return Array.from({ length: MESSAGES }, (_, at) => ({
    id: `m${at}`, conversationId: LONG, runId: `r${Math.floor(at / 2)}`, seq: at + 1, parentId: at === 0 ? null : `m${at - 1}`, at: 1_700_000_000_000 + at * 1_000, status: 'done', model: null, usage: null,
    role: at % 2 === 0 ? 'user' : 'assistant', blocks: [{ type: 'text', text: at % 2 === 0 ? `Question ${at}, please?` : answerText(at) }],
  }));
}

/** Anonymous memory of a process in MiB: what it has for itself, without the code that all of Chromium shares. */
const ownMiB = (pid: number): number => Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;

/** The renderer of the one page that is open: the one that worked most. */
async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer').toSorted((one, other) => other.cpuTime - one.cpuTime);
  return renderers[0]?.id ?? NaN;
}

/** The longest tasks of the page's main thread while `work` goes on: by the clock, and in processor time, which other programs do not stretch. */
async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<{ clock: number; processor: number }> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: { name: string; cat: string; pid: number; tid: number; dur?: number; tdur?: number; args?: { name?: string } }[] };
  const pid = await rendererOf(browser);
  const main = traceEvents.find((event) => event.name === 'thread_name' && event.pid === pid && event.args?.name === 'CrRendererMain')?.tid;
  const tasks = traceEvents.filter((event) => event.pid === pid && event.tid === main && /RunTask$/.test(event.name));
  if (tasks.length === 0) throw new Error('The trace has no tasks of the page.');
  return { clock: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000, processor: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000 };
}

/** Sends all pieces at their pace: as many as are due, every few milliseconds. */
async function pour(run: ScriptedRun, pieces: readonly string[]): Promise<void> {
  const began = performance.now();
  for (let sent = 0; sent < pieces.length;) {
    const due = Math.min(pieces.length, Math.floor((performance.now() - began) * A_SECOND / 1_000));
    for (; sent < due; sent += 1) run.chunk(pieces[sent] ?? '');
    await wait(4);
  }
}

/** Moves the list up with every frame; milliseconds between frames. */
const scrolled = (page: Page): Promise<number[]> => page.evaluate(async ({ frames, pixels }) => {
  const list = document.querySelector('[role=region][aria-label=Messages]');
  if (!list) throw new Error('There are no messages to scroll.');
  const frame = (): Promise<number> => new Promise((resolve) => { requestAnimationFrame(resolve); });
  for (let settled = 0; settled < 10; settled += 1) await frame();
  const between: number[] = [];
  let before = await frame();
  while (between.length < frames) {
    list.scrollTop -= pixels;
    const now = await frame();
    between.push(now - before);
    before = now;
  }
  return between;
}, { frames: FRAMES, pixels: WHEEL_PX });

/** Notes when a piece of an answer comes over the WebSocket. */
const noteArrivals = (page: Page): Promise<unknown> => page.addInitScript(() => {
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => { if (String(data).includes('llm_stream_chunk')) (window as unknown as { arrived?: number }).arrived ??= performance.now(); });
    }
  };
});

/** Milliseconds from the arrival of the answer's first piece to the frame that shows it. */
async function firstShown(page: Page, runs: readonly ScriptedRun[], at: number): Promise<number> {
  const before = runs.length;
  const word = `First${at}`;
  await page.getByRole('textbox', { name: 'Message Ada' }).fill(`Go ${at}`);
  await page.keyboard.press('Enter');
  await page.getByText('Ada is thinking…').waitFor();
  const shown = page.evaluate((text) => new Promise<number>((resolve) => {
    const own = window as unknown as { arrived?: number | undefined };
    own.arrived = undefined;
    // A look after each frame was made: what stands in the page then is what the frame shows.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      if (document.querySelector('[role=region][aria-label=Messages]')?.textContent.includes(text)) resolve(performance.now() - (own.arrived ?? NaN));
      else requestAnimationFrame(look);
    };
    const look = (): void => { port2.postMessage(null); };
    requestAnimationFrame(look);
  }), word);
  const run = runs[before];
  if (!run) throw new Error('The message began no run.');
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(resolve); }));
  run.chunk(word);
  const time = await shown;
  run.finish();
  await page.getByText('Ada is writing…').waitFor({ state: 'detached' });
  return time;
}

/** The same pieces on a page without anything: each becomes a text node of one element. */
async function plainPour(browser: Browser, pieces: readonly string[]): Promise<{ clock: number; processor: number }> {
  const page = await browser.newPage();
  await page.setContent('<!doctype html><title>plain</title><pre id="all" style="white-space: pre-wrap"></pre>');
  const longest = await longestTask(browser, page, () => page.evaluate(async ({ all, rate }) => {
    const target = document.querySelector('#all');
    const began = performance.now();
    for (let sent = 0; sent < all.length;) {
      const due = Math.min(all.length, Math.floor((performance.now() - began) * rate / 1_000));
      target?.append(...all.slice(sent, due));
      sent = due;
      await new Promise((resolve) => { requestAnimationFrame(resolve); });
    }
  }, { all: [...pieces], rate: A_SECOND }));
  await page.close();
  return longest;
}

export async function benchChat(): Promise<Figure[]> {
  if (CHROMIUM === undefined) throw new Error('There is no Chromium here; install one to measure the chat.');
  const world: FakeWorld = createWorld();
  world.conversations = [talk(LONG, { title: 'A long talk' }), talk(FRESH, { title: 'A fresh talk' })];
  world.messages.set(LONG, longTalk());
  const runs = scriptSends(world);
  const server = await startPageServer(world);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await noteArrivals(page);
    await page.goto(server.address(`/chat/${FRESH}`));

    const last = page.getByText(`Answer ${MESSAGES - 1}.`);
    const openLong = async (): Promise<void> => { await page.getByRole('link', { name: /A long talk/ }).first().click(); await last.waitFor(); };
    await page.getByRole('link', { name: /A long talk/ }).first().waitFor();
    const opened = await sample(OPENINGS, PATIENCE_MS, openLong, async () => { await page.getByRole('link', { name: /A fresh talk/ }).first().click(); await last.waitFor({ state: 'detached' }); });
    const between = await scrolled(page);
    // Every page of it is brought, as a person does who looks for the beginning.
    const brought = await timed(() => page.evaluate(async () => {
      const messages = document.querySelector('[role=region][aria-label=Messages]');
      while (messages && !messages.textContent.includes('Question 0,')) { messages.scrollTop = 0; await new Promise((resolve) => { requestAnimationFrame(resolve); }); }
    }));
    await page.getByRole('link', { name: /A fresh talk/ }).first().click();
    const firsts: number[] = [];
    for (let at = 0; at < FIRSTS; at += 1) firsts.push(await firstShown(page, runs, at));
    const text = `${RICH.replaceAll('mermaid', 'text')}\n\n`;
    const pieces = text.repeat(Math.ceil(PIECES * 4 / text.length)).match(/[\s\S]{1,4}/g)?.slice(0, PIECES) ?? [];
    await page.getByRole('textbox', { name: 'Message Ada' }).fill('Show me.');
    await page.keyboard.press('Enter');
    await page.getByText('Ada is thinking…').waitFor();
    const run = runs.at(-1);
    if (!run) throw new Error('The message began no run.');
    const streaming = await longestTask(browser, page, () => pour(run, pieces));
    run.finish();
    await page.getByText('Ada is writing…').waitFor({ state: 'detached' });
    await openLong();
    const pid = await rendererOf(browser);
    const memory = ownMiB(pid);
    // Without the caret, which blinks in a field that has the keyboard: two frames a second, in any page.
    await page.evaluate(() => { if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); });
    await wait(SETTLE_MS);
    const before = processorMs(pid);
    await wait(IDLE_MS);
    const idle = (processorMs(pid) - before) / IDLE_MS * 100;
    const later = ownMiB(pid);
    await page.close();
    const plain = await plainPour(browser, pieces);
    const rival = (value: number) => ({ name: 'one element that grows, plain', ...spread([value]) });
    const many = MESSAGES.toLocaleString('en');
    const poured = `${PIECES.toLocaleString('en')} pieces at ${A_SECOND.toLocaleString('en')} a second`;
    return [
      { name: `conversation of ${many} messages opened`, unit: 'ms', ...spread(opened), target: { most: 300, on: 'median' } },
      { name: `between frames, scrolled by ${WHEEL_PX} px a frame`, unit: 'ms', ...spread(between), target: { most: LATE_MS, on: 'p95' } },
      { name: `all ${many} messages brought by scrolling to the first`, unit: 'ms', ...spread([brought]) },
      { name: 'first piece of an answer, from its arrival to its frame', unit: 'ms', ...spread(firsts), target: { most: 30, on: 'median' } },
      { name: `longest task of the page, ${poured}, by the clock`, unit: 'ms', ...spread([streaming.clock]), rival: rival(plain.clock) },
      { name: `longest task of the page, ${poured}, in processor time`, unit: 'ms', ...spread([streaming.processor]), rival: rival(plain.processor), target: { most: 50, on: 'median' } },
      { name: `own memory of the renderer after ${many} messages and ${PIECES.toLocaleString('en')} pieces, garbage included`, unit: 'MiB', ...spread([memory]), target: { most: 238, on: 'median' } },
      { name: 'the same a minute later', unit: 'MiB', ...spread([later]), target: { most: 238, on: 'median' } },
      { name: `processor of the renderer over ${IDLE_MS / 1_000} s in which nothing happens`, unit: '%', ...spread([idle]), target: { most: 0.5, on: 'median' } },
    ] satisfies Figure[];
  } finally {
    await browser.close();
    await server.stop();
  }
}
