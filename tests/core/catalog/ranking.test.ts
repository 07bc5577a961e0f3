import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCatalog, type GeneratedEntry } from '../../../bench/generate-catalog.ts';
import type { CatalogRecord } from '../../../contract/manifest/index.ts';
import { textOfChange, type CatalogStore } from '../../../main/core/base/store/index.ts';
import { lineOf } from '../../../main/core/marketplace/catalog/line-of.ts';
import { parseManifest, recordOf, type PluginArchive } from '../../../packaging/index.ts';
import { root } from '../../../scripts/sources.ts';
import { inlineCatalogStore } from '../plugins/inline-store.ts';
import { FRESH, PLAIN, WRITTEN } from './ranking-queries.ts';

const SIZE = 2_000;
const SHOWN = 10;
/** Measured, less a little: a change of ranking that costs more than that has to be meant. */
const FLOORS = { written: 0.82, plain: 0.72, fresh: 0.69, generated: 0.94, common: 0.8 };
/** One word that a tenth of all plugins have somewhere. */
const COMMON = 'web text data report code review test search table image audio video agent monitor research writer email message chat support budget plan schedule calendar project alert metrics logs deploy cloud network server model quality compare translate market news social legal policy privacy finance tax travel'.split(' ');
/** Of what is named so, the more it is installed. */
const gradeOf = (installs: number): number => (installs >= 100_000 ? 3 : installs >= 1_000 ? 2 : 1);

interface Judged { words: string; gains: ReadonlyMap<string, number> }

/** How good an order is, 1 for the best one: what comes late counts less (nDCG with gains of 2^grade - 1). */
function goodness(found: readonly string[], gains: ReadonlyMap<string, number>): number {
  const worth = (grades: readonly number[]): number => grades.slice(0, SHOWN).reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0);
  return worth(found.map((id) => gains.get(id) ?? 0)) / worth([...gains.values()].sort((a, b) => b - a));
}

/** One of our plugins as the catalog has it; what is not searched is made up. */
async function ownRecord(folder: string, like: CatalogRecord): Promise<CatalogRecord> {
  const source = await readFile(path.join(root, 'plugins', folder, 'plugin.yaml'), 'utf8');
  const archive = { manifest: parseManifest(source), files: new Map(), sha512: 'a'.repeat(128), size: 1, manifestSha512: 'a'.repeat(128) } as unknown as PluginArchive;
  return recordOf(archive, { publisher: { ...like.publisher, id: 'troupe', name: 'Troupe', tier: 'tier1' }, versions: like.versions.map((version) => ({ ...version, dependencies: [], requirements: { ...version.requirements, app_version: '*' } })) });
}

describe('D2 the order of what is found', () => {
  let folder: string;
  let catalog: CatalogStore;
  let entries: GeneratedEntry[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-ranking-'));
    catalog = inlineCatalogStore(path.join(folder, 'catalog.db'));
    entries = [...generateCatalog(SIZE)];
    const [first] = entries;
    if (!first) throw new TypeError('The generated catalog is empty.');
    const folders = (await readdir(path.join(root, 'plugins'), { withFileTypes: true })).filter((one) => one.isDirectory()).map(({ name }) => name);
    const manifests = await Promise.all(folders.map(async (name) => ownRecord(name, first.record).catch(() => undefined)));
    const own = manifests.flatMap((record) => (record?.id.startsWith('dev.troupe.') ? [{ record, figures: { ...first.figures, id: record.id, installs: 500 } }] : []));
    expect(own.map(({ record }) => record.id)).toEqual(expect.arrayContaining(['csv-analyst', 'text-toolkit', 'code-reviewer', 'http-tools', 'meeting-notes', 'page-reader', 'sql-explorer', 'web-research'].map((name) => `dev.troupe.${name}`)));
    const file = path.join(folder, 'changes.jsonl');
    await pipeline(function* () {
      for (const { record, figures: { ratings: histogram, ...figures } } of [...entries, ...own]) yield textOfChange({ figures: { ...figures, histogram } }) + textOfChange({ put: lineOf(record, JSON.stringify(record), { version: '1.0.0', platform: 'linux' }) });
    }, createWriteStream(file));
    await catalog.write('applyCatalog', { registry: { id: 'all', name: 'All', kind: 'embedded', priority: 0 }, changes: file, whole: true, sequence: 1, basis: '', syncedAt: 0, expiresAt: null, categories: [], revoked: [], collections: [], figuresOf: '2026-01-01', said: { version: 1, keyId: '', digest: '' } });
  });
  afterAll(async () => {
    await catalog.stop();
    await rm(folder, { recursive: true });
  });

  /** The mean over the queries, and a line of each that is not perfect, worst first. */
  const judge = async (queries: readonly Judged[]): Promise<{ mean: number; poor: string[] }> => {
    const judged = await Promise.all(queries.map(async ({ words, gains }) => {
      const { items } = await catalog.read('searchCatalog', { words, filters: {}, sort: 'relevance', offset: 0, limit: SHOWN, installed: [] });
      const ids = items.map(({ card }) => card.id);
      return { words, ids, value: goodness(ids, gains) };
    }));
    return {
      mean: judged.reduce((sum, { value }) => sum + value, 0) / judged.length,
      poor: judged.filter(({ value }) => value < 0.99).sort((a, b) => a.value - b.value).map(({ words, ids, value }) => `${value.toFixed(2)} "${words}" → ${ids.slice(0, 3).join(', ') || 'nothing'}`),
    };
  };

  it('answers what people type with what they mean', async () => {
    const judged = (queries: typeof WRITTEN) => judge(queries.map(([words, ...wanted]) => ({ words, gains: new Map(wanted.map((name, at) => [`dev.troupe.${name}`, at === 0 ? 3 : 1])) })));
    const [all, written, plain, fresh] = await Promise.all([judged([...WRITTEN, ...PLAIN]), judged(WRITTEN), judged(PLAIN), judged(FRESH)]);
    process.stdout.write(`nDCG@${SHOWN} of ${WRITTEN.length + PLAIN.length} written queries: ${all.mean.toFixed(3)} (${WRITTEN.length} with words of the plugins ${written.mean.toFixed(3)}, ${PLAIN.length} without ${plain.mean.toFixed(3)}; ${FRESH.length} written afresh ${fresh.mean.toFixed(3)})\n${all.poor.map((line) => `  ${line}\n`).join('')}`);
    expect(written.mean).toBeGreaterThan(FLOORS.written);
    expect(plain.mean).toBeGreaterThan(FLOORS.plain);
    expect(fresh.mean).toBeGreaterThan(FLOORS.fresh);
  });

  it('takes a word that nothing is called by for what stands for it, and leaves one that something is called by', async () => {
    const of = (words: string) => catalog.read('searchCatalog', { words, filters: {}, sort: 'relevance', offset: 0, limit: SHOWN, installed: [] });
    const [excel, pull, contract, unfinished] = await Promise.all([of('excel'), of('pull request'), of('contract'), of('exce')]);
    expect([excel.items[0]?.card.id, excel.corrected]).toEqual(['dev.troupe.csv-analyst', 'spreadsheet or csv or table or tables']);
    expect(pull.items[0]?.card.id).toBe('dev.troupe.code-reviewer');
    const called = (text: string): boolean => text.toLowerCase().includes('contract');
    expect([contract.corrected, contract.total > SHOWN, contract.items.every(({ card }) => called(`${card.name} ${card.description} ${card.tags.join(' ')}`))]).toEqual([null, true, true]);
    expect(unfinished.corrected ?? '').not.toContain(' or ');
  });

  it('finds a plugin by its name, by the beginning of it, with a typo and by its publisher', async () => {
    const spoil = (word: string): string => (word.length < 5 ? word : `${word.slice(0, 2)}${word[3] ?? ''}${word[2] ?? ''}${word.slice(4)}`);
    const queries = entries.filter((_, at) => at % 80 === 7).map(({ record }, at): Judged => {
      const [one = '', two = ''] = record.name.toLowerCase().split(' ');
      const words = [record.name, `${one} ${two.slice(0, 4)}`, `${spoil(one)} ${two}`, `${one} ${record.publisher.name.split(' ')[0] ?? ''}`, `the ${one} ${two}`][at % 5] ?? '';
      // Names repeat: any of the same name is as good.
      return { words, gains: new Map(entries.filter((other) => other.record.name === record.name).map((other) => [other.record.id, other.record === record ? 3 : 2])) };
    });
    const { mean, poor } = await judge(queries);
    process.stdout.write(`nDCG@${SHOWN} of ${queries.length} names: ${mean.toFixed(3)}\n${poor.map((line) => `  ${line}\n`).join('')}`);
    expect(mean).toBeGreaterThan(FLOORS.generated);
  });

  it('for one common word leads with what is named so, the popular first', async () => {
    const named = (word: string): GeneratedEntry[] => entries.filter(({ record }) => record.name.toLowerCase().split(' ').includes(word));
    const { mean, poor } = await judge(COMMON.map((word) => ({ words: word, gains: new Map(named(word).map(({ record, figures }) => [record.id, gradeOf(figures.installs)])) })));
    process.stdout.write(`nDCG@${SHOWN} of ${COMMON.length} common words: ${mean.toFixed(3)}\n${poor.slice(0, 5).map((line) => `  ${line}\n`).join('')}`);
    expect(mean).toBeGreaterThan(FLOORS.common);
  });
});
