/**
 * `npm run soak -- [--seed N] [--kills 30] [--journeys 20]`: kills cores at work at named points and at moments drawn from
 * the seed, and does the whole main job in the desktop app again and again. Not part of `npm test`. Exit code 1 when
 * anything was lost, done twice or left over.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openStage, type Job } from '../tests/chaos/stage.ts';
import { openDesktop, whyNoElectron } from '../tests/support/electron-app.ts';
import { everythingIsThere, journey } from '../tests/support/journey.ts';
import { build } from './build.ts';

/** An installation does the steps in the middle once for each of two plugins. */
const STEPS: [string, number][] = [['resolve', 1], ['download', 2], ['verify', 2], ['check', 2], ['consent', 1], ['unpack', 2], ['smoke', 2], ['activate', 1], ['sweep', 1]];
const REMOVAL = ['check', 'activate', 'sweep'];
const TURN = ['chat.before-user-message', 'chat.after-user-message', 'run.after-first-chunk:1', 'run.after-model:1', 'run.before-tool', 'run.after-tool', 'run.after-first-chunk:2', 'run.after-model:2', 'run.before-finish', 'run.after-finish'];
const LONGEST_MS: Record<Job, number> = { install: 900, uninstall: 300, chat: 700 };

type Killing = { job: Job; how: { failpoint: string } | { afterMs: number } };

const say = (line: string): void => { process.stdout.write(`${line}\n`); };
const number = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) { process.stderr.write(`soak: --${name} takes a whole number, not "${text}".\n`); process.exit(2); }
  return value;
};

/** Numbers in [0, 1) that one seed always gives in the same order (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Half of them at named points, none twice before each was there once; half at any moment. */
function plan(count: number, random: () => number): Killing[] {
  const named: Killing[] = [
    ...STEPS.flatMap(([step, times]) => Array.from({ length: times }, (_, hit) => hit + 1).flatMap((hit) => ['before', 'after'].map((side): Killing => ({ job: 'install', how: { failpoint: `install.${step}.${side}:${hit}` } })))),
    ...REMOVAL.flatMap((step) => ['before', 'after'].map((side): Killing => ({ job: 'uninstall', how: { failpoint: `uninstall.${step}.${side}` } }))),
    ...TURN.map((failpoint): Killing => ({ job: 'chat', how: { failpoint } })),
  ];
  const deck: Killing[] = [];
  const jobs: Job[] = ['install', 'chat', 'uninstall'];
  return Array.from({ length: count }, (_, at): Killing => {
    if (at % 2 === 1) {
      const job = jobs[Math.floor(random() * jobs.length)] ?? 'install';
      return { job, how: { afterMs: Math.floor(random() * LONGEST_MS[job]) } };
    }
    if (deck.length === 0) deck.push(...named);
    return deck.splice(Math.floor(random() * deck.length), 1)[0] as Killing;
  });
}

async function killings(count: number, random: () => number): Promise<number> {
  if (count === 0) return 0;
  const stage = await openStage();
  let failed = 0;
  say('\n   # job        killed at                       recovered  found');
  try {
    for (const [at, { job, how }] of plan(count, random).entries()) {
      const place = 'failpoint' in how ? how.failpoint : `after ${how.afterMs} ms`;
      const { faults, reached, recoveredInMs } = await stage.kill(job, how).catch((error: unknown) => ({ faults: [error instanceof Error ? error.message : String(error)], reached: true, recoveredInMs: 0 }));
      const missed = !reached && 'failpoint' in how;
      if (faults.length > 0 || missed) failed += 1;
      say(`${String(at + 1).padStart(4)} ${job.padEnd(10)} ${place.padEnd(32)} ${`${recoveredInMs.toFixed(0)} ms`.padStart(8)}  ${missed ? 'the point was not reached' : faults.length > 0 ? `FAILED ${faults.join('; ')}` : reached ? 'sound' : 'sound (was done before)'}`);
    }
  } finally { await stage.stop(); }
  return failed;
}

async function journeys(count: number): Promise<number> {
  if (count === 0) return 0;
  const missing = whyNoElectron();
  if (missing !== null) { say(`\njourneys: ${missing}`); return 1; }
  let failed = 0;
  say('\n   # first screen   main job   next start   found');
  for (let at = 1; at <= count; at += 1) {
    const home = await mkdtemp(path.join(os.tmpdir(), 'troupe-soak-'));
    const cells: string[] = [];
    let desktop = await openDesktop({ home });
    let found = 'sound';
    try {
      cells.push(desktop.startedInMs.toFixed(0));
      const started = performance.now();
      const { agent } = await journey(desktop.page);
      cells.push((performance.now() - started).toFixed(0));
      const problems = [...desktop.problems];
      await desktop.close();
      desktop = await openDesktop({ home });
      cells.push(desktop.startedInMs.toFixed(0));
      await everythingIsThere(desktop.page, agent);
      problems.push(...desktop.problems);
      if (problems.length > 0) found = `FAILED ${problems.join('; ')}`;
    } catch (error) {
      found = `FAILED ${error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error)}`;
    }
    await desktop.close().catch((error: unknown) => { found = `FAILED ${error instanceof Error ? error.message : String(error)}`; });
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    if (found !== 'sound') failed += 1;
    const [screen = '', job = '', next = ''] = cells.map((cell) => `${cell} ms`);
    say(`${String(at).padStart(4)} ${screen.padStart(12)} ${job.padStart(10)} ${next.padStart(12)}   ${found}`);
  }
  return failed;
}

const { values } = parseArgs({ options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, kills: { type: 'string', default: '30' }, journeys: { type: 'string', default: '20' } } });
const seed = number('seed', values.seed);
say(`seed ${seed}`);
await build((line) => { process.stderr.write(`troupe: ${line}\n`); });
const failed = await killings(number('kills', values.kills), randomFrom(seed)) + await journeys(number('journeys', values.journeys));
say(`\nseed ${seed}: ${failed === 0 ? 'all sound' : `${failed} FAILED`}`);
process.exitCode = failed === 0 ? 0 : 1;
