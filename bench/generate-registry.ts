/**
 * A registry folder with as many plugins as wanted, the same for the same seed: several versions, dependencies, permissions, small
 * icons, figures, reviews, categories. `node scripts/run.cjs bench/generate-registry.ts FOLDER [plugins]` writes one to look at or to serve.
 * Archives are left out: nobody installs these.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { catalogRecordSchema, type CatalogRecord, type CatalogReviews, type CatalogStats } from '../contract/manifest/index.ts';
import { makeKeyFolder, readKeyFolder, type KeyFolder } from '../packaging/index.ts';
import { publishContent } from '../packaging/catalog/publish.ts';
import { readPublished } from '../packaging/catalog/published.ts';
import { generateReviews } from './generate-reviews.ts';
import { CATEGORIES, generateCatalog, seeded } from './generate-catalog.ts';

const COLOURS = 48;
const SIDE = 32;
const DAY = 86_400_000;

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

/** A PNG of one colour with a lighter corner. */
function iconOf(number: number): Uint8Array {
  const [red, green, blue] = [(number * 67) % 200, (number * 131) % 200, (number * 29) % 200];
  const rows = Array.from({ length: SIDE }, (_, y) => Buffer.from([0, ...Array.from({ length: SIDE }, (__, x) => (x + y < SIDE ? [red + 50, green + 50, blue + 50] : [red, green, blue])).flat()]));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', new Uint8Array())]);
}

export interface GeneratedRegistry { records: CatalogRecord[]; stats: CatalogStats; reviews: CatalogReviews; icons: Uint8Array[] }

export function generateRegistry(total: number, seed = 7): GeneratedRegistry {
  const random = seeded(seed + 1);
  const icons = Array.from({ length: COLOURS }, (_, number) => iconOf(number));
  const digests = icons.map((bytes) => createHash('sha512').update(bytes).digest('hex'));
  const records: CatalogRecord[] = [];
  const plugins: CatalogStats['plugins'] = [];
  for (const { record, figures } of generateCatalog(total, seed)) {
    const [newest] = record.versions;
    if (!newest) continue;
    const colour = Math.floor(random() * COLOURS);
    // Some need one that came before, so that no circle arises.
    const needed = records.length > 0 && random() < 0.15 ? records[Math.floor(random() * records.length)] : undefined;
    const host = `api.${record.publisher.id}.example`;
    const versions = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, age): CatalogRecord['versions'][number] => ({
      ...newest, version: age === 0 ? newest.version : `0.${9 - age}.${Math.floor(random() * 9)}`, published_at: newest.published_at - age * 40 * DAY, changelog: age === 0 ? 'Works with larger files; a wrong date in reports is right.' : 'First steps.',
      sha512: createHash('sha512').update(`${record.id} ${age}`).digest('hex'), size: 8_000 + Math.floor(random() * 400_000),
      dependencies: needed && age === 0 ? [{ id: needed.id, range: '>=0.1.0', foreign: false }] : [],
      requirements: { ...newest.requirements, dependencies: needed && age === 0 ? [`${needed.id}>=0.1.0`] : [] },
    }));
    // As it is read back from what was published, so that the next publication finds changed only what was.
    records.push(catalogRecordSchema.parse({
      ...record, versions, icon: { sha512: digests[colour] ?? '', size: icons[colour]?.length ?? 0, type: 'image/png' },
      publisher: { ...record.publisher, website: `https://${record.publisher.id}.example/` }, long_description: `${record.description}.\n\nIt works on this machine and asks before it reaches anything else.`,
      permissions: random() < 0.5 ? [{ key: `network:${host}`, kind: 'network', value: host, danger: 'normal', detail: {} }] : [],
    }));
    plugins.push(figures);
  }
  const [date, figures] = ['2026-01-01', new Map(plugins.map((one) => [one.id, one]))];
  const known = records.flatMap((record) => { const own = figures.get(record.id); return own ? [{ record, figures: own }] : []; });
  return { records, stats: { date, plugins }, reviews: generateReviews(known, date, seed), icons };
}

const categories = CATEGORIES.map((slug, order) => ({ slug, name: slug.charAt(0).toUpperCase() + slug.slice(1).replace('-', ' '), description: '', icon: 'puzzle', sort_order: order }));

/** Publishes these records as the next sequence: the first time as a whole, afterwards as a delta. */
export async function publishRecords(keys: KeyFolder, out: string, { records, stats, reviews, icons }: GeneratedRegistry): Promise<void> {
  const key = keys.keys.catalog;
  const before = key && await readPublished(out, [key]);
  await publishContent({ keys, out, now: Date.now() }, before, { records, categories, revoked: [], collections: [], stats, reviews }, before ? [] : icons);
}

/** A new registry in `top/public` with its keys in `top/keys`. */
export async function makeRegistry(top: string, generated: GeneratedRegistry): Promise<{ keys: KeyFolder; out: string; fingerprint: string }> {
  const { fingerprint } = await makeKeyFolder(path.join(top, 'keys'), { lifetimes: 'hosted', now: Date.now() });
  const [keys, out] = [await readKeyFolder(path.join(top, 'keys')), path.join(top, 'public')];
  await publishRecords(keys, out, generated);
  return { keys, out, fingerprint };
}

if (import.meta.main) {
  const [, , folder, plugins = '10000'] = process.argv;
  if (folder === undefined || !(Number(plugins) > 0)) throw new TypeError('Usage: bench/generate-registry.ts FOLDER [plugins]');
  const { out, fingerprint } = await makeRegistry(folder, generateRegistry(Number(plugins)));
  process.stdout.write(`${plugins} plugins in ${out}\nFingerprint: ${fingerprint}\n`);
}
