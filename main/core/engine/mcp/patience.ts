import { AppError } from '../../../../contract/errors/app-error.ts';

export const tooLate = (cause?: unknown): AppError => new AppError('mcp/unavailable', 'The MCP server did not answer in the time that it has.', { cause });

/** One call that waits: aborted when its server was silent for too long. */
export interface Wait { readonly signal: AbortSignal; again(): void; end(): void }

export interface Patience {
  begin(): Wait;
  /** No call is given up while `work`, a question to the person, goes on. */
  paused<T>(work: () => Promise<T>): Promise<T>;
}

/** How long calls wait for a sign of their server; not while the server itself waits for the person. */
export function createPatience(callMs: number): Patience {
  const waits = new Set<Wait>();
  let asked = 0;
  return {
    begin() {
      const over = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      const wait: Wait = {
        signal: over.signal,
        again() { clearTimeout(timer); if (asked === 0) timer = setTimeout(() => { over.abort(tooLate()); }, callMs); },
        end() { clearTimeout(timer); waits.delete(wait); },
      };
      waits.add(wait);
      wait.again();
      return wait;
    },
    async paused(work) {
      asked += 1;
      for (const wait of waits) wait.again();
      try {
        return await work();
      } finally {
        asked -= 1;
        for (const wait of waits) wait.again();
      }
    },
  };
}
