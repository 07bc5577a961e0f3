/** What a bench measures with: samples, figures of them, memory of processes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Median and 95th percentile of `n` samples, in the unit of the figure. */
export interface Spread { n: number; median: number; p95: number }

/** The other way to do the same work, measured in the same run on the same machine. */
export interface Rival extends Spread { name: string }

/** One line of the table. `target` is the most that the median (or, when `on` says so, the p95) may be. */
export interface Figure extends Spread { name: string; unit: 'ms' | 'MiB' | 'requests' | '%'; rival?: Rival; target?: { most: number; on: 'median' | 'p95' } }

/** The sample below which `share` of the others lie; NaN of nothing. */
const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  return { n: sorted.length, median: at(sorted, 0.5), p95: at(sorted, 0.95) };
}

/** How long `work` takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * Measures `work` `wanted` times, or as often as `budgetMs` allows, but twice at least.
 * @param before what has to be done before each sample and is not measured
 */
export async function sample(wanted: number, budgetMs: number, work: () => unknown, before: () => unknown = () => undefined): Promise<number[]> {
  const until = performance.now() + budgetMs;
  const samples: number[] = [];
  while (samples.length < wanted && (samples.length < 2 || performance.now() < until)) {
    await before();
    samples.push(await timed(work));
  }
  return samples;
}

/** Resident memory of a process in MiB; NaN where the system does not tell (only Linux does). */
export function residentMiB(pid: number): number {
  if (process.platform !== 'linux') return NaN;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
}

/** Processes that `pid` started itself; Linux only. */
export function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    // A thread that ended while we look has no children of its own any more.
    try { return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter((word) => word !== '').map(Number); } catch (error) { if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []; throw error; }
  });
}

const TICKS_A_SECOND = 100;

/** What all threads of a process worked since it began, those that ended among them, in ms of a processor; steps of 10 ms. NaN where only Linux tells. */
export function processorMs(pid: number): number {
  if (process.platform !== 'linux') return NaN;
  // The name in the second field may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 1_000 / TICKS_A_SECOND;
}

/** The most resident memory of a process since its start or since `forgetPeak`, in MiB; NaN where only Linux tells. */
export const peakMiB = (pid: number): number => (process.platform === 'linux' ? Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024 : NaN);

/** Begins the count of `peakMiB` anew. */
export function forgetPeak(pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
