/** What a registry, or whoever stands between it and the app, may try. Each is refused, and the last good catalog stays in use. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CatalogRecord } from '../../../contract/manifest/index.ts';
import { catalogSource, openCatalog, type CatalogFetch, type CatalogState } from '../../../packaging/index.ts';
import { rootWithKeys } from '../../../packaging/catalog/metadata.ts';
import { smallCatalog } from '../../support/small-catalog.ts';
import { lines, openForge, packed, type Forge, type Forged } from './forge.ts';

const DAY = 86_400_000;
let top = '';
let record: CatalogRecord;
let count = 0;
beforeAll(async () => {
  top = await mkdtemp(path.join(os.tmpdir(), 'troupe-attacks-'));
  record = (await smallCatalog(path.join(top, 'small'))).record;
});
afterAll(() => rm(top, { recursive: true, force: true }));
afterEach(() => { vi.useRealTimers(); });

interface Place { forge: Forge; cacheDir: string; asked: string[]; /** Answers in the place of the registry. */ answers: Map<string, () => { status: number; body: AsyncIterable<Uint8Array> | null }> }

/** A registry with catalog 1, and a reader that has it. */
async function start(): Promise<Place> {
  count += 1;
  const forge = await openForge(path.join(top, `registry-${count}`), [record], []);
  const place: Place = { forge, cacheDir: path.join(top, `cache-${count}`), asked: [], answers: new Map() };
  await read(place);
  place.asked.length = 0;
  return place;
}

const ADDRESS = 'http://127.0.0.1:9/';
function fetchOf({ forge, asked, answers }: Place): CatalogFetch {
  const source = catalogSource(forge.out);
  return async (address) => {
    const name = address.slice(ADDRESS.length);
    asked.push(name);
    const answer = answers.get(name);
    if (answer) return answer();
    try {
      return { status: 200, body: await source.open(name) };
    } catch {
      return { status: 404, body: null };
    }
  };
}

/** What the app does at a sync: refresh, and read everything. */
async function read(place: Place, { since, trustedRoot = place.forge.root, cacheDir = place.cacheDir }: { since?: number; trustedRoot?: Uint8Array; cacheDir?: string } = {}): Promise<{ state: CatalogState; ids: string[] }> {
  const state = await openCatalog({ source: ADDRESS, trustedRoot, cacheDir, fetch: fetchOf(place) }).refresh(since === undefined ? {} : { since });
  const ids: string[] = [];
  for await (const one of state.changes()) ids.push('put' in one ? one.put.id : `-${one.remove}`);
  for await (const one of state.stats()) expect(one.id).toBeTypeOf('string');
  for await (const one of state.reviews()) expect(one.id).toBeTypeOf('string');
  return { state, ids };
}

const rootOf = (forge: Forge, role: 'timestamp' | 'root', by: 'one' | 'twice' | 'strangers' | 'enough', from = forge.root) => {
  const [first, second] = [forge.keys.root[0], forge.keys.root[1]];
  if (!first || !second) throw new Error('The root keys are missing.');
  const signers = { one: [first], twice: [first, first], strangers: forge.stranger.root.slice(0, 2), enough: [first, second] }[by];
  return rootWithKeys(from, role, role === 'root' ? forge.stranger.root : [forge.stranger.timestamp], signers, Date.now() + 300 * DAY);
};
const metadata = (forge: Forge, name: string): string => path.join(forge.out, 'metadata', name);
const kept = (forge: Forge): Promise<void> => cp(forge.out, `${forge.out}-before`, { recursive: true });
const back = (forge: Forge, name: string): Promise<void> => cp(path.join(`${forge.out}-before`, 'metadata', name), metadata(forge, name));
async function* endless(): AsyncGenerator<Uint8Array> { for (let piece = 0; piece < 100_000; piece += 1) yield await Promise.resolve(new Uint8Array(65_536)); throw new Error('nobody stopped reading'); }
const other = (id: string): unknown => ({ ...record, id });
const delta = (from: number, to: number, changes: readonly unknown[]): Uint8Array => lines([{ from, to }, ...changes]);
/** Another catalog 1, under a new timestamp. */
const OTHER_ONE: Forged = { sequence: 2, versions: { catalog: 1 }, files: { 'catalog/full-2.jsonl.br': new Uint8Array(), 'catalog/full-1.jsonl.br': lines([]) } };
const zeros = (bytes: number): Uint8Array => packed(new Uint8Array(bytes));

type Refusal = 'refused' | 'expired' | 'rollback' | 'unavailable';
const ATTACKS: [name: string, code: Refusal, reason: RegExp, attack: (place: Place) => Promise<void> | void, since?: number][] = [
  ['rollback of the timestamp', 'rollback', /older/, async ({ forge, cacheDir }) => { await kept(forge); await forge.publish({ sequence: 2 }); await openCatalog({ source: forge.out, trustedRoot: forge.root, cacheDir }).refresh(); await back(forge, 'timestamp.json'); }],
  ['rollback of the snapshot under a new timestamp', 'rollback', /older/, async ({ forge, cacheDir }) => { await forge.publish({ sequence: 2 }); await openCatalog({ source: forge.out, trustedRoot: forge.root, cacheDir }).refresh(); await forge.publish({ sequence: 3, versions: { snapshot: 1 } }); }],
  ['rollback of the catalog under a new snapshot', 'rollback', /older/, async ({ forge, cacheDir }) => { await forge.publish({ sequence: 2 }); await openCatalog({ source: forge.out, trustedRoot: forge.root, cacheDir }).refresh(); await forge.publish({ sequence: 3, versions: { catalog: 1 } }); }],
  ['rollback of the targets under a new snapshot', 'rollback', /older/, async ({ forge, cacheDir }) => { await forge.publish({ sequence: 2 }); await openCatalog({ source: forge.out, trustedRoot: forge.root, cacheDir }).refresh(); await forge.publish({ sequence: 3, versions: { targets: 1 } }); }],
  ...(['timestamp', 'snapshot', 'targets', 'catalog'] as const).map((role): (typeof ATTACKS)[number] => [`freeze: ${role} is over`, 'expired', /out of date/, ({ forge }) => forge.publish({ sequence: 2, expires: { [role]: Date.now() - 1000 } })]),
  ['freeze: the same files, 400 days on', 'expired', /out of date/, () => { vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 400 * DAY }); }],
  ...(['timestamp', 'snapshot', 'targets', 'catalog'] as const).map((role): (typeof ATTACKS)[number] => [`forged: ${role} by another key`, 'refused', /sign|threshold|keys/i, ({ forge }) => forge.publish({ sequence: 2, keys: { [role]: forge.stranger[role] } })]),
  ['forged: the root by strangers', 'refused', /sign|threshold|keys/i, async ({ forge }) => writeFile(metadata(forge, '2.root.json'), rootOf(forge, 'root', 'strangers').bytes)],
  ['threshold: a root by one key of two', 'refused', /sign|threshold|keys/i, async ({ forge }) => writeFile(metadata(forge, '2.root.json'), rootOf(forge, 'timestamp', 'one').bytes)],
  ['threshold: a root by one key twice', 'refused', /sign|threshold|keys|multiple/i, async ({ forge }) => writeFile(metadata(forge, '2.root.json'), rootOf(forge, 'timestamp', 'twice').bytes)],
  ['root skipped: number 3 where 2 has to come', 'refused', /version/i, async ({ forge }) => { const second = rootOf(forge, 'timestamp', 'enough'); await writeFile(metadata(forge, '2.root.json'), rootOf(forge, 'root', 'enough', second.bytes).bytes); }],
  ['root skipped: 2 withheld, what follows is by the keys of 3', 'refused', /sign|threshold|keys/i, async ({ forge }) => { await writeFile(metadata(forge, '3.root.json'), rootOf(forge, 'timestamp', 'enough').bytes); await forge.publish({ sequence: 2, keys: { timestamp: forge.stranger.timestamp } }); }],
  ['two timestamps of one number', 'refused', /timestamp under the number 1:/, ({ forge }) => forge.publish({ sequence: 2, versions: { timestamp: 1 } })],
  ['two snapshots of one number', 'refused', /snapshot under the number 1:/, ({ forge }) => forge.publish({ sequence: 2, versions: { snapshot: 1 } })],
  ['two targets of one number', 'refused', /targets under the number 1:/, ({ forge }) => forge.publish({ sequence: 2, versions: { targets: 1 }, expires: { targets: Date.now() + 100 * DAY } })],
  ['two catalogs of one number', 'refused', /catalog under the number 1:/, ({ forge }) => forge.publish(OTHER_ONE)],
  ['mix and match: the catalog of before below the snapshot of now', 'refused', /hash|length|digest/i, async ({ forge }) => { await forge.publish({ sequence: 2 }); const one = await readFile(metadata(forge, '1.catalog.json')); await writeFile(metadata(forge, '2.catalog.json'), one); }],
  ['mix and match: the snapshot of another registry', 'refused', /hash|length|sign/i, async ({ forge }) => { const elsewhere = await openForge(`${forge.out}-other`, [record], []); await elsewhere.publish({ sequence: 2 }); await forge.publish({ sequence: 2 }); await cp(metadata(elsewhere, '2.snapshot.json'), metadata(forge, '2.snapshot.json')); }],
  ['one role in the place of another', 'refused', /./, async ({ forge }) => { await forge.publish({ sequence: 2 }); await cp(metadata(forge, '2.snapshot.json'), metadata(forge, 'timestamp.json')); }],
  ['an unknown role', 'refused', /./, ({ forge }) => forge.alter('metadata/timestamp.json', (bytes) => Buffer.from(bytes.toString().replace('"_type":"timestamp"', '"_type":"emperor"')))],
  ['duplicate keys in metadata', 'refused', /canonical/, ({ forge }) => forge.alter('metadata/timestamp.json', (bytes) => Buffer.from(bytes.toString().replace('"version":1}', '"version":1,"version":9}')))],
  ['metadata nested a hundred thousand deep', 'refused', /./, ({ forge }) => forge.alter('metadata/timestamp.json', () => Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`.slice(0, 16_000)))],
  ['a page of a portal in the place of metadata', 'refused', /./, ({ forge }) => forge.alter('metadata/timestamp.json', () => Buffer.from('<!doctype html><title>Sign in</title>'))],
  ['tampered: a record', 'refused', /hash|digest/i, async ({ forge }) => { await forge.publish({ sequence: 2 }); await forge.alter('catalog/full-2.jsonl.br', (bytes) => { bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1; return bytes; }); }],
  ['tampered: the list of what was withdrawn', 'refused', /hash|length/i, async ({ forge }) => { await forge.publish({ sequence: 2, files: { 'catalog/revoked.json': Buffer.from('[  ]') } }); await forge.alter('catalog/revoked.json', () => Buffer.from('[ ] ')); }],
  ['tampered: a delta', 'refused', /hash|digest/i, async ({ forge }) => { await forge.publish({ sequence: 2, files: { 'catalog/delta-1-2.jsonl.br': delta(1, 2, [{ put: other('com.acme.new') }]) } }); await forge.alter('catalog/delta-1-2.jsonl.br', (bytes) => { bytes[9] = (bytes[9] ?? 0) ^ 1; return bytes; }); }, 1],
  ['a target that is longer than was signed', 'refused', /length|bytes|hash/i, async ({ forge }) => { await forge.publish({ sequence: 2 }); await forge.alter('catalog/full-2.jsonl.br', (bytes) => Buffer.concat([bytes, Buffer.from('more')])); }],
  ['a target that is shorter than was signed', 'refused', /length|bytes|hash/i, async ({ forge }) => { await forge.publish({ sequence: 2 }); await forge.alter('catalog/full-2.jsonl.br', (bytes) => bytes.subarray(0, -1)); }],
  ['endless data for the timestamp', 'refused', /length|bytes|large/i, ({ answers }) => { answers.set('metadata/timestamp.json', () => ({ status: 200, body: endless() })); }],
  ['endless data for a root', 'refused', /length|bytes|large/i, ({ answers }) => { answers.set('metadata/2.root.json', () => ({ status: 200, body: endless() })); }],
  ['a whole catalog of many gigabytes', 'refused', /at most/, async ({ forge, asked }) => { await forge.publish({ sequence: 2, infos: { 'catalog/full-2.jsonl.br': { length: 8 * 1024 ** 3, sha512: 'a'.repeat(128) } } }); asked.length = 0; }],
  ['a huge delta', 'refused', /at most/, async ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/delta-1-2.jsonl.br': delta(1, 2, []) }, infos: { 'catalog/delta-1-2.jsonl.br': { length: 200 * 1024 ** 2, sha512: 'a'.repeat(128) } } }), 1],
  ['a bomb of a record', 'refused', /4194304 bytes/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/full-2.jsonl.br': zeros(40 * 1024 ** 2) } })],
  ['a bomb of a delta', 'refused', /67108864 bytes/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/delta-1-2.jsonl.br': packed(`{"from":1,"to":2}\n${`{"remove":"a.b","x":"${'0'.repeat(1024 ** 2)}"}\n`.repeat(65)}`) } }), 1],
  ['a bomb of figures', 'refused', /too large/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/stats-2026-01-01.json.br': zeros(130 * 1024 ** 2) } })],
  ['figures of another form', 'refused', /another form/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/stats-2026-01-01.json.br': packed('[1]') } })],
  ['one review of many megabytes', 'refused', /an entry of more than/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/reviews-2026-01-01.json.br': packed(JSON.stringify({ plugins: [{ id: record.id, reviews: [{ body: 'a'.repeat(3 * 1024 ** 2) }] }] })) } })],
  ['reviews of another form', 'refused', /reviews of the catalog are of another form/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/reviews-2026-01-01.json.br': packed('[1]') } })],
  ['a delta that leads elsewhere', 'refused', /leads elsewhere/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/delta-1-2.jsonl.br': delta(7, 8, [{ remove: record.id }]) } }), 1],
  ['a delta that says nothing of where it leads', 'refused', /leads elsewhere/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/delta-1-2.jsonl.br': lines([{ remove: record.id }]) } }), 1],
  ['a delta with lines that are no change', 'refused', /no change/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/delta-1-2.jsonl.br': delta(1, 2, [{ destroy: record.id }]) } }), 1],
  ['an empty delta', 'refused', /empty/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/delta-1-2.jsonl.br': packed('') } }), 1],
  ['a gap between deltas, and no whole catalog', 'refused', /gap/, ({ forge }) => forge.publish({ sequence: 3, files: { 'catalog/full-3.jsonl.br': new Uint8Array(), 'catalog/full-1.jsonl.br': lines([record]), 'catalog/delta-1-2.jsonl.br': delta(1, 2, []) } })],
  ['a whole catalog that is none', 'refused', /gap/, ({ forge }) => forge.publish({ sequence: 2, files: { 'catalog/full-2.jsonl.br': new Uint8Array() } }), 9],
  ['nothing but failures', 'unavailable', /status 500/, ({ answers }) => { answers.set('metadata/timestamp.json', () => ({ status: 500, body: null })); }],
  ['a file withheld', 'unavailable', /status 404/, async ({ forge, answers }) => { await forge.publish({ sequence: 2 }); answers.set('metadata/2.snapshot.json', () => ({ status: 404, body: null })); }],
];

describe('D8 attacks on a catalog', () => {
  it(`are more than thirty`, () => { expect(ATTACKS.length).toBeGreaterThan(30); });

  it.each(ATTACKS)('%s: %s', async (_, code, reason, attack, since) => {
    const place = await start();
    await attack(place);
    const failure = await read(place, since === undefined ? {} : { since }).then(() => { throw new Error('the attack succeeded'); }, (error: unknown) => error as { code: string; message: string });
    expect([failure.code, failure.message]).toEqual([`catalog/${code}`, expect.stringMatching(reason)]);
    // What was taken before goes on: the next honest catalog is taken, from where the reader was.
    vi.useRealTimers();
    place.answers.clear();
    for (const name of await readdir(path.join(place.forge.out, 'metadata'))) if (/^[2-9]\.root/.test(name)) await rm(metadata(place.forge, name));
    await place.forge.publish({ sequence: 10 });
    expect((await read(place)).ids).toEqual([record.id]);
  });

  it('huge targets are not even asked for', async () => {
    const place = await start();
    await place.forge.publish({ sequence: 2, infos: { 'catalog/full-2.jsonl.br': { length: 8 * 1024 ** 3, sha512: 'a'.repeat(128) } } });
    place.asked.length = 0;
    await expect(read(place)).rejects.toMatchObject({ code: 'catalog/refused' });
    expect(place.asked.filter((name) => name.includes('full'))).toEqual([]);
  });

  it('a bad record, and one nested ten thousand deep, are left out, and the good ones taken', async () => {
    const place = await start();
    const deep = `{"id":"com.acme.deep","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    await place.forge.publish({ sequence: 2, files: { 'catalog/full-2.jsonl.br': lines([{ ...record, name: '' }, deep, '{"id":', other('com.acme.good')]) } });
    const { ids, state } = await read(place);
    expect([ids, state.badRecords.map(({ line }) => line)]).toEqual([['com.acme.good'], [1, 2, 3]]);
    await place.forge.publish({ sequence: 3, files: { 'catalog/delta-2-3.jsonl.br': delta(2, 3, [{ put: { ...record, id: 'com.acme.good', versions: [] } }, { put: other('com.acme.better') }]) } });
    expect((await read(place, { since: 2 })).ids).toEqual(['-com.acme.good', 'com.acme.better']);
  });

  it('one flipped byte in any file is noticed', async () => {
    const place = await start();
    await place.forge.publish({ sequence: 2, files: { 'catalog/stats-2026-01-01.json.br': packed('{"plugins":[]}') } });
    const files = ['metadata/timestamp.json', 'metadata/2.snapshot.json', 'metadata/2.targets.json', 'metadata/2.catalog.json', ...(await readdir(path.join(place.forge.out, 'catalog'))).map((name) => `catalog/${name}`)];
    let noticed = 0;
    for (const name of files) {
      const file = path.join(place.forge.out, ...name.split('/'));
      const good = await readFile(file);
      const bad = Buffer.from(good);
      bad[bad.length >> 1] = (bad[bad.length >> 1] ?? 0) ^ 1;
      await writeFile(file, bad);
      const failure = await read(place, { cacheDir: `${place.cacheDir}-${noticed}` }).then(() => undefined, (error: unknown) => error as { code: string });
      await writeFile(file, good);
      // The whole catalog of before is not named any more.
      if (!name.endsWith('full-1.jsonl.br')) expect(failure, name).toMatchObject({ code: expect.stringMatching(/^catalog\/(refused|rollback|expired)$/) as string });
      noticed += 1;
    }
    expect(noticed).toBeGreaterThan(8);
  });

  it('a clock set back does not bring an old catalog back', async () => {
    const place = await start();
    await kept(place.forge);
    await place.forge.publish({ sequence: 2 });
    await read(place);
    await rm(place.forge.out, { recursive: true });
    await cp(`${place.forge.out}-before`, place.forge.out, { recursive: true });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 300 * DAY });
    await expect(read(place)).rejects.toMatchObject({ code: 'catalog/rollback' });
  });
});

describe('D8 the same attacks where the guard is off', () => {
  it('succeed: by keys that the reader was told to trust', async () => {
    const place = await start();
    const forged = await openForge(`${place.forge.out}-forged`, [other('com.evil.one') as CatalogRecord], []);
    await expect(read({ ...place, forge: forged }, { trustedRoot: place.forge.root })).rejects.toMatchObject({ code: 'catalog/refused' });
    expect((await read({ ...place, forge: forged }, { trustedRoot: forged.root })).ids).toEqual(['com.evil.one']);
  });

  it('succeed: a rollback against one who remembers nothing', async () => {
    const place = await start();
    await kept(place.forge);
    await place.forge.publish({ sequence: 2, files: { 'catalog/full-2.jsonl.br': lines([]) } });
    await read(place);
    await back(place.forge, 'timestamp.json');
    await expect(read(place)).rejects.toMatchObject({ code: 'catalog/rollback' });
    expect((await read(place, { cacheDir: `${place.cacheDir}-new` })).ids).toEqual([record.id]);
  });

  it('succeed: another catalog of the same number, shown to one who has not seen the first', async () => {
    const place = await start();
    await place.forge.publish(OTHER_ONE);
    for (const again of ['at first', 'the next time']) await expect(read(place), again).rejects.toMatchObject({ code: 'catalog/refused' });
    expect((await read(place, { cacheDir: `${place.cacheDir}-new` })).ids).toEqual([]);
  });

  it('succeed: a freeze while the reader does not know what day it is', async () => {
    const place = await start();
    await place.forge.publish({ sequence: 2, expires: { timestamp: Date.now() - 1000 } });
    await expect(read(place)).rejects.toMatchObject({ code: 'catalog/expired' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - DAY });
    expect((await read(place)).state.sequence).toBe(2);
  });
});
