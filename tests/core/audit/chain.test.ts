import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followChain, linkOf, type StoredAuditRow } from '../../../main/core/base/store/queries/audit-chain.ts';

const GENESIS = { seq: 0, hash: '0'.repeat(64) };

/** A sound chain of the given length whose rows all differ. */
function chain(subjects: readonly string[]): StoredAuditRow[] {
  let end = GENESIS;
  return subjects.map((subject, at) => {
    const row = { seq: end.seq + 1, at: 1_000 + at, actorKind: 'person', actorId: 'cli', action: 'setting_changed', subject: `${at} ${subject}`, pluginId: at % 2 === 0 ? null : 'dev.test.a', outcome: 'done' as const, details: `{"n":${at}}`, previous: end.hash };
    end = { seq: row.seq, hash: linkOf(row) };
    return { ...row, hash: end.hash };
  });
}

/** As `verify` does: the rows by number, then the newest against the head that was kept apart. */
function verdict(rows: readonly StoredAuditRow[], head: { seq: number; hash: string }): string {
  const followed = followChain(rows.toSorted((a, b) => a.seq - b.seq), GENESIS, (previous) => rows.filter((row) => row.previous === previous));
  if ('problem' in followed) return `${followed.problem.kind} ${followed.problem.seq}`;
  return followed.end.seq === head.seq && followed.end.hash === head.hash ? 'sound' : 'end';
}

const subjects = fc.array(fc.string(), { minLength: 2, maxLength: 30 });
const headOf = (rows: readonly StoredAuditRow[]): StoredAuditRow => rows.at(-1) as StoredAuditRow;

describe('X14 the chain of the audit list', () => {
  it('is sound as it was written', () => {
    fc.assert(fc.property(subjects, (list) => { const rows = chain(list); expect(verdict(rows, headOf(rows))).toBe('sound'); }));
  });

  it('finds any change of any field of any row', () => {
    const change = fc.oneof(
      fc.record({ field: fc.constantFrom('actorKind', 'actorId', 'action', 'subject', 'pluginId', 'outcome', 'details', 'previous', 'hash'), to: fc.string() }), fc.record({ field: fc.constant('at'), to: fc.integer() }));
    fc.assert(fc.property(subjects, fc.nat(), change, (list, pick, { field, to }) => {
      const rows = chain(list);
      const at = pick % rows.length;
      const row = rows[at] as StoredAuditRow;
      fc.pre(row[field as keyof StoredAuditRow] !== to);
      rows[at] = { ...row, [field]: to };
      expect(verdict(rows, headOf(chain(list)))).toBe(`changed ${at + 1}`);
    }));
  });

  it('finds any removed row, the newest too, and says which', () => {
    fc.assert(fc.property(subjects, fc.nat(), (list, pick) => {
      const rows = chain(list);
      const at = pick % rows.length;
      expect(verdict(rows.toSpliced(at, 1), headOf(rows))).toBe(at === rows.length - 1 ? 'end' : `removed ${at + 1}`);
    }));
  });

  it('finds rows that changed places, and says where', () => {
    fc.assert(fc.property(subjects, fc.nat(), fc.nat(), (list, one, other) => {
      const rows = chain(list);
      const [a, b] = [one % rows.length, other % rows.length];
      fc.pre(a !== b);
      const swapped = rows.map((row, at) => (at === a ? { ...rows[b] as StoredAuditRow, seq: row.seq } : at === b ? { ...rows[a] as StoredAuditRow, seq: row.seq } : row));
      expect(verdict(swapped, headOf(rows))).toBe(`moved ${Math.min(a, b) + 1}`);
    }));
  });

  it('finds a row that was put in', () => {
    fc.assert(fc.property(subjects, fc.nat(), (list, pick) => {
      const rows = chain(list);
      const at = pick % rows.length;
      const put = [...rows.slice(0, at), { ...rows[at] as StoredAuditRow, subject: 'forged' }, ...rows.slice(at)].map((row, place) => ({ ...row, seq: place + 1 }));
      expect(verdict(put, headOf(rows))).not.toBe('sound');
    }));
  });

  it('with the comparison of hashes off, a change goes unseen: the test above can fail', () => {
    const rows = chain(['a', 'b']);
    const forged = rows.map((row, at) => (at === 0 ? { ...row, subject: 'forged' } : row));
    const trusting = forged.every((row, at) => row.previous === (at === 0 ? GENESIS.hash : forged[at - 1]?.hash));
    expect(trusting).toBe(true);
    expect(verdict(forged, headOf(rows))).toBe('changed 1');
  });
});
