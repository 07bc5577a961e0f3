/**
 * `npm run soak -- [--seed N] [--points N] [--kills 30] [--journeys 20] [--attacks 1] [--properties 5]`: kills cores at work at every named point (or so
 * many of them) and at moments drawn from the seed, does the whole main job in the desktop app again and again, tries every attack on the sandbox
 * on both of its engines (`npm test` tries a third of them on the second), and runs all property tests with other seeds. Not part of `npm test`. Exit code 1 when
 * anything was lost, done twice or left over.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Job } from '../tests/chaos/jobs.ts';
import { CHAT_POINTS, drawn, PLUGIN_POINTS, randomFrom } from '../tests/chaos/points.ts';
import { openStage, type How } from '../tests/chaos/stage.ts';
import { openDesktop, whyNoElectron } from '../tests/support/electron-app.ts';
import { everythingIsThere, journey } from '../tests/support/journey.ts';
import { build } from './build.ts';
import { filesUnder, root } from './sources.ts';

const LONGEST_MS: Record<Job, number> = { install: 1_200, refuse: 900, update: 1_200, downgrade: 900, rollback: 900, uninstall: 400, disable: 60, enable: 60, pin: 60, unpin: 60, sideload: 1_000, develop: 1_000, set: 1_200, chat: 700 };

type Killing = { job: Job; how: How };

const say = (line: string): void => { process.stdout.write(`${line}\n`); };
const number = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) { process.stderr.write(`soak: --${name} takes a whole number, not "${text}".\n`); process.exit(2); }
  return value;
};

/** `points` of the named ones, all of them where it is that many, and then `moments` at any moment. */
function plan(points: number, moments: number, random: () => number): Killing[] {
  const named = [...PLUGIN_POINTS, ...CHAT_POINTS];
  const chosen = points >= named.length ? named : drawn(named, points, random);
  const jobs = Object.keys(LONGEST_MS) as Job[];
  return [
    ...chosen.map(({ job, at, next }): Killing => ({ job, how: { failpoint: at, next } })),
    ...Array.from({ length: moments }, (): Killing => {
      const job = jobs[Math.floor(random() * jobs.length)] ?? 'install';
      return { job, how: { afterMs: Math.floor(random() * LONGEST_MS[job]) } };
    }),
  ];
}

async function killings(wanted: readonly Killing[]): Promise<number> {
  if (wanted.length === 0) return 0;
  const stage = await openStage();
  let failed = 0;
  say('\n   # job        killed at                                                        recovered  found');
  try {
    for (const [at, { job, how }] of wanted.entries()) {
      const place = 'failpoint' in how ? `${how.failpoint}${how.next === undefined ? '' : ` + ${how.next}`}` : `after ${how.afterMs} ms`;
      const { faults, reached, recoveredInMs } = await stage.kill(job, how).catch((error: unknown) => ({ faults: [error instanceof Error ? error.message : String(error)], reached: true, recoveredInMs: 0 }));
      const missed = !reached && 'failpoint' in how;
      if (faults.length > 0 || missed) failed += 1;
      say(`${String(at + 1).padStart(4)} ${job.padEnd(10)} ${place.padEnd(64)} ${`${recoveredInMs.toFixed(0)} ms`.padStart(8)}  ${missed ? 'the point was not reached' : faults.length > 0 ? `FAILED ${faults.join('; ')}` : reached ? 'sound' : 'sound (was done before)'}`);
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

const vitest = async (files: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> => {
  const child = spawn(process.execPath, [path.join(root, 'scripts/run.cjs'), path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files], { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'test', ...env } });
  const [code] = await once(child, 'exit') as [number | null];
  return code === 0;
};

/** @returns 1 when an attack did harm on either engine */
async function attacks(): Promise<number> {
  say('\nattacks on both engines of the sandbox');
  return await vitest(['--project', 'node', 'tests/security/sandbox/hostile.test.ts'], { TROUPE_EVERY_ATTACK: '1' }) ? 0 : 1;
}

/** @returns how many seeds broke a property */
async function properties(count: number, random: () => number): Promise<number> {
  if (count === 0) return 0;
  const files: string[] = [];
  for (const file of await filesUnder(['tests'])) if (/\.test\.tsx?$/.test(file) && (await readFile(path.join(root, file), 'utf8')).includes("from 'fast-check'")) files.push(file);
  if (files.length === 0) throw new Error('No test under tests/ uses fast-check; the way they are found is wrong.');
  let failed = 0;
  for (let at = 1; at <= count; at += 1) {
    const drawnSeed = Math.floor(random() * 2 ** 31);
    say(`\nproperties, ${at} of ${count}: TROUPE_PROPERTY_SEED=${drawnSeed}`);
    if (!await vitest(files, { TROUPE_PROPERTY_SEED: String(drawnSeed) })) failed += 1;
  }
  return failed;
}

const { values } = parseArgs({ options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, points: { type: 'string', default: '100000' }, kills: { type: 'string', default: '30' }, journeys: { type: 'string', default: '20' }, attacks: { type: 'string', default: '1' }, properties: { type: 'string', default: '5' } } });
const seed = number('seed', values.seed);
say(`seed ${seed}`);
await build((line) => { process.stderr.write(`troupe: ${line}\n`); });
const random = randomFrom(seed);
const failed = await killings(plan(number('points', values.points), number('kills', values.kills), random)) + await journeys(number('journeys', values.journeys))
  + (number('attacks', values.attacks) > 0 ? await attacks() : 0) + await properties(number('properties', values.properties), random);
say(`\nseed ${seed}: ${failed === 0 ? 'all sound' : `${failed} FAILED`}`);
process.exitCode = failed === 0 ? 0 : 1;
