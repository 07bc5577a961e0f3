import process from 'node:process';

/**
 * Processor time of this process, shared out evenly among the isolates at work in it. isolated-vm's own `cpuTime` is a clock
 * on the wall in its build for Linux: it goes on while the system lets somebody else compute.
 */
export class ProcessorShare {
  readonly #usedMs: () => number;
  #atWork = 0;
  #seenMs: number;
  #ms = 0;

  /** @param usedMs processor time of the process so far */
  constructor(usedMs = processMs) {
    this.#usedMs = usedMs;
    this.#seenMs = usedMs();
  }

  begin(): void { this.ms(); this.#atWork += 1; }
  end(): void { this.ms(); this.#atWork -= 1; }

  /** Milliseconds that one isolate which had been at work since the first has had. The difference of two looks is what it had between them. */
  ms(): number {
    const now = this.#usedMs();
    if (this.#atWork > 0) this.#ms += (now - this.#seenMs) / this.#atWork;
    this.#seenMs = now;
    return this.#ms;
  }
}

function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
