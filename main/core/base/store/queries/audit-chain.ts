/** The chain of the audit list: each row's hash holds everything in it and the hash of the row before. */
import { createHash } from 'node:crypto';
import type { AuditProblem, Outcome } from '../../../../../contract/model/audit.ts';

/** A row as it is stored; `details` stays the very text that was hashed. */
export interface StoredAuditRow {
  seq: number; at: number; actorKind: string; actorId: string; action: string; subject: string; pluginId: string | null; outcome: Outcome; details: string; previous: string; hash: string;
}

/** SHA-256 in hex over everything in the row but the hash itself. */
export const linkOf = (row: Omit<StoredAuditRow, 'hash'>): string => createHash('sha256')
  .update(JSON.stringify([row.seq, row.at, row.actorKind, row.actorId, row.action, row.subject, row.pluginId, row.outcome, row.details, row.previous])).digest('hex');

export interface ChainEnd { seq: number; hash: string }

/**
 * Follows rows, in the order of their numbers, from a known end.
 * @param belongsAt finds the row whose content belongs right after a hash, wherever it stands now
 * @returns where the chain stands after them, or the first thing that does not fit
 */
export function followChain(rows: Iterable<StoredAuditRow>, from: ChainEnd, belongsAt: (previous: string) => Iterable<StoredAuditRow>): { end: ChainEnd; rows: number } | { problem: AuditProblem } {
  let end = from;
  let count = 0;
  for (const row of rows) {
    const expected = end.seq + 1;
    if (row.seq !== expected) return { problem: removed(expected, row.seq - 1) };
    if (row.previous !== end.hash || linkOf(row) !== row.hash) {
      const moved = [...belongsAt(end.hash)].find((other) => other.seq !== expected && linkOf({ ...other, seq: expected }) === other.hash);
      if (moved) return { problem: { kind: 'moved', seq: expected, message: `Row ${expected} stands at ${moved.seq}: rows were put into another order.` } };
      return { problem: { kind: 'changed', seq: row.seq, message: `Row ${row.seq} was changed, or another row was put in its place.` } };
    }
    end = { seq: row.seq, hash: row.hash };
    count += 1;
  }
  return { end, rows: count };
}

/** Rows that should be there and are not. */
export const removed = (first: number, last: number): AuditProblem =>
  ({ kind: 'removed', seq: first, message: first === last ? `Row ${first} is missing.` : `Rows ${first} to ${last} are missing.` });
