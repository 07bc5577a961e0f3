import type { HostGuards } from '../../../sandbox/host/guards.ts';
import type { SandboxLimits } from '../../../sandbox/host/index.ts';

/** How an attack ended, wherever it was made. `code`: ok, an error's, `no answer`, `grew`, `died`, or what it broke. */
export interface Seen { code: string; output: unknown; message: string; messageChars: number; calls: number; logChars: number; logLines: number }

/** What an attack has to reach for its control: numbers are the least, everything else is exact. */
export type Wins = Partial<Seen>;

/** A rule of the kernel that can be taken out of its text. */
export type KernelRule = 'intrinsics' | 'await' | 'bare' | 'text' | 'strict' | 'sealed' | 'sealed first' | 'short messages' | 'own tools';

/**
 * Where an attack succeeds, since what holds it back is absent there:
 * in the pool with guards off; on the kernel without one of its rules, in plain Node; or in plain Node with nothing around it,
 * for what the engine alone holds back, or a host that trusts what it gets.
 */
export type Control =
  | { where: 'pool'; off: readonly (keyof HostGuards)[]; wins: Wins; limits: Partial<SandboxLimits> }
  | { where: 'kernel'; without: KernelRule; wins: Wins }
  | { where: 'node'; wins: Wins; flags: readonly string[] };

export const inPool = (off: readonly (keyof HostGuards)[], wins: Wins, limits: Partial<SandboxLimits> = {}): Control => ({ where: 'pool', off, wins, limits });
export const inKernel = (without: KernelRule, wins: Wins): Control => ({ where: 'kernel', without, wins });
export const inNode = (wins: Wins, flags: readonly string[] = []): Control => ({ where: 'node', wins, flags });

/** It holds its thread for as long as it likes; the deadline is much shorter than the test waits. */
export const STALLS = inPool(['timeout', 'wall', 'kill'], { code: 'no answer' }, { deadlineMs: 50, memoryMiB: 512 });
/** V8 ends a recursion by an error. Without its limit, the system ends the process. */
export const OVERFLOWS = inNode({ code: 'died' }, ['--stack-size=10000000']);
/** It has more memory than the limit and all that is allowed beside it. */
export const GROWS = inPool(['memory', 'rss'], { code: 'grew' }, { deadlineMs: 60_000, memoryMiB: 16 });

/** Whether an attack reached what its control says. */
export function won(seen: Seen, wins: Wins): boolean {
  return Object.entries(wins).every(([key, wanted]) => {
    const got = seen[key as keyof Seen];
    return typeof wanted === 'number' && key !== 'output' ? Number(got) >= wanted : JSON.stringify(got) === JSON.stringify(wanted);
  });
}
