import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperationEventBody } from '../../../contract/model/plugin.ts';
import { connect } from '../../../main/core/base/store/connect.ts';
import type { AgentUse } from '../../../main/core/marketplace/plugins/index.ts';
import type { PluginSpec } from './registry.ts';
import { outcome, startWorld, type World } from './world.ts';

/** What the sandbox would find is tested elsewhere; here it is versions that come and go. */
let failing = false;
let agents: AgentUse[] = [];
const sandbox = { run: () => (failing ? Promise.reject(new Error('it broke')) : Promise.resolve({ output: {}, tools: ['echo'], logs: [], metrics: {} } as never)) };

const configuration = { optional: [{ key: 'tone', type: 'string' }] };
const ID = 'com.acme.subject';
const BASE = 'com.acme.base';
const one: PluginSpec = { id: ID, configuration, version: '1.0.0', network: ['api.example.com'], dependencies: [`${BASE}>=1 <2`], files: { 'CHANGELOG.md': '# Changelog\n\n## 1.0.0 (2026-01-01)\n\nFirst.\n' } };
const two: PluginSpec = { id: ID, configuration, version: '2.0.0', network: ['api.example.com', 'new.example.com'], dependencies: [`${BASE}>=2`], files: { 'CHANGELOG.md': '# Changelog\n\n## 2.0.0 (2026-02-01)\n\nFaster.\n' } };
const base: PluginSpec[] = [{ id: BASE, version: '1.0.0' }, { id: BASE, version: '2.0.0' }];

let world: World;
beforeAll(async () => { world = await startWorld({ sandbox, change: (parts) => ({ ...parts, ownAgents: () => Promise.resolve(agents) }) }); });
beforeEach(async () => {
  failing = false;
  agents = [];
  await publish([one, base[0] ?? one]);
  await world.install(ID);
});
afterEach(async () => { for (const { id } of (await world.plugins.list()).plugins) await world.plugins.setPin({ id, version: null }); await world.clear(); });
afterAll(() => world.stop());

async function publish(specs: readonly PluginSpec[]): Promise<void> {
  await world.registry.publish(specs);
  await world.catalog.sync();
}
const both = (): Promise<void> => publish([one, two, ...base]);

type Consent = Extract<OperationEventBody, { type: 'consent_requested' }>;
async function update(id = ID, options: { range?: string; answer?: boolean; meanwhile?: () => Promise<unknown> } = {}): Promise<OperationEventBody[]> {
  const { operationId } = await world.plugins.update({ id, range: options.range, grantAll: false });
  return world.follow(operationId, (event) => {
    if (event.type !== 'consent_requested') return;
    const granted = event.items.flatMap((item) => item.added.map((key) => ({ pluginId: item.pluginId, key })));
    void (options.meanwhile?.() ?? Promise.resolve()).then(() => world.plugins.consent({ operationId, accept: options.answer ?? true, granted }));
  });
}
const rollback = async (id = ID): Promise<OperationEventBody[]> => world.follow((await world.plugins.rollback({ id })).operationId);
const versions = (): Promise<Record<string, string>> => world.plugins.versions();
const grants = async (): Promise<string[]> => [...(await world.plugins.source.get(ID))?.grants ?? []].sort();
const sql = (text: string): unknown[] => {
  const connection = connect({ file: world.test.home.database, key: undefined, readonly: false });
  try { const statement = connection.prepare(text); return statement.reader ? statement.all() : [statement.run()]; } finally { connection.close(); }
};

describe('I5 updates', () => {
  it('are listed with what changed and what is newly asked for', async () => {
    expect(await world.plugins.updates()).toEqual({ updates: [] });
    await both();
    const { updates } = await world.plugins.updates();
    expect(updates).toMatchObject([
      { id: BASE, installed: '1.0.0', version: '2.0.0', added: [], pinned: null },
      { id: ID, installed: '1.0.0', version: '2.0.0', added: ['network:new.example.com'], changes: [{ version: '2.0.0', changelog: expect.stringContaining('Faster') as string }] },
    ]);
  });

  it('bring the newest version and what it needs in one operation, and ask for what is new alone', async () => {
    await both();
    const events = await update();
    expect(outcome(events)).toEqual({ type: 'operation_finished', pluginIds: [BASE, ID] });
    const asked = events.find((event): event is Consent => event.type === 'consent_requested');
    expect(asked?.items.map(({ pluginId, added }) => [pluginId, added])).toEqual([[ID, ['network:new.example.com']]]);
    expect(await versions()).toEqual({ [ID]: '2.0.0', [BASE]: '2.0.0' });
    expect(await grants()).toEqual(['network:api.example.com', 'network:new.example.com']);
    expect((await world.plugins.operations({ recent: true })).operations[0]).toMatchObject({ kind: 'update', pluginId: ID, state: 'finished' });
    expect(await world.plugins.get({ id: ID })).toMatchObject({ version: '2.0.0', previousVersion: '1.0.0' });
  });

  it('leave the old version working until consent, and for good when it is refused', async () => {
    await both();
    const during: unknown[] = [];
    const events = await update(ID, { answer: false, meanwhile: async () => { during.push(await versions()); } });
    expect(outcome(events)).toMatchObject({ type: 'operation_cancelled' });
    expect(during).toEqual([{ [ID]: '1.0.0', [BASE]: '1.0.0' }]);
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
    expect((await world.plugins.get({ id: ID })).previousVersion).toBeNull();
    expect((await world.left()).plugins).toHaveLength(2);
  });

  it('do not ask again for what was refused', async () => {
    await world.clear();
    await world.install(ID, { granted: [] });
    expect(await grants()).toEqual([]);
    await both();
    await update();
    expect(await grants()).toEqual(['network:new.example.com']);
  });

  it('go down as well as up, and say when there is nothing to do', async () => {
    await both();
    await update();
    await expect(world.plugins.update({ id: ID, range: '2.0.0', grantAll: false })).rejects.toMatchObject({ code: 'plugins/already-installed' });
    expect(outcome(await update())).toMatchObject({ type: 'operation_failed', step: 'resolve', error: { code: 'plugins/already-installed' } });
    expect(outcome(await update(ID, { range: '^1' }))).toMatchObject({ type: 'operation_finished' });
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
    await expect(world.plugins.update({ id: 'com.acme.nobody', grantAll: false })).rejects.toMatchObject({ code: 'plugins/not-installed' });
  });

  it('never put a stable version in place of a newer pre-release', async () => {
    await publish([one, { ...one, version: '1.1.0-beta.1' }, base[0] ?? one]);
    expect((await world.plugins.updates()).updates).toEqual([]);
    await update(ID, { range: '1.1.0-beta.1' });
    expect(outcome(await update())).toMatchObject({ error: { code: 'plugins/already-installed' } });
    expect((await versions())[ID]).toBe('1.1.0-beta.1');
  });

  it('keep what a person switched off switched off', async () => {
    await both();
    await world.plugins.setEnabled({ id: ID, enabled: false });
    await update();
    expect(await world.plugins.get({ id: ID })).toMatchObject({ version: '2.0.0', status: 'disabled', disabledBy: 'person' });
  });
});

describe('I5 pins', () => {
  it('hold a plugin against its own update and those of others', async () => {
    await both();
    expect(await world.plugins.setPin({ id: BASE, version: '1.0.0' })).toEqual({ pinned: '1.0.0' });
    expect((await world.plugins.updates()).updates[0]).toMatchObject({ id: BASE, pinned: '1.0.0' });
    await expect(world.plugins.update({ id: BASE, grantAll: false })).rejects.toMatchObject({ code: 'plugins/pinned', details: { pinned: '1.0.0' } });
    await expect(world.plugins.install({ id: BASE, range: '2.0.0', grantAll: false })).rejects.toMatchObject({ code: 'plugins/pinned' });
    const blocked = outcome(await update(ID, { range: '2.0.0' }));
    expect(blocked).toMatchObject({ type: 'operation_failed', step: 'resolve' });
    expect(JSON.stringify(blocked)).toContain('pinned to 1.0.0');
    await world.plugins.setPin({ id: BASE, version: null });
    expect(outcome(await update())).toMatchObject({ type: 'operation_finished' });
  });

  it('lead to their version, and name one that exists', async () => {
    await both();
    await expect(world.plugins.setPin({ id: ID, version: '7.0.0' })).rejects.toMatchObject({ code: 'plugins/no-version' });
    await expect(world.plugins.setPin({ id: 'com.acme.nobody', version: null })).rejects.toMatchObject({ code: 'plugins/not-installed' });
    await world.plugins.setPin({ id: ID, version: '2.0.0' });
    await update();
    expect(await world.plugins.get({ id: ID })).toMatchObject({ version: '2.0.0', pinned: '2.0.0' });
    await expect(world.plugins.rollback({ id: ID })).rejects.toMatchObject({ code: 'plugins/pinned' });
  });

  it('that are set while consent is waited for hold', async () => {
    await both();
    const events = await update(ID, { meanwhile: () => world.plugins.setPin({ id: ID, version: '1.0.0' }) });
    expect(outcome(events)).toMatchObject({ type: 'operation_failed', step: 'activate', error: { code: 'plugins/pinned' } });
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
  });
});

describe('I6 rollback', () => {
  it('brings back code, configuration and grants of everything that one update replaced; again, it goes forward', async () => {
    sql(`UPDATE installations SET config = '{"tone":"short"}' WHERE plugin_id = '${ID}'`);
    await both();
    await update();
    sql(`UPDATE installations SET config = '{"tone":"long"}' WHERE plugin_id = '${ID}'`);
    const now = await world.plugins.get({ id: ID });
    expect(outcome(await rollback())).toEqual({ type: 'operation_finished', pluginIds: [ID, BASE] });
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
    expect((await world.plugins.source.get(ID))?.config).toEqual({ tone: 'short' });
    expect(await grants()).toEqual(['network:api.example.com']);
    expect((await (await world.plugins.source.get(ID))?.readFile('plugin.yaml'))?.toString()).toContain('1.0.0');
    expect(await world.plugins.get({ id: ID })).toMatchObject({ version: '1.0.0', previousVersion: '2.0.0', permissions: [{ key: 'network:api.example.com' }] });

    await rollback();
    expect(await versions()).toEqual({ [ID]: '2.0.0', [BASE]: '2.0.0' });
    expect((await world.plugins.source.get(ID))?.config).toEqual({ tone: 'long' });
    expect(await grants()).toEqual(['network:api.example.com', 'network:new.example.com']);
    expect((await world.plugins.get({ id: ID })).sha512).toBe(now.sha512);
  });

  it('needs a version before', async () => {
    await expect(world.plugins.rollback({ id: ID })).rejects.toMatchObject({ code: 'plugins/no-previous' });
    await expect(world.plugins.rollback({ id: 'com.acme.nobody' })).rejects.toMatchObject({ code: 'plugins/not-installed' });
  });

  it('is refused when another plugin needs what is there, and changes nothing', async () => {
    await both();
    await update();
    await publish([one, two, ...base, { id: 'com.acme.other', dependencies: [`${BASE}>=2`] }]);
    await world.install('com.acme.other');
    expect(outcome(await rollback())).toMatchObject({ type: 'operation_failed', step: 'resolve', error: { code: 'plugins/conflict', details: { wants: [{ by: 'com.acme.other' }] } } });
    expect((await world.plugins.preview({ id: ID, version: null })).dependants).toEqual([{ id: 'com.acme.other', name: 'other', version: '1.0.0', needs: BASE, needsName: 'base', range: '>=2', becomes: '1.0.0', fits: false }]);
    expect(await versions()).toMatchObject({ [ID]: '2.0.0', [BASE]: '2.0.0' });
  });

  it('is refused when the version before was withdrawn or does not start', async () => {
    await both();
    await update();
    failing = true;
    expect(outcome(await rollback())).toMatchObject({ type: 'operation_failed', step: 'smoke', error: { code: 'plugins/smoke-failed' } });
    failing = false;
    await publish([{ ...one, distort: (version) => ({ ...version, withdrawn: 'It lost lines.' }) }, two, ...base]);
    expect(outcome(await rollback())).toMatchObject({ type: 'operation_failed', step: 'check', error: { code: 'plugins/withdrawn' } });
    expect((await versions())[ID]).toBe('2.0.0');
  });

  it('keeps the files of the version before, and brings them again where they are gone', async () => {
    await both();
    const before = await world.plugins.get({ id: ID });
    await update();
    expect((await world.left()).plugins).toHaveLength(4);
    await rm(path.join(world.test.home.plugins, before.sha512), { recursive: true });
    await rm(world.test.home.blobs, { recursive: true });
    expect(outcome(await rollback())).toMatchObject({ type: 'operation_finished' });
    expect((await (await world.plugins.source.get(ID))?.readFile('plugin.yaml'))?.length).toBeGreaterThan(0);
  });
});

describe('I6 whom a change of versions concerns', () => {
  const OTHER = 'com.acme.other';
  const resolved = (events: readonly OperationEventBody[]): unknown => events.find((event) => event.type === 'step_finished' && event.step === 'resolve');

  it('is said before it begins: who needs it and still fits, and the agents of all of them', async () => {
    await publish([one, { ...base[0], id: BASE, version: '1.5.0' }, ...base, { id: OTHER, dependencies: [`${BASE}>=1`] }]);
    await world.install(OTHER);
    sql(`INSERT INTO hires (id, name, plugin_id, agent_id, created_at, updated_at) VALUES ('h', 'Ada', '${OTHER}', 'a', 1, 1)`);
    agents = [{ names: ['Cook'], tools: [`${ID}/echo`] }, { names: ['Nobody'], tools: ['builtin.calculator'] }];
    // Another one stays as it is only while it fits: 2.0.0 would not, so the newest that does is taken.
    const concerned = { agents: ['Ada', 'Cook'], dependants: [{ id: ID, range: '>=1 <2', becomes: '1.5.0', fits: true }, { id: OTHER, range: '>=1', becomes: '1.5.0', fits: true }] };
    expect(await world.plugins.preview({ id: BASE })).toMatchObject({ changes: [{ id: BASE, from: '1.0.0', to: '1.5.0' }], ...concerned });
    expect(resolved(await update(BASE))).toMatchObject({ detail: concerned });
    const back = { agents: ['Ada', 'Cook'], dependants: [{ id: ID, becomes: '1.0.0', fits: true }, { id: OTHER, becomes: '1.0.0', fits: true }] };
    expect(await world.plugins.preview({ id: BASE, version: null })).toMatchObject(back);
    expect(resolved(await rollback(BASE))).toMatchObject({ detail: back });
    sql('DELETE FROM hires');
  });

  it('is nobody where nobody needs or uses it, and what moves along is told as a change', async () => {
    await both();
    expect(await world.plugins.preview({ id: ID })).toMatchObject({ changes: [{ id: BASE }, { id: ID, to: '2.0.0' }], agents: [], dependants: [] });
  });

  it('is told where nothing newer fits, as who wants what, and nothing is changed', async () => {
    await publish([one, ...base]);
    const refusal = { code: 'plugins/conflict', message: expect.stringContaining(`${ID} 1.0.0 itself wants ${BASE} >=1 <2`) as string };
    await expect(world.plugins.preview({ id: BASE })).rejects.toMatchObject(refusal);
    expect(outcome(await update(BASE))).toMatchObject({ type: 'operation_failed', step: 'resolve', error: refusal });
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
  });
});

describe('I7 switching off and on', () => {
  it('is refused while a plugin that is on needs it, naming it', async () => {
    await expect(world.plugins.setEnabled({ id: BASE, enabled: false })).rejects.toMatchObject({ code: 'plugins/needed-by-others', details: { neededBy: [ID], hiredAs: [] } });
    expect(await world.plugins.setEnabled({ id: ID, enabled: false })).toEqual({ changed: [ID], hiredAs: [], usedBy: [] });
    expect(await world.plugins.setEnabled({ id: ID, enabled: false })).toEqual({ changed: [], hiredAs: [], usedBy: [] });
    expect(await world.plugins.setEnabled({ id: BASE, enabled: false })).toEqual({ changed: [BASE], hiredAs: [], usedBy: [] });
    expect((await world.plugins.source.get(ID))?.status).toBe('disabled');
    expect(await world.plugins.get({ id: ID })).toMatchObject({ status: 'disabled', disabledBy: 'person' });
    // On again, with what it needs.
    expect(await world.plugins.setEnabled({ id: ID, enabled: true })).toEqual({ changed: [ID, BASE], hiredAs: [], usedBy: [] });
    expect(await world.plugins.get({ id: BASE })).toMatchObject({ status: 'active', disabledBy: null });
    await expect(world.plugins.setEnabled({ id: 'com.acme.nobody', enabled: true })).rejects.toMatchObject({ code: 'plugins/not-installed' });
  });

  it('names the agents of the team that come from it', async () => {
    sql(`INSERT INTO hires (id, name, plugin_id, agent_id, created_at, updated_at) VALUES ('h', 'Ada', '${ID}', 'a', 1, 1)`);
    sql(`INSERT INTO hires (id, name, plugin_id, agent_id, status, created_at, updated_at) VALUES ('gone', 'gone', '${ID}', 'a', 'dismissed', 1, 1)`);
    expect(await world.plugins.setEnabled({ id: ID, enabled: false })).toEqual({ changed: [ID], hiredAs: ['Ada'], usedBy: [] });
    expect((await world.plugins.get({ id: ID })).hiredAs).toEqual(['Ada']);
    sql('DELETE FROM hires');
  });

  it("names people's own agents that were given something of it, and those of no plugin that is called alike", async () => {
    agents = [{ names: ['Zoe', 'Cook'], tools: ['builtin.calculator', `${ID}/echo`] }, { names: ['Other'], tools: [`${ID}er/echo`] }, { names: ['All'], tools: [`${ID}/*`] }];
    expect(await world.plugins.setEnabled({ id: ID, enabled: false })).toEqual({ changed: [ID], hiredAs: [], usedBy: ['All', 'Cook', 'Zoe'] });
    expect((await world.plugins.list()).plugins.map(({ id, usedBy }) => [id, usedBy])).toEqual([[BASE, []], [ID, ['All', 'Cook', 'Zoe']]]);
    const events = await world.uninstall(ID);
    expect(events.find((event) => event.type === 'step_finished' && event.step === 'check')).toMatchObject({ detail: { usedBy: ['All', 'Cook', 'Zoe'] } });
  });

  it('a new plugin brings what it needs on again', async () => {
    await world.plugins.setEnabled({ id: ID, enabled: false });
    await world.plugins.setEnabled({ id: BASE, enabled: false });
    await publish([one, ...base, { id: 'com.acme.other', dependencies: [`${BASE}>=1`] }]);
    await world.install('com.acme.other');
    expect((await world.plugins.get({ id: BASE })).status).toBe('active');
    expect((await world.plugins.get({ id: ID })).status).toBe('disabled');
  });

  it('a withdrawn version stays off until another one is there', async () => {
    await publish([{ ...one, distort: (version) => ({ ...version, withdrawn: 'It lost lines.' }) }, two, ...base]);
    expect(await world.plugins.get({ id: ID })).toMatchObject({ status: 'disabled', disabledBy: 'registry' });
    await expect(world.plugins.setEnabled({ id: ID, enabled: true })).rejects.toMatchObject({ code: 'plugins/withdrawn', details: { reason: 'It lost lines.' } });
    await update();
    expect(await world.plugins.get({ id: ID })).toMatchObject({ version: '2.0.0', status: 'active', disabledBy: null });
  });

  it('a repeated request answers the same', async () => {
    const request = { id: 'request-0009', procedure: 'plugins.setEnabled' };
    const first = await world.plugins.setEnabled({ id: ID, enabled: false }, request);
    await world.plugins.setEnabled({ id: ID, enabled: true });
    expect(await world.plugins.setEnabled({ id: ID, enabled: false }, request)).toEqual(first);
    expect((await world.plugins.get({ id: ID })).status).toBe('active');
  });
});

describe('I9 verify', () => {
  const kinds = async (lockfile?: string): Promise<string[]> => (await world.plugins.verify({ lockfile })).problems.map(({ pluginId, kind }) => `${kind} ${pluginId ?? ''}`.trim());

  it('finds nothing where nothing was touched, before an update and after a rollback', async () => {
    expect(await world.plugins.verify({ lockfile: await world.plugins.lockfile() })).toEqual({ plugins: 2, problems: [] });
    await both();
    await update();
    await rollback();
    expect(await kinds(await world.plugins.lockfile())).toEqual([]);
  });

  it('names files that are missing, changed, added or links', async () => {
    const folder = path.join(world.test.home.plugins, (await world.plugins.get({ id: ID })).sha512);
    await writeFile(path.join(folder, 'dist', 'plugin.js'), 'export default {}');
    await rm(path.join(folder, 'LICENSE'));
    await rm(path.join(folder, 'README.md'));
    await symlink('/etc/hostname', path.join(folder, 'README.md'));
    await writeFile(path.join(folder, 'more.txt'), '');
    const { problems } = await world.plugins.verify({});
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toBe(`${ID} 1.0.0: its files are not those of its archive (missing LICENSE; changed README.md, dist/plugin.js; added more.txt).`);
    await rm(folder, { recursive: true });
    expect(await kinds()).toEqual([`files ${ID}`]);
  });

  it('says when there is nothing to compare with, and what belongs to nobody', async () => {
    const { sha512 } = await world.plugins.get({ id: ID });
    const file = path.join(world.test.home.blobs, sha512.slice(0, 2), sha512);
    const blob = (await world.left()).blobs.includes(sha512) ? file : '';
    expect(blob).toBe(file);
    await writeFile(file, 'spoiled');
    await mkdir(path.join(world.test.home.plugins, 'b'.repeat(128)));
    expect((await kinds()).sort()).toEqual([`archive ${ID}`, 'leftover']);
    await rm(file);
    expect((await kinds()).sort()).toEqual([`archive ${ID}`, 'leftover']);
    await rm(path.join(world.test.home.plugins, 'b'.repeat(128)), { recursive: true });
  });

  it('tells how a lockfile differs, and what is none', async () => {
    const before = await world.plugins.lockfile();
    await both();
    await update();
    expect(await kinds(before)).toEqual([`lockfile ${BASE}`, `lockfile ${ID}`]);
    await world.uninstall(ID);
    const { problems } = await world.plugins.verify({ lockfile: before });
    expect(problems.map(({ message }) => message)).toEqual([`The lockfile has ${BASE} 1.0.0, which is not installed.`, `The lockfile has ${ID} 1.0.0, which is not installed.`]);
    await world.install(BASE);
    expect(await kinds('lockfile_version: 1\nplugins: []\n')).toEqual([`lockfile ${BASE}`]);
    expect(await kinds((await world.plugins.lockfile()).replace(/sha512: ./, 'sha512: z'))).toEqual([`lockfile ${BASE}`]);
    await expect(world.plugins.verify({ lockfile: 'lockfile_version: 9\nplugins: []\n' })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(world.plugins.verify({ lockfile: '- [' })).rejects.toMatchObject({ code: 'plugins/bad-manifest' });
  });
});
