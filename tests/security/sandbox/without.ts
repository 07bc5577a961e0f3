import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ALL_GUARDS, type HostGuards } from '../../../sandbox/host/guards.ts';
import type { SandboxEngine, SandboxLimits, SandboxPool } from '../../../sandbox/host/index.ts';
import { createGuardedPool } from '../../../sandbox/host/pool.ts';
import { ENGINES, poolOptions, sleep, until } from '../../sandbox/pool-for-tests.ts';
import { attackOn } from './attack-run.ts';
import type { Attack } from './attacks.ts';
import { won, type Seen, type Wins } from './controls.ts';

/** Many times the deadline of the attacks that stall, once they are at work. */
const STALL_MS = 400;
/** More than the limit of a run of 16 MiB and all that its process may have beside it. */
const GREW_BYTES = 192 * 1_048_576;

/** Uses a pool with these guards off; its processes are gone afterwards, whatever they were doing. */
export async function withPool<T>(off: readonly (keyof HostGuards)[], processes: number, use: (pool: SandboxPool) => Promise<T>, engineName: SandboxEngine = 'isolated-vm'): Promise<T> {
  const engine = ENGINES.find(({ name }) => name === engineName);
  const pool = createGuardedPool({ ...poolOptions, ...engine?.options, processes }, { ...ALL_GUARDS, ...Object.fromEntries(off.map((guard) => [guard, false])) });
  try { return await use(pool); } finally { await pool.stop(); }
}

/** Makes one attack and waits until it has ended, or won before that. */
export async function make(pool: SandboxPool, attack: Attack, limits: Partial<SandboxLimits>, wins: Wins): Promise<Seen> {
  const { seen, ended } = attackOn(pool, attack, limits);
  let over = false;
  void ended.then(() => { over = true; });
  while (!over && (wins.code !== undefined || !won(seen, wins))) await sleep(5);
  return { ...seen };
}

/** Makes all of these at once; those that have not ended well after they were all at work stay without an answer. */
export async function stall(pool: SandboxPool, attacks: readonly Attack[], limits: Partial<SandboxLimits>): Promise<Seen[]> {
  const made = attacks.map((attack) => attackOn(pool, attack, limits));
  await until(() => { const { running, waiting, queued } = pool.stats(); return queued === 0 && running + waiting + made.filter(({ seen }) => seen.code !== 'no answer').length >= made.length; });
  await sleep(STALL_MS);
  return made.map(({ seen }) => ({ ...seen }));
}

/** Makes one attack in a pool of one process, and waits until that has grown beyond all that a run may have, or it has ended. */
export async function grow(pool: SandboxPool, attack: Attack, limits: Partial<SandboxLimits>): Promise<Seen> {
  await until(() => pool.stats().pids.every((pid) => pid > 0));
  const base = await residentBytes(pool);
  const { seen, ended } = attackOn(pool, attack, limits);
  let over = false;
  void ended.then(() => { over = true; });
  while (!over) {
    if (await residentBytes(pool) - base > GREW_BYTES) return { ...seen, code: 'grew' };
    await sleep(10);
  }
  return { ...seen };
}

async function residentBytes(pool: SandboxPool): Promise<number> {
  const sizes = await Promise.all(pool.stats().pids.map(async (pid) => {
    if (process.platform === 'linux') return Number((await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '0 0')).split(' ')[1]) * 4_096;
    return Number((await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout) * 1_024;
  }));
  return sizes.reduce((sum, size) => sum + size, 0);
}
