/** Archives that are well made and not what the registry or the publisher signed. */
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRecordVersion } from '../../../contract/manifest/index.ts';
import { workOn } from '../../../main/core/marketplace/plugins/archive-work.ts';
import { generateSigningKey } from '../../../packaging/index.ts';
import { expectRefused, publishedWorld } from '../../core/plugins/published.ts';
import { archiveOf, manifestOf, type PluginSpec } from '../../core/plugins/registry.ts';
import { outcome, startWorld, type World } from '../../core/plugins/world.ts';

const ID = 'com.acme.subject';
const honest: PluginSpec = { id: ID };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** The registry says `honest`, signs and serves this other plugin. */
const servedAs = async (other: PluginSpec): Promise<PluginSpec> => ({ ...honest, served: { archive: await archiveOf(other), manifest: bytes(manifestOf(other)) } });
const said = (change: Partial<CatalogRecordVersion>): PluginSpec => ({ ...honest, distort: (version) => ({ ...version, ...change }) });

const published = publishedWorld();
const { publish, sandbox } = published;
let world: World;
beforeAll(() => { ({ world } = published); });

async function refused(id: string, step: string, code: string, words: RegExp): Promise<void> {
  const { error } = await expectRefused(world, await world.install(id, { grantAll: true }), step, code);
  expect(error.message).toMatch(words);
}

describe('I3 an archive that says something else than its record', () => {
  const lies: [string, PluginSpec, RegExp][] = [
    ['another id', { id: 'com.acme.other' }, /plugin\.id/],
    ['an older version', { id: ID, version: '0.9.0' }, /plugin\.version/],
    ['a newer version', { id: ID, version: '9.0.0' }, /plugin\.version/],
    ['a permission more', { id: ID, network: ['evil.example'] }, /plugin\.permissions/],
    ['storage of its own', { id: ID, storage: '10MiB' }, /plugin\.permissions/],
    ['a dependency more', { id: ID, dependencies: ['com.acme.evil'] }, /plugin\.requirements\.dependencies/],
    ['another app version', { id: ID, appVersion: '>=0.0.1' }, /plugin\.requirements/],
    ['other platforms', { id: ID, platforms: ['linux'] }, /plugin\.requirements/],
  ];
  it.each(lies)('is refused: %s; with the rule off it gets through', async (_, other, words) => {
    const record = (await publish(await servedAs(other))).get(ID);
    await refused(ID, 'check', 'plugins/bad-manifest', words);
    const [version] = record?.versions ?? [];
    if (!record || !version) throw new Error('The record is missing.');
    expect(await workOn({ kind: 'inspect', file: world.registry.blobFile(version.sha512), record, version }, new Set(['record']))).toMatchObject({ manifest: { plugin: { id: other.id } } });
  });

  it('is refused when the digest of its manifest is another one', async () => {
    await publish({ ...honest, served: { archive: await archiveOf(honest), manifest: bytes(`${manifestOf(honest)} `) } });
    await refused(ID, 'check', 'plugins/digest-mismatch', /The manifest in the archive/);
  });
});

describe('I3 an archive that is not the one that was signed', () => {
  it('is refused when the registry serves other bytes of the same length, or fewer', async () => {
    const record = (await publish(honest)).get(ID);
    const file = world.registry.blobFile(record?.versions[0]?.sha512 ?? '');
    const whole = await readFile(file);
    for (const served of [Buffer.alloc(whole.length), whole.subarray(0, -1), Buffer.alloc(0)]) {
      await writeFile(file, served);
      await refused(ID, 'download', 'plugins/digest-mismatch', /not|digest|bytes/);
    }
  });

  it.each([['too small', -1], ['too large', 1]])('is refused when the record names a size that is %s', async (_, by) => {
    await publish({ ...honest, distort: (version) => ({ ...version, size: version.size + by }) });
    await refused(ID, 'download', 'plugins/digest-mismatch', /./);
  });

  it('is refused when the signature is of another version, another archive, or none', async () => {
    const other = (await publish({ ...honest, version: '0.9.0' })).get(ID)?.versions[0];
    if (!other) throw new Error('The record is missing.');
    await publish(said({ signature: other.signature }));
    await refused(ID, 'verify', 'plugins/bad-signature', /does not fit/);
    await publish({ ...honest, distort: (version) => ({ ...version, signature: { ...version.signature, signature: '0'.repeat(version.signature.signature.length) } }) });
    await refused(ID, 'verify', 'plugins/bad-signature', /does not fit/);
  });

  it('is refused when another key goes by the name of the publisher’s', async () => {
    const thief = generateSigningKey();
    await publish({ ...honest, signWith: { ...thief, keyId: world.registry.publisherKey.keyId },
      distortRecord: (record) => ({ ...record, publisher: { ...record.publisher, keys: [{ key_id: world.registry.publisherKey.keyId, public_key: thief.publicKey }] } }) });
    await refused(ID, 'verify', 'plugins/bad-signature', /not the one that its id names/);
  });

  it('is refused when the key was withdrawn', async () => {
    await publish({ ...honest, distortRecord: (record) => ({ ...record, publisher: { ...record.publisher, keys: record.publisher.keys.map((key) => ({ ...key, revoked_at: 1 })) } }) });
    await refused(ID, 'verify', 'plugins/bad-signature', /withdrawn/);
  });
});

describe('I3 a name that belongs to someone else', () => {
  it.each(['dev.troupe.impostor', 'builtin.calculator'])('is refused: %s', async (id) => {
    await publish({ id });
    await refused(id, 'verify', 'plugins/bad-signature', /only Troupe's own key/);
  });

  it('is taken when Troupe’s own key signed it, so that the key alone decides', async () => {
    const own = await startWorld({ sandbox, change: (parts) => ({ ...parts, get ownKeyId() { return own.registry.publisherKey.keyId; } }) });
    await own.registry.publish([{ id: 'dev.troupe.genuine' }]);
    await own.catalog.sync();
    expect(outcome(await own.install('dev.troupe.genuine'))).toMatchObject({ type: 'operation_finished' });
    await own.stop();
  });
});

describe('I3 an older state of a registry', () => {
  it('changes nothing: what is known stays known, and nothing becomes older', async () => {
    const newer: PluginSpec = { ...honest, version: '2.0.0' };
    await world.registry.publish([newer, honest], { sequence: 100 });
    await world.catalog.sync();
    expect(outcome(await world.install(ID))).toMatchObject({ type: 'operation_finished' });
    await world.registry.publish([honest], { sequence: 50 });
    await world.catalog.sync();
    expect((await world.catalog.status()).registries[0]).toMatchObject({ sequence: 100, error: { code: 'catalog/rollback' } });
    expect((await world.plugins.list()).plugins).toMatchObject([{ id: ID, version: '2.0.0' }]);
    // A registry that goes on and has forgotten the newer version gives nothing to update to either.
    await world.registry.publish([honest], { sequence: 101 });
    await world.catalog.sync();
    await expect(world.install(ID)).rejects.toMatchObject({ code: 'plugins/already-installed' });
    expect((await world.plugins.list()).plugins).toMatchObject([{ id: ID, version: '2.0.0' }]);
  });
});
