import { AppError } from '../../contract/errors/app-error.ts';

const MIB = 1_048_576;

/** Bytes of bodies and answers that are under way to and from plugins, within a limit and within that of the count above. */
export class BodyCount {
  readonly #most: number;
  readonly #whose: string;
  readonly #above: BodyCount | undefined;
  #bytes = 0;

  /** @param whose for the message: "all plugins" */
  constructor(most: number, whose: string, above?: BodyCount) {
    this.#most = most;
    this.#whose = whose;
    this.#above = above;
  }

  get bytes(): number { return this.#bytes; }

  /** @throws AppError `sandbox/busy` when it would pass the limit; then nothing is counted */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#most) {
      throw new AppError('sandbox/busy', `What ${this.#whose} may have under way to and from hosts and files is ${Math.floor(this.#most / MIB)} MiB together, and this would pass it. Wait for some of it to end, or ask for less at a time.`);
    }
    this.#above?.take(bytes);
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    this.#above?.give(bytes);
  }
}

/** What one host call holds of a run's count, from its arguments until its answer is on its way into the isolate. */
export class HeldBytes {
  readonly #count: BodyCount;
  #bytes = 0;
  #over = false;

  constructor(count: BodyCount) { this.#count = count; }

  /** More has come. @throws AppError `sandbox/busy`; `sandbox/cancelled` once nobody waits for it any more */
  add(bytes: number): void {
    if (this.#over) throw new AppError('sandbox/cancelled', 'The run has ended.');
    this.#count.take(bytes);
    this.#bytes += bytes;
  }

  /** It holds this in place of what it held. @throws as `add`; then it holds nothing */
  change(bytes: number): void {
    this.#give();
    this.add(bytes);
  }

  /** It holds nothing any more, for ever. */
  end(): void {
    this.#give();
    this.#over = true;
  }

  #give(): void {
    this.#count.give(this.#bytes);
    this.#bytes = 0;
  }
}
