/**
 * Flow control of one connection's streams. A subscription starts with INITIAL_CREDITS items; each item takes one and
 * `link.grant` adds some. Sources are pulled, so a page that stops reading stops the core from reading its own store.
 */
import { INITIAL_CREDITS } from '../../../contract/link/client.ts';

const MOST_CREDITS = 4096;

export interface Credits {
  /** Takes one credit of `stream`, waiting for it; rejects when `signal` aborts. */
  take(stream: string, signal: AbortSignal | undefined): Promise<void>;
  grant(stream: string, credits: number): void;
  end(stream: string): void;
}

interface Gate { left: number; wake: (() => void) | null }

export function createCredits(): Credits {
  const gates = new Map<string, Gate>();
  const gateOf = (stream: string): Gate => {
    let gate = gates.get(stream);
    if (!gate) gates.set(stream, gate = { left: INITIAL_CREDITS, wake: null });
    return gate;
  };
  return {
    async take(stream, signal) {
      const gate = gateOf(stream);
      while (gate.left <= 0) {
        await new Promise<void>((resolve, reject) => {
          const stop = (): void => { gate.wake = null; reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted')); };
          if (signal?.aborted) { stop(); return; }
          signal?.addEventListener('abort', stop, { once: true });
          gate.wake = () => { gate.wake = null; signal?.removeEventListener('abort', stop); resolve(); };
        });
      }
      gate.left -= 1;
    },
    grant(stream, credits) {
      // A grant for a stream that has ended (or never was) must not make a gate that nobody removes.
      const gate = gates.get(stream);
      if (!gate) return;
      gate.left = Math.min(MOST_CREDITS, gate.left + credits);
      gate.wake?.();
    },
    end(stream) { gates.delete(stream); },
  };
}

/** The items of `source`, each pulled only after a credit was there for it. */
export async function* paced<T>(credits: Credits, stream: string, signal: AbortSignal | undefined, source: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      await credits.take(stream, signal);
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    credits.end(stream);
    await iterator.return?.();
  }
}
