/** What the command line says of withdrawn and deprecated versions, and of where a plugin comes from. */
import { describe, expect, it } from 'vitest';
import type { CatalogDetail, RegistryStatus } from '../../contract/model/catalog.ts';
import { shown } from '../../main/cli/commands/catalog.ts';
import { withdrawnLine } from '../../main/cli/commands/plugins.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 4, 1);
const version = (over: Partial<CatalogDetail['versions'][number]> = {}): CatalogDetail['versions'][number] => ({
  version: '1.2.0', channel: 'stable', size: 2048, sha512: 'a'.repeat(128), publishedAt: 0, changelog: '', dependencies: [], withdrawn: null, deprecated: null, useInstead: null, ...over });
const detail = (over: Partial<CatalogDetail> = {}): CatalogDetail => ({
  id: 'com.acme.old', name: 'Old', description: 'Does it.', publisher: { id: 'acme', name: 'Acme', tier: 'tier2', verified: false, website: null }, kinds: ['tool'], categories: [], tags: [], version: '1.2.0', priceModel: 'free',
  icon: null, installs: 1234, trend: [], rating: 4.25, ratings: 17, permissionKinds: [], compatible: true, registry: 'r', installedVersion: null, publishedAt: 0, longDescription: '', capabilities: [], permissions: [], configuration: [],
  versions: [version()], screenshots: [], license: 'MIT', docsUrl: null, supportEmail: null, demoVideo: null, incompatibleBecause: [], lacks: [], requirements: {}, pricing: { freeTier: null, tiers: [] }, alsoFrom: [], histogram: null, figuresOf: '2026-04-30', ...over });
const registry = (over: Partial<RegistryStatus> = {}): RegistryStatus => ({
  id: 'r', name: 'Company', kind: 'hosted', entries: 1, sequence: 1, syncedAt: NOW - 3 * HOUR, expiresAt: NOW + HOUR, syncing: false, address: 'https://r.test/', fingerprint: 'f', priority: 1, prefix: null, badRecords: [], error: null, ...over });

describe('I6 troupe list', () => {
  it('says why a version was withdrawn and what to use instead', () => {
    const line = (useInstead: { id: string; version: string | null } | null, disabledBy: 'person' | 'registry' | null = 'registry') => withdrawnLine({ id: 'com.acme.old', version: '1.2.0', disabledBy, withdrawn: { reason: 'It leaked\nkeys.', useInstead } });
    expect(line(null)).toBe('com.acme.old 1.2.0 was withdrawn by its registry and is switched off: It leaked keys.\n');
    expect(line({ id: 'com.acme.new', version: null })).toContain('It leaked keys. Use instead: com.acme.new.\n');
    expect(line({ id: 'com.acme.new', version: '2.0.0' })).toContain('Use instead: com.acme.new 2.0.0.\n');
    expect(line({ id: 'com.acme.old', version: '1.3.0' }, null)).toBe('com.acme.old 1.2.0 was withdrawn by its registry: It leaked keys. Use instead: 1.3.0.\n');
    expect(withdrawnLine({ id: 'com.acme.old', version: '1.2.0', disabledBy: 'person', withdrawn: null })).toBe('');
  });
});

describe('D5 troupe catalog show', () => {
  it('shows figures, what is needed, the registry and the age of its catalog', () => {
    const text = shown(detail({ versions: [version({ dependencies: [{ id: 'com.acme.base', range: '^1', foreign: false }, { id: 'ffmpeg', range: '*', foreign: true }] })] }), registry(), NOW);
    expect(text).toContain('rated 4.3 of 5 by 17, 1234 installs (figures of 2026-04-30)\nfrom Company, its catalog synced 3 hours ago\n');
    expect(text).toMatch(/Needs:\n {2}plugin +com\.acme\.base +\^1\n {2}outside Troupe +ffmpeg +\*\n/);
    expect(text).not.toMatch(/[Ww]ithdrawn|[Dd]eprecated/);
    const bare = shown(detail({ rating: null, ratings: 0, installs: 0, figuresOf: null }), registry({ kind: 'embedded' }), NOW);
    expect(bare).toContain('not rated, 0 installs\nfrom Company, its catalog came with Troupe\n');
    expect(bare).toContain('Needs no other plugin.');
  });

  it('says how old a catalog is, and since when it is out of date', () => {
    const age = (over: Partial<RegistryStatus>) => /its catalog (.*)\n/.exec(shown(detail(), registry(over), NOW))?.[1];
    expect([0, 1, 47, 49].map((hours) => age({ syncedAt: NOW - hours * HOUR }))).toEqual(['synced less than an hour ago', 'synced 1 hour ago', 'synced 47 hours ago', 'synced 2 days ago']);
    expect(age({ syncedAt: null })).toBe('was never synced');
    expect(age({ expiresAt: NOW - 24 * HOUR })).toBe('synced 3 hours ago, out of date since 2026-04-30');
    expect(shown(detail(), undefined, NOW)).toContain('from r\n');
  });

  it('says why a version was withdrawn or deprecated and what to use instead', () => {
    const withdrawn = shown(detail({ versions: [version({ withdrawn: 'It leaked\nkeys.', useInstead: { id: 'com.acme.new', version: null } }), version({ version: '1.0.0', deprecated: 'Old.' })] }), registry(), NOW);
    expect(withdrawn).toContain('Withdrawn: It leaked keys. Use instead: com.acme.new.\n');
    expect(withdrawn).toContain('Versions: 1.2.0 (2.0 KiB, withdrawn), 1.0.0 (2.0 KiB, deprecated)\n');
    expect(shown(detail({ versions: [version({ deprecated: 'Old.', useInstead: { id: 'com.acme.old', version: '2.0.0' } })] }), registry(), NOW)).toContain('Deprecated: Old. Use instead: 2.0.0.\n');
  });

  it('says where else its id is, what is not here yet, and what its publisher takes', () => {
    const text = shown(detail({
      alsoFrom: [{ registry: 'o', version: '3.0.0', publisher: { id: 'x', name: 'X\nCorp', tier: 'tier3', verified: true, website: null } }, { registry: 'gone', version: '1.0.0', publisher: { id: 'y', name: 'Y', tier: 'tier3', verified: false, website: null } }],
      lacks: ['It needs a model.'], pricing: { freeTier: { executions: 5, period: 'day' }, tiers: [{ name: 'Team', price: 9.5, currency: 'EUR', period: 'month', executions: 'unlimited' }, { name: 'Once', price: 100, currency: 'USD', period: 'once', executions: 1 }] },
    }), registry(), NOW, [registry(), registry({ id: 'o', name: 'Other', fingerprint: 'ab'.repeat(32) })]);
    expect(text).toContain('also from Other: 3.0.0 by X Corp, verified, fingerprint abababababababab…\nalso from gone: 1.0.0 by Y\n');
    expect(text).toContain('Not here yet: It needs a model.\n');
    expect(text).toMatch(/Prices:\n {2}free +5 runs a day\n {2}Team {2}9\.5 EUR a month {2}any number of runs\n {2}Once {2}100 USD once +1 run in all\n/);
  });
});
