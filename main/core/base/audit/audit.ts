/** The audit list of the whole app: who did what to what, when, with what outcome; append-only and chained by hashes. */
import { hasCode } from '../../../../contract/errors/app-error.ts';
import type { Actor, AuditFilter, AuditRow, AuditVerdict } from '../../../../contract/model/audit.ts';
import type { PluginCall } from '../../../../contract/model/plugin.ts';
import { failpoint, redacted } from '../observe/index.ts';
import type { AuditEntry, Store, StoredAuditRow } from '../store/index.ts';
import { actorNow } from './acting.ts';
import { createGathering, type Activity, type BegunEffect, type Gathered } from './activity.ts';
import { asCsv, asLines } from './export.ts';

export interface Audit {
  /** What plugins and agents do: gathered and written together a few seconds later, when a run ends, when the list is read, and at the end. */
  readonly activity: Activity;
  /** Writes what has no transaction of its own. Without `actor` it is whoever acts now, else the core. */
  record(entries: readonly AuditEntry[], actor?: Actor): Promise<void>;
  list(input: { filter: AuditFilter; before?: number | undefined; limit: number }): Promise<{ rows: AuditRow[]; total: number; actions: string[]; actors: string[] }>;
  verify(): Promise<AuditVerdict>;
  export(input: { filter: AuditFilter; format: 'jsonl' | 'csv'; from: number }): Promise<{ text: string; rows: number; next: number | null }>;
  /** The last calls of a plugin's tools, newest first. */
  calls(pluginId: string): Promise<PluginCall[]>;
  /** At start: effects that an earlier life of the core had begun and not told of get their rows, with the result `cut off`: whether they happened, nobody knows. */
  recover(): Promise<void>;
  /** Takes away rows older than so many days, now and once a day from now on; null keeps everything. */
  keep(days: number | null): Promise<void>;
  /** Writes what was gathered; call it when a run ends, too. */
  flush(): Promise<void>;
}

export interface AuditOptions {
  store: Pick<Store, 'read' | 'write'>;
  now: () => number;
  /** Told when plugins did something that is now in the list. */
  changed?: () => void;
  /** A text without the values of known secrets. */
  clean?: (text: string) => string;
  report?: (message: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Milliseconds for which the doings of plugins are gathered. */
  gatherMs?: number;
}

const GATHER_MS = 5_000;
const EXPORT_ROWS = 2_000;
const DAY_MS = 86_400_000;
/** The result of an effect that the core did not live to see. */
const CUT_OFF = 'cut off';
const CORE: Actor = { kind: 'policy', id: 'core' };

const rowOf = ({ actorKind, actorId, details, ...row }: StoredAuditRow): AuditRow => ({ ...row, actor: { kind: actorKind as Actor['kind'], id: actorId }, details: JSON.parse(details) as Record<string, unknown> });

/** Every text in a value without known secrets; numbers stay what they are. */
function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((item) => cleaned(item, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), cleaned(item, clean)]));
}

export function openAudit(options: AuditOptions): Audit {
  const { store, now } = options;
  const clean = options.clean ?? ((text) => text);
  /** Facts under a secret's name and values that are known secrets are blanked out, whoever offers them. */
  const harmless = (entry: AuditEntry): AuditEntry => ({
    ...entry, subject: clean(entry.subject), ...(entry.details && { details: cleaned(redacted(entry.details), clean) as Record<string, unknown> }) });

  let kept: number | null = null;
  let cutAt = now();
  const failed = (message: string) => (error: unknown): void => { if (!hasCode(error, 'core/stopping')) options.report?.(message, { error: String(error) }); };
  async function cut(): Promise<void> {
    cutAt = now();
    if (kept !== null) await store.write('cutAudit', { before: now() - kept * DAY_MS, at: now() });
  }

  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const gathering = createGathering(now, () => {
    clearTimeout(timer);
    timer = setTimeout(() => { void flush(); }, options.gatherMs ?? GATHER_MS);
    timer.unref();
  });
  const begin: Activity['begin'] = async (effect, { durable = true } = {}) => {
    const id = await store.write('beginEffect', { note: JSON.stringify({ ...effect, subject: clean(effect.subject) }), at: now() }, { durable });
    failpoint('activity.begun');
    return () => { gathering.settled(id); };
  };
  const write = ({ entries, used, calls, settled }: Gathered): Promise<void> => store.write('recordActivity', { actor: CORE, at: now(), entries: entries.map(harmless), used, calls, settled }, { durable: false });
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    const taken = gathering.take();
    if (taken) {
      const calls = taken.calls.map((call) => ({ ...call, logs: call.logs.map(clean), error: call.error && { ...call.error, message: clean(call.error.message) } }));
      writing = writing.then(() => write({ ...taken, calls }))
        .then(() => { options.changed?.(); }, failed('what plugins did could not be written to the audit list'));
      if (now() - cutAt > DAY_MS) cut().catch(failed('old rows could not be taken from the audit list'));
    }
    return writing;
  };

  return {
    activity: { note: (note) => { gathering.note(note); }, call: (call) => { gathering.call(call); }, begin },
    record: (entries, actor) => store.write('recordAudit', { actor: actor ?? actorNow() ?? CORE, at: now(), entries: entries.map(harmless) }),
    async list({ filter, before, limit }) {
      await flush();
      const { rows, ...rest } = await store.read('auditPage', { filter, before: before ?? null, limit });
      return { rows: rows.map(rowOf), ...rest };
    },
    async verify() {
      await flush();
      const state = await store.read('auditState', {});
      let from = { seq: state.anchorSeq, hash: state.anchorHash };
      let rows = 0;
      for (;;) {
        const piece = await store.read('auditPiece', { from });
        if ('problem' in piece) return { rows, head: from, cutAt: state.anchorSeq, problem: piece.problem };
        rows += piece.rows;
        from = piece.end;
        if (piece.done) return { rows, head: from, cutAt: state.anchorSeq, problem: null };
      }
    },
    async export({ filter, format, from }) {
      if (from === 0) await flush();
      const rows = (await store.read('auditAfter', { filter, after: from, limit: EXPORT_ROWS })).map(rowOf);
      return { text: format === 'csv' ? asCsv(rows, from === 0) : asLines(rows), rows: rows.length, next: rows.length === EXPORT_ROWS ? rows.at(-1)?.seq ?? null : null };
    },
    async calls(pluginId) {
      await flush();
      return store.read('pluginCalls', { pluginId });
    },
    async recover() {
      const begun = await store.read('begunEffects', {});
      let at = 0;
      const left = createGathering(() => at, () => undefined);
      for (const { id, note, at: began } of begun) {
        at = began;
        left.note({ ...JSON.parse(note) as BegunEffect, outcome: 'done', result: CUT_OFF });
        left.settled(id);
      }
      const taken = left.take();
      if (taken) await write(taken);
    },
    keep(days) {
      kept = days;
      return cut();
    },
    flush,
  };
}
