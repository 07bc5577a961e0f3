/** What one run may use. */
export interface SandboxLimits {
  /** Milliseconds of the plugin's own running time; waiting for a host call does not count. */
  deadlineMs: number;
  memoryMiB: number;
  resultBytes: number;
  logBytes: number;
}

export const DEFAULT_LIMITS: SandboxLimits = { deadlineMs: 30_000, memoryMiB: 128, resultBytes: 1_048_576, logBytes: 1_048_576 };

/** A plugin may ask for more than the default, up to these, and never for "no limit". */
export const CEILINGS: SandboxLimits = { deadlineMs: 300_000, memoryMiB: 512, resultBytes: 4_194_304, logBytes: 4_194_304 };

const FLOORS: SandboxLimits = { deadlineMs: 10, memoryMiB: 16, resultBytes: 1_024, logBytes: 0 };

/** Processor time that loading a plugin may take: a machine at work elsewhere must not make a good plugin look broken. */
export const LOAD_DEADLINE_MS = 1_000;
/** Time on the wall after which a load ends all the same, whoever held it up. */
export const LOAD_WALL_MS = 10_000;
/** Host calls of one run, and how many of them may wait at once. */
export const CALLS = 10_000;
export const PENDING_CALLS = 1_000;
/** Calls of one run that may each bring 10 MiB, which the host has under way at once: until their answer is on its way in. */
export const BODIES_AT_ONCE = 6;
/** Bytes of bodies and answers that one run, and that all of a pool, may have under way; the core holds them. */
export const RUN_BODY_BYTES = 96 * 1_048_576;
export const POOL_BODY_BYTES = 256 * 1_048_576;
/** Nesting and number of values of anything that leaves the sandbox: 350,000 empty arrays fit into 1 MiB and stall a parser 50 ms. */
export const MAX_DEPTH = 64;
export const MAX_VALUES = 100_000;
export const ARGUMENT_CHARS = 256 * 1024;
export const ARGUMENT_BYTES = ARGUMENT_CHARS * 3; // of three bytes at most
/** What the host calls of one run that are under way may carry together, bodies included. */
export const UNDER_WAY_CHARS = 8 * 1_048_576;
export const LOG_LINES = 10_000;
export const CODE_CHARS = 5 * 1_048_576;
export const INPUT_CHARS = 4_194_304;
/** An answer of the core to a host call, in characters. */
export const ANSWER_CHARS = 16 * 1_048_576;
/** What each entry into an isolate costs a run beside its own time, so that calls without end also come to an end in time. */
export const ENTRY_COST_MS = 0.2;
/** Between a run's deadline and the SIGKILL for a process that has not said anything about it. */
export const KILL_AFTER_MS = 500;
/** Tool calls tool calls tool: the deepest allowed. */
export const MAX_CALL_DEPTH = 4;

/** The limits of one run: defaults, raised or lowered by what was asked for, within floor and ceiling. */
export function resolveLimits(asked: Partial<SandboxLimits> = {}): SandboxLimits {
  const one = (key: keyof SandboxLimits): number => {
    const value = asked[key];
    return value === undefined || !Number.isFinite(value) ? DEFAULT_LIMITS[key] : Math.min(CEILINGS[key], Math.max(FLOORS[key], Math.floor(value)));
  };
  return { deadlineMs: one('deadlineMs'), memoryMiB: one('memoryMiB'), resultBytes: one('resultBytes'), logBytes: one('logBytes') };
}
