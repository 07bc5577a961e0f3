/** Gathers what plugins do, so that 10,000 requests become one row with a count and not 10,000 rows. */
import type { Actor, AuditAction, Outcome } from '../../../../contract/model/audit.ts';
import type { AuditEntry, NewPluginCall } from '../store/index.ts';

/** One thing that a plugin did, or was refused. */
export interface ActivityNote {
  readonly actor: Actor;
  readonly pluginId: string;
  readonly runId: string;
  readonly action: AuditAction;
  readonly subject: string;
  readonly outcome: Outcome;
  /** The key of the permission by which it was done. */
  readonly permission?: string | undefined;
  /** What came back, counted by its text: an HTTP status, an error code. */
  readonly result?: string | undefined;
}

export interface Activity {
  note(note: ActivityNote): void;
  call(call: NewPluginCall): void;
}

export interface Gathered { entries: AuditEntry[]; used: { pluginId: string; permission: string; at: number }[]; calls: NewPluginCall[] }

interface Sum { note: ActivityNote; count: number; first: number; last: number; results: Map<string, number> }

/** Different subjects of one action of one plugin in one run that get rows of their own; the rest shares one. */
const SUBJECTS = 50;
const RESULTS = 20;
const OTHERS = '…';

/** @param changed called at the first thing after a `take` */
export function createGathering(now: () => number, changed: () => void): Activity & { take(): Gathered | undefined } {
  let sums = new Map<string, Sum>();
  let kinds = new Map<string, number>();
  let used = new Map<string, { pluginId: string; permission: string; at: number }>();
  let calls: NewPluginCall[] = [];
  const wake = (): void => { if (sums.size === 0 && calls.length === 0) changed(); };

  function sumOf(note: ActivityNote, at: number): Sum {
    const kind = JSON.stringify([note.actor.kind, note.actor.id, note.pluginId, note.runId, note.action, note.outcome]);
    const key = JSON.stringify([kind, note.subject]);
    const known = sums.get(key);
    if (known) return known;
    const many = (kinds.get(kind) ?? 0) >= SUBJECTS;
    const place = many ? JSON.stringify([kind, OTHERS]) : key;
    const shared = sums.get(place);
    if (shared) return shared;
    if (!many) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const sum: Sum = { note: many ? { ...note, subject: OTHERS } : note, count: 0, first: at, last: at, results: new Map() };
    sums.set(place, sum);
    return sum;
  }

  return {
    note(note) {
      wake();
      const at = now();
      const sum = sumOf(note, at);
      sum.count += 1;
      sum.last = at;
      if (note.result !== undefined && (sum.results.has(note.result) || sum.results.size < RESULTS)) sum.results.set(note.result, (sum.results.get(note.result) ?? 0) + 1);
      if (note.permission !== undefined) used.set(`${note.pluginId} ${note.permission}`, { pluginId: note.pluginId, permission: note.permission, at });
    },
    call(call) {
      wake();
      calls.push(call);
    },
    take() {
      if (sums.size === 0 && calls.length === 0) return undefined;
      const entries = [...sums.values()].map(({ note, count, first, last, results }): AuditEntry => ({
        actor: note.actor, action: note.action, subject: note.subject, pluginId: note.pluginId, outcome: note.outcome, at: last,
        details: { run: note.runId, count, first, last, ...(results.size > 0 && { results: Object.fromEntries(results) }) } }));
      const taken = { entries, used: [...used.values()], calls };
      [sums, kinds, used, calls] = [new Map(), new Map(), new Map(), []];
      return taken;
    },
  };
}
