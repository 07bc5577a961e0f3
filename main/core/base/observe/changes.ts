import type { changeTopicSchema } from '../../../../contract/api/observe.ts';
import type * as z from 'zod/mini';

export type ChangeTopic = z.infer<typeof changeTopicSchema>;

/** Tells pages which domains changed, so that they fetch again what they show of them. */
export interface Changes {
  tell(topic: ChangeTopic): void;
  /** A snapshot without topics first; then, whenever the reader asks and something changed since, what did. A slow reader costs one set. */
  follow(signal: AbortSignal | undefined, running: () => number): AsyncGenerator<{ topics: ChangeTopic[]; running: number }, void>;
}

/** A burst of writes is one change for a page: topics are gathered for this long. */
const GATHER_MS = 30;

export function createChanges(): Changes {
  const readers = new Set<{ topics: Set<ChangeTopic>; wake: () => void }>();
  return {
    tell(topic) {
      for (const reader of readers) { reader.topics.add(topic); reader.wake(); }
    },
    async *follow(signal, running) {
      const reader = { topics: new Set<ChangeTopic>(), wake: (): void => undefined };
      readers.add(reader);
      const stop = (): void => { reader.wake(); };
      signal?.addEventListener('abort', stop);
      try {
        yield { topics: [], running: running() };
        while (!signal?.aborted) {
          if (reader.topics.size === 0) await new Promise<void>((resolve) => { reader.wake = resolve; });
          if (signal?.aborted) return;
          await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
          const topics = [...reader.topics];
          reader.topics.clear();
          yield { topics, running: running() };
        }
      } finally {
        readers.delete(reader);
        signal?.removeEventListener('abort', stop);
      }
    },
  };
}
