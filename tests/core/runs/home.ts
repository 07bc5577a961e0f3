import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '../../../main/core/base/store/index.ts';

/** A real store in a temporary folder; `reopen` is what a restart of the core sees. */
export interface TestHome {
  readonly folder: string;
  readonly store: Store;
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

export async function openTestHome(): Promise<TestHome> {
  const folder = await mkdtemp(path.join(tmpdir(), 'troupe-engine-'));
  const open = (): Promise<Store> => openStore({ file: path.join(folder, 'troupe.db') });
  let store = await open();
  return {
    folder,
    get store() { return store; },
    async reopen() { await store.stop(); store = await open(); return store; },
    async close() { await store.stop(); await rm(folder, { recursive: true, force: true }); },
  };
}

/** Ids that count, so that a failing test reads well; `prefix` keeps two lives of a core apart. */
export function countingIds(prefix = 'id'): { next(): string } {
  let last = 0;
  return { next: () => { last += 1; return `${prefix}${last}`; } };
}

export const systemClock = { now: () => Date.now() };

/** Collects everything an iterable gives. */
export async function collect<T>(iterable: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of iterable) all.push(...batch);
  return all;
}

/** The newest question of a run, about that call or any: what an answer to it names. */
/** The home with something that happens around one transaction: just before it begins, or after it is stored and before its caller hears of it. */
export function around(home: TestHome, transaction: string, { before, after }: { before?: () => Promise<unknown>; after?: () => Promise<unknown> }): TestHome {
  const write = (async (name: string, ...rest: unknown[]) => {
    if (name === transaction) await before?.();
    const answer = await (home.store.write as (...args: unknown[]) => Promise<unknown>)(name, ...rest);
    if (name === transaction) await after?.();
    return answer;
  }) as Store['write'];
  return { ...home, store: { ...home.store, write } };
}

export async function questionOf(store: Store, runId: string, callId?: string): Promise<{ id: string; callId: string; questionId: string }> {
  const asked = (await store.read('runLog', { runId })).findLast((event) => event.type === 'tool_approval_requested' && (callId === undefined || event.data['callId'] === callId));
  return { id: runId, callId: callId ?? String(asked?.data['callId']), questionId: asked?.id ?? 'none' };
}

/** Waits until `check` holds; fails by the test's own deadline otherwise. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => { setTimeout(resolve, 5); });
}
