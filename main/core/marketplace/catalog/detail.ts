/** What the marketplace shows of one plugin. */
import { satisfies } from 'semver';
import type { CatalogRecord, CatalogRecordVersion } from '../../../../contract/manifest/index.ts';
import type { CatalogCard, CatalogDetail } from '../../../../contract/model/catalog.ts';
import type { CatalogEntry, FoundCard } from '../../base/store/index.ts';
import { misfitsOf, type AppFacts } from './fitness.ts';
import { installable, shownVersion } from './line-of.ts';

export const cardOf = (found: FoundCard, installedVersion: string | null): CatalogCard => {
  const { card, registry, installs, trend, rating, ratings, compatible } = found;
  return { ...card, registry, installs, trend, rating, ratings, compatible, installedVersion };
};

/** What is known of a dependency: its record and whether it suits, or nothing. */
export type KnownDependency = { record: CatalogRecord; compatible: boolean } | undefined;

export function detailOf(found: CatalogEntry, record: CatalogRecord, app: AppFacts, installedVersion: string | null, dependencies: ReadonlyMap<string, KnownDependency>, lacks: readonly string[]): CatalogDetail {
  const shown = shownVersion(record, app);
  const because = [...misfitsOf(app, shown.requirements), ...(shown.withdrawn === null ? [] : [`Every version was withdrawn. ${shown.withdrawn}`]), ...missing(shown, app, dependencies)];
  return {
    ...cardOf(found, installedVersion), compatible: because.length === 0, incompatibleBecause: because,
    longDescription: record.long_description, capabilities: record.capabilities, permissions: record.permissions, configuration: record.configuration,
    versions: record.versions.map(({ version, channel, size, sha512, published_at, changelog, dependencies: needs, withdrawn, deprecated, use_instead }) => ({ version, channel, size, sha512, publishedAt: published_at, changelog, dependencies: needs, withdrawn, deprecated, useInstead: use_instead ?? null })),
    screenshots: record.screenshots, license: record.license, docsUrl: record.docs_url, supportEmail: record.support_email, demoVideo: record.demo_video,
    lacks: [...lacks], requirements: requirementsOf(shown), pricing: { freeTier: record.pricing.free_tier ?? null, tiers: record.pricing.paid_tiers }, alsoFrom: found.alsoFrom, histogram: found.histogram, figuresOf: found.figuresOf,
  };
}

/** Plugins that a version needs and that cannot be had here. */
function missing(version: CatalogRecordVersion, app: AppFacts, dependencies: ReadonlyMap<string, KnownDependency>): string[] {
  return version.dependencies.filter(({ foreign }) => !foreign).flatMap(({ id, range }) => {
    const known = dependencies.get(id);
    if (known === undefined) return [`It needs the plugin ${id} ${range}, which no registry here has.`];
    const fits = installable(known.record).some((one) => satisfies(one.version, range) && misfitsOf(app, one.requirements).length === 0);
    if (!fits) return [`It needs the plugin ${known.record.name} ${range}, of which no version suits this app.`];
    return known.compatible ? [] : [`It needs the plugin ${known.record.name}, which needs something that cannot be had here.`];
  });
}

/** What a version asks for, as text: `app_version`, `platforms`, and what other systems read. */
function requirementsOf({ requirements }: CatalogRecordVersion): Record<string, string> {
  const { app_version, platforms, claude_version, crewai_version, python_version } = requirements;
  const all = { app_version, platforms: platforms?.join(', '), claude_version, crewai_version, python_version };
  return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value]])));
}
