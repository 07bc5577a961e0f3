/** Publishes a registry as a static folder and keeps its signatures fresh. One publisher at a time, which a lock holds. */
import { AppError } from '../../contract/errors/app-error.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';
import { blobPath } from './blob-path.ts';
import { deltaFile, deltaOf, DELTAS_KEPT, fullOf } from './delta.ts';
import { assertSettled, fingerprintOf, keyFor, type KeyFolder } from './key-folder.ts';
import { mergeRecords } from './merge-records.ts';
import { catalogMetadata, renewedRoot, sha512Hex, snapshotMetadata, targetInfoOf, targetsMetadata, timestampMetadata, type Expiries, type TargetInfo } from './metadata.ts';
import { placer, type Failpoint, type Placer } from './place.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { publishing } from './publish-lock.ts';
import { isPlaced, publishedRoot, readPublished, type Published, type PublishedRole } from './published.ts';
import { imagesOf } from './record-of.ts';
import { expiriesOf, type Role } from './roles.ts';
import { sweepPublished } from './sweep-published.ts';
import { fullFile, listFiles, placeOfTarget } from './write.ts';

export interface PublishOptions { keys: KeyFolder; out: string; now: number; failpoint?: Failpoint }

/** What was published. `sequence` is what readers count by; `added` holds `id version` of each new one; `expires` (ms UTC) when the first role ends. */
export interface PublishReport { fingerprint: string; sequence: number; plugins: number; added: string[]; expires: number }

type Content = Pick<Published, 'records' | 'categories' | 'revoked' | 'collections' | 'stats' | 'reviews'>;
type Part = { version: number; bytes: Uint8Array };

const DAY = 86_400_000;
/** Deltas of a small catalog are never worth a whole one. */
const LEAST_SQUASHED = 64 * 1024;

/** Signed again when less than half of its life is left, so that a signer that fails once is not noticed by readers. */
const isOld = (role: PublishedRole | undefined, lives: number, now: number): boolean => role === undefined || role.expires - now < (lives - now) / 2;

/** @throws AppError `catalog/refused` when the folder belongs to another registry */
export async function assertOwnRoot(keys: KeyFolder, out: string): Promise<void> {
  if (!(await isPlaced(out, 'metadata/1.root.json', sha512Hex(keys.root)))) throw new AppError('catalog/refused', `${out} was published by other keys: its first root is not the one in this folder of keys. Name another folder, or the right keys.`, { details: { out } });
}

/** The first root is never written over: readers know the registry by it. Renewed with 60 days to go where two of its keys are here. */
async function placeRoot({ place }: Placer, { keys, out, now }: PublishOptions, expires: number): Promise<number> {
  const current = await publishedRoot(out);
  if (!current) {
    await place('metadata/1.root.json', keys.root);
    return Date.parse((JSON.parse(new TextDecoder().decode(keys.root)) as { signed: { expires: string } }).signed.expires);
  }
  await assertOwnRoot(keys, out);
  if (current.expires - now > 60 * DAY) return current.expires;
  if (keys.rootKeys.length >= 2) {
    const { version, bytes } = renewedRoot(current.bytes, keys.rootKeys, expires);
    await place(`metadata/${version}.root.json`, bytes);
    return expires;
  }
  if (current.expires <= now) throw new AppError('catalog/expired', 'The root of this registry is over. Bring two of its root keys back and sign again.', { details: { out } });
  return current.expires;
}

/** The offline role: signed anew while its key is here and it is old, else kept as long as it lives. */
export function targetsFor(keys: KeyFolder, before: Published | undefined, expires: Expiries, now: number): Part & { expires: number } {
  const kept = before?.targets;
  if (kept && (!isOld(kept, expires.targets, now) || (!keys.keys.targets && kept.expires > now))) return kept;
  const version = (kept?.version ?? 0) + 1;
  return { version, expires: expires.targets, bytes: targetsMetadata({ targets: keyFor(keys, 'targets'), catalog: keyFor(keys, 'catalog') }, version, expires.targets) };
}

/** snapshot, then timestamp.json as the very last file: until then readers see what was published before. */
export async function placeTop({ place }: Placer, keys: KeyFolder, before: Published | undefined, expires: Expiries, parts: Record<'targets' | 'catalog', Part>): Promise<void> {
  const version = (before?.snapshot.version ?? 0) + 1;
  const snapshot = { version, bytes: snapshotMetadata({ snapshot: keyFor(keys, 'snapshot') }, version, expires.snapshot, parts) };
  await place(`metadata/${parts.targets.version}.targets.json`, parts.targets.bytes);
  await place(`metadata/${parts.catalog.version}.catalog.json`, parts.catalog.bytes);
  await place(`metadata/${version}.snapshot.json`, snapshot.bytes);
  await place('metadata/timestamp.json', timestampMetadata({ timestamp: keyFor(keys, 'timestamp') }, (before?.timestamp.version ?? 0) + 1, expires.timestamp, snapshot));
}

/**
 * The targets of the next sequence. A change is a delta; the whole catalog is written again when the deltas since the last one
 * became many or large, and is what those take who are far behind.
 */
async function targetsOfNext({ place }: Placer, before: Published | undefined, sequence: number, content: Content): Promise<Map<string, TargetInfo>> {
  const named = new Map<string, TargetInfo>();
  const add = async ([name, bytes]: [string, Uint8Array]): Promise<void> => {
    await place(placeOfTarget(name, sha512Hex(bytes)), bytes);
    named.set(name, targetInfoOf(bytes));
  };
  for (const file of await listFiles(content)) await add(file);
  const full = before && fullOf(before.named.keys());
  const delta = before && await deltaFile(sequence - 1, sequence, deltaOf(before.records, content.records));
  if (delta) await add(delta);
  const kept = [...before?.named ?? []].filter(([name]) => { const start = /^catalog\/delta-(\d+)-/.exec(name)?.[1]; return delta && start !== undefined && Number(start) >= sequence - DELTAS_KEPT; });
  for (const [name, info] of kept) named.set(name, info);
  const since = [...named].filter(([name]) => Number(/^catalog\/delta-(\d+)-/.exec(name)?.[1] ?? -1) >= (full?.sequence ?? 0));
  const bytes = since.reduce((sum, [, { length }]) => sum + length, 0);
  const whole = full && before.named.get(full.name);
  if (delta && full && whole && sequence - full.sequence <= DELTAS_KEPT && bytes <= Math.max(whole.length, LEAST_SQUASHED)) named.set(full.name, whole);
  else await add(await fullFile(sequence, content.records));
  return named;
}

/** One more sequence with this content. */
export async function publishContent(options: PublishOptions, before: Published | undefined, content: Content, blobs: Iterable<Uint8Array>, renewTargets = false): Promise<Omit<PublishReport, 'added'>> {
  const { keys, out, now } = options;
  const files = placer(out, options.failpoint);
  const expires = expiriesOf(keys.lifetimes, now);
  // Keys that will be needed are looked for before anything is written.
  const targets = targetsFor(keys, renewTargets && before ? { ...before, targets: { ...before.targets, expires: 0 } } : before, expires, now);
  for (const name of ['catalog', 'snapshot', 'timestamp'] as const) keyFor(keys, name);
  const rootEnds = await placeRoot(files, options, expires.root);
  for (const blob of blobs) if (!(await isPlaced(out, blobPath(sha512Hex(blob)), sha512Hex(blob)))) await files.place(blobPath(sha512Hex(blob)), blob);
  const sequence = (before?.catalog.version ?? 0) + 1;
  const named = await targetsOfNext(files, before, sequence, content);
  const catalog = { version: sequence, bytes: catalogMetadata({ catalog: keyFor(keys, 'catalog') }, sequence, expires.catalog, named) };
  await placeTop(files, keys, before, expires, { targets, catalog });
  await sweepPublished(out, now, options.failpoint);
  return { fingerprint: fingerprintOf(keys.root), sequence, plugins: content.records.length, expires: Math.min(rootEnds, targets.expires, expires.catalog, expires.snapshot, expires.timestamp) };
}

/**
 * Adds what lies in a folder to the catalog and publishes the next sequence. Nothing new: only signs.
 * Ended at any point, readers see the catalog before or after it, whole.
 * @throws AppError `core/bad-input`, `catalog/busy`, `catalog/refused`, `catalog/expired`
 */
export function publishStatic(options: PublishOptions & { folder: PluginFolder }): Promise<PublishReport> {
  return publishing(options.out, async () => {
    const { keys, out, now, folder } = options;
    assertSettled(keys);
    const before = await readPublished(out, [keyFor(keys, 'catalog')]);
    const lists = { categories: folder.categories ?? before?.categories ?? [], revoked: folder.revoked ?? before?.revoked ?? [], collections: folder.collections ?? before?.collections ?? [], stats: folder.stats ?? before?.stats, reviews: folder.reviews ?? before?.reviews };
    const { records, added } = mergeRecords(before?.records ?? [], folder.plugins, lists.revoked, keyFor(keys, 'publisher'), now);
    const content = { records, ...lists };
    const said = ({ records: all, categories, revoked, collections, stats, reviews }: Content): string => canonicalJson(JSON.parse(JSON.stringify({ all, categories, revoked, collections, stats, reviews })));
    if (before && said(before) === said(content)) return { ...await renew(options, before), added };
    return { ...await publishContent(options, before, content, folder.plugins.flatMap(({ bytes, archive }) => [bytes, ...imagesOf(archive)])), added };
  });
}

/** Signs again what is old: always the timestamp, and with it the snapshot when anything below it is. */
async function renew(options: PublishOptions, before: Published): Promise<PublishReport> {
  const { keys, out, now } = options;
  const expires = expiriesOf(keys.lifetimes, now);
  if (isOld(before.catalog, expires.catalog, now)) return { ...await publishContent(options, before, before, []), added: [] };
  const files = placer(out, options.failpoint);
  const targets = targetsFor(keys, before, expires, now);
  keyFor(keys, 'timestamp');
  const snapshotStays = targets.version === before.targets.version && !isOld(before.snapshot, expires.snapshot, now);
  const rootEnds = await placeRoot(files, options, expires.root);
  // A reader of an hourly timestamp has two requests to make as long as the snapshot is the one it has.
  if (snapshotStays) await files.place('metadata/timestamp.json', timestampMetadata({ timestamp: keyFor(keys, 'timestamp') }, before.timestamp.version + 1, expires.timestamp, before.snapshot));
  else await placeTop(files, keys, before, expires, { targets, catalog: before.catalog });
  await sweepPublished(out, now, options.failpoint);
  const ends: Record<Role, number> = { root: rootEnds, targets: targets.expires, catalog: before.catalog.expires, snapshot: snapshotStays ? before.snapshot.expires : expires.snapshot, timestamp: expires.timestamp };
  return { fingerprint: fingerprintOf(keys.root), sequence: before.catalog.version, plugins: before.records.length, added: [], expires: Math.min(...Object.values(ends)) };
}

/**
 * Signs again what is published, so that it does not expire: the timestamp always, the others where they are old and their key
 * is here.
 * @throws AppError `core/bad-input` when nothing is published or a key is missing, `catalog/busy`, `catalog/refused`, `catalog/expired`
 */
export function renewSignatures(options: PublishOptions): Promise<PublishReport> {
  return publishing(options.out, async () => {
    assertSettled(options.keys);
    const before = await readPublished(options.out, [keyFor(options.keys, 'catalog')]);
    if (!before) throw new AppError('core/bad-input', `${options.out} publishes nothing yet. Begin with "troupe registry publish-static".`, { details: { out: options.out } });
    return renew(options, before);
  });
}
