/** Turns a signed record into the line that the store indexes. Runs in the sync thread. */
import { hash } from 'node:crypto';
import { prerelease, rcompare } from 'semver';
import type { CatalogRecord, CatalogRecordVersion } from '../../../../contract/manifest/index.ts';
import type { CatalogLine } from '../../base/store/index.ts';
import { misfitsOf, type AppFacts } from './fitness.ts';

/** Raise it when lines are derived in another way, so that what is stored is derived again. */
const LINE_FORM = 3;

/** What lines depend on besides the records. Another trust root is another registry, whose sequence begins anew. */
export const basisOf = (fingerprint: string, { app, prefix }: { app: AppFacts; prefix: string | null }): string => `${fingerprint} ${app.version} ${app.platform} ${LINE_FORM}${prefix === null ? '' : ` ${prefix}`}`;

const isStable = ({ version, channel }: CatalogRecordVersion): boolean => prerelease(version) === null && channel === 'stable';

/** Versions that may be installed, newest first, stable ones before others. */
export function installable(record: CatalogRecord): CatalogRecordVersion[] {
  return record.versions.filter((version) => version.withdrawn === null)
    .sort((a, b) => Number(isStable(b)) - Number(isStable(a)) || rcompare(a.version, b.version));
}

/** The version that the marketplace shows: the newest that suits this app, else the newest that there is. */
export function shownVersion(record: CatalogRecord, app: AppFacts): CatalogRecordVersion {
  const candidates = installable(record);
  const version = candidates.find((one) => misfitsOf(app, one.requirements).length === 0) ?? candidates[0] ?? record.versions[0];
  if (version === undefined) throw new TypeError(`${record.id} has no version.`);
  return version;
}

/**
 * @param record parsed by `catalogRecordSchema`
 * @param text the record as it was signed, kept for the plugin's page and for installs
 */
export function lineOf(record: CatalogRecord, text: string, app: AppFacts): CatalogLine {
  const shown = shownVersion(record, app);
  const { publisher } = record;
  const versions = installable(record).filter((version) => misfitsOf(app, version.requirements).length === 0).map(({ version }) => version);
  const fits = shown.withdrawn === null && misfitsOf(app, shown.requirements).length === 0;
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
      name: record.name,
      tags: [...record.tags, ...record.categories, record.id.split('.').at(-1) ?? ''].join(' '),
      publisher: `${publisher.name} ${publisher.id}`,
      description: [record.description, ...record.capabilities.map(({ name }) => name)].join(' '),
    },
    record: text, blocked: record.moderation === 'blocked', fits,
    images: [record.icon, ...record.screenshots, publisher.logo].filter((image) => image !== null),
  };
}

