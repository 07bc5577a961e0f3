import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateCatalog } from '../../../bench/generate-catalog.ts';
import type { CatalogRecord } from '../../../contract/manifest/index.ts';
import { handlesOf, type Writer } from '../../../main/core/base/store/handles.ts';
import { openCatalogWriter } from '../../../main/core/base/store/open-connection.ts';
import { decodeSet } from '../../../main/core/base/store/queries/catalog-bitmap.ts';
import { textOfChange } from '../../../main/core/base/store/queries/catalog-line.ts';
import { rebuildDerived } from '../../../main/core/base/store/transactions/catalog-derived.ts';
import { catalogTransactions, type CatalogSync } from '../../../main/core/base/store/transactions/catalog.ts';
import { lineOf } from '../../../main/core/marketplace/catalog/line-of.ts';

const APP = { version: '1.0.0', platform: 'linux' };
const SIZE = 700;
let folder: string;
let opened: ReturnType<typeof openCatalogWriter>;
let db: Writer;
let known: CatalogRecord[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-update-'));
  opened = openCatalogWriter({ role: 'writer', tables: 'catalog', file: path.join(folder, 'catalog.db') });
  db = handlesOf(opened.connection).writer;
  known = [...generateCatalog(SIZE)].map(({ record }) => record);
});
afterEach(async () => {
  opened.connection.close();
  await rm(folder, { recursive: true });
});

const file = (): string => path.join(folder, 'changes.jsonl');
async function apply(registry: string, records: readonly CatalogRecord[], removed: readonly string[], more: Partial<CatalogSync> = {}): Promise<void> {
  const lines = [...records.map((record) => ({ put: lineOf(record, JSON.stringify(record), APP) })), ...removed.map((id) => ({ remove: id }))];
  await writeFile(file(), lines.map(textOfChange).join(''));
  catalogTransactions.applyCatalog(db, {
    registry: { id: registry, name: registry, kind: 'folder', priority: registry === 'first' ? 1 : 2 }, changes: file(), whole: false, sequence: 1, said: { version: 1, keyId: '', digest: '' }, basis: '', syncedAt: 0, expiresAt: null,
    categories: [], revoked: [], collections: [], ...more });
}

interface Derived { sets: Map<string, number[]>; orders: Map<string, number[]>; entries: unknown[] }
function derived(): Derived {
  const highest = db.get<{ highest: number }>('SELECT max(entry) AS highest FROM entries')?.highest ?? 0;
  const bits = (one: Uint8Array): number[] => { const set = decodeSet(one, highest); return Array.from({ length: highest + 1 }, (_, entry) => entry).filter((entry) => ((set[entry >>> 5] ?? 0) >>> (entry & 31)) & 1); };
  return {
    sets: new Map(db.all<{ field: string; key: string; count: number; entries: Uint8Array }>('SELECT field, key, count, entries FROM sets').map(({ field, key, count, entries }) => { const all = bits(entries); expect(all).toHaveLength(count); return [`${field} ${key}`, all]; })),
    orders: new Map(db.all<{ sort: string; entries: Uint8Array }>('SELECT sort, entries FROM orders').map(({ sort, entries }) => [sort, [...new Uint32Array(new Uint8Array(entries).buffer)]])),
    entries: db.all('SELECT entry, plugin_id, registry, shown, compatible FROM entries ORDER BY entry'),
  };
}

/** What was brought up to date is what everything from the beginning gives. Words that became common or rare may be kept or not. */
function expectSound(): void {
  const updated = derived();
  rebuildDerived(db);
  const rebuilt = derived();
  expect(updated.entries).toEqual(rebuilt.entries);
  expect(updated.orders).toEqual(rebuilt.orders);
  const byWord = (name: string): boolean => /^(prefix|name_prefix|word) /.test(name);
  for (const name of new Set([...updated.sets.keys(), ...rebuilt.sets.keys()])) {
    if (byWord(name) && !(updated.sets.has(name) && rebuilt.sets.has(name))) continue;
    expect(updated.sets.get(name), name).toEqual(rebuilt.sets.get(name));
  }
}

const changed = (record: CatalogRecord, { word, version, needs, blocked, unfit }: { word: string; version: string; needs: string | null; blocked: boolean; unfit: boolean }): CatalogRecord => ({
  ...record, name: `${word} ${record.name}`, tags: [word], categories: word === 'zebra' ? ['stripes'] : record.categories, moderation: blocked ? 'blocked' : 'approved',
  versions: record.versions.map((one) => ({
    ...one, version, published_at: one.published_at + word.length, requirements: { app_version: unfit ? '>=99.0.0' : '*', dependencies: [] },
    dependencies: needs === null ? [] : [{ id: needs, range: '>=2.0.0', optional: false, foreign: false }] })) as CatalogRecord['versions'],
});

describe('D7 a sync of a few changes', () => {
  it('leaves what everything anew would give, whatever changed', async () => {
    await apply('first', known, [], { whole: true });
    await apply('second', known.slice(0, 60).map((record) => ({ ...record, description: 'Another agent.' })), [], { whole: true });
    const at = fc.integer({ min: 0, max: 79 });
    const change = fc.record({ at, remove: fc.boolean(), second: fc.boolean(), word: fc.constantFrom('agent', 'data', 'zebra', '文档', 'a'), version: fc.constantFrom('1.0.0', '2.5.0'), needs: fc.option(at, { freq: 1 }), blocked: fc.boolean(), unfit: fc.boolean() });
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      for (const second of [false, true]) {
        const own = changes.filter((one) => one.second === second);
        const put = new Map(own.filter(({ remove }) => !remove).flatMap((one) => { const record = known[one.at]; return record ? [[record.id, changed(record, { ...one, needs: one.needs === null ? null : known[one.needs]?.id ?? null })]] : []; }));
        await apply(second ? 'second' : 'first', [...put.values()], own.filter(({ remove }) => remove).map((one) => known[one.at]?.id ?? ''));
      }
      expectSound();
    }), { numRuns: 25 });
  }, 120_000);

  it('a circle of plugins that need each other holds, until something in it is missing', async () => {
    const [one, two, three] = known.slice(0, 3) as [CatalogRecord, CatalogRecord, CatalogRecord];
    const needing = (record: CatalogRecord, other: CatalogRecord | null, unfit = false): CatalogRecord => changed(record, { word: 'ring', version: '2.0.0', needs: other?.id ?? null, blocked: false, unfit });
    const fit = (): string[] => db.all<{ id: string }>(`SELECT plugin_id AS id FROM entries WHERE compatible = 1 AND folded_name LIKE 'ring %'`).map(({ id }) => id);
    await apply('first', known, [], { whole: true });
    await apply('first', [needing(one, two), needing(two, three), needing(three, one)], []);
    expect(fit()).toHaveLength(3);
    await apply('first', [needing(three, one, true)], []);
    expect(fit()).toEqual([]);
    expectSound();
    await apply('first', [needing(three, one)], []);
    expect(fit()).toHaveLength(3);
    await apply('first', [], [two.id]);
    expect(fit()).toEqual([]);
    expectSound();
  });

  it('takes figures into the orders, and everything anew when many changed', async () => {
    await apply('first', known, [], { whole: true });
    await apply('first', [changed(known[0] as CatalogRecord, { word: 'data', version: '1.0.0', needs: null, blocked: false, unfit: false })], [], { figuresOf: null });
    expectSound();
    await apply('first', known.slice(0, 400).map((record) => changed(record, { word: 'data', version: '1.0.0', needs: null, blocked: false, unfit: false })), known.slice(500).map(({ id }) => id));
    expectSound();
  });
});
