/** Guards that a test may switch off to see what they hold back; the names stand on the worker's command line, never in a request. */
export type Guard = 'timeout' | 'wall' | 'memory' | 'rss' | 'strip';

/** Parent → worker. `budgetMs` is time on the wall, `cpuMs` processor time: the first that is over ends the entry. */
export type Order =
  | { t: 'code'; code: number } // body: the plugin's module
  | { t: 'forget'; code: number }
  | { t: 'start'; run: number; code: number; budgetMs: number; cpuMs: number; memoryMiB: number } // body: StartOrder
  | { t: 'deliver'; run: number; budgetMs: number; heads: string } // body: the answers, joined
  | { t: 'cancel'; run: number };

/** Worker → parent. */
export type Report =
  | { t: 'ready'; granted: string[] } // granted: permissions that should be gone and are not
  | { t: 'turn'; run: number; usedMs: number; cpuMs: number; memoryBytes: number; note: string } // body: what the kernel's take() gave
  | { t: 'end'; run: number; code: EndCode; message: string; stuck: boolean; usedMs: number; cpuMs: number }
  | { t: 'dying'; reason: string };

/** Why a run ended without a result of its own. `gone` answers a cancel. */
export type EndCode = 'sandbox/deadline' | 'sandbox/memory' | 'sandbox/bad-plugin' | 'sandbox/crashed' | 'gone';
