import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CatalogRecord, CatalogRecordVersion } from '../../contract/manifest/index.ts';
import { openCatalog, readArchive, readBlob, verifyArchive } from '../../packaging/index.ts';
import { buildCatalog } from '../../scripts/build-catalog.ts';
import { buildPlugins } from '../../scripts/build-plugins.ts';
import { builtCatalog, type BuiltCatalog } from '../support/catalog.ts';

let work = '';
let built: BuiltCatalog;
beforeAll(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), 'troupe-embedded-'));
  built = await builtCatalog();
});
afterAll(() => rm(work, { recursive: true, force: true }));
afterEach(() => { vi.useRealTimers(); });

const records = async (cacheDir: string): Promise<CatalogRecord[]> => {
  const state = await openCatalog({ source: built.folder, trustedRoot: built.trustedRoot, cacheDir: path.join(work, cacheDir) }).refresh();
  const found: CatalogRecord[] = [];
  for await (const record of state.records()) found.push(record);
  expect(state.badRecords).toEqual([]);
  return found;
};

describe('the embedded catalog', () => {
  it('installs with the clock 400 days ahead, and in 2098', async () => {
    for (const [index, now] of [Date.now() + 400 * 86_400_000, Date.UTC(2098, 11, 1)].entries()) {
      vi.useFakeTimers({ toFake: ['Date'], now });
      for (const record of await records(`ahead-${index}`)) {
        const version = record.versions[0] as CatalogRecordVersion;
        const to = path.join(work, record.id);
        await readBlob({ source: built.folder, blob: version, to });
        verifyArchive(await readArchive(await readFile(to)), record, version);
      }
    }
  });
  it('has all that the plugin page shows', async () => {
    const found = await records('page');
    expect(found.map(({ id, kinds }) => [id, kinds])).toEqual([
      ['dev.troupe.code-reviewer', ['agent', 'tool']], ['dev.troupe.csv-analyst', ['agent', 'tool']], ['dev.troupe.http-tools', ['agent', 'tool']], ['dev.troupe.meeting-notes', ['agent', 'tool']], ['dev.troupe.page-reader', ['agent', 'tool']], ['dev.troupe.sql-explorer', ['agent', 'tool']], ['dev.troupe.text-toolkit', ['agent', 'tool']], ['dev.troupe.web-research', ['agent', 'crew', 'tool']],
    ]);
    for (const record of found) {
      expect(record).toMatchObject({ publisher: { id: built.publisher, tier: 'tier1', verified: true, keys: [{ key_id: built.publisherKeyId }] }, icon: { type: 'image/png' }, license: 'MIT', moderation: 'approved' });
      expect(record.long_description.length).toBeGreaterThan(300);
      expect(record.versions[0]).toMatchObject({ channel: 'stable', published_at: Date.UTC(2026, 10, 21), withdrawn: null });
      expect(record.versions.at(-1)?.changelog).toContain('First release');
    }
    expect(found.find(({ id }) => id === 'dev.troupe.web-research')?.versions[0]?.dependencies).toEqual(['text-toolkit', 'http-tools'].map((name) => ({ id: `dev.troupe.${name}`, range: '>=1.0.0 <2', foreign: false })));
    for (const name of ['web-research', 'csv-analyst', 'code-reviewer', 'text-toolkit', 'http-tools']) {
      const versions = found.find(({ id }) => id === `dev.troupe.${name}`)?.versions ?? [];
      expect(versions.map(({ version }) => version), name).toEqual(['1.1.0', '1.0.0']);
      expect(versions.map(({ changelog }) => /redact|check_csv|diff_stats|list_sources|hosts that you enter/u.test(changelog)), name).toEqual([true, false]);
    }
  });
  it('D1 begins with the categories of the catalog, in their order', async () => {
    const { categories, collections } = await openCatalog({ source: built.folder, trustedRoot: built.trustedRoot, cacheDir: path.join(work, 'categories') }).refresh();
    expect(categories.map(({ slug }) => slug)).toEqual(['observability', 'testing', 'data', 'infrastructure', 'ai-ml', 'consulting', 'development', 'security', 'productivity', 'communication', 'research']);
    expect(collections[0]?.plugins).toHaveLength(3);
  });
  it('is not built again while nothing has changed', async () => {
    const before = (await stat(path.join(built.folder, 'stamp'))).mtimeMs;
    const started = performance.now();
    await builtCatalog();
    expect(performance.now() - started).toBeLessThan(1000);
    expect((await stat(path.join(built.folder, 'stamp'))).mtimeMs).toBe(before);
  });
  it('packs the same bytes at every build', async () => {
    const digests = (list: Uint8Array[]): string[] => list.map((bytes) => createHash('sha512').update(bytes).digest('hex'));
    const blobs = (await readdir(path.join(built.folder, 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name);
    expect(blobs).toEqual(expect.arrayContaining(digests(await buildPlugins())));
  });
  it('is made whole when a build before it died half way', async () => {
    const out = path.join(work, 'torn');
    await cp(built.folder, `${out}.next`, { recursive: true });
    await writeFile(path.join(`${out}.next`, 'rubbish'), 'x');
    await Promise.all([buildCatalog(out), buildCatalog(out)]);
    const files = await readdir(out);
    expect(files.sort()).toEqual(['blobs', 'catalog', 'metadata', 'root.json', 'stamp', 'trust.json']);
    expect((await openCatalog({ source: out, trustedRoot: await readFile(path.join(out, 'root.json')), cacheDir: path.join(work, 'torn-cache') }).refresh()).sequence).toBe(1);
  });
  it('holds no private key', async () => {
    const everything = (await readdir(built.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    for (const entry of everything) expect(await readFile(path.join(entry.parentPath, entry.name), 'latin1'), entry.name).not.toMatch(/PRIVATE KEY|"private|302e020100300506032b6570/);
  });
});
