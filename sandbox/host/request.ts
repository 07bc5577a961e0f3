import type { HostCalls } from './host-calls.ts';
import type { SandboxLimits } from './limits.ts';
import type { LogLevel } from './taken.ts';

/** What to run. `load` evaluates the plugin and lists its tools: 1 s, no host calls. */
export type SandboxEntry = { kind: 'tool'; tool: string } | { kind: 'validateCredentials' } | { kind: 'healthCheck' } | { kind: 'load' };

export interface LogLine { level: LogLevel; message: string; at?: number }

export interface SandboxRequest {
  /** dist/plugin.js: one ES module without imports whose default export is `definePlugin({ … })`; ≤ 5 MiB, no top-level await. */
  code: string;
  entry: SandboxEntry;
  /** The tool's input: JSON, ≤ 4 MiB. */
  input: unknown;
  context: { execution: { user_id: string; session_id: string; execution_id: string }; parameters: Record<string, unknown>; config: Record<string, unknown> };
  limits?: Partial<SandboxLimits>;
  hostCalls: HostCalls;
  signal?: AbortSignal;
  /** Called for each line as soon as the plugin next waits or ends. Must not throw. */
  onLog?(line: LogLine): void;
  /** 1 for a call by the engine, one more for each `tools.call` above it; 5 answers `tools/too-deep`. Default 1. */
  depth?: number;
}

export interface SandboxResult {
  /**
   * What the plugin returned, as JSON (`undefined` becomes null). For `load`: { validateCredentials, healthCheck } as
   * booleans. For `validateCredentials` and `healthCheck`: null when the plugin has no such function.
   */
  output: unknown;
  /** `level: message` */
  logs: string[];
  /** `wallMs` with all waiting; `memoryBytes`: the most that it held when it waited or ended. */
  metrics: { wallMs: number; cpuMs: number; memoryBytes: number; hostCalls: number };
  /** For `load`: the names of the plugin's tools. */
  tools?: string[];
}

export interface PoolStats {
  engine: SandboxEngine;
  processes: number;
  /** Runs whose isolate is executing now. */
  running: number;
  /** Runs that wait for host calls, in an isolate of their own. */
  waiting: number;
  /** Runs that have not begun. */
  queued: number;
  /** Of bodies and answers under way to and from plugins. */
  bodyBytes: number;
  pids: number[];
}

export interface SandboxPool {
  /**
   * Runs one entry of one plugin in a fresh isolate. Rejects with AppError: `sandbox/deadline`, `sandbox/memory`,
   * `sandbox/crashed`, `sandbox/result-too-large`, `sandbox/never-settles`, `sandbox/bad-plugin`, `sandbox/plugin-threw`
   * (details: name, code), `sandbox/cancelled`, `sandbox/busy`, `tools/too-deep`, `core/bad-input`.
   */
  run(request: SandboxRequest): Promise<SandboxResult>;
  stats(): PoolStats;
  /** Ends all runs with `sandbox/cancelled` and waits until every process is gone. */
  stop(): Promise<void>;
}

/** What runs a plugin's code. `quickjs` is for machines for which isolated-vm has no binary: slower, with fewer layers. */
export type SandboxEngine = 'isolated-vm' | 'quickjs';

export interface SandboxPoolOptions {
  /** Default `isolated-vm`. */
  engine?: SandboxEngine;
  /** sandbox-worker.js of the build, or sandbox/guest/worker.ts; for QuickJS sandbox-quickjs.js or quickjs-worker.ts. */
  workerFile: string;
  /** isolated-vm's .node file for this platform (see `findAddon`), or QuickJS's .wasm file. */
  addonFile: string;
  /** Node's binary; default the one that runs this. */
  nodeFile?: string;
  /** Processes kept ready; default the number of cores, at least 2. */
  processes?: number;
  /** Milliseconds that a process may take to start; default 15,000. */
  startMs?: number;
  /** Milliseconds after which processes beyond the usual number end when nothing lives in them; default 10,000. */
  idleMs?: number;
  log?: (entry: object) => void;
}
