/**
 * Builds the embedded catalog: the first-party plugins, signed with keys that are thrown away. The app's own signature
 * covers the result, so it needs no other trust; its roles end in 2099, so that an old app still installs.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogCategoriesSchema, catalogCollectionsSchema, type CatalogRecord, type CatalogRecordVersion } from '../contract/manifest/index.ts';
import { expiriesOf, generateCatalogKeys, generateSigningKey, imagesOf, readArchive, recordOf, recordVersionOf, signStatement, writeCatalog, type PluginArchive } from '../packaging/index.ts';
import { buildPlugins } from './build-plugins.ts';

const root = path.resolve(import.meta.dirname, '..');

/** What the result depends on. The lockfile stands for every package. */
const INPUTS = ['plugins', 'sdk', 'packaging', 'contract/manifest', 'contract/model', 'resources/catalog', 'scripts/build-catalog.ts', 'scripts/build-plugins.ts', 'package-lock.json'];

async function filesBelow(name: string): Promise<string[]> {
  const entries = await readdir(path.join(root, name), { withFileTypes: true }).catch(() => undefined);
  if (!entries) return existsSync(path.join(root, name)) ? [name] : [];
  return (await Promise.all(entries.map((entry) => (entry.isDirectory() ? filesBelow(`${name}/${entry.name}`) : [`${name}/${entry.name}`])))).flat();
}

/** A digest of every input by name and content. */
async function stampOf(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await Promise.all(INPUTS.map(filesBelow))).flat().sort()) hash.update(`${name}\0`).update(await readFile(path.join(root, name))).update('\0');
  return hash.digest('hex');
}

/** The day at the head of a version's changelog, `## 1.0.0 (2026-11-21)`, in ms UTC: the same at every build. */
function publishedAt(archive: PluginArchive): number {
  const changelog = new TextDecoder().decode(archive.files.get('CHANGELOG.md') ?? new Uint8Array());
  const { id, version } = archive.manifest.plugin;
  const day = changelog.split('\n').find((line) => line.startsWith(`## ${version} (`))?.slice(`## ${version} (`.length, -1);
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) throw new Error(`CHANGELOG.md of ${id} needs a heading "## ${version} (YYYY-MM-DD)".`);
  return at;
}

async function write(out: string): Promise<void> {
  const publisherKey = generateSigningKey();
  const publisher: CatalogRecord['publisher'] = { id: 'troupe', name: 'Troupe', tier: 'tier1', verified: true, website: null, logo: null, keys: [{ key_id: publisherKey.keyId, public_key: publisherKey.publicKey }] };
  const packed = await buildPlugins();
  const archives = await Promise.all(packed.map((bytes) => readArchive(bytes)));
  const versionOf = (archive: PluginArchive): CatalogRecordVersion => {
    const { id, version } = archive.manifest.plugin;
    if (archive.notes.length > 0) throw new Error(`${id}: ${archive.notes.join(' ')}`);
    const signature = signStatement({ id, version, sha512: archive.sha512, manifestSha512: archive.manifestSha512 }, publisherKey);
    return recordVersionOf(archive, { signature, publishedAt: publishedAt(archive) });
  };
  // The newest version of each comes first and says what the plugin is.
  const records = [...Map.groupBy(archives, ({ manifest }) => manifest.plugin.id).values()].flatMap((all) => (all[0] ? [recordOf(all[0], { publisher, versions: all.map(versionOf) })] : []));
  const source = async (name: string): Promise<unknown> => JSON.parse(await readFile(path.join(root, 'resources', 'catalog', name), 'utf8'));
  const { root: trustRoot } = await writeCatalog({
    out, records, blobs: [...packed, ...archives.flatMap(imagesOf)], keys: generateCatalogKeys(), expires: expiriesOf('embedded', 0),
    categories: catalogCategoriesSchema.parse(await source('categories.json')), collections: catalogCollectionsSchema.parse(await source('collections.json')),
  });
  await writeFile(path.join(out, 'root.json'), trustRoot);
  await writeFile(path.join(out, 'trust.json'), `${JSON.stringify({ publisher: publisher.id, publisher_key_id: publisherKey.keyId, reserved_prefixes: ['dev.troupe.', 'builtin.'] }, null, 2)}\n`);
}

/** One builder at a time in one place; a lock whose owner died is taken over after a minute. */
async function locked(lock: string, work: () => Promise<void>): Promise<void> {
  await mkdir(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const made = (await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - made > 60_000) await rm(lock, { recursive: true, force: true });
      await sleep(50);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/**
 * Builds the embedded catalog into a folder (metadata, targets, blobs, root.json, trust.json), or leaves it as it is when
 * no input has changed. The folder is replaced as a whole.
 */
export async function buildCatalog(out: string): Promise<void> {
  const stamp = await stampOf();
  const isFresh = async (): Promise<boolean> => (await readFile(path.join(out, 'stamp'), 'utf8').catch(() => '')) === stamp;
  if (await isFresh()) return;
  await locked(`${out}.lock`, async () => {
    if (await isFresh()) return;
    const next = `${out}.next`;
    await rm(next, { recursive: true, force: true });
    await mkdir(next, { recursive: true });
    await write(next);
    await writeFile(path.join(next, 'stamp'), stamp);
    await rm(out, { recursive: true, force: true });
    await rename(next, out);
  });
}

if (import.meta.main) {
  const out = path.resolve(process.argv[2] ?? path.join(root, 'dist', 'catalog'));
  await buildCatalog(out);
  console.log(`The embedded catalog is in ${out}`);
}
