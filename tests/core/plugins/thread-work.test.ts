import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newGrowth, type Growth } from '../../../main/core/base/store/index.ts';
import { changesIn } from '../../../main/core/base/store/transactions/catalog-lines.ts';
import { findChanges } from '../../../main/core/marketplace/catalog/find-changes.ts';
import type { SyncBegun } from '../../../main/core/marketplace/catalog/sync-protocol.ts';
import { runSyncThread } from '../../../main/core/marketplace/catalog/sync-client.ts';
import { workOn } from '../../../main/core/marketplace/plugins/archive-work.ts';
import { createArchives } from '../../../main/core/marketplace/plugins/archives.ts';
import { tamper, testRegistry, type TestRegistry } from './registry.ts';

let folder: string;
let registry: TestRegistry;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-work-'));
  registry = await testRegistry(path.join(folder, 'registry'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const NOTHING = { sequence: 0, basis: '', figuresOf: null, reviewsDigest: null, said: null, badRecords: [] };
type Data = Parameters<typeof findChanges>[0];
type Changed = SyncBegun & { kind: 'changed'; badRecords: readonly string[] };
const knownOf = (found: Changed) => ({ sequence: found.sequence, basis: found.basis, figuresOf: found.figuresOf ?? null, reviewsDigest: null, said: found.said, badRecords: found.badRecords });
/** What was told at the beginning and at the end. */
const find = async (data: Omit<Data, 'growth'>): Promise<Changed | { kind: 'unchanged' }> => {
  let begun: SyncBegun | undefined;
  const found = await findChanges({ ...data, growth: newGrowth() }, (what) => { begun = what; });
  return { ...begun, ...found } as Changed | { kind: 'unchanged' };
};

const nowhere = (growth: Growth): Data => ({ source: '', trustedRoot: new Uint8Array(), cacheDir: '', app: { version: '1.0.0', platform: 'linux' }, known: NOTHING, out: '', growth, prefix: null });

describe('D7 what the sync thread does', () => {
  it('writes the records as lines once, and says when nothing changed', async () => {
    await registry.publish([{ id: 'com.acme.one' }, { id: 'com.acme.two', distortRecord: (record) => ({ ...record, name: '' }) }], { revoked: [{ id: 'com.acme.old', version: '1.0.0', sha512: 'a'.repeat(128), reason: 'Bad.', revoked_at: 5 }] });
    const data = { source: registry.folder, trustedRoot: registry.root, cacheDir: path.join(folder, 'cache'), app: { version: '1.0.0', platform: 'linux' }, known: NOTHING, out: path.join(folder, 'cache', 'lines'), prefix: null };
    const found = await find(data);
    if (found.kind !== 'changed') throw new Error('A change was expected.');
    expect(found).toMatchObject({ sequence: 1, revoked: [{ id: 'com.acme.old', revokedAt: 5 }], categories: [{ slug: 'data', sortOrder: 3 }, { slug: 'testing' }] });
    expect(found.badRecords).toHaveLength(1);
    expect([...changesIn(data.out)].map((change) => ('put' in change ? [change.put.id, change.put.fits, (JSON.parse(change.put.record) as { id: string }).id] : change))).toEqual([['com.acme.one', true, 'com.acme.one'], { bad: found.badRecords }]);
    expect(await find({ ...data, known: knownOf(found) })).toMatchObject({ kind: 'unchanged' });
    expect(await find({ ...data, known: knownOf(found), app: { version: '2.0.0', platform: 'linux' } })).toMatchObject({ kind: 'changed' });
    await expect(find({ ...data, known: { ...knownOf(found), sequence: 7 } })).rejects.toMatchObject({ code: 'catalog/rollback' });
    // Two contents of one number by one key are refused; what another key signed is taken anew, whole.
    await expect(find({ ...data, known: { ...knownOf(found), said: { ...found.said, digest: 'other' } } })).rejects.toMatchObject({ code: 'catalog/refused', message: expect.stringContaining('catalog under the number 1') as string });
    expect(await find({ ...data, known: { ...knownOf(found), said: { ...found.said, keyId: 'other', digest: 'other' } } })).toMatchObject({ kind: 'changed', whole: true });
  });

  it('a thread that ends without an answer is an error, not a hang', async () => {
    const file = path.join(folder, 'empty.mjs');
    await writeFile(file, 'throw new Error("no");');
    await expect(runSyncThread(file, nowhere(newGrowth()), () => Promise.reject(new Error('no network')), new AbortController().signal, () => Promise.resolve())).rejects.toMatchObject({ code: 'core/internal' });
  });

  it('a thread that hangs is ended when what it began cannot be taken, and the sync fails with the reason', async () => {
    const file = path.join(folder, 'hanging.mjs');
    await writeFile(file, `import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ kind: 'begun', begun: {} }); setInterval(() => undefined, 1000);`);
    await expect(runSyncThread(file, nowhere(newGrowth()), () => Promise.reject(new Error('no network')), new AbortController().signal, () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('the disk is full');
  });

  it('who takes the lines while they are written learns that the thread broke off, and what it did with them counts as little as the thread says', async () => {
    const [file, out] = [path.join(folder, 'breaks.mjs'), path.join(folder, 'lines')];
    await writeFile(out, '');
    const script = (end: string): string => `import { parentPort, workerData } from 'node:worker_threads'; import { appendFileSync } from 'node:fs';
      parentPort.postMessage({ kind: 'begun', begun: {} });
      appendFileSync(workerData.out, '{"remove":"com.acme.one"}\\n'); Atomics.add(new Int32Array(workerData.growth), 0, 1); Atomics.notify(new Int32Array(workerData.growth), 0); ${end}`;
    const run = async (end: string): Promise<unknown> => {
      await writeFile(file, script(end));
      const growth = newGrowth();
      // As the store does, in a thread of its own: it blocks where it reads.
      const taken = new Worker(`import { workerData } from 'node:worker_threads'; import { changesIn } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, '../../../main/core/base/store/transactions/catalog-lines.ts')).href)}; [...changesIn(workerData.out, workerData.growth)];`, { eval: true, workerData: { out, growth } });
      const failure = once(taken, 'exit').then(([code]) => { if (code !== 0) throw new Error('broke off'); });
      taken.on('error', () => undefined);
      return runSyncThread(file, { ...nowhere(growth), out }, () => Promise.reject(new Error('no network')), new AbortController().signal, () => failure);
    };
    await expect(run('throw new Error("no");')).rejects.toMatchObject({ code: 'core/internal', message: expect.stringContaining('ended without an answer') as string });
    const whole = 'Atomics.store(new Int32Array(workerData.growth), 0, -1); Atomics.notify(new Int32Array(workerData.growth), 0); parentPort.postMessage({ kind: "changed", badRecords: [] });';
    expect(await run(whole)).toMatchObject({ kind: 'changed' });
    // It answers well, and yet the lines could not be taken.
    await expect(run(whole.replace('-1', '-2'))).rejects.toThrow('broke off');
  });
});

describe('I3 what the archive thread does', () => {
  const publish = async () => {
    const record = (await registry.publish([{ id: 'com.acme.one' }])).get('com.acme.one');
    const version = record?.versions[0];
    if (!record || !version) throw new Error('The record is missing.');
    return { record, version, file: registry.blobFile(version.sha512) };
  };

  it('reads an archive against its record, and unpacks it', async () => {
    const { record, version, file } = await publish();
    expect(await workOn({ kind: 'inspect', file, record, version })).toMatchObject({ files: 4, notes: [], manifest: { plugin: { id: 'com.acme.one' } } });
    const to = path.join(folder, 'out');
    expect(await workOn({ kind: 'unpack', file, sha512: version.sha512, folder: to })).toEqual({ files: 4 });
    expect(await readFile(path.join(to, 'README.md'), 'utf8')).toBe('# Read me');
  });

  it('refuses an archive that was changed after it had been checked', async () => {
    const { version, file } = await publish();
    await expect(workOn({ kind: 'unpack', file, sha512: 'b'.repeat(128), folder: path.join(folder, 'out') })).rejects.toMatchObject({ code: 'plugins/digest-mismatch' });
    await tamper(file);
    // A changed byte of a run of zeros may unpack to the same files; the digest tells all the same.
    await expect(workOn({ kind: 'unpack', file, sha512: version.sha512, folder: path.join(folder, 'out') })).rejects.toMatchObject({ code: expect.stringMatching(/^plugins\/(bad-archive|digest-mismatch)$/) as string });
  });

  it('a thread that dies fails its calls, and the next call starts another', async () => {
    const file = path.join(folder, 'dies.mjs');
    await writeFile(file, 'import { parentPort } from "node:worker_threads"; parentPort.once("message", () => { throw new Error("no"); });');
    const archives = createArchives(file);
    for (let turn = 0; turn < 2; turn += 1) await expect(archives.unpack({ file: '', sha512: '', folder: '' })).rejects.toMatchObject({ code: 'core/internal' });
    await archives.stop();
  });
});
