import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogReviews, CatalogStats, PluginReview, PluginStats } from '../../contract/manifest/index.ts';
import { makeKeyFolder, openCatalog, publishStatic, readKeyFolder, readPlugins, renewSignatures, type CatalogState } from '../../packaging/index.ts';
import { chainOf, fullOf } from '../../packaging/catalog/delta.ts';
import { archiveOf } from '../core/plugins/registry.ts';

const DAY = 86_400_000;
let top = '';
let count = 0;
let [keys, plugins, out] = ['', '', ''];
beforeAll(async () => { top = await mkdtemp(path.join(os.tmpdir(), 'troupe-deltas-')); });
afterAll(() => rm(top, { recursive: true, force: true }));
beforeEach(async () => {
  const folder = path.join(top, String(count += 1));
  [keys, plugins, out] = [path.join(folder, 'keys'), path.join(folder, 'plugins'), path.join(folder, 'out')];
  await mkdir(plugins, { recursive: true });
  await makeKeyFolder(keys, { lifetimes: 'folder', now: Date.now() });
});

const add = async (id: string, version = '1.0.0'): Promise<void> => writeFile(path.join(plugins, `${id}-${version}.troupe`), await archiveOf({ id, version }));
const list = (name: string, value: unknown): Promise<void> => writeFile(path.join(plugins, `${name}.json`), JSON.stringify(value));
const publish = async (now = Date.now()) => publishStatic({ keys: await readKeyFolder(keys), out, now, folder: await readPlugins(plugins) });
const client = async (cacheDir = '') => openCatalog({ source: out, trustedRoot: await readFile(path.join(keys, 'root.json')), cacheDir: cacheDir || await mkdtemp(path.join(top, 'cache-')) });
const idsOf = async (state: CatalogState): Promise<string[]> => { const ids: string[] = []; for await (const { id } of state.records()) ids.push(id); return ids.sort(); };
const changesOf = async (state: CatalogState): Promise<string[]> => { const all: string[] = []; for await (const one of state.changes()) all.push('put' in one ? `put ${one.put.id}` : `remove ${one.remove}`); return all.sort(); };
const lists = async (): Promise<string[]> => (await readdir(path.join(out, 'catalog'))).map((name) => name.slice(129)).sort();

const figuresOf = async (state: CatalogState): Promise<PluginStats[]> => { const all: PluginStats[] = []; for await (const one of state.stats()) all.push(one); return all; };

describe('D7 deltas', () => {
  it('bring one who is behind what changed, and whoever comes first everything', async () => {
    await add('com.acme.one');
    await add('com.acme.two');
    await publish();
    await add('com.acme.three');
    await publish();
    await list('revoked', [{ id: 'com.acme.two', version: '1.0.0', sha512: 'a'.repeat(128), reason: 'It lost data.', revoked_at: 1, use_instead: { id: 'com.acme.three', version: null } }]);
    expect(await publish()).toMatchObject({ sequence: 3 });
    expect(await lists()).toEqual(expect.arrayContaining(['full-1.jsonl.br', 'delta-1-2.jsonl.br', 'delta-2-3.jsonl.br']));
    expect(fullOf((await lists()).map((name) => `catalog/${name}`))?.sequence).toBe(1);
    const whole = await (await client()).refresh();
    expect(whole.whole).toBe(true);
    expect(await idsOf(whole)).toEqual(['com.acme.one', 'com.acme.three', 'com.acme.two']);
    for (const [since, changes] of [[1, ['put com.acme.three', 'put com.acme.two']], [2, ['put com.acme.two']], [3, []]] as const) {
      const state = await (await client()).refresh({ since });
      expect([state.whole, await changesOf(state)], `since ${since}`).toEqual([false, changes]);
    }
    for await (const one of (await (await client()).refresh({ since: 2 })).changes()) expect('put' in one && one.put.versions[0]).toMatchObject({ withdrawn: 'It lost data.', use_instead: { id: 'com.acme.three', version: null } });
    // One who knows more than there is, is told everything and judges by itself.
    expect((await (await client()).refresh({ since: 9 })).whole).toBe(true);
  });

  it('are squashed when they became many; who is too far behind takes the whole catalog', async () => {
    await add('com.acme.one');
    await publish();
    for (let round = 2; round <= 63; round += 1) {
      await list('collections', [{ slug: `s${round}`, name: 'Some', description: '', plugins: ['com.acme.one'] }]);
      await publish();
    }
    const state = await (await client()).refresh();
    expect([state.sequence, await idsOf(state), state.collections[0]?.slug]).toEqual([63, ['com.acme.one'], 's63']);
    expect((await lists()).filter((name) => name.startsWith('full'))).toEqual(['full-1.jsonl.br', 'full-62.jsonl.br']);
    expect((await (await client()).refresh({ since: 2 })).whole).toBe(true);
    expect((await (await client()).refresh({ since: 3 })).whole).toBe(false);
    expect((await (await client()).refresh({ since: 62 })).whole).toBe(false);
  }, 60_000);

  it('I9 are found for any two sequences that a chain joins, and never across a gap', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })), { maxLength: 20 });
    fc.assert(fc.property(steps, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (pairs, from, to) => {
      const names = pairs.map(([a, b]) => `catalog/delta-${a}-${b}.jsonl.br`);
      const chain = chainOf([...names, 'catalog/full-3.jsonl.br'], from, to);
      if (from === to) { expect(chain).toEqual([]); return; }
      if (chain === undefined) { if (from < to) expect(names).not.toContain(`catalog/delta-${from}-${to}.jsonl.br`); return; }
      expect(chain.every((name) => names.includes(name))).toBe(true);
      const ends = chain.map((name) => /(\d+)-(\d+)/.exec(name)?.slice(1).map(Number) ?? []);
      expect([ends[0]?.[0], ends.at(-1)?.[1]]).toEqual([from, to]);
      for (const [index, [start]] of ends.entries()) if (index > 0) expect(start).toBe(ends[index - 1]?.[1]);
    }));
  });
});

describe('D6 figures and collections', () => {
  it('are published beside the records, and replaced by those of the next day', async () => {
    const stats = (date: string, installs: number): CatalogStats => ({ date, plugins: [{ id: 'com.acme.one', installs, trend: [1, 2, 3], ratings: [0, 0, 1, 2, 7] }] });
    await add('com.acme.one');
    await list('stats', stats('2026-11-20', 5));
    await publish();
    const first = await (await client()).refresh();
    expect([first.statsDate, await figuresOf(first)]).toEqual(['2026-11-20', stats('2026-11-20', 5).plugins]);
    await list('stats', stats('2026-11-21', 9));
    expect(await publish()).toMatchObject({ sequence: 2 });
    const second = await (await client()).refresh({ since: 1 });
    expect([second.statsDate, (await figuresOf(second))[0]?.installs, await changesOf(second)]).toEqual(['2026-11-21', 9, []]);
    // A publication that brings none keeps them.
    await rm(path.join(plugins, 'stats.json'));
    await add('com.acme.two');
    await publish();
    expect((await (await client()).refresh()).statsDate).toBe('2026-11-21');
    await writeFile(path.join(plugins, 'stats.json'), 'no json');
    await expect(publish()).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringContaining('stats.json') as string });
  });
});

describe('D6 reviews', () => {
  const review = (author: string, body: string): PluginReview => ({ author, rating: 4, title: 'Good', body, version: '1.0.0', written_at: 1_760_000_000_000, helpful: 2, reply: null });
  const reviews = (...all: PluginReview[]): CatalogReviews => ({ date: '2026-11-20', plugins: [{ id: 'com.acme.one', reviews: all }] });
  const readAll = async (state: CatalogState): Promise<unknown[]> => { const all: unknown[] = []; for await (const one of state.reviews()) all.push(one); return all; };

  it('are published beside the records, also others of the same day, and kept by a publication that brings none', async () => {
    await add('com.acme.one');
    await list('reviews', reviews(review('Ada', 'Line\n<b>two</b>')));
    await publish();
    const first = await (await client()).refresh();
    expect([first.reviewsOf?.date, await readAll(first)]).toEqual(['2026-11-20', reviews(review('Ada', 'Line\n<b>two</b>')).plugins]);
    await list('reviews', reviews(review('Bo', 'Other')));
    expect(await publish()).toMatchObject({ sequence: 2 });
    const second = await (await client()).refresh({ since: 1 });
    expect([second.reviewsOf?.digest === first.reviewsOf?.digest, await readAll(second), await changesOf(second)]).toEqual([false, reviews(review('Bo', 'Other')).plugins, []]);
    await rm(path.join(plugins, 'reviews.json'));
    await add('com.acme.two');
    await publish();
    expect((await (await client()).refresh()).reviewsOf).toEqual(second.reviewsOf);
  });

  it.each([
    ['six stars', reviews({ ...review('Ada', ''), rating: 6 }), /reviews\[0\]\.rating should be at most 5/],
    ['a body that goes on and on', reviews(review('Ada', 'a'.repeat(2_001))), /reviews\[0\]\.body should be at most 2000 characters/],
    ['a name that turns text around', reviews(review('Ada\u202e', '')), /reviews\[0\]\.author/],
    ['more than are taken', reviews(...Array.from({ length: 51 }, () => review('Ada', ''))), /reviews should be at most 50 entries/],
    ['a plugin twice', { date: '2026-11-20', plugins: [...reviews().plugins, ...reviews().plugins] }, /plugins names a plugin twice/],
  ])('of %s stop the publication with the reason', async (_what, value, reason) => {
    await add('com.acme.one');
    await list('reviews', value);
    await expect(publish()).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringMatching(reason) as string });
    await expect(publish()).rejects.toThrow('reviews.json');
  });
});

describe('D8 what was replaced', () => {
  it('stays for a day, and then goes; what readers may ask for never does', async () => {
    await add('com.acme.one');
    await publish();
    await writeFile(path.join(out, 'metadata', 'timestamp.json.new'), 'half');
    await utimes(path.join(out, 'metadata', 'timestamp.json.new'), 1, 1);
    const before = path.join(top, `before-${count}`);
    await cp(out, before, { recursive: true });
    await list('categories', [{ slug: 'data', name: 'Data', description: '', icon: 'table', sort_order: 1 }]);
    await publish();
    expect(await readdir(path.join(out, 'metadata'))).toEqual(expect.arrayContaining(['1.snapshot.json', '2.snapshot.json', '1.catalog.json']));
    expect(await readdir(path.join(out, 'metadata'))).not.toContain('timestamp.json.new');
    // A reader that began with the timestamp of before finds everything.
    for (const name of await readdir(path.join(before, 'catalog'))) expect((await stat(path.join(out, 'catalog', name))).isFile()).toBe(true);
    await renewSignatures({ keys: await readKeyFolder(keys), out, now: Date.now() + 2 * DAY });
    expect((await readdir(path.join(out, 'metadata'))).sort()).toEqual(['1.root.json', '1.targets.json', '2.catalog.json', '2.snapshot.json', 'timestamp.json']);
    expect((await lists()).filter((name) => name.startsWith('categories'))).toHaveLength(1);
    expect(await idsOf(await (await client()).refresh())).toEqual(['com.acme.one']);
  });
});

describe('D8 one publisher at a time', () => {
  it('the second is refused and names the first; the lock of one that ended is taken over', async () => {
    await add('com.acme.one');
    const [one, two] = await Promise.allSettled([publish(), publish()]);
    expect([one.status, two.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect([one, two].find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'catalog/busy', message: expect.stringContaining(`process ${process.pid}`) as string } });
    const lock = path.join(out, 'publishing.lock');
    await writeFile(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: os.hostname(), at: 0 }));
    await expect(publish()).resolves.toBeDefined();
    for (const held of [JSON.stringify({ pid: 1, host: 'another machine', at: 0 }), 'half']) {
      await writeFile(lock, held);
      await expect(publish(), held).rejects.toMatchObject({ code: 'catalog/busy' });
    }
    await rm(lock);
    expect(await readdir(out)).not.toContain('publishing.lock');
  });
});

describe('D7 a catalog that repeats itself', () => {
  it('is signed again without a new snapshot, so that readers ask twice', async () => {
    await add('com.acme.one');
    await publish();
    const reader = await client();
    const first = await reader.refresh();
    await renewSignatures({ keys: await readKeyFolder(keys), out, now: Date.now() });
    const second = await reader.refresh({ since: first.sequence });
    expect(second.versions).toEqual({ ...first.versions, timestamp: 2 });
  });
});
