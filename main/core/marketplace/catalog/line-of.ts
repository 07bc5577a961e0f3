/** Turns a signed record into the line that the store indexes. Runs in the sync thread. */
import { hash } from 'node:crypto';
import { SemVer } from 'semver';
import type { CatalogRecord, CatalogRecordVersion } from '../../../../contract/manifest/index.ts';
import { FILLERS, fold, tokensOf, type CatalogLine } from '../../base/store/index.ts';
import { misfitsOf, type AppFacts, type AppNeeds } from './fitness.ts';

/** Raise it when lines are derived in another way, so that what is stored is derived again. */
const LINE_FORM = 5;

/** What lines depend on besides the records. Another trust root is another registry, whose sequence begins anew. */
export const basisOf = (fingerprint: string, { app, prefix }: { app: AppFacts; prefix: string | null }): string => `${fingerprint} ${app.version} ${app.platform} ${LINE_FORM}${prefix === null ? '' : ` ${prefix}`}`;

/** The same few numbers and needs come again and again in a catalog. */
const MOST_KEPT = 5_000;
const judged = new Map<string, boolean>();
const parsed = new Map<string, SemVer>();

function kept<T extends NonNullable<unknown>>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  if (map.size >= MOST_KEPT) map.clear();
  const made = make();
  map.set(key, made);
  return made;
}

const orderOf = (version: string): SemVer => kept(parsed, version, () => new SemVer(version));

/** Versions that may be installed, newest first, stable ones before others. */
export function installable(record: CatalogRecord): CatalogRecordVersion[] {
  const open = record.versions.filter((version) => version.withdrawn === null).map((one) => ({ one, at: orderOf(one.version) }));
  const isStable = ({ one, at }: typeof open[number]): boolean => at.prerelease.length === 0 && one.channel === 'stable';
  return open.sort((a, b) => Number(isStable(b)) - Number(isStable(a)) || b.at.compare(a.at)).map(({ one }) => one);
}


/** Whether a version suits this app. Of a hundred thousand versions nearly all ask for the same. */
function suits(app: AppFacts, { app_version, platforms }: AppNeeds): boolean {
  return kept(judged, `${app.version} ${app.platform} ${platforms?.join() ?? '*'} ${app_version}`, () => misfitsOf(app, { app_version, platforms }).length === 0);
}

/** The version that the marketplace shows: the newest that suits this app, else the newest that there is. */
export const shownVersion = (record: CatalogRecord, app: AppFacts): CatalogRecordVersion => shownOf(record, installable(record), app);

function shownOf(record: CatalogRecord, candidates: readonly CatalogRecordVersion[], app: AppFacts): CatalogRecordVersion {
  const version = candidates.find((one) => suits(app, one.requirements)) ?? candidates[0] ?? record.versions[0];
  if (version === undefined) throw new TypeError(`${record.id} has no version.`);
  return version;
}

const words = (...texts: readonly string[]): string => tokensOf(texts.join(' ')).join(' ');

/** A long description says much besides; what it says first is what people ask with. */
const MOST_DETAILS = 45;

/** Words of the description and of what it can do; of the longer texts those that say what, each once. */
function describing(record: CatalogRecord): string {
  const own = words(record.description, ...record.capabilities.map(({ name }) => name));
  const known = new Set(own.split(' '));
  const more: string[] = [];
  for (const word of tokensOf([...record.capabilities.map(({ description }) => description), record.long_description].join(' '))) {
    if (more.length >= MOST_DETAILS) break;
    if (known.has(word) || FILLERS.has(word)) continue;
    known.add(word);
    more.push(word);
  }
  return more.length === 0 ? own : `${own} ${more.join(' ')}`;
}

/**
 * @param record parsed by `catalogRecordSchema`
 * @param text the record as it was signed, kept for the plugin's page and for installs
 */
export function lineOf(record: CatalogRecord, text: string, app: AppFacts): CatalogLine {
  const candidates = installable(record);
  const shown = shownOf(record, candidates, app);
  const { publisher } = record;
  const versions = candidates.filter((one) => suits(app, one.requirements)).map(({ version }) => version);
  const fits = shown.withdrawn === null && suits(app, shown.requirements);
  return {
    id: record.id,
    // The record, and what of the line depends on this app besides.
    digest: hash('sha256', `${JSON.stringify([LINE_FORM, shown.version, versions, fits])}\n${text}`, 'base64url').slice(0, 22),
    card: {
      id: record.id, name: record.name, description: record.description,
      publisher: { id: publisher.id, name: publisher.name, tier: publisher.tier, verified: publisher.verified, website: publisher.website },
      kinds: record.kinds, categories: record.categories, tags: record.tags, version: shown.version, priceModel: record.pricing.model, icon: record.icon,
      permissionKinds: [...new Set(record.permissions.map(({ kind }) => kind))], publishedAt: shown.published_at,
    },
    facts: {
      kinds: record.kinds, categories: record.categories, tags: record.tags, publisher: publisher.id, tier: publisher.tier, price: record.pricing.model,
      dependencies: shown.dependencies.filter(({ foreign }) => !foreign).map(({ id, range }) => ({ id, range })),
      versions,
    },
    texts: {
      name: words(record.name), tags: words(...record.tags, ...record.categories, record.id.split('.').at(-1) ?? ''),
      publisher: words(publisher.name, publisher.id), description: describing(record),
    },
    foldedName: fold(record.name).trim(), record: text, blocked: record.moderation === 'blocked', fits,
    images: [record.icon, ...record.screenshots, publisher.logo].filter((image) => image !== null),
  };
}

