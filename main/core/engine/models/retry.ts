import type { AppError } from '../../../../contract/errors/app-error.ts';
import type { ChatDelta, Sleep } from './chat-model.ts';

/** Tries in all, the first included. */
export const MAX_TRIES = 4;
const BASE_MS = 500;
const CEILING_MS = 20_000;
/** A provider that asks for more is not waited for: the user is told when to come back. */
const LONGEST_WAIT_MS = 60_000;

/** How one try ended in failure. `shown`: something reached the user, so that a second try would say things twice. */
export interface Failure { readonly error: AppError; readonly retry: boolean; readonly retryAfterMs: number | undefined }

/**
 * Tries until one succeeds: exponential waits with full jitter, or what the provider asks for.
 * @param attempt one try; it reports a failure as a value and throws only what must not be tried again
 */
export async function withRetries<T>(
  attempt: (number: number) => Promise<{ ok: true; value: T } | { ok: false; failure: Failure }>,
  parts: { readonly random: () => number; readonly sleep: Sleep; readonly signal: AbortSignal; readonly onRetry: (delta: ChatDelta) => void },
): Promise<T> {
  for (let number = 1; ; number += 1) {
    const result = await attempt(number);
    if (result.ok) return result.value;
    const { error, retry, retryAfterMs } = result.failure;
    const delayMs = retryAfterMs ?? Math.round(parts.random() * Math.min(CEILING_MS, BASE_MS * 2 ** (number - 1)));
    if (!retry || number >= MAX_TRIES || delayMs > LONGEST_WAIT_MS) throw error;
    parts.onRetry({ type: 'retry', attempt: number, delayMs, code: error.code });
    await parts.sleep(delayMs, parts.signal);
  }
}
