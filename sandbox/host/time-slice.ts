/**
 * Spreads work over turns of the event loop. Arguments of host calls come from plugins, and parsing a thousand of them in
 * one turn would stall everything else in this process; after `sliceMs` the rest waits for the next turn.
 */
export class TimeSlice {
  readonly #sliceMs: number;
  readonly #queue: (() => void)[] = [];
  #spentMs = 0;
  #scheduled = false;

  constructor(sliceMs = 5) { this.#sliceMs = sliceMs; }

  run(task: () => void): void {
    if (this.#queue.length > 0 || this.#spentMs > this.#sliceMs) this.#queue.push(task);
    else this.#do(task);
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#turn());
    }
  }

  #turn(): void {
    this.#spentMs = 0;
    this.#scheduled = false;
    let task: (() => void) | undefined;
    while (this.#spentMs <= this.#sliceMs && (task = this.#queue.shift())) this.#do(task);
    if (this.#queue.length > 0) {
      this.#scheduled = true;
      setImmediate(() => this.#turn());
    }
  }

  #do(task: () => void): void {
    const began = performance.now();
    task();
    this.#spentMs += performance.now() - began;
  }
}
