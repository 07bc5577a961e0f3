import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogReviews, PluginReview } from '../../../contract/manifest/index.ts';
import type { CatalogFilters, CatalogSort, ReviewSort } from '../../../contract/model/catalog.ts';
import { createCatalog, type Catalog, type RegistryConfig } from '../../../main/core/marketplace/catalog/index.ts';
import { builtCatalog } from '../../support/catalog.ts';
import { pngHead } from '../../support/image-heads.ts';
import { openInlineStore } from '../plugins/inline-store.ts';
import { tamper, testRegistry, type PluginSpec, type TestRegistry } from '../plugins/registry.ts';

interface World { test: Awaited<ReturnType<typeof openInlineStore>>; catalog: Catalog; installed: Record<string, string>; installedFrom: Map<string, string>; changes: string[]; stop(): Promise<void> }

async function startCatalog(registriesOf: (home: string) => Promise<readonly RegistryConfig[]> | readonly RegistryConfig[], now: () => number = Date.now): Promise<World> {
  const test = await openInlineStore();
  const installed: Record<string, string> = {};
  const changes: string[] = [];
  const installedFrom = new Map<string, string>();
  const catalog = createCatalog({
    store: test.catalog, home: test.home, registries: await registriesOf(test.home.root), app: { version: '1.0.0', platform: 'linux' }, installed: () => Promise.resolve(installed), installedFrom: (id) => Promise.resolve(installedFrom.get(id) ?? null),
    changed: (topic) => { changes.push(topic); }, now });
  return { test, catalog, installed, installedFrom, changes, stop: async () => { await catalog.stop(); await test.stop(); } };
}

const config = (registry: TestRegistry, id = 'test', priority = 0): RegistryConfig => ({ id, name: id, kind: 'folder', source: registry.folder, root: registry.root, priority });
const PNG = pngHead(256, 256);

const SPECS: PluginSpec[] = [
  { id: 'com.acme.csv-reader', name: 'CSV Reader', tags: ['tables', 'csv'], categories: ['data'], publishedAt: 3 },
  { id: 'com.acme.monitor', name: 'Site Monitor', tags: ['monitoring', 'alerts'], categories: ['observability', 'testing'], publishedAt: 2, network: ['api.example.com'], files: { 'assets/icon.png': PNG } },
  { id: 'com.acme.notes', name: 'Émile’s Notes', tags: ['meetings'], categories: ['productivity'], publishedAt: 1, appVersion: '>=5.0.0' },
  { id: 'com.acme.needy', name: 'Needy', tags: ['tables'], categories: ['data'], publishedAt: 4, dependencies: ['com.acme.ghost>=1'] },
  { id: 'com.acme.reports', name: '文档 Reports', tags: ['reports'], categories: ['data'], publishedAt: 5, dependencies: ['com.acme.csv-reader^1'] },
];

describe('D2 searching', () => {
  let world: World;
  let registry: TestRegistry;
  const search = async (words: string, filters: CatalogFilters = {}, sort: CatalogSort = 'relevance') => world.catalog.search({ words, filters, sort, offset: 0, limit: 50 });
  const ids = async (...given: Parameters<typeof search>): Promise<string[]> => (await search(...given)).items.map(({ id }) => id.replace('com.acme.', ''));

  beforeAll(async () => {
    world = await startCatalog(async (home) => {
      registry = await testRegistry(path.join(home, 'registry'));
      await registry.publish(SPECS);
      return [config(registry)];
    });
    await world.catalog.sync();
  });
  afterAll(() => world.stop());

  it('finds by the beginning of a word, in name, tags, publisher and description', async () => {
    for (const words of ['c', 'cs', 'csv', 'csv rea', 'reader']) expect(await ids(words)).toContain('csv-reader');
    expect(await ids('alerts')).toEqual(['monitor']);
    expect((await ids('acme')).length).toBe(5);
    expect(await ids('site mon')).toEqual(['monitor']);
    expect(await ids('xyzzy')).toEqual([]);
  });

  it('takes accents, scripts without spaces and odd characters as they are meant', async () => {
    expect(await ids('emile')).toEqual(['notes']);
    expect(await ids('ÉMILE')).toEqual(['notes']);
    expect(await ids('文')).toEqual(['reports']);
    expect(await ids('文档')).toEqual(['reports']);
    for (const words of ['"', '*', 'csv* OR notes', 'NEAR(csv)', '{name}: csv', '-csv', '\u0000', '(((']) await expect(search(words)).resolves.toBeDefined();
  });

  it('corrects a typo and says so', async () => {
    expect(await search('montior')).toMatchObject({ corrected: 'monitor', total: 1 });
    expect(await search('meetigns')).toMatchObject({ corrected: 'meetings', total: 1 });
    expect((await search('monitor')).corrected).toBeNull();
    expect(await search('qqqqqqqq')).toMatchObject({ corrected: null, total: 0 });
  });

  it('D3 filters and counts per category under all other filters', async () => {
    expect(await ids('', { category: 'data' }, 'name')).toEqual(['csv-reader', 'needy', 'reports']);
    expect((await search('', { category: 'data', tag: 'tables' })).facets).toEqual({ data: 2 });
    expect((await search('tables')).facets).toEqual({ data: 2 });
    expect((await search('', { category: 'testing' })).facets).toEqual({ data: 3, observability: 1, testing: 1, productivity: 1 });
    expect(await ids('', { compatible: true }, 'name')).toEqual(['csv-reader', 'monitor', 'reports']);
    expect(await ids('', { compatible: false }, 'name')).toEqual(['notes', 'needy']);
    expect(await ids('', { publisher: 'acme', tier: 'tier2', price: 'free', kind: 'tool', tag: 'Alerts' })).toEqual(['monitor']);
    expect(await ids('', { tier: 'tier1' })).toEqual([]);
    expect(await ids('', { category: 'nothing' })).toEqual([]);
    expect(await ids('', { minimumRating: 3 })).toEqual([]);
    world.installed['com.acme.notes'] = '1.0.0';
    expect((await search('', { installed: true })).items).toMatchObject([{ id: 'com.acme.notes', installedVersion: '1.0.0' }]);
    expect(await ids('', { installed: false })).not.toContain('notes');
    delete world.installed['com.acme.notes'];
  });

  it('sorts, and pages', async () => {
    expect(await ids('', {}, 'recent')).toEqual(['reports', 'needy', 'csv-reader', 'monitor', 'notes']);
    expect(await ids('', {}, 'name')).toEqual(['csv-reader', 'notes', 'needy', 'monitor', 'reports']);
    const page = await world.catalog.search({ words: '', filters: {}, sort: 'name', offset: 3, limit: 1 });
    expect(page).toMatchObject({ total: 5, items: [{ id: 'com.acme.monitor' }] });
  });

  it('D4 tells everything about one, and D5 why it does not fit', async () => {
    expect(await world.catalog.get({ id: 'com.acme.monitor' })).toMatchObject({ compatible: true, incompatibleBecause: [], permissionKinds: ['network'], versions: [{ version: '1.0.0', withdrawn: null }], requirements: { app_version: '*' } });
    expect((await world.catalog.get({ id: 'com.acme.notes' })).incompatibleBecause).toEqual(['It needs Troupe >=5.0.0, and this is 1.0.0.']);
    expect((await world.catalog.get({ id: 'com.acme.needy' })).incompatibleBecause).toEqual(['It needs the plugin com.acme.ghost >=1, which no registry here has.']);
    await expect(world.catalog.get({ id: 'com.acme.nobody' })).rejects.toMatchObject({ code: 'catalog/not-found' });
  });

  it('D1 lists categories in the catalog’s order with counts, unknown ones last', async () => {
    const { categories } = await world.catalog.categories();
    expect(categories.map(({ slug, count }) => `${slug} ${count}`)).toEqual(['testing 1', 'data 3', 'observability 1', 'productivity 1']);
  });

  it('serves images that the catalog names, and nothing else', async () => {
    const { icon } = await world.catalog.get({ id: 'com.acme.monitor' });
    const answer = await world.catalog.image({ sha512: icon?.sha512 ?? '', as: 'icon' });
    expect(answer).toEqual({ type: 'image/png', base64: PNG.toString('base64') });
    await expect(world.catalog.image({ sha512: 'a'.repeat(128), as: 'icon' })).rejects.toMatchObject({ code: 'catalog/not-found' });
    const archive = (await world.catalog.get({ id: 'com.acme.monitor' })).versions[0]?.sha512 ?? '';
    await expect(world.catalog.image({ sha512: archive, as: 'icon' })).rejects.toMatchObject({ code: 'catalog/not-found' });
  });
});

describe('D7 and D8 syncing', () => {
  let world: World | undefined;
  let registry: TestRegistry;
  afterEach(async () => { await world?.stop(); world = undefined; });
  const start = async (now?: () => number): Promise<World> => {
    world = await startCatalog(async (home) => {
      registry = await testRegistry(path.join(home, 'registry'));
      await registry.publish(SPECS);
      return [config(registry)];
    }, now);
    return world;
  };
  const status = async (here: World) => (await here.catalog.status()).registries[0];
  const total = async (here: World, words = ''): Promise<number> => (await here.catalog.search({ words, filters: {}, sort: 'relevance', offset: 0, limit: 10 })).total;

  it('takes what is new, drops what left, and does nothing when nothing changed', async () => {
    const here = await start();
    expect(await status(here)).toMatchObject({ sequence: 0, entries: 0, syncedAt: null, syncing: false });
    await here.catalog.sync();
    expect(await status(here)).toMatchObject({ sequence: 1, entries: 5, error: null });
    await here.catalog.sync();
    expect(await status(here)).toMatchObject({ sequence: 1, entries: 5, error: null });
    await registry.publish([...SPECS.slice(1), { id: 'com.acme.fresh', name: 'Freshly Made' }]);
    await here.catalog.sync();
    expect(await status(here)).toMatchObject({ sequence: 2, entries: 5 });
    expect(await total(here, 'freshly')).toBe(1);
    expect(await total(here, 'reader')).toBe(0);
    // What needed it does not fit any more.
    expect((await here.catalog.get({ id: 'com.acme.reports' })).compatible).toBe(false);
    expect(here.changes.length).toBeGreaterThan(0);
  });

  it('starts by itself in the background, and a call during one shares it', async () => {
    const here = await start();
    here.catalog.start();
    expect((await status(here))?.syncing).toBe(true);
    await here.catalog.sync();
    expect(await total(here)).toBe(5);
  });

  it('keeps the last good catalog when the registry lies', async () => {
    const here = await start();
    await here.catalog.sync();
    const good = path.join(here.test.home.root, 'good');
    await cp(registry.folder, good, { recursive: true });

    await registry.publish(SPECS.slice(0, 1));
    await tamper(path.join(registry.folder, 'metadata', 'timestamp.json'));
    await here.catalog.sync();
    expect((await status(here))?.error?.code).toBe('catalog/refused');
    expect(await total(here)).toBe(5);

    await registry.publish(SPECS.slice(0, 1));
    await here.catalog.sync();
    expect(await status(here)).toMatchObject({ sequence: 3, entries: 1, error: null });

    // Rollback: the signed catalog of before comes back, also when the verifier's own memory was deleted.
    await rm(registry.folder, { recursive: true });
    await cp(good, registry.folder, { recursive: true });
    await here.catalog.sync();
    expect((await status(here))?.error?.code).toBe('catalog/rollback');
    await rm(path.join(here.test.home.cache, 'catalog'), { recursive: true });
    await here.catalog.sync();
    expect((await status(here))?.error?.code).toBe('catalog/rollback');
    expect(await total(here)).toBe(1);

    await rm(registry.folder, { recursive: true });
    await here.catalog.sync();
    expect((await status(here))?.error?.code).toBe('catalog/unavailable');
    expect(await total(here)).toBe(1);
  });

  it('refuses another catalog under the same number, also when the verifier’s own memory was deleted', async () => {
    const here = await start();
    await here.catalog.sync();
    await registry.publish(SPECS.slice(0, 1), { sequence: 1 });
    for (const memory of ['kept', 'deleted']) {
      if (memory === 'deleted') await rm(path.join(here.test.home.cache, 'catalog'), { recursive: true });
      await here.catalog.sync();
      expect((await status(here))?.error, memory).toMatchObject({ code: 'catalog/refused', message: expect.stringContaining('under the number 1') as string });
      expect(await total(here)).toBe(5);
    }
    await registry.publish(SPECS.slice(0, 1));
    await here.catalog.sync();
    expect(await status(here)).toMatchObject({ sequence: 2, entries: 1, error: null });
  });

  it('leaves out a record that is none and says which', async () => {
    const reports: unknown[] = [];
    const here = await start();
    await registry.publish([...SPECS, { id: 'com.acme.odd', distortRecord: (record) => ({ ...record, name: '' }) }]);
    const catalog = createCatalog({
      store: here.test.catalog as never, home: here.test.home, registries: [config(registry)], app: { version: '1.0.0', platform: 'linux' }, installed: () => Promise.resolve({}),
      changed: () => undefined, report: (_, facts) => { reports.push(facts); } });
    await catalog.sync();
    expect(await total(here)).toBe(5);
    expect(JSON.stringify(reports)).toContain('com.acme.odd');
    await catalog.stop();
  });

  it('derives everything again for another version of the app', async () => {
    const here = await start();
    await here.catalog.sync();
    const newer = createCatalog({ store: here.test.catalog as never, home: here.test.home, registries: [config(registry)], app: { version: '5.0.0', platform: 'linux' }, installed: () => Promise.resolve({}), changed: () => undefined });
    await newer.sync();
    expect((await newer.get({ id: 'com.acme.notes' })).compatible).toBe(true);
    expect((await newer.search({ words: '', filters: { compatible: true }, sort: 'name', offset: 0, limit: 10 })).items.map(({ id }) => id)).toContain('com.acme.notes');
    await newer.stop();
  });

  it('says when what a registry signed is out of date', async () => {
    let now = Date.now();
    const here = await start(() => now);
    await here.catalog.sync();
    await expect(here.catalog.checkFresh('test')).resolves.toBeUndefined();
    now += 400 * 86_400_000;
    await expect(here.catalog.checkFresh('test')).rejects.toMatchObject({ code: 'catalog/expired' });
    expect(await total(here)).toBe(5);
  });

  it('stops in the middle of a sync', async () => {
    const here = await start();
    here.catalog.start();
    await here.catalog.stop();
    expect(await readdir(here.test.home.cache)).toBeDefined();
    expect((await status(here))?.syncing).toBe(false);
  });
});

describe('D9 several registries', () => {
  it('shows an id of two registries from the first, and keeps them apart', async () => {
    let one: TestRegistry | undefined;
    let two: TestRegistry | undefined;
    const world = await startCatalog(async (home) => {
      one = await testRegistry(path.join(home, 'one'));
      two = await testRegistry(path.join(home, 'two'));
      await one.publish([{ id: 'com.acme.shared', name: 'From One' }, { id: 'com.acme.only-one' }]);
      await two.publish([{ id: 'com.acme.shared', name: 'From Two', version: '9.0.0' }, { id: 'com.acme.only-two' }]);
      return [config(two, 'two', 2), config(one, 'one', 1)];
    });
    try {
      await world.catalog.sync();
      const { items, total } = await world.catalog.search({ words: '', filters: {}, sort: 'name', offset: 0, limit: 10 });
      expect(items.map(({ name, registry }) => `${name} ${registry}`)).toEqual(['From One one', 'only-one one', 'only-two two']);
      expect(total).toBe(3);
      expect((await world.catalog.search({ words: '', filters: { registry: 'two' }, sort: 'name', offset: 0, limit: 10 })).items.map(({ name }) => name)).toEqual(['only-two']);
      expect((await world.catalog.search({ words: '', filters: { registry: 'three' }, sort: 'name', offset: 0, limit: 10 })).total).toBe(0);
      expect((await world.catalog.records(['com.acme.shared'])).map(({ registry }) => registry)).toEqual(['one', 'two']);
      expect((await world.catalog.search({ words: 'two', filters: {}, sort: 'relevance', offset: 0, limit: 10 })).items.map(({ id }) => id)).toEqual(['com.acme.only-two']);
      await one?.publish([{ id: 'com.acme.only-one' }]);
      await world.catalog.sync();
      expect((await world.catalog.get({ id: 'com.acme.shared' })).name).toBe('From Two');
    } finally {
      await world.stop();
    }
  }, 60_000);

  it('D6 shows figures and lists of each, never of one on the plugins of another', async () => {
    let one: TestRegistry | undefined;
    let two: TestRegistry | undefined;
    const ratings: [number, number, number, number, number] = [1, 0, 0, 0, 3];
    const world = await startCatalog(async (home) => {
      one = await testRegistry(path.join(home, 'one'));
      two = await testRegistry(path.join(home, 'two'));
      await one.publish([{ id: 'com.acme.shared' }, { id: 'com.acme.only-one' }], {
        stats: { date: '2026-11-20', plugins: [{ id: 'com.acme.shared', installs: 7, trend: [1, 2, 4], ratings }] },
        collections: [{ slug: 'picks', name: 'Picks', description: 'Some.', plugins: ['com.acme.only-one', 'com.acme.only-two', 'com.acme.shared', 'com.acme.nobody'] }],
      });
      await two.publish([{ id: 'com.acme.shared' }, { id: 'com.acme.only-two' }], {
        stats: { date: '2026-11-21', plugins: [{ id: 'com.acme.shared', installs: 999, trend: [], ratings }, { id: 'com.acme.only-one', installs: 999, trend: [], ratings }] },
        collections: [{ slug: 'theirs', name: 'Theirs', description: '', plugins: ['com.acme.shared', 'com.acme.only-one'] }],
      });
      return [config(one, 'one', 1), config(two, 'two', 2)];
    });
    try {
      await world.catalog.sync();
      const { items } = await world.catalog.search({ words: '', filters: {}, sort: 'popular', offset: 0, limit: 10 });
      expect(items.map(({ id, installs, trend, rating, ratings: count }) => [id, installs, trend, rating, count])).toEqual([
        ['com.acme.shared', 7, [1, 2, 4], 4, 4], ['com.acme.only-one', 0, [], null, 0], ['com.acme.only-two', 0, [], null, 0]]);
      expect(await world.catalog.get({ id: 'com.acme.shared' })).toMatchObject({ histogram: ratings, figuresOf: '2026-11-20', trend: [1, 2, 4] });
      expect(await world.catalog.get({ id: 'com.acme.only-two' })).toMatchObject({ histogram: null, figuresOf: null });
      expect((await world.catalog.collections()).collections.map(({ slug, plugins }) => [slug, plugins.map(({ id }) => id)])).toEqual([['picks', ['com.acme.only-one', 'com.acme.shared']]]);
      // Tomorrow's figures come without the records; a plugin that they do not name has none.
      await one?.publish([{ id: 'com.acme.shared' }, { id: 'com.acme.only-one' }], { stats: { date: '2026-11-21', plugins: [{ id: 'com.acme.only-one', installs: 8, trend: [8], ratings: [0, 0, 0, 0, 0] }] } });
      await world.catalog.sync();
      expect((await world.catalog.search({ words: '', filters: {}, sort: 'popular', offset: 0, limit: 1 })).items).toMatchObject([{ id: 'com.acme.only-one', installs: 8, rating: null }]);
      expect(await world.catalog.get({ id: 'com.acme.shared' })).toMatchObject({ installs: 0, rating: null, histogram: null });
    } finally {
      await world.stop();
    }
  }, 60_000);

  it('D9 an id of two registries: both can be looked at, the installed one goes first, and publishers of all are found', async () => {
    const world = await startCatalog(async (home) => {
      const [one, two] = [await testRegistry(path.join(home, 'one')), await testRegistry(path.join(home, 'two'))];
      await one.publish([{ id: 'com.acme.shared', name: 'One', distortRecord: (record) => ({ ...record, pricing: { model: 'paid', paid_tiers: [{ name: 'Team', price: 9.5, currency: 'EUR', period: 'month', executions: 100 }] } }) }]);
      await two.publish([{ id: 'com.acme.shared', name: 'Two', version: '2.0.0' }, ...Array.from({ length: 70 }, (_, at) => ({ id: `com.many.p${at}` }))].map((spec, at) => ({ ...spec, distortRecord: (record) => ({ ...record, publisher: { ...record.publisher, id: at === 0 ? 'other' : `maker-${at}`, name: at === 0 ? 'Other' : at === 70 ? 'Ünal Works' : `Maker ${at}` } }) })));
      return [config(one, 'one', 1), config(two, 'two', 2)];
    });
    try {
      await world.catalog.sync();
      const shared = { id: 'com.acme.shared' };
      expect(await world.catalog.get(shared)).toMatchObject({ name: 'One', registry: 'one', alsoFrom: [{ registry: 'two', version: '2.0.0', publisher: { id: 'other', name: 'Other' } }],
        pricing: { freeTier: null, tiers: [{ name: 'Team', price: 9.5, currency: 'EUR', period: 'month', executions: 100 }] } });
      expect(await world.catalog.get({ ...shared, registry: 'two' })).toMatchObject({ name: 'Two', registry: 'two', alsoFrom: [{ registry: 'one' }], pricing: { freeTier: null, tiers: [] } });
      await expect(world.catalog.get({ ...shared, registry: 'nobody' })).rejects.toMatchObject({ code: 'catalog/not-found' });
      world.installedFrom.set(shared.id, 'two');
      expect(await world.catalog.get(shared)).toMatchObject({ name: 'Two', registry: 'two' });
      expect(await world.catalog.get({ ...shared, registry: 'one' })).toMatchObject({ name: 'One' });
      // Its registry is gone: the page of the other says whose it is.
      world.installedFrom.set(shared.id, 'removed');
      expect(await world.catalog.get(shared)).toMatchObject({ name: 'One', registry: 'one' });
      const publishers = async (words: string, limit = 50) => { const found = await world.catalog.publishers({ words, limit }); return [found.total, found.publishers.map(({ name }) => name)]; };
      expect(await publishers('unal')).toEqual([1, ['Ünal Works']]);
      expect(await publishers('maker-69')).toEqual([1, ['Maker 69']]);
      expect((await publishers('', 50))[0]).toBe(71);
      expect(await publishers('maker nobody')).toEqual([0, []]);
      // What is not shown counts for nobody.
      expect(await publishers('other')).toEqual([0, []]);
      expect((await world.catalog.publishers({ words: 'acme', limit: 5 })).publishers).toEqual([{ id: 'acme', name: 'Acme', verified: true, plugins: 1 }]);
    } finally {
      await world.stop();
    }
  }, 60_000);

  it('D6 shows what people wrote, never on the plugins of another, and leaves out what is no review', async () => {
    let one: TestRegistry | undefined;
    const review = (author: string, rating: number, more: object = {}): PluginReview => ({ author, rating, title: null, body: `${author} wrote this.`, version: '1.0.0', written_at: 1_760_000_000_000 + rating, helpful: 10 - rating, reply: null, ...more });
    const reviews = (date: string, ...all: readonly unknown[]): CatalogReviews => ({ date, plugins: [{ id: 'com.acme.shared', reviews: all as PluginReview[] }] });
    const world = await startCatalog(async (home) => {
      one = await testRegistry(path.join(home, 'one'));
      const two = await testRegistry(path.join(home, 'two'));
      await one.publish([{ id: 'com.acme.shared' }, { id: 'com.acme.quiet' }], { reviews: reviews('2026-11-20', review('Ada', 5), review('Mallory', 6), review('Bo', 2, { reply: { body: 'Mended.', written_at: 1_760_000_000_009 } }), { author: 'Eve' }) });
      await two.publish([{ id: 'com.acme.shared' }, { id: 'com.acme.other' }], { reviews: reviews('2026-11-21', review('Stranger', 1)) });
      return [config(one, 'one', 1), config(two, 'two', 2)];
    });
    const authors = async (sort: ReviewSort): Promise<string[]> => (await world.catalog.reviews({ id: 'com.acme.shared', sort })).reviews.map(({ author }) => author);
    try {
      await world.catalog.sync();
      expect(await world.catalog.reviews({ id: 'com.acme.shared', sort: 'newest' })).toEqual({ asOf: '2026-11-20', reviews: [
        { author: 'Ada', rating: 5, title: null, body: 'Ada wrote this.', version: '1.0.0', writtenAt: 1_760_000_000_005, helpful: 5, reply: null },
        { author: 'Bo', rating: 2, title: null, body: 'Bo wrote this.', version: '1.0.0', writtenAt: 1_760_000_000_002, helpful: 8, reply: { body: 'Mended.', writtenAt: 1_760_000_000_009 } }] });
      expect([await authors('helpful'), await authors('best'), await authors('worst')]).toEqual([['Bo', 'Ada'], ['Ada', 'Bo'], ['Bo', 'Ada']]);
      const left = ['com.acme.shared: Its review 2 was left out: rating should be at most 5, but is the number 6.', expect.stringContaining('com.acme.shared: Its review 4 was left out: rating')];
      expect((await world.catalog.status()).registries[0]?.badRecords).toEqual(left);
      expect(await world.catalog.reviews({ id: 'com.acme.quiet', sort: 'newest' })).toEqual({ asOf: '2026-11-20', reviews: [] });
      expect(await world.catalog.reviews({ id: 'com.acme.other', sort: 'newest' })).toEqual({ asOf: '2026-11-21', reviews: [] });
      await expect(world.catalog.reviews({ id: 'com.acme.nobody', sort: 'newest' })).rejects.toMatchObject({ code: 'catalog/not-found' });
      // Other words of the same day are taken, and what was left out before is no matter any more.
      await one?.publish([{ id: 'com.acme.shared' }, { id: 'com.acme.quiet' }], { reviews: reviews('2026-11-20', review('Cleo', 4)) });
      await world.catalog.sync();
      expect([await authors('newest'), (await world.catalog.status()).registries[0]?.badRecords]).toEqual([['Cleo'], []]);
      await one?.publish([{ id: 'com.acme.shared' }, { id: 'com.acme.quiet' }]);
      await world.catalog.sync();
      expect(await world.catalog.reviews({ id: 'com.acme.shared', sort: 'newest' })).toEqual({ asOf: null, reviews: [] });
    } finally {
      await world.stop();
    }
  }, 60_000);

  it('reads the embedded catalog of the build', async () => {
    const built = await builtCatalog();
    const world = await startCatalog(() => [{ id: 'embedded', name: 'Built in', kind: 'embedded', source: built.folder, root: built.trustedRoot }]);
    try {
      const { registries } = await world.catalog.sync();
      expect(registries[0]).toMatchObject({ kind: 'embedded', error: null });
      const found = await world.catalog.search({ words: 'csv', filters: {}, sort: 'relevance', offset: 0, limit: 10 });
      expect(found.items[0]?.id).toBe('dev.troupe.csv-analyst');
      expect((await world.catalog.image({ sha512: found.items[0]?.icon?.sha512 ?? '', as: 'icon' })).type).toBe('image/png');
    } finally {
      await world.stop();
    }
  });
});

describe('images', () => {
  it('are not shown when they would be drawn larger than their use allows', async () => {
    const world = await startCatalog(async (home) => {
      const registry = await testRegistry(path.join(home, 'registry'));
      await registry.publish([{ id: 'com.acme.fits', files: { 'assets/icon.png': pngHead(1_024, 1_024) } }, { id: 'com.acme.wide', files: { 'assets/icon.png': pngHead(1_025, 16) } }, { id: 'com.acme.bomb', files: { 'assets/icon.png': pngHead(16, 2 ** 31) } }]);
      return [config(registry)];
    });
    const image = async (id: string, as: 'icon' | 'screenshot'): Promise<string> => {
      const { icon } = await world.catalog.get({ id });
      return world.catalog.image({ sha512: icon?.sha512 ?? '', as }).then(({ type }) => type, (error: { code: string; message: string }) => `${error.code}: ${error.message}`);
    };
    try {
      await world.catalog.sync();
      expect(await image('com.acme.fits', 'icon')).toBe('image/png');
      expect(await image('com.acme.wide', 'icon')).toBe('catalog/unavailable: The image is 1025 by 16 pixels; at most 1024 a side are shown of an icon.');
      // A screenshot may be larger; a second look at what is kept is judged anew.
      expect(await image('com.acme.wide', 'screenshot')).toBe('image/png');
      expect(await image('com.acme.wide', 'icon')).toContain('at most 1024');
      expect(await image('com.acme.bomb', 'screenshot')).toContain('at most 4096');
    } finally {
      await world.stop();
    }
  });

  it('are not shown when they are something else or too large', async () => {
    let registry: TestRegistry | undefined;
    const world = await startCatalog(async (home) => {
      registry = await testRegistry(path.join(home, 'registry'));
      await registry.publish([
        { id: 'com.acme.html', files: { 'assets/icon.png': PNG }, distortRecord: (record) => ({ ...record, icon: { sha512: record.versions[0]?.sha512 ?? '', size: record.versions[0]?.size ?? 0, type: 'image/png' } }) },
        { id: 'com.acme.large', distortRecord: (record) => ({ ...record, icon: { sha512: 'b'.repeat(128), size: 3_000_000, type: 'image/png' } }) },
        { id: 'com.acme.lost', distortRecord: (record) => ({ ...record, icon: { sha512: 'c'.repeat(128), size: 30, type: 'image/png' } }) },
      ]);
      return [config(registry)];
    });
    try {
      await world.catalog.sync();
      for (const id of ['com.acme.html', 'com.acme.large', 'com.acme.lost']) {
        const { icon } = await world.catalog.get({ id });
        await expect(world.catalog.image({ sha512: icon?.sha512 ?? '', as: 'icon' })).rejects.toMatchObject({ code: 'catalog/unavailable' });
      }
    } finally {
      await world.stop();
    }
  });

  it('D7 that were looked at are there when the registry is gone and the app began anew; others say that there is no network', async () => {
    let registry: TestRegistry | undefined;
    const shot = Buffer.concat([PNG, Buffer.from('shot')]);
    const world = await startCatalog(async (home) => {
      registry = await testRegistry(path.join(home, 'registry'));
      await registry.publish([{ id: 'com.acme.seen', files: { 'assets/icon.png': PNG } }, { id: 'com.acme.other', files: { 'assets/icon.png': shot } }]);
      return [config(registry)];
    });
    try {
      await world.catalog.sync();
      const iconOf = async (catalog: Catalog, id: string): Promise<string> => (await catalog.get({ id })).icon?.sha512 ?? '';
      await world.catalog.image({ sha512: await iconOf(world.catalog, 'com.acme.seen'), as: 'icon' });
      await world.catalog.stop();
      await rm(registry?.folder ?? '', { recursive: true });
      const after = createCatalog({ store: world.test.catalog, home: world.test.home, registries: registry ? [config(registry)] : [], app: { version: '1.0.0', platform: 'linux' }, installed: () => Promise.resolve({}), changed: () => undefined });
      expect(await after.image({ sha512: await iconOf(after, 'com.acme.seen'), as: 'icon' })).toEqual({ type: 'image/png', base64: PNG.toString('base64') });
      await expect(after.image({ sha512: await iconOf(after, 'com.acme.other'), as: 'icon' })).rejects.toMatchObject({ code: 'catalog/unavailable' });
      // The catalog itself is searched all the same, and says that it could not be synced.
      expect((await after.sync()).registries[0]).toMatchObject({ entries: 2, error: { code: 'catalog/unavailable' } });
      expect((await after.search({ words: 'seen', filters: {}, sort: 'relevance', offset: 0, limit: 5 })).total).toBe(1);
      await after.stop();
    } finally {
      await world.stop();
    }
  });
});
