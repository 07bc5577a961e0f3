import { AppError } from '../../../../contract/errors/app-error.ts';

const FAILURES = 5;
const WINDOW_MS = 30_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 120_000;

/** The error of a call that is held back for so many seconds, until `retryAt` (ms UTC). */
export type Refusal = (name: string, seconds: number, retryAt: number) => AppError;

const ofProvider: Refusal = (name, seconds, retryAt) => new AppError('models/circuit-open', `${name} failed several times in a row and is left alone for ${seconds} s. Wait, choose another model, or test the connection under Settings → Models.`, { details: { retryAt } });

/**
 * Holds calls to a provider or server back while it fails. Opens after 5 failures within 30 s with no success between them: at a
 * hundred calls a second a few strays in a row of successes are not an outage. After a pause one call is let through;
 * its failure doubles the pause, its success closes the circuit.
 */
export class Circuit {
  private failures: number[] = [];
  private retryAt: number | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private probing = false;
  private readonly refusal: Refusal;

  constructor(refusal: Refusal = ofProvider) { this.refusal = refusal; }

  /** How many failures it remembers, all within the last 30 s before the newest. */
  recent(): number { return this.failures.length; }

  /** Ms UTC of the next try while open; null while closed. */
  openUntil(): number | null { return this.retryAt; }

  /** Throws its refusal (`models/circuit-open` for a provider) while calls are held back. Each call that passes must end in `succeeded`, `failed` or `abandoned`. */
  enter(now: number, name: string): void {
    if (this.retryAt === null) return;
    if (now < this.retryAt || this.probing) {
      const seconds = Math.max(1, Math.ceil((this.retryAt - now) / 1000));
      throw this.refusal(name, seconds, this.retryAt);
    }
    this.probing = true;
  }

  succeeded(): void { this.reset(); }

  failed(now: number): void {
    if (this.probing) {
      this.probing = false;
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
      this.retryAt = now + this.pauseMs;
      return;
    }
    this.failures = [...this.failures.filter((at) => at > now - WINDOW_MS), now];
    if (this.failures.length >= FAILURES && this.retryAt === null) this.retryAt = now + this.pauseMs;
  }

  /** The call ended without saying anything about the provider (cancelled, a mistake of ours). */
  abandoned(): void { this.probing = false; }

  reset(): void {
    this.failures = [];
    this.retryAt = null;
    this.pauseMs = FIRST_PAUSE_MS;
    this.probing = false;
  }
}
