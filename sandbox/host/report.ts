/** What a worker may say. The same shapes as sandbox/guest/protocol.ts; parsed here, since a lost process may say anything. */
export type Report =
  | { t: 'ready'; granted: string[] }
  | { t: 'turn'; run: number; usedMs: number; cpuMs: number; memoryBytes: number; note: string }
  | { t: 'end'; run: number; code: string; message: string; stuck: boolean; usedMs: number; cpuMs: number }
  | { t: 'dying'; reason: string };

/** Throws RangeError on anything that is no report. */
export function parseReport(head: unknown): Report {
  const fields = (typeof head === 'object' && head !== null ? head : {}) as Record<string, unknown>;
  const text = (key: string): string => {
    const value = fields[key];
    if (typeof value !== 'string') throw new RangeError(`A report with the text "${key}" was expected.`);
    return value;
  };
  const number = (key: string): number => {
    const value = fields[key];
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new RangeError(`A report with the number "${key}" was expected.`);
    return value;
  };
  switch (fields['t']) {
    case 'ready': {
      const granted = fields['granted'];
      if (!Array.isArray(granted)) throw new RangeError('A report with the list "granted" was expected.');
      return { t: 'ready', granted: granted.map(String) };
    }
    case 'turn': return { t: 'turn', run: number('run'), usedMs: number('usedMs'), cpuMs: number('cpuMs'), memoryBytes: number('memoryBytes'), note: text('note') };
    case 'end': return { t: 'end', run: number('run'), code: text('code'), message: text('message'), stuck: fields['stuck'] === true, usedMs: number('usedMs'), cpuMs: number('cpuMs') };
    case 'dying': return { t: 'dying', reason: text('reason') };
    default: throw new RangeError('A report was expected.');
  }
}
