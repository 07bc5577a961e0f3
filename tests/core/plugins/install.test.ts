import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationEventBody } from '../../../contract/model/plugin.ts';
import { builtCatalog } from '../../support/catalog.ts';
import { outcome, startSandbox, startWorld, type World } from './world.ts';

const sandbox = startSandbox();
afterAll(() => sandbox.stop());

const stepsOf = (events: readonly OperationEventBody[]): string[] => events.flatMap((event) => (event.type === 'step_finished' ? [event.pluginId === null ? event.step : `${event.step} ${event.pluginId.split('.').at(-1) ?? ''}`] : []));

describe('I1 installing a first-party plugin with its dependency', () => {
  let world: World;
  let events: OperationEventBody[];

  beforeAll(async () => {
    const built = await builtCatalog();
    world = await startWorld({ threads: true, sandbox, ownKeyId: built.publisherKeyId, registries: () => [{ id: 'embedded', name: 'Built in', kind: 'embedded', source: built.folder, root: built.trustedRoot }] });
    await world.catalog.sync();
    events = await world.install('dev.troupe.csv-analyst');
  });
  afterAll(() => world.stop());

  it('logs each step for each plugin, the dependency first', () => {
    expect(outcome(events)).toEqual({ type: 'operation_finished', pluginIds: ['dev.troupe.text-toolkit', 'dev.troupe.csv-analyst'] });
    expect(stepsOf(events)).toEqual(['resolve', 'download text-toolkit', 'verify text-toolkit', 'check text-toolkit', 'download csv-analyst', 'verify csv-analyst', 'check csv-analyst',
      'consent', 'unpack text-toolkit', 'unpack csv-analyst', 'smoke text-toolkit', 'smoke csv-analyst', 'activate', 'sweep']);
    expect(events.some((event) => event.type === 'step_progressed' && event.step === 'download' && event.unit === 'bytes' && event.done === event.total)).toBe(true);
  });

  it('lists what is installed, with why it is there', async () => {
    const { plugins } = await world.plugins.list();
    expect(plugins.map(({ id, reason, status, neededBy, registry }) => ({ id, reason, status, neededBy, registry })).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: 'dev.troupe.csv-analyst', reason: 'asked', status: 'active', neededBy: [], registry: 'embedded' },
      { id: 'dev.troupe.text-toolkit', reason: 'dependency', status: 'active', neededBy: ['dev.troupe.csv-analyst'], registry: 'embedded' },
    ]);
    const analyst = await world.plugins.get({ id: 'dev.troupe.csv-analyst' });
    expect(analyst.publisher).toMatchObject({ id: 'troupe', tier: 'tier1', verified: true });
    expect(analyst.capabilities.map(({ kind }) => kind)).toContain('agent');
    expect((await world.catalog.get({ id: 'dev.troupe.csv-analyst' })).installedVersion).toBe(analyst.version);
    const image = await world.catalog.image({ sha512: analyst.icon?.sha512 ?? '', as: 'icon' });
    expect(image.type).toBe('image/png');
  });

  it('hands its code and grants to the engine', async () => {
    const code = await world.plugins.source.get('dev.troupe.csv-analyst');
    expect(new TextDecoder().decode(await code?.readFile('plugin.yaml'))).toContain('dev.troupe.csv-analyst');
    expect([...(code?.grants ?? [])].some((key) => key.startsWith('folder:'))).toBe(true);
    await expect(code?.readFile('../../troupe.db')).rejects.toMatchObject({ code: 'plugins/bad-archive' });
    expect(await world.plugins.source.get('dev.troupe.nobody')).toBeUndefined();
    expect((await world.plugins.source.list()).length).toBe(2);
  });

  it('writes a lockfile', async () => {
    const text = await world.plugins.lockfile();
    expect(text).toContain('lockfile_version: 1');
    expect(text).toMatch(/id: dev\.troupe\.text-toolkit\n {4}version: \S+\n {4}sha512: [0-9a-f]{128}\n {4}source: embedded\n {4}reason: needed by dev\.troupe\.csv-analyst/);
  });

  it('refuses to install it again, and to remove what others need', async () => {
    await expect(world.plugins.install({ id: 'dev.troupe.csv-analyst', grantAll: true })).rejects.toMatchObject({ code: 'plugins/already-installed' });
    await expect(world.plugins.uninstall({ id: 'dev.troupe.text-toolkit', keepData: false })).rejects.toMatchObject({ code: 'plugins/needed-by-others', details: { neededBy: ['dev.troupe.csv-analyst'] } });
    await expect(world.plugins.install({ id: 'dev.troupe.no-such', grantAll: true })).rejects.toMatchObject({ code: 'catalog/not-found' });
  });

  it('I7 uninstalls it with the dependency that nobody else needs', async () => {
    const folders = (await world.left()).plugins;
    expect(folders.length).toBe(2);
    const removed = await world.uninstall('dev.troupe.csv-analyst');
    expect(outcome(removed)).toEqual({ type: 'operation_finished', pluginIds: ['dev.troupe.csv-analyst', 'dev.troupe.text-toolkit'] });
    expect((await world.plugins.list()).plugins).toEqual([]);
    expect((await world.left()).plugins).toEqual([]);
    await expect(world.plugins.uninstall({ id: 'dev.troupe.csv-analyst', keepData: false })).rejects.toMatchObject({ code: 'plugins/not-installed' });
  });
});

describe('D4 what the catalog serves of the installed files', () => {
  it('keeps an archive as the registry served it', async () => {
    const world = await startWorld({ sandbox });
    try {
      const records = await world.registry.publish([{ id: 'com.acme.one' }]);
      await world.catalog.sync();
      expect(outcome(await world.install('com.acme.one')).type).toBe('operation_finished');
      const sha512 = records.get('com.acme.one')?.versions[0]?.sha512 ?? '';
      expect(await readFile(path.join(world.test.home.blobs, sha512.slice(0, 2), sha512))).toEqual(await readFile(world.registry.blobFile(sha512)));
    } finally {
      await world.stop();
    }
  });
});
