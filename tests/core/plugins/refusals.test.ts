import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKey } from '../../../packaging/index.ts';
import type { OperationEventBody } from '../../../contract/model/plugin.ts';
import { expectRefused, publishedWorld } from './published.ts';
import { tamper, type PluginSpec } from './registry.ts';
import { outcome, type World } from './world.ts';

const ID = 'com.acme.subject';
const app: PluginSpec = { id: ID, dependencies: ['com.acme.base>=1'] };
const base: PluginSpec = { id: 'com.acme.base' };

const published = publishedWorld();
const { publish } = published;
let world: World;
beforeAll(() => { ({ world } = published); });
const refused = (events: OperationEventBody[], step: string | null, code: string) => expectRefused(world, events, step, code);

describe('I3 what is not what the registry signed is not installed', () => {
  it('refuses a tampered archive', async () => {
    const records = await publish(base, app);
    await tamper(world.registry.blobFile(records.get(ID)?.versions[0]?.sha512 ?? ''));
    await refused(await world.install(ID), 'download', 'plugins/digest-mismatch');
  });

  it('refuses an archive that goes on after its size', async () => {
    const records = await publish(base, app);
    await writeFile(world.registry.blobFile(records.get(ID)?.versions[0]?.sha512 ?? ''), Buffer.alloc(1_000_000));
    await refused(await world.install(ID), 'download', 'plugins/digest-mismatch');
  });

  it('refuses a signature by a key that is not the publisher’s', async () => {
    await publish(base, { ...app, signWith: generateSigningKey() });
    await refused(await world.install(ID), 'verify', 'plugins/bad-signature');
  });

  it('refuses a reserved name that another key signed', async () => {
    await publish({ id: 'dev.troupe.impostor' });
    await refused(await world.install('dev.troupe.impostor'), 'verify', 'plugins/bad-signature');
  });

  it.each<[string, PluginSpec['distort']]>([
    ['fewer permissions', (version) => ({ ...version, permissions: [] })],
    ['other dependencies', (version) => ({ ...version, dependencies: [] })],
    ['other requirements', (version) => ({ ...version, requirements: { ...version.requirements, app_version: '>=0.5.0' } })],
  ])('refuses a manifest that differs from its record: %s', async (_, distort) => {
    await publish(base, { ...app, network: ['api.example.com'], distort: distort ?? ((version) => version) });
    await refused(await world.install(ID), 'check', 'plugins/bad-manifest');
  });

  it('refuses a version number that the archive does not have', async () => {
    // The statement that was signed names the version, so the signature gives it away first.
    await publish(base, { ...app, distort: (version) => ({ ...version, version: '1.0.1' }) });
    await refused(await world.install(ID), 'verify', 'plugins/bad-signature');
  });
});

describe('D8 what may not be installed', () => {
  it('refuses a withdrawn version with its reason, and takes the one before', async () => {
    await publish(base, { ...app, version: '1.1.0', distort: (version) => ({ ...version, withdrawn: 'It leaks keys.' }) }, app);
    expect(outcome(await world.install(ID)).type).toBe('operation_finished');
    expect((await world.plugins.get({ id: ID })).version).toBe('1.0.0');
  });

  it('refuses when every version was withdrawn', async () => {
    await publish(base, { ...app, distort: (version) => ({ ...version, withdrawn: 'It leaks keys.' }) });
    const { error } = await refused(await world.install(ID), 'resolve', 'plugins/withdrawn');
    expect(error.message).toContain('It leaks keys.');
  });

  it('refuses a version that the registry revoked', async () => {
    const records = await publish(base, app);
    const revoked = [{ id: ID, version: '1.0.0', sha512: records.get(ID)?.versions[0]?.sha512 ?? '', reason: 'A hole was found.', revoked_at: 1 }];
    await world.registry.publish([base, app], { revoked });
    await world.catalog.sync();
    await refused(await world.install(ID), 'resolve', 'plugins/withdrawn');
  });

  it('disables an installed version that is revoked later, with its data kept', async () => {
    const records = await publish(base, app);
    expect(outcome(await world.install(ID)).type).toBe('operation_finished');
    await world.registry.publish([base, app], { revoked: [{ id: ID, version: '1.0.0', sha512: records.get(ID)?.versions[0]?.sha512 ?? '', reason: 'A hole was found.', revoked_at: 1 }] });
    await world.catalog.sync();
    expect((await world.plugins.get({ id: ID })).status).toBe('disabled');
    expect((await world.plugins.get({ id: 'com.acme.base' })).status).toBe('active');
  });

  it('refuses what moderation blocked, as if it were not there', async () => {
    await publish({ ...app, dependencies: [], distortRecord: (record) => ({ ...record, moderation: 'blocked' }) });
    await expect(world.install(ID)).rejects.toMatchObject({ code: 'catalog/not-found' });
  });
});

describe('D5 what does not suit this app', () => {
  it('refuses another app version and names it', async () => {
    await publish({ ...app, dependencies: [], appVersion: '>=9.0.0' });
    const { error } = await refused(await world.install(ID), 'resolve', 'plugins/incompatible');
    expect(error.message).toContain('It needs Troupe >=9.0.0, and this is 1.0.0.');
  });

  it('refuses another platform', async () => {
    await publish({ ...app, dependencies: [], platforms: ['darwin'] });
    const { error } = await refused(await world.install(ID), 'resolve', 'plugins/incompatible');
    expect(error.message).toContain('macOS only, and this is Linux');
  });

  it('I4 says who wants what when dependencies conflict', async () => {
    await publish({ ...app, dependencies: ['com.acme.left', 'com.acme.right'] }, { id: 'com.acme.left', dependencies: ['com.acme.base>=2'] }, { id: 'com.acme.right', dependencies: ['com.acme.base<2'] }, base, { ...base, version: '2.0.0' });
    const { error } = await refused(await world.install(ID), 'resolve', 'plugins/conflict');
    expect(error.message).toContain('com.acme.left 1.0.0 wants >=2 and com.acme.right 1.0.0 wants <2');
    expect(error.details['wants']).toHaveLength(2);
  });

  it('I4 says when no registry has a dependency', async () => {
    await publish({ ...app, dependencies: ['com.acme.ghost>=1'] });
    await refused(await world.install(ID), 'resolve', 'plugins/no-version');
  });

  it('installs with a foreign dependency, which asks for nothing here', async () => {
    await publish({ ...app, dependencies: ['crewai>=0.5'] });
    expect(outcome(await world.install(ID)).type).toBe('operation_finished');
  });
});

describe('I2 consent', () => {
  const asking: PluginSpec = { ...app, dependencies: [], network: ['api.example.com', '*.example.org'] };

  it('shows what is asked for, and grants only what was granted', async () => {
    await publish(asking);
    const events = await world.install(ID, { granted: ['network:api.example.com'] });
    const asked = events.find((event) => event.type === 'consent_requested');
    expect(asked?.items).toMatchObject([{ pluginId: ID, dependency: false, publisher: { id: 'acme' }, added: ['network:api.example.com', 'network:*.example.org'] }]);
    expect([...((await world.plugins.source.get(ID))?.grants ?? [])]).toEqual(['network:api.example.com']);
  });

  it('comes before anything of a plugin runs, of those that it needs too', async () => {
    const code = (name: string): string => `export default { tools: { echo: async (input) => input } }; // ${name}`;
    await publish({ id: 'com.acme.base', code: code('base') }, { ...asking, dependencies: ['com.acme.base>=1'], code: code('subject') });
    const ran = (): string[] => published.ran.filter((one) => [code('base'), code('subject')].includes(one));
    const { operationId } = await world.plugins.install({ id: ID, grantAll: false });
    let before: string[] | undefined;
    await world.follow(operationId, (event) => {
      if (event.type !== 'consent_requested') return;
      before = ran();
      void world.plugins.consent({ operationId, accept: true, granted: [] });
    });
    expect(before).toEqual([]);
    // After it they do.
    expect(ran().toSorted()).toEqual([code('base'), code('subject')]);
    await world.clear();
    const count = ran().length;
    expect(outcome(await world.install(ID, { answer: 'refuse' }))).toEqual({ type: 'operation_cancelled', step: 'consent' });
    expect(ran()).toHaveLength(count);
  });

  it('refusing it cancels, and nothing is left', async () => {
    await publish(asking);
    const events = await world.install(ID, { answer: 'refuse' });
    expect(outcome(events)).toEqual({ type: 'operation_cancelled', step: 'consent' });
    expect(await world.left()).toEqual({ plugins: [], blobs: [] });
  });

  it('grantAll does not ask, except for what is dangerous', async () => {
    await publish(asking);
    const quiet = await world.install(ID, { grantAll: true });
    expect(quiet.some((event) => event.type === 'consent_requested')).toBe(false);
    expect((await world.plugins.source.get(ID))?.grants.size).toBe(2);
    await publish({ id: 'com.acme.danger', network: ['http://127.0.0.1:8080', 'api.example.com'] });
    const asked = await world.install('com.acme.danger', { grantAll: true, granted: ['network:api.example.com'] });
    expect(asked.some((event) => event.type === 'consent_requested')).toBe(true);
    expect([...((await world.plugins.source.get('com.acme.danger'))?.grants ?? [])]).toEqual(['network:api.example.com']);
  });

  it('asks only for the difference when data was kept', async () => {
    await publish(asking);
    await world.install(ID);
    await world.uninstall(ID, true);
    await publish({ ...asking, version: '2.0.0', network: ['api.example.com', 'new.example.net'] });
    const events = await world.install(ID, { answer: 'accept' });
    expect(events.find((event) => event.type === 'consent_requested')?.items[0]?.added).toEqual(['network:new.example.net']);
    expect([...((await world.plugins.source.get(ID))?.grants ?? [])].sort()).toEqual(['network:api.example.com', 'network:new.example.net']);
  });

  it('ignores an answer for something that was not asked', async () => {
    await publish(asking);
    const { operationId } = await world.plugins.install({ id: ID, grantAll: false });
    const events = await world.follow(operationId, (event) => {
      if (event.type === 'consent_requested') void world.plugins.consent({ operationId, accept: true, granted: [{ pluginId: ID, key: 'network:evil.example' }, { pluginId: 'com.acme.other', key: 'network:api.example.com' }] });
    });
    expect(outcome(events).type).toBe('operation_finished');
    expect((await world.plugins.source.get(ID))?.grants.size).toBe(0);
  });
});

describe('I1 the last check before a plugin becomes active', () => {
  it.each<[string, string]>([
    ['code that throws', 'throw new Error("no");'],
    ['a tool that is missing', 'export default { tools: { other: async () => 1 } };'],
    ['code that never ends', 'for (;;) {}'],
    ['a health check that says no', 'export default { tools: { echo: async () => 1 }, healthCheck: async () => ({ ok: false, message: "broken" }) };'],
  ])('refuses %s', async (_, code) => {
    await publish(base, { ...app, code });
    await refused(await world.install(ID), 'smoke', 'plugins/smoke-failed');
  });

  it('runs the plugin’s own health check with an empty store and nothing else', async () => {
    const code = `export default { tools: { echo: async () => 1 }, healthCheck: async (ctx) => {
      await ctx.storage.set('key', 7);
      const listed = await ctx.storage.list('');
      const kept = await ctx.storage.get('key');
      await ctx.storage.delete('key');
      await ctx.progress(0.5, 'half');
      let refused = '';
      try { await ctx.fetch('https://api.example.com/'); } catch (error) { refused = error.code; }
      return { ok: kept === 7 && listed.length === 1 && (await ctx.storage.get('key')) === null && refused === 'permission/denied', message: JSON.stringify({ kept, listed, refused }) };
    } };`;
    await publish({ ...app, dependencies: [], storage: '1MiB', code });
    const events = await world.install(ID);
    expect(outcome(events).type).toBe('operation_finished');
    expect(events.find((event) => event.type === 'step_finished' && event.step === 'smoke')).toMatchObject({ detail: { healthCheck: 'ok' } });
  });

  it('lets a plugin without code in', async () => {
    await publish({ ...app, dependencies: [], tools: [], code: null });
    expect(outcome(await world.install(ID)).type).toBe('operation_finished');
  });
});

describe('I10 what one operation takes back is not what another one brought', () => {
  it('leaves the archive that came meanwhile for something else', async () => {
    await publish(base, { ...app, network: ['api.example.com'] });
    const { operationId } = await world.plugins.install({ id: ID, grantAll: false });
    const events = await world.follow(operationId, (event) => {
      if (event.type !== 'consent_requested') return;
      void world.install('com.acme.base').then(() => world.plugins.consent({ operationId, accept: false, granted: [] }));
    });
    expect(outcome(events)).toMatchObject({ type: 'operation_cancelled' });
    expect((await world.plugins.list()).plugins.map(({ id }) => id)).toEqual(['com.acme.base']);
    expect(await world.plugins.verify({})).toEqual({ plugins: 1, problems: [] });
    expect((await world.left()).blobs).toHaveLength(1);
  });

  it('gives a health check a small store for the time of the installation', async () => {
    const code = (bytes: number): string => `export default { tools: { echo: async (input) => input }, healthCheck: async (ctx) => { for (let at = 0; at < 20; at += 1) await ctx.storage.set('k' + at, 'x'.repeat(${bytes})); return { ok: true }; } };`;
    await publish({ id: ID, storage: '10MiB', code: code(10_000) });
    expect(outcome(await world.install(ID)).type).toBe('operation_finished');
    await world.uninstall(ID);
    await publish({ id: ID, storage: '10MiB', version: '1.0.1', code: code(100_000) });
    expect(outcome(await world.install(ID))).toMatchObject({ type: 'operation_failed', step: 'smoke', error: { code: 'plugins/smoke-failed' } });
  });
});
