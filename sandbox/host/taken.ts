import { HOST_CALLS, type HostCallName } from './host-calls.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface TakenCall { id: number; name: HostCallName; args: string; body: string | undefined }
export interface TakenLog { level: LogLevel; at: number; message: string }

/** The kernel's outbox after one entry. `result`: JSON text of the output (done), the error (threw) or the refusal (refused). */
export interface Taken { state: 'pending' | 'done' | 'threw' | 'refused'; calls: TakenCall[]; logs: TakenLog[]; result: string }

const STATES = { p: 'pending', d: 'done', t: 'threw', x: 'refused' } as const;

/**
 * Reads what `take()` of sandbox/guest/inside/kernel.ts wrote: a letter, entries divided by `;`, a line break, then the
 * texts the entries count off, one after the other. `c,id,name,argsLength,bodyLength` | `l,level,at,length` | `r,length`.
 * Throws RangeError on anything else: then the process does not run the kernel any more.
 */
export function readTaken(text: string): Taken {
  const state = STATES[text[0] as keyof typeof STATES] as Taken['state'] | undefined;
  const line = text.indexOf('\n');
  if (state === undefined || line === -1) throw new RangeError('An outbox was expected.');
  const taken: Taken = { state, calls: [], logs: [], result: '' };
  let at = line + 1;
  const next = (length: number): string => {
    const piece = text.slice(at, at + length);
    if (length < 0 || piece.length !== length) throw new RangeError('The outbox is shorter than it says.');
    at += length;
    return piece;
  };
  const meta = text.slice(1, line);
  for (const entry of meta === '' ? [] : meta.split(';')) {
    const [kind, ...rest] = entry.split(',');
    const [a = NaN, b = NaN, c = NaN, d = NaN] = rest.map(Number);
    if (rest.some((part) => !/^-?\d{1,16}$/.test(part))) throw new RangeError('An entry of the outbox holds something that is no number.');
    if (kind === 'c') {
      const name = HOST_CALLS[b];
      if (name === undefined || !(a > 0)) throw new RangeError('The outbox names an unknown host call.');
      taken.calls.push({ id: a, name, args: next(c), body: d < 0 ? undefined : next(d) });
    } else if (kind === 'l') {
      const level = LOG_LEVELS[a];
      if (level === undefined) throw new RangeError('The outbox names an unknown log level.');
      taken.logs.push({ level, at: b, message: next(c) });
    } else if (kind === 'r') taken.result = next(a);
    else throw new RangeError('The outbox holds an unknown entry.');
  }
  if (at !== text.length) throw new RangeError('The outbox is longer than it says.');
  return taken;
}
