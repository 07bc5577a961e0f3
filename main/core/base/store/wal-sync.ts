/** Brings to the disk what was committed without waiting for it: after a power loss only what the write-ahead log held there is left. */
import { closeSync, fstatSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * The longest that a commit without a flush waits for one. With the 100 ms for which a run's log gathers streamed text, 75 are left
 * for the flush itself (8 ms as a rule, 45 on a busy disk) until 250 ms of what came are over.
 */
export const SYNC_WITHIN_MS = 75;

export interface WalSyncOptions {
  /** The database's file; its log is beside it. */
  readonly file: string;
  /** Default: the system's, in a thread of the pool, so that other writes go on meanwhile. */
  readonly fsync?: ((descriptor: number) => Promise<void>) | undefined;
  /** Told how many bytes of the log are certainly on the disk, after each flush. */
  readonly synced?: ((bytes: number) => void) | undefined;
}

export interface WalSync {
  /** After each commit; `flushed` when SQLite flushed it itself. */
  committed(flushed: boolean): void;
  /** A flush failed since the last commit that SQLite flushed: the next has to be one, which then fails in its own way. */
  failed(): boolean;
  /** Waits for the flush under way and lets go of the file. */
  close(): Promise<void>;
}

export function createWalSync(options: WalSyncOptions): WalSync {
  const flush = options.fsync ?? promisify(fsync);
  let descriptor: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let failed = false;
  // Windows flushes only what was opened for writing.
  const open = (): number => descriptor ??= openSync(`${options.file}-wal`, 'r+');

  const sync = async (): Promise<void> => {
    try {
      // What is written while the flush runs is not part of what it promises.
      const bytes = options.synced ? fstatSync(open()).size : 0;
      await flush(open());
      options.synced?.(bytes);
    } catch {
      // Where it failed is told by the next commit, which has somebody to tell it to.
      failed = true;
    }
  };
  const start = (): void => {
    timer = undefined;
    if (running) { again = true; return; }
    running = sync().finally(() => {
      running = undefined;
      if (again) { again = false; start(); }
    });
  };

  return {
    committed(flushed) {
      if (!flushed) { timer ??= setTimeout(start, SYNC_WITHIN_MS); return; }
      clearTimeout(timer);
      timer = undefined;
      failed = false;
      if (options.synced) options.synced(fstatSync(open()).size);
    },
    failed: () => failed,
    async close() {
      clearTimeout(timer);
      again = false;
      await running;
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
