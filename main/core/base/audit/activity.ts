/**
 * Gathers what plugins and agents do, so that 10,000 requests become one row with a count and not 10,000 rows. What changes
 * something is on the disk before it happens; what only reads may be lost with the process for as long as it is gathered.
 */
import type { Actor, AuditAction, Outcome } from '../../../../contract/model/audit.ts';
import type { AuditEntry, NewPluginCall } from '../store/index.ts';

/** One thing that a plugin or an agent did, or was refused. */
export interface ActivityNote {
  readonly actor: Actor;
  /** Null for what belongs to no plugin. */
  readonly pluginId: string | null;
  readonly runId: string;
  readonly action: AuditAction;
  readonly subject: string;
  readonly outcome: Outcome;
  /** The key of the permission by which it was done. */
  readonly permission?: string | undefined;
  /** What came back, counted by its text: an HTTP status, an error code. */
  readonly result?: string | undefined;
}

/** Something that is about to change something. */
export type BegunEffect = Omit<ActivityNote, 'outcome' | 'result'>;

export interface Activity {
  note(note: ActivityNote): void;
  /**
   * To be awaited before an effect: that it begins is stored then, and a core that dies finds it at its next start. Call what
   * it answers once `note` has told how it ended. `durable`: also when the machine dies; false where the effect itself is a later
   * write of the same store. @throws AppError of the store: what cannot be recorded may not happen
   */
  begin(effect: BegunEffect, options?: { durable?: boolean }): Promise<() => void>;
  call(call: NewPluginCall): void;
}

export interface Gathered { entries: AuditEntry[]; used: { pluginId: string; permission: string; at: number }[]; calls: NewPluginCall[]; settled: number[] }

interface Sum { note: ActivityNote; count: number; first: number; last: number; results: Map<string, number> }

/** Different subjects of one action of one plugin in one run that get rows of their own; the rest shares one. */
const SUBJECTS = 50;
const RESULTS = 20;
const OTHERS = '…';

/** `settled` takes the id of a begun effect of which everything has been told. */
export interface Gathering extends Omit<Activity, 'begin'> { settled(id: number): void; take(): Gathered | undefined }

/** @param changed called at the first thing after a `take` */
export function createGathering(now: () => number, changed: () => void): Gathering {
  let sums = new Map<string, Sum>();
  let kinds = new Map<string, number>();
  let used = new Map<string, { pluginId: string; permission: string; at: number }>();
  let calls: NewPluginCall[] = [];
  let settled: number[] = [];
  const isEmpty = (): boolean => sums.size === 0 && calls.length === 0 && settled.length === 0;
  const wake = (): void => { if (isEmpty()) changed(); };

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
      if (note.permission !== undefined && note.pluginId !== null) used.set(`${note.pluginId} ${note.permission}`, { pluginId: note.pluginId, permission: note.permission, at });
    },
    call(call) {
      wake();
      calls.push(call);
    },
    settled(id) {
      wake();
      settled.push(id);
    },
    take() {
      if (isEmpty()) return undefined;
      const entries = [...sums.values()].map(({ note, count, first, last, results }): AuditEntry => ({
        actor: note.actor, action: note.action, subject: note.subject, pluginId: note.pluginId, outcome: note.outcome, at: last,
        details: { run: note.runId, count, first, last, ...(results.size > 0 && { results: Object.fromEntries(results) }) } }));
      const taken = { entries, used: [...used.values()], calls, settled };
      [sums, kinds, used, calls, settled] = [new Map(), new Map(), new Map(), [], []];
      return taken;
    },
  };
}
