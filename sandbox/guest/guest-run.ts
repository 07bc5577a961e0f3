import type { EndCode } from './protocol.ts';

/** How one entry ended. `taken` is the kernel's outbox, `note` an error that nobody caught; `stuck`: a thread may still be at work. */
export type Outcome =
  | { kind: 'turn'; taken: string; note: string }
  | { kind: 'end'; code: EndCode; message: string; stuck: boolean };

/** One run in one fresh isolate, whatever engine makes it. After an `end` it is of no use. */
export interface GuestRun {
  /** Loads the plugin and starts its entry. `budgetMs` is what it may run before it has to wait or end, `cpuMs` what it may use of a processor. */
  start(code: string, order: string, budgetMs: number, cpuMs: number): Promise<Outcome>;
  /** Hands answers to host calls in and lets the plugin go on. */
  deliver(heads: string, answers: string, budgetMs: number): Promise<Outcome>;
  /** Milliseconds of processor time that it has used. */
  cpuMs(): number;
  /** Bytes that it holds now. Only between entries. */
  memoryBytes(): number;
  /** Ends it, whatever it is doing. */
  dispose(): void;
}

/** Operations of the kernel's door. */
export const START = 0;
export const DELIVER = 1;
export const TAKE = 2;

/** The message alone, without stack and host paths, short enough to pass on. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 2_000).replace(/(?:\/[\w.@-]+){2,}/g, '…') || 'Error';
}
