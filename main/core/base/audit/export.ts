import type { AuditRow } from '../../../../contract/model/audit.ts';

const COLUMNS = ['seq', 'at', 'actor_kind', 'actor_id', 'action', 'subject', 'plugin_id', 'outcome', 'details', 'previous', 'hash'] as const;

/** A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it. */
function cell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Rows as JSON lines: every field as it is hashed, so that a copy can be followed without Troupe. */
export const asLines = (rows: readonly AuditRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Rows as CSV (RFC 4180). `head` writes the names of the columns first. */
export const asCsv = (rows: readonly AuditRow[], head: boolean): string => [
  ...(head ? [COLUMNS.join(',')] : []),
  ...rows.map((row) => [row.seq, new Date(row.at).toISOString(), row.actor.kind, row.actor.id, row.action, row.subject, row.pluginId, row.outcome, JSON.stringify(row.details), row.previous, row.hash].map(cell).join(',')),
].map((line) => `${line}\r\n`).join('');
