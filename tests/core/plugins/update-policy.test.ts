import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import { permissionsOf } from '../../../contract/manifest/index.ts';
import { permissionOfKey } from '../../../contract/model/permission-of-key.ts';
import type { AutoUpdate } from '../../../contract/model/plugin.ts';
import { allows } from '../../../main/core/marketplace/plugins/auto-update.ts';
import type { PluginSpec } from './registry.ts';
import { outcome, startWorld, type World } from './world.ts';

const sandbox = { run: () => Promise.resolve({ output: {}, tools: ['echo'], logs: [], metrics: {} } as never) };
const ID = 'com.acme.subject';
const BASE = 'com.acme.base';
const at = (version: string, more: Partial<PluginSpec> = {}): PluginSpec => ({ id: ID, version, ...more });

let byDefault: AutoUpdate = 'off';
let ahead = 0;
let broken = false;
let world: World;
/** Of every archive that was asked for, whether it came or not. */
let fetched = 0;
beforeAll(async () => {
  world = await startWorld({
    sandbox, change: (parts) => ({
      ...parts, autoUpdate: () => byDefault, clock: { now: () => Date.now() + ahead },
      catalog: { ...parts.catalog, fetchBlob: (request) => { fetched += 1; return broken ? Promise.reject(new AppError('catalog/unavailable', 'The registry did not answer.', { retryable: true })) : parts.catalog.fetchBlob(request); } },
    }),
  });
});
afterEach(async () => {
  byDefault = 'off';
  ahead = 0;
  broken = false;
  vi.useRealTimers();
  for (const { id } of (await world.plugins.list()).plugins) await world.plugins.setPin({ id, version: null });
  await world.clear();
});
afterAll(() => world.stop());

async function publish(...specs: PluginSpec[]): Promise<void> {
  await world.registry.publish(specs);
  await world.catalog.sync();
}
const versions = (): Promise<Record<string, string>> => world.plugins.versions();
const policy = (autoUpdate: AutoUpdate | null, channel: 'stable' | 'prerelease' = 'stable') => world.plugins.setUpdatePolicy({ id: ID, autoUpdate, channel });

describe('I5 updates by themselves', () => {
  it('bring what the policy allows: nothing, what mends, anything', async () => {
    await publish(at('1.0.0'));
    await world.install(ID);
    await publish(at('1.0.0'), at('1.0.1'), at('1.1.0'));
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.0' });
    byDefault = 'patch';
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.1' });
    byDefault = 'all';
    await policy('off');
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.1' });
    await policy(null);
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.1.0' });
    expect((await world.plugins.operations({ recent: true })).operations.slice(0, 2).map(({ automatic, state }) => ({ automatic, state }))).toEqual([
      { automatic: { from: '1.0.1', to: '1.1.0' }, state: 'finished' }, { automatic: { from: '1.0.0', to: '1.0.1' }, state: 'finished' }]);
  });

  it('never bring what asks for more, which stays in the list of updates with the difference alone', async () => {
    byDefault = 'all';
    await publish(at('1.0.0', { network: ['api.example.com'] }));
    await world.install(ID);
    await publish(at('1.0.0', { network: ['api.example.com'] }), at('1.0.1', { network: ['api.example.com', 'more.example.com'] }));
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.0' });
    expect((await world.plugins.updates()).updates).toMatchObject([{ id: ID, version: '1.0.1', added: ['network:more.example.com'] }]);
    expect((await world.plugins.operations({ recent: false })).operations).toEqual([]);
  });

  it('bring no plugin along that was not here, and move none whose own policy forbids it', async () => {
    await publish(at('1.0.0', { dependencies: [`${BASE}>=1`] }), { id: BASE, version: '1.0.0' });
    await world.install(ID);
    await publish(at('1.0.0', { dependencies: [`${BASE}>=1`] }), at('1.0.1', { dependencies: [`${BASE}>=2`] }), { id: BASE, version: '1.0.0' }, { id: BASE, version: '2.0.0' });
    await policy('patch');
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
    await publish(at('1.0.0', { dependencies: [`${BASE}>=1`] }), at('1.0.2', { dependencies: ['com.acme.stranger>=1'] }), { id: BASE, version: '1.0.0' }, { id: 'com.acme.stranger' });
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
  });

  it('leave alone what is pinned or switched off', async () => {
    byDefault = 'all';
    await publish(at('1.0.0'));
    await world.install(ID);
    await publish(at('1.0.0'), at('1.0.3'));
    await world.plugins.setPin({ id: ID, version: '1.0.0' });
    await world.plugins.updateByPolicy();
    await world.plugins.setPin({ id: ID, version: null });
    await world.plugins.setEnabled({ id: ID, enabled: false });
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.0' });
  });

  it('refuse consent by nobody even where the list said nothing of it', async () => {
    byDefault = 'all';
    await publish(at('1.0.0'));
    await world.install(ID);
    // The record says that it asks for nothing; the archive is held against it before anything is granted.
    await publish(at('1.0.0'), at('1.0.4', { network: ['sly.example.com'], distort: (version) => ({ ...version, permissions: [] }) }));
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.0' });
    const [last] = (await world.plugins.operations({ recent: true })).operations;
    expect(last).toMatchObject({ kind: 'update', state: 'failed' });
  });

  it('that fail are tried again, each time after twice as long, and not with every sync between', async () => {
    const minutes = async (passed: number): Promise<number> => {
      const before = fetched;
      ahead += passed * 60_000;
      await world.plugins.updateByPolicy();
      return fetched - before;
    };
    byDefault = 'all';
    await publish(at('1.0.0'));
    await world.install(ID);
    await publish(at('1.0.0'), at('1.0.1'));
    broken = true;
    expect([await minutes(0), await minutes(4), await minutes(2), await minutes(6), await minutes(5)]).toEqual([1, 0, 1, 0, 1]);
    expect(await versions()).toEqual({ [ID]: '1.0.0' });
    broken = false;
    // Due in twenty minutes, without a sync and without a restart.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    expect(await minutes(1)).toBe(0);
    ahead += 20 * 60_000;
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    vi.useRealTimers();
    await vi.waitFor(async () => { expect(await versions()).toEqual({ [ID]: '1.0.1' }); }, { timeout: 10_000 });
  });

  it('that nobody can mend by trying wait for the next version', async () => {
    byDefault = 'all';
    await publish(at('1.0.0'));
    await world.install(ID);
    await publish(at('1.0.0'), at('1.0.5', { network: ['sly.example.com'], distort: (version) => ({ ...version, permissions: [] }) }));
    await world.plugins.updateByPolicy();
    const before = fetched;
    ahead += 2 * 86_400_000;
    await world.plugins.updateByPolicy();
    expect(fetched).toBe(before);
    await publish(at('1.0.0'), at('1.0.6'));
    await world.plugins.updateByPolicy();
    expect(await versions()).toEqual({ [ID]: '1.0.6' });
  });

  it('count only a change of the last number as mending', () => {
    expect([['1.2.3', '1.2.4'], ['1.2.3', '1.3.0'], ['1.2.3', '2.0.0'], ['1.2.3', '1.2.4-beta.1'], ['1.2.3-beta.1', '1.2.3']].map(([from = '', to = '']) => allows('patch', from, to))).toEqual([true, false, false, false, false]);
  });
});

describe('I5 channels', () => {
  it('offer and install pre-releases only where they are asked for', async () => {
    await publish(at('1.0.0'));
    await world.install(ID);
    await publish(at('1.0.0'), at('1.1.0-beta.1'), at('1.1.0-beta.2'));
    expect((await world.plugins.updates()).updates).toEqual([]);
    await policy(null, 'prerelease');
    expect((await world.plugins.updates()).updates).toMatchObject([{ version: '1.1.0-beta.2', changes: [{ version: '1.1.0-beta.2' }, { version: '1.1.0-beta.1' }] }]);
    await world.follow((await world.plugins.update({ id: ID, grantAll: false })).operationId);
    expect(await versions()).toEqual({ [ID]: '1.1.0-beta.2' });
    expect(await world.plugins.get({ id: ID })).toMatchObject({ channel: 'prerelease', autoUpdate: null });
    await policy(null, 'stable');
    expect((await world.plugins.updates()).updates).toEqual([]);
    await publish(at('1.0.0'), at('1.1.0-beta.2'), at('1.1.0'));
    expect((await world.plugins.updates()).updates).toMatchObject([{ version: '1.1.0' }]);
  });
});

describe('I5 what a version would change', () => {
  it('is said before: versions, what is asked for more and what no more, for the way back as well', async () => {
    await publish(at('1.0.0', { network: ['old.example.com'], dependencies: [`${BASE}>=1`] }), { id: BASE, version: '1.0.0' });
    await world.install(ID);
    await publish(at('1.0.0', { network: ['old.example.com'], dependencies: [`${BASE}>=1`] }), at('2.0.0', { network: ['new.example.com'], dependencies: [`${BASE}>=2`] }), { id: BASE, version: '1.0.0' }, { id: BASE, version: '2.0.0' });
    const { changes } = await world.plugins.preview({ id: ID, version: '2.0.0' });
    expect(changes).toEqual([
      { id: BASE, name: 'base', from: '1.0.0', to: '2.0.0', added: [], removed: [] },
      { id: ID, name: 'subject', from: '1.0.0', to: '2.0.0', added: ['network:new.example.com'], removed: ['network:old.example.com'] }]);
    expect(await versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0' });
    await expect(world.plugins.preview({ id: ID, version: null })).rejects.toMatchObject({ code: 'plugins/no-previous' });
    const { operationId } = await world.plugins.update({ id: ID, grantAll: true });
    await world.follow(operationId);
    expect((await world.plugins.preview({ id: ID, version: null })).changes).toEqual([
      { id: BASE, name: 'base', from: '2.0.0', to: '1.0.0', added: [], removed: [] },
      { id: ID, name: 'subject', from: '2.0.0', to: '1.0.0', added: ['network:old.example.com'], removed: ['network:new.example.com'] }]);
    await expect(world.plugins.preview({ id: ID, version: '9.0.0' })).rejects.toMatchObject({ code: 'plugins/no-version' });
  });

  it('reads a permission from its key as the manifest gives it', () => {
    const manifest = { plugin: { capabilities: { agents: [] }, permissions: { network: ['api.example.com', '*.example.org:8443', '127.0.0.1'], secrets: [{ key: 'k', hosts: ['api.example.com'], read: true }], models: { calls_per_run: 5 }, tools: ['builtin.calculator'], files: { folders: [{ key: 'data', access: 'write' }] }, storage: '1MiB' } } } as never;
    for (const { detail: _, ...permission } of permissionsOf(manifest)) expect(permissionOfKey(permission.key)).toMatchObject(permission);
    expect(permissionOfKey('network:not a host')?.danger).toBe('high');
    expect([permissionOfKey('nothing'), permissionOfKey('other:x')]).toEqual([undefined, undefined]);
  });
});

describe('I4 a plugin that came along', () => {
  it('is kept for itself when it is asked for, at the version it has', async () => {
    await publish(at('1.0.0', { dependencies: [`${BASE}>=1 <3`] }), { id: BASE, version: '1.0.0' });
    await world.install(ID);
    await publish(at('1.0.0', { dependencies: [`${BASE}>=1 <3`] }), { id: BASE, version: '1.0.0' }, { id: BASE, version: '2.0.0' });
    expect(await world.plugins.get({ id: BASE })).toMatchObject({ reason: 'dependency', neededBy: [ID] });
    expect(outcome(await world.install(BASE))).toEqual({ type: 'operation_finished', pluginIds: [BASE] });
    expect(await world.plugins.get({ id: BASE })).toMatchObject({ reason: 'asked', version: '1.0.0' });
    await expect(world.plugins.install({ id: BASE, grantAll: false })).rejects.toMatchObject({ code: 'plugins/already-installed' });
    await world.uninstall(ID);
    expect(await versions()).toEqual({ [BASE]: '1.0.0' });
  });

  it('comes in the version that is asked for', async () => {
    await publish(at('1.0.0', { dependencies: [`${BASE}>=1 <3`] }), { id: BASE, version: '1.0.0' });
    await world.install(ID);
    await publish(at('1.0.0', { dependencies: [`${BASE}>=1 <3`] }), { id: BASE, version: '1.0.0' }, { id: BASE, version: '2.0.0' });
    await world.install(BASE, { range: '2' });
    expect(await world.plugins.get({ id: BASE })).toMatchObject({ reason: 'asked', version: '2.0.0' });
  });
});
