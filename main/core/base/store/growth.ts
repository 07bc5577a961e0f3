/** How far a file has grown that one thread writes while another reads it: the writer of catalog.db takes lines as the sync thread verifies them. */

/** Shared between threads: one number that counts what was added, or says that nothing more comes. */
export type Growth = SharedArrayBuffer;

const WHOLE = -1;
const BROKEN = -2;
/** Nothing waits for a network here: a piece takes some hundredths of a second, and a thread that adds nothing for so long is lost. No other write of catalog.db goes on meanwhile. */
const LOST_MS = 30_000;

export const newGrowth = (): Growth => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

/** Told by who writes the file, after each piece that lies there. */
export function hasGrown(growth: Growth): void {
  const state = new Int32Array(growth);
  Atomics.add(state, 0, 1);
  Atomics.notify(state, 0);
}

/** `whole`: the file is written to its end. Not whole, unless it was so before: it never will be, and who reads it fails. */
export function endGrowth(growth: Growth, { whole }: { whole: boolean }): void {
  const state = new Int32Array(growth);
  if (whole) Atomics.store(state, 0, WHOLE);
  else if (Atomics.load(state, 0) !== WHOLE) Atomics.store(state, 0, BROKEN);
  Atomics.notify(state, 0);
}

/** What to look at before a read. */
export const growthSeen = (growth: Growth): number => Atomics.load(new Int32Array(growth), 0);

/**
 * After a read found the file's end: blocks the thread until there is more, or answers false when there never will be.
 * @param seen before that read, so that nothing is missed that came meanwhile
 * @throws Error when who writes the file broke off or is lost
 */
export function awaitGrowth(growth: Growth, seen: number): boolean {
  if (seen === WHOLE) return false;
  const state = new Int32Array(growth);
  if (seen === BROKEN) throw new Error('The file of changes broke off before its end.');
  if (Atomics.wait(state, 0, seen, LOST_MS) === 'timed-out') throw new Error('The file of changes grew no further and was given up.');
  return true;
}
