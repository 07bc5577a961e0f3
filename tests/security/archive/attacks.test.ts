/** Hostile archives on the way that every plugin takes: registry, download, archive thread, disk. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRecord } from '../../../contract/manifest/index.ts';
import { workOn } from '../../../main/core/marketplace/plugins/archive-work.ts';
import type { Rule } from '../../../packaging/archive/bad-archive.ts';
import { outcome, startSandbox, startWorld, type World } from '../../core/plugins/world.ts';
import type { PluginSpec } from '../../core/plugins/registry.ts';
import { attacksOn, honestManifest, UNUSUAL, unusualArchive } from './attacks.ts';

const attackId = (index: number): string => `com.acme.attack-${index}`;
const unusualId = (index: number): string => `com.acme.unusual-${index}`;
const attacks = attacksOn(attackId);

/** A plugin without code and permissions, whose honest manifest says what `honestManifest` does. */
const honest = (id: string): PluginSpec => ({ id, code: null, tools: [] });

const sandbox = startSandbox();
afterAll(() => sandbox.stop());
let world: World;
let records: Map<string, CatalogRecord>;
beforeAll(async () => {
  world = await startWorld({ sandbox });
  records = await world.registry.publish([
    ...attacks.map((attack, index): PluginSpec => ({ ...honest(attackId(index)), served: { archive: attack.archive(), manifest: attack.manifest } })),
    ...UNUSUAL.map(([, more, yaml = ''], index): PluginSpec => {
      const manifest = Buffer.from(honestManifest(unusualId(index)) + yaml);
      return { ...honest(unusualId(index)), served: { archive: unusualArchive(manifest, more), manifest } };
    }),
  ]);
  await world.catalog.sync();
}, 60_000);
afterAll(() => world.stop());

/** The words by which a person learns which rule it was. */
const WORDS: Record<Rule | 'no-manifest', RegExp> = {
  gzip: /does not begin as gzip|optional gzip fields|damaged|cut short/, trailing: /data after its end/, tar: /cut short|after its end|hidden bytes between|no end mark/,
  header: /hidden bytes|not plain octal|wrong checksum|not a POSIX tar|content of its own/, pax: /extended header/, kind: /only regular files and folders/, link: /points to another file/,
  name: /whose name|not valid UTF-8/, 'top-level': /at its top|in dist/, duplicate: /one name on some systems/, 'too-many': /more than 2000 entries/, 'too-large': /more than|the most is/,
  code: /not valid UTF-8/, 'no-manifest': /no plugin\.yaml/, yaml: /plugin\.yaml/, record: /differs/,
};

describe('I3 hostile archives', () => {
  it('are many, each with its own name', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
    expect(attacks.length).toBeGreaterThan(120);
  });

  it.each(attacks.map((attack, index) => [attack.name, attack.rule, index] as const))('refuses %s (%s), and nothing of it is left', async (_, rule, index) => {
    const last = outcome(await world.install(attackId(index)));
    expect(last).toMatchObject({ type: 'operation_failed', step: 'check', error: { code: rule === 'yaml' ? 'plugins/bad-manifest' : 'plugins/bad-archive' } });
    if (last.type !== 'operation_failed') return;
    if (rule !== 'yaml') expect(last.error.details).toMatchObject({ reason: rule });
    expect(last.error.message).toMatch(WORDS[rule]);
    expect((await world.plugins.list()).plugins).toEqual([]);
    expect(await world.left()).toEqual({ plugins: [], blobs: [] });
  });

  it.each(UNUSUAL.map(([name], index) => [name, index] as const))('takes what is only unusual: %s', async (_, index) => {
    expect(outcome(await world.install(unusualId(index)))).toMatchObject({ type: 'operation_finished' });
    await world.uninstall(unusualId(index));
  });
});

describe('I3 with its rule off, an archive gets through', () => {
  const ofIndex = (index: number) => {
    const record = records.get(attackId(index)) as CatalogRecord;
    const version = record.versions[0] as CatalogRecord['versions'][number];
    return { file: world.registry.blobFile(version.sha512), record, version };
  };

  it.each(attacks.flatMap((attack, index) => (attack.unreadable ? [] : [[attack.name, attack.rule, index] as const])))('%s (%s)', async (_, rule, index) => {
    const task = { kind: 'inspect' as const, ...ofIndex(index) };
    await expect(workOn(task)).rejects.toMatchObject({ code: expect.stringMatching(/^plugins\/bad-/) as string });
    expect(await workOn(task, new Set([rule as Rule, ...(attacks[index]?.also ?? [])]))).toMatchObject({ manifest: { plugin: { id: attackId(index) } } });
  });

  it('and a name that climbs out writes where it wants', async () => {
    const { file, version } = ofIndex(attacks.findIndex(({ name }) => name === 'a name that climbs out'));
    const folder = path.join(world.test.home.root, 'climbing', 'plugin');
    const outside = (): Promise<string[]> => readdir(path.dirname(folder)).catch(() => []);
    const task = { kind: 'unpack' as const, file, sha512: version.sha512, folder };
    await expect(workOn(task)).rejects.toMatchObject({ details: { reason: 'name' } });
    expect(await outside()).toEqual([]);
    await workOn(task, new Set<Rule>(['name']));
    expect(await outside()).toEqual(['evil', 'plugin']);
  });
});
