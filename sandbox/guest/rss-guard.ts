/**
 * Watches the memory of this process. Resizable buffers and a few other things pass by an isolate's limit, so the process
 * itself has one: what it had when it was ready, room for each waiting isolate, and the biggest limit of a run in it.
 */
export class RssGuard {
  readonly #onBreach: () => void;
  readonly #base = process.memoryUsage.rss();
  readonly #limits = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(onBreach: () => void) { this.#onBreach = onBreach; }

  /** A run of at most `memoryMiB` begins. */
  add(run: number, memoryMiB: number): void {
    this.#limits.set(run, memoryMiB);
    this.#timer ??= setInterval(() => this.check(), 20);
  }

  remove(run: number): void {
    this.#limits.delete(run);
    if (this.#limits.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Bytes that the process may have now. */
  limit(): number {
    const biggest = Math.max(0, ...this.#limits.values());
    return this.#base + (64 + 6 * this.#limits.size + 1.5 * biggest) * 1_048_576;
  }

  check(): void { if (process.memoryUsage.rss() > this.limit()) this.#onBreach(); }
}
