import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRow } from '../../../contract/model/audit.ts';
import { actingAs, actorNow, openAudit, type Audit } from '../../../main/core/base/audit/index.ts';
import { connect } from '../../../main/core/base/store/connect.ts';
import { handlesOf, type QueryTable } from '../../../main/core/base/store/handles.ts';
import { openStore, type Store } from '../../../main/core/base/store/index.ts';
import { auditQueries } from '../../../main/core/base/store/queries/audit.ts';
import { secretValues } from '../../../main/core/base/observe/index.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SECRET = 'sk-"very/secret"+1';
const DAY = 86_400_000;
type Home = Awaited<ReturnType<typeof openHome>>;
let folders: string[] = [];
let home: Home;
let at: number;

async function openHome() {
  const folder = await mkdtemp(path.join(tmpdir(), 'troupe-audit-'));
  folders.push(folder);
  const file = path.join(folder, 'troupe.db');
  const store = await openStore({ file, actor: actorNow });
  const secrets = secretValues();
  secrets.register(SECRET);
  const audit = openAudit({ store, now: () => at, clean: (text) => secrets.remove(text) });
  return { file, store, audit };
}
/** Changes the closed database behind Troupe's back, triggers set aside. */
function tamper(file: string, sql: string): void {
  const connection = connect({ file, readonly: false });
  connection.exec(`DROP TRIGGER IF EXISTS audit_unchanged; DROP TRIGGER IF EXISTS audit_kept; ${sql}`);
  connection.close();
}
const every = async (audit: Audit): Promise<AuditRow[]> => (await audit.list({ filter: {}, limit: 500 })).rows.reverse();
const note = (subject: string, more: object = {}) => ({ actor: { kind: 'plugin' as const, id: 'dev.test.a' }, pluginId: 'dev.test.a', runId: 'run-1', action: 'host_reached' as const, subject, outcome: 'done' as const, ...more });

beforeAll(() => { folders = []; });
beforeEach(async () => {
  at = 1_000_000;
  home = await openHome();
  return () => home.store.stop();
});
afterAll(async () => { for (const folder of folders) await rm(folder, { recursive: true, force: true }); });

describe('X14 the audit list', () => {
  it('tells of each change, by whom, in the transaction of the change', async () => {
    const { store, audit } = home;
    await actingAs({ kind: 'person', id: 'page' }, () => store.write('putSettings', { values: { theme: '"dark"', offline: 'true' }, at }));
    await store.write('putSecret', { id: 's1', label: 'Acme', nonce: new Uint8Array([1]), ciphertext: new TextEncoder().encode(SECRET), at });
    await store.write('insertHire', { id: 'h1', name: 'Ada', pluginId: 'dev.test.a', agentId: 'writer', model: null, at });
    await store.write('dismissHire', { id: 'h1', at });
    const rows = await every(audit);
    expect(rows.map(({ seq, actor, action, subject, outcome }) => [seq, `${actor.kind} ${actor.id}`, action, subject, outcome])).toEqual([
      [1, 'person page', 'setting_changed', 'theme', 'done'], [2, 'person page', 'setting_changed', 'offline', 'done'], [3, 'policy core', 'secret_changed', 'Acme', 'done'],
      [4, 'policy core', 'agent_hired', 'Ada', 'done'], [5, 'policy core', 'agent_dismissed', 'Ada', 'done']]);
    expect(rows[0]?.details).toEqual({});
    expect(rows[1]?.details).toEqual({ value: true });
    expect(await audit.verify()).toEqual({ rows: 5, head: { seq: 5, hash: rows.at(-1)?.hash }, cutAt: 0, problem: null });
  });

  it('tells nothing of what did not happen, and once of what was asked twice', async () => {
    const { store, audit } = home;
    await expect(store.write('dismissHire', { id: 'nobody', at })).rejects.toMatchObject({ code: 'team/not-found' });
    const request = { id: 'request-1', procedure: 'settings.change' };
    for (let time = 0; time < 3; time += 1) await store.write('putSettings', { values: { offline: 'true' }, at }, { request });
    expect(await every(audit)).toHaveLength(1);
  });

  it('holds no value of a secret, wherever one is offered', async () => {
    const { audit } = home;
    await audit.record([{ action: 'secret_changed', subject: `the ${SECRET} key`, details: { password: 'hunter22', deep: [{ note: `x${SECRET}y` }], address: encodeURIComponent(SECRET), count: 7 } }]);
    audit.activity.note(note(`GET ${SECRET}.example.com`, { result: SECRET }));
    audit.activity.call({ pluginId: 'dev.test.a', runId: 'r', toolId: 'dev.test.a/t', at, durationMs: 1, cpuMs: 1, memoryBytes: null, hostCalls: 1, error: { code: 'x', message: SECRET, permission: null }, logs: [`info: ${SECRET}`], hosts: [] });
    const all = JSON.stringify([await every(audit), await audit.calls('dev.test.a'), await audit.export({ filter: {}, format: 'csv', from: 0 })]);
    for (const shape of [SECRET, JSON.stringify(SECRET).slice(1, -1), JSON.stringify(JSON.stringify(SECRET).slice(1, -1)).slice(1, -1), encodeURIComponent(SECRET), 'hunter22', 'very/secret']) expect(all).not.toContain(shape);
    expect(all).toContain('"count":7');
  });

  it('finds what was changed, removed or moved behind its back, and says which', async () => {
    const { store, file, audit } = home;
    await audit.record(Array.from({ length: 9 }, (_, n) => ({ action: 'setting_changed' as const, subject: `s${n}` })));
    await store.stop();
    const sound = "SELECT 1";
    const cases: [string, string, { kind: string; seq: number } | null][] = [
      ['as it was', sound, null], ['changed', "UPDATE audit SET subject = 'other' WHERE seq = 4", { kind: 'changed', seq: 4 }], ['put back', "UPDATE audit SET subject = 's3' WHERE seq = 4", null],
      ['moved', 'UPDATE audit SET seq = 100 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 100', { kind: 'moved', seq: 2 }],
      ['moved back', 'UPDATE audit SET seq = 100 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 100', null],
      ['added', "INSERT INTO audit SELECT 10, at, actor_kind, actor_id, action, subject, plugin_id, outcome, details, previous, hash FROM audit WHERE seq = 9", { kind: 'changed', seq: 10 }],
      ['taken out', 'DELETE FROM audit WHERE seq = 10', null], ['newest removed', 'DELETE FROM audit WHERE seq >= 8', { kind: 'removed', seq: 8 }], ['middle removed', 'DELETE FROM audit WHERE seq BETWEEN 5 AND 6', { kind: 'removed', seq: 5 }],
    ];
    for (const [name, sql, problem] of cases) {
      tamper(file, sql);
      const connection = connect({ file, readonly: true });
      const { reader } = handlesOf(connection);
      // A thread for each would take longer than what is looked at here.
      const read = (query: string, input: never): Promise<unknown> => Promise.resolve((auditQueries as QueryTable)[query]?.(reader, input));
      const verdict = await openAudit({ store: { read, write: () => Promise.reject(new Error('Nothing is written.')) } as unknown as Pick<Store, 'read' | 'write'>, now: () => at }).verify();
      connection.close();
      if (problem) expect(verdict.problem, name).toMatchObject(problem);
      else expect(verdict.problem, name).toBeNull();
    }
    home.store = await openStore({ file });
  });

  it('becomes one row with a count when a plugin does the same thing 10,000 times', async () => {
    const { audit } = home;
    for (let time = 0; time < 10_000; time += 1) { at += 1; audit.activity.note(note('GET api.example.com', { result: time % 10 === 0 ? '404' : '200', permission: 'network:api.example.com' })); }
    for (let time = 0; time < 5_000; time += 1) audit.activity.note(note(`GET ${time}.example.com`));
    const rows = await every(audit);
    expect(rows).toHaveLength(51);
    expect(rows[0]).toMatchObject({ subject: 'GET api.example.com', actor: { kind: 'plugin', id: 'dev.test.a' }, pluginId: 'dev.test.a', details: { run: 'run-1', count: 10_000, first: 1_000_001, last: 1_010_000, results: { 200: 9_000, 404: 1_000 } } });
    expect(rows.at(-1)).toMatchObject({ subject: '…', details: { count: 4_951 } });
  });

  it('says when a permission was used last', async () => {
    const { store, audit } = home;
    await store.write('grantPermission', { pluginId: 'dev.test.a', publisherId: 'p', permission: 'network:api.example.com', at: 5 });
    audit.activity.note(note('GET api.example.com', { permission: 'network:api.example.com' }));
    await audit.flush();
    expect(await store.read('allGrants', {})).toEqual([{ pluginId: 'dev.test.a', publisherId: 'p', permission: 'network:api.example.com', grantedAt: 5, lastUsedAt: at }]);
  });

  it('is filtered, searched and paged', async () => {
    const { audit } = home;
    await audit.record(Array.from({ length: 30 }, (_, n) => ({ action: n % 3 === 0 ? 'plugin_installed' as const : 'setting_changed' as const, subject: n === 7 ? '100%_odd' : `s${n}`, pluginId: n % 3 === 0 ? 'dev.test.b' : null, outcome: n % 5 === 0 ? 'failed' as const : 'done' as const, at: n })));
    const seqs = async (filter: object, more: object = {}): Promise<number[]> => (await audit.list({ filter, limit: 5, ...more })).rows.map(({ seq }) => seq);
    expect(await seqs({})).toEqual([30, 29, 28, 27, 26]);
    expect(await seqs({}, { before: 26 })).toEqual([25, 24, 23, 22, 21]);
    expect(await seqs({ action: 'plugin_installed', outcome: 'failed' })).toEqual([16, 1]);
    expect(await seqs({ pluginId: 'dev.test.b', since: 21, until: 27 })).toEqual([25, 22]);
    expect(await seqs({ words: '%_' })).toEqual([8]);
    expect(await seqs({ actor: 'policy' }, { limit: 1 })).toEqual([30]);
    expect((await audit.list({ filter: { actor: 'person' }, limit: 5 })).total).toBe(0);
    expect(await audit.list({ filter: { outcome: 'failed' }, limit: 1 })).toMatchObject({ total: 6, actions: ['plugin_installed', 'setting_changed'], actors: ['policy'] });
  });

  it('leaves as JSON lines that can be followed, and as CSV without formulas', async () => {
    const { audit } = home;
    await audit.record([{ action: 'plugin_installed', subject: '=cmd()', details: { a: 'x,"y"' } }, { action: 'plugin_pinned', subject: 'plain' }]);
    const { text, rows, next } = await audit.export({ filter: {}, format: 'jsonl', from: 0 });
    expect([rows, next]).toEqual([2, null]);
    expect(text.trimEnd().split('\n').map((line) => (JSON.parse(line) as AuditRow).subject)).toEqual(['=cmd()', 'plain']);
    const csv = await audit.export({ filter: {}, format: 'csv', from: 0 });
    expect(csv.text.split('\r\n')[0]).toBe('seq,at,actor_kind,actor_id,action,subject,plugin_id,outcome,details,previous,hash');
    expect(csv.text).toContain(`,plugin_installed,'=cmd(),,done,"{""a"":""x,\\""y\\""""}",`);
    await audit.record(Array.from({ length: 2_500 }, (_, n) => ({ action: 'setting_changed' as const, subject: `${n}` })));
    const first = await audit.export({ filter: {}, format: 'csv', from: 0 });
    expect([first.rows, first.next]).toEqual([2_000, 2_000]);
    const second = await audit.export({ filter: {}, format: 'csv', from: 2_000 });
    expect([second.rows, second.next, second.text.startsWith('2001,')]).toEqual([502, null, true]);
    expect((await audit.verify()).rows).toBe(2_502);
  });

  it('is cut by age, tells of it, and what stays can still be followed', async () => {
    const { store, file, audit } = home;
    at = 10 * DAY;
    await audit.record([1, 2, 3, 4, 5, 6].map((day) => ({ action: 'setting_changed' as const, subject: `day ${day}`, at: day * DAY })));
    await audit.keep(6);
    expect((await every(audit)).map(({ seq, subject, action }) => [seq, action === 'audit_cut' ? action : subject])).toEqual([[4, 'day 4'], [5, 'day 5'], [6, 'day 6'], [7, 'audit_cut']]);
    expect(await audit.verify()).toMatchObject({ rows: 4, cutAt: 3, problem: null });
    await audit.keep(6);
    expect(await every(audit)).toHaveLength(4);
    at = 100 * DAY;
    await audit.keep(null);
    expect(await every(audit)).toHaveLength(4);
    await audit.keep(1);
    expect((await every(audit)).map(({ action, details }) => [action, details])).toEqual([['audit_cut', { rows: 4 }]]);
    expect(await audit.verify()).toMatchObject({ rows: 1, problem: null });
    await store.stop();
    tamper(file, 'DELETE FROM audit');
    home.store = await openStore({ file });
    expect((await openAudit({ store: home.store, now: () => at }).verify()).problem).toMatchObject({ kind: 'removed', seq: 8 });
  });
});
