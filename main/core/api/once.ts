/** How long a repeat finds the first answer: longer than any client goes on repeating. */
const KEPT_MS = 10 * 60_000;

/**
 * Makes a write happen once while this core lives, for writes that are no single transaction of the store: asking a provider,
 * a folder dialog. A repeat under the same request id waits for the first one's answer; after a failure it is a new try.
 */
export type Once = <T>(procedure: string, input: { requestId?: string | undefined }, work: () => Promise<T>) => Promise<T>;

export function createOnce(now: () => number): Once {
  const answers = new Map<string, { answer: Promise<unknown>; until: number }>();
  return <T>(procedure: string, { requestId }: { requestId?: string | undefined }, work: () => Promise<T>): Promise<T> => {
    if (requestId === undefined) return work();
    for (const [key, { until }] of answers) {
      if (until > now()) break; // in the order in which they came
      answers.delete(key);
    }
    const key = `${procedure} ${requestId}`;
    const known = answers.get(key);
    if (known) return known.answer as Promise<T>;
    const answer = work();
    answers.set(key, { answer, until: now() + KEPT_MS });
    answer.catch(() => { answers.delete(key); });
    return answer;
  };
}
