import { createGuardedPool } from './pool.ts';
import type { SandboxPool, SandboxPoolOptions } from './request.ts';

export { parseBounded, type Bounds } from './bounded-json.ts';
export { findAddon } from './addon-file.ts';
export { HOST_CALLS, secretToken, secretTokens } from './host-calls.ts';
export type { FetchAnswer, FetchArguments, HostCallName, HostCalls } from './host-calls.ts';
export { CEILINGS, DEFAULT_LIMITS, MAX_CALL_DEPTH } from './limits.ts';
export type { SandboxLimits } from './limits.ts';
export type { LogLine, PoolStats, SandboxEngine, SandboxEntry, SandboxPool, SandboxPoolOptions, SandboxRequest, SandboxResult } from './request.ts';

/**
 * Starts the processes in which plugins run. Returns at once; runs wait for the first process. Stop it before leaving, or
 * the processes end by themselves when this one does.
 */
export function createSandboxPool(options: SandboxPoolOptions): SandboxPool {
  return createGuardedPool(options);
}
