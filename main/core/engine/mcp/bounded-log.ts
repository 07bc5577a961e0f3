import type { McpLogLine } from '../../../../contract/model/mcp.ts';

const LINES = 300;
const CHARACTERS = 1_000;

/** The last lines about one server, without secrets. */
export interface BoundedLog {
  add(source: McpLogLine['source'], text: string): void;
  /** A piece of a stream: whole lines are added, the rest waits for what follows. */
  stream(piece: string): void;
  lines(): McpLogLine[];
}

/** @param clean takes the values of known secrets out of a text */
export function createBoundedLog(now: () => number, clean: (text: string) => string): BoundedLog {
  const kept: McpLogLine[] = [];
  let rest = '';
  const add = (source: McpLogLine['source'], text: string): void => {
    // Cleaned before it is cut, so that no half of a secret stays at the cut.
    kept.push({ at: now(), source, text: clean(text.slice(0, CHARACTERS * 8)).slice(0, CHARACTERS) });
    if (kept.length > LINES) kept.splice(0, kept.length - LINES);
  };
  return {
    add,
    stream(piece) {
      const lines = `${rest}${piece}`.split(/\r?\n/);
      rest = (lines.pop() ?? '').slice(-CHARACTERS * 8);
      for (const line of lines.slice(-LINES)) if (line.trim() !== '') add('stderr', line);
    },
    lines: () => (rest.trim() === '' ? [...kept] : [...kept, { at: now(), source: 'stderr' as const, text: clean(rest).slice(0, CHARACTERS) }]),
  };
}
