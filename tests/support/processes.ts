/** Processes as the system sees them, for tests that kill some and prove that none is left. */
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until `look` answers something; fails with `what` when that takes longer than `limitMs`. */
export async function until<T>(what: string, look: () => T | Promise<T>, limitMs = 20_000): Promise<NonNullable<T>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await wait(20);
  }
}

interface Listed { pid: number; parent: number; state: string; words: string }

function list(): Listed[] {
  const text = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,state=,args='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), state: match[3] ?? '', words: match[4] ?? '' }] : [];
  });
}

/** A process and everything that it and its children started. */
export function familyOf(pid: number): number[] {
  const all = list();
  const family = [pid];
  for (let at = 0; at < family.length; at += 1) family.push(...all.filter(({ parent }) => parent === family[at]).map((one) => one.pid));
  return family;
}

/** Those of `pids` that still run, with their command lines. A zombie has ended: only its parent has not asked yet. */
export function stillRunning(pids: readonly number[]): string[] {
  return list().filter(({ pid, state }) => pids.includes(pid) && !state.startsWith('Z')).map(({ pid, words }) => `${pid} ${words}`);
}

/** Processes that were started with this text among their words, e.g. the folder of a home. */
export function startedWith(text: string): number[] {
  return list().filter(({ words, state }) => words.includes(text) && !state.startsWith('Z')).map(({ pid }) => pid);
}

/** Fails unless all of them end within `limitMs`. */
export const untilGone = (pids: readonly number[], limitMs: number): Promise<true> =>
  until('processes are left', () => { const left = stillRunning(pids); return left.length === 0; }, limitMs).then(() => true as const, (error: unknown) => {
    throw new Error(`Still running: ${stillRunning(pids).join('; ')}`, { cause: error });
  });
