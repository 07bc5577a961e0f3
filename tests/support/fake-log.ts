/** A log that grows and ends, followed by any number of readers from any place. */
export interface FakeLog<T extends { seq: number }> {
  push(row: T): void;
  end(): void;
  rows(): readonly T[];
  read(after: number, signal: AbortSignal | undefined): AsyncGenerator<T[], void>;
}

export function createLog<T extends { seq: number }>(): FakeLog<T> {
  const rows: T[] = [];
  let ended = false;
  let wake: (() => void)[] = [];
  const ring = (): void => { for (const listener of wake.splice(0)) listener(); };
  return {
    push(row) { rows.push(row); ring(); },
    end() { ended = true; ring(); },
    rows: () => rows,
    async* read(after, signal) {
      let from = after;
      while (!signal?.aborted) {
        const fresh = rows.filter((row) => row.seq > from);
        if (fresh.length > 0) { from = fresh.at(-1)?.seq ?? from; yield fresh; continue; }
        if (ended) return;
        await new Promise<void>((resolve) => { wake.push(resolve); signal?.addEventListener('abort', () => { resolve(); }, { once: true }); });
      }
      wake = [];
    },
  };
}
