import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Metadata, MetadataKind } from '@tufjs/models';
import { Updater } from 'tuf-js';
import { AppError } from '../../contract/errors/app-error.ts';
import {
  catalogCategoriesSchema, catalogCollectionsSchema, revokedVersionsSchema, type CatalogCategory, type CatalogCollection, type CatalogRecord, type PluginStats, type RevokedVersion,
} from '../../contract/manifest/index.ts';
import { chainOf, DELTAS_KEPT, fullOf, reviewsOf, statsOf, type CatalogDelta } from './delta.ts';
import { catalogFailure } from './failure.ts';
import { assertOneOfEach, rememberedIn, saidIn, type Said } from './one-of-each.ts';
import { readReviews, type ReviewsOfPlugin } from './read-reviews.ts';
import { readStats } from './read-stats.ts';
import { allRecordsOf, changesOfChain } from './records-of-chain.ts';
import { type BadRecord } from './records.ts';
import { ROLES, type Role } from './roles.ts';
import { catalogSource, type CatalogFetch } from './source.ts';
import { assertCanonical, SourceFetcher } from './tuf-fetcher.ts';

export interface OpenCatalogOptions {
  /** A folder's path, a `file:` address or an http(s) address. */
  source: string;
  /** The root metadata to begin from (root.json); everything else is trusted because of it. */
  trustedRoot: Uint8Array;
  /** Kept between refreshes: without it there is no protection against rollback. One folder per registry; one refresh at a time. */
  cacheDir: string;
  /** For http(s); the global `fetch` by default. */
  fetch?: CatalogFetch;
}

/** One verified state of a catalog. */
export interface CatalogState {
  /** Counts up by one with each publication. */
  sequence: number;
  /** What was signed as this sequence and by which key, so that two contents of one number are told apart. */
  said: Said;
  /** Whether `changes` brings every record, or only what changed since the sequence that was asked for. */
  whole: boolean;
  /** Parsed one by one as they are read; may be read again. Lines that are no record go to `badRecords`. */
  changes(): AsyncIterable<CatalogDelta>;
  /** The records of a whole state. @throws AppError `core/internal` when it is none */
  records(): AsyncIterable<CatalogRecord>;
  /** Filled while `changes()` or `records()` is read. */
  badRecords: readonly BadRecord[];
  /** The day (UTC) of the newest figures, or null when the catalog has none. */
  statsDate: string | null;
  /** Installs, trend and ratings by plugin. */
  stats(): AsyncIterable<PluginStats>;
  /** The day (UTC) of the newest reviews and the digest of them, or null when the catalog has none. */
  reviewsOf: { date: string; digest: string } | null;
  /** Reviews by plugin. Those that are none go to `badRecords` as well. */
  reviews(): AsyncIterable<ReviewsOfPlugin>;
  categories: readonly CatalogCategory[];
  revoked: readonly RevokedVersion[];
  collections: readonly CatalogCollection[];
  /** The first moment (ms UTC) at which a role ends, after which a refresh is refused as expired. */
  expires: number;
  versions: Readonly<Record<Role, number>>;
}

export interface OpenCatalog {
  /** The SHA-256 of the trust root in lower-case hex, which names the registry in links. */
  fingerprint: string;
  /**
   * Fetches what is new and verifies all of it.
   * @param since the sequence that the caller has: of a state not too far ahead only the deltas are fetched
   * @throws AppError `catalog/refused` (forged, tampered, unreadable), `catalog/expired`, `catalog/rollback`, `catalog/unavailable`
   */
  refresh(options?: { since?: number; signal?: AbortSignal }): Promise<CatalogState>;
}

/** Larger targets are not fetched, whatever was signed: a disk is not for a registry to fill. Bytes as they are sent. */
const LARGEST_FULL = 1024 ** 3;
const LARGEST_TARGET = 64 * 1024 ** 2;

/** `trusted` goes in where no earlier root was kept; a kept one that cannot be read is replaced, and rotation is walked again. */
async function prepareRoot(folder: string, trusted: Uint8Array): Promise<void> {
  const file = path.join(folder, 'root.json');
  try {
    Metadata.fromJSON(MetadataKind.Root, JSON.parse(await readFile(file, 'utf8')));
  } catch {
    await writeFile(file, trusted);
  }
}

/** Reads what tuf-js has verified and kept in this refresh. */
async function keptMetadata(folder: string, role: Role): Promise<{ version: number; expires: number; names: string[]; said: Said }> {
  const bytes = await readFile(path.join(folder, `${role}.json`));
  const json = JSON.parse(bytes.toString('utf8'));
  const { signed } = role === 'root' ? Metadata.fromJSON(MetadataKind.Root, json) : role === 'timestamp' ? Metadata.fromJSON(MetadataKind.Timestamp, json)
    : role === 'snapshot' ? Metadata.fromJSON(MetadataKind.Snapshot, json) : Metadata.fromJSON(MetadataKind.Targets, json);
  return { version: signed.version, expires: Date.parse(signed.expires), names: 'targets' in signed ? Object.keys(signed.targets) : [], said: saidIn(bytes) };
}

/** Only the files of this state stay; earlier catalogs are of no more use. */
async function sweep(folder: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) if (!keep.has(name)) await rm(path.join(folder, name), { force: true });
}

/** Prepares reading a catalog; nothing is fetched before `refresh`. */
export function openCatalog(options: OpenCatalogOptions): OpenCatalog {
  const source = catalogSource(options.source, options.fetch);
  const fingerprint = createHash('sha256').update(options.trustedRoot).digest('hex');
  // By trust root: another root is another registry, whose versions begin anew.
  const metadataDir = path.join(options.cacheDir, fingerprint.slice(0, 32));
  const targetDir = path.join(metadataDir, 'targets');

  async function refresh({ since = 0, signal }: { since?: number; signal?: AbortSignal } = {}): Promise<CatalogState> {
    await mkdir(targetDir, { recursive: true });
    const fetcher = new SourceFetcher(source, signal);
    try {
      assertCanonical(options.trustedRoot);
      await prepareRoot(metadataDir, options.trustedRoot);
      const updater = new Updater({ metadataDir, metadataBaseUrl: `${source.address}metadata`, targetDir, targetBaseUrl: source.address, fetcher, config: { maxRootRotations: 256, targetsMaxLength: 10_000_000 } });
      const before = await rememberedIn(metadataDir);
      await updater.refresh();
      // The delegated role is verified and kept when a target of it is asked for first.
      await updater.getTargetInfo('catalog/categories.json');
      await assertOneOfEach(metadataDir, before, fetcher.timestamp, source.address);
      const kept = new Map<string, string>();
      const fetchTarget = async (name: string): Promise<string> => {
        const info = await updater.getTargetInfo(name);
        if (!info) throw new AppError('catalog/refused', `The catalog of ${source.address} does not name ${name}.`, { details: { name } });
        const most = name.startsWith('catalog/full-') ? LARGEST_FULL : LARGEST_TARGET;
        if (info.length > most) throw new AppError('catalog/refused', `${name} of ${source.address} has ${info.length} bytes; at most ${most} are taken. Nothing of it was fetched.`, { details: { name, bytes: info.length } });
        const file = path.join(targetDir, `${String(info.hashes['sha512']).slice(0, 32)}-${path.posix.basename(name)}`);
        kept.set(name, (await updater.findCachedTarget(info, file)) ?? (await updater.downloadTarget(info, file)));
        return kept.get(name) ?? file;
      };
      const readTarget = async <T>(name: string, schema: { parse(value: unknown): T }): Promise<T> => schema.parse(JSON.parse(await readFile(await fetchTarget(name), 'utf8')));
      const categories = await readTarget('catalog/categories.json', catalogCategoriesSchema);
      const revoked = await readTarget('catalog/revoked.json', revokedVersionsSchema);
      const collections = await readTarget('catalog/collections.json', catalogCollectionsSchema);
      const roles = await Promise.all(ROLES.map(async (role) => [role, await keptMetadata(metadataDir, role)] as const));
      const { version: sequence, names, said } = await keptMetadata(metadataDir, 'catalog');
      const behind = since > 0 && since <= sequence && sequence - since <= DELTAS_KEPT ? chainOf(names, since, sequence) : undefined;
      const full = behind ? undefined : fullOf(names);
      const deltas = behind ?? (full && chainOf(names, full.sequence, sequence));
      if (!deltas) throw new AppError('catalog/refused', `The catalog of ${source.address} has a gap: nothing it names leads to ${sequence}. Its operator has to publish it again.`, { details: { sequence } });
      const chain: { name: string; file: string }[] = [];
      for (const name of deltas) chain.push({ name, file: await fetchTarget(name) });
      const fullFile = full && await fetchTarget(full.name);
      const stats = statsOf(names);
      const statsFile = stats === undefined ? undefined : await fetchTarget(stats);
      const reviews = reviewsOf(names);
      const reviewsFile = reviews === undefined ? undefined : await fetchTarget(reviews);
      await sweep(targetDir, new Set([...kept.values()].map((file) => path.basename(file))));
      const badRecords: BadRecord[] = [];
      const report = (bad: BadRecord): void => { badRecords.push(bad); };
      async function* records(): AsyncGenerator<CatalogRecord> {
        badRecords.length = 0;
        if (fullFile === undefined) throw new AppError('core/internal', 'Only what changed was fetched of this catalog.');
        yield* allRecordsOf({ full: fullFile, chain }, report);
      }
      return {
        sequence, said, categories, revoked, collections, badRecords, whole: fullFile !== undefined, records,
        async *changes() {
          if (fullFile !== undefined) for await (const put of records()) yield { put };
          else {
            badRecords.length = 0;
            yield* (await changesOfChain(chain, report)).values();
          }
        },
        statsDate: stats?.slice('catalog/stats-'.length, -'.json.br'.length) ?? null,
        async *stats() { if (statsFile !== undefined) yield* readStats(statsFile); },
        reviewsOf: reviews === undefined || reviewsFile === undefined ? null : { date: reviews.slice('catalog/reviews-'.length, -'.json.br'.length), digest: path.basename(reviewsFile).slice(0, 32) },
        async *reviews() { if (reviewsFile !== undefined) yield* readReviews(reviewsFile, (bad) => { report({ line: 0, ...bad }); }); },
        expires: Math.min(...roles.map(([, role]) => role.expires)),
        versions: Object.fromEntries(roles.map(([role, { version }]) => [role, version])) as Record<Role, number>,
      };
    } catch (error) {
      throw error instanceof AppError && fetcher.failure === undefined ? error : catalogFailure(error, fetcher.failure, source.address);
    }
  }

  return { fingerprint, refresh };
}
