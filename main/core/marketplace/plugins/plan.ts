/** From what the person asked for to the exact versions, with what the registry signed about each. */
import { compareBuild, gt, prerelease, rcompare } from 'semver';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { CatalogRecord, CatalogRecordVersion } from '../../../../contract/manifest/index.ts';
import type { Channel } from '../../../../contract/model/plugin.ts';
import { misfitsOf, type SignedRecord } from '../catalog/index.ts';
import type { PluginsParts } from './parts.ts';
import type { Candidate, Choice } from './resolver.ts';
import { defaultResolverThreadFile, resolveIn } from './resolving.ts';

export interface PlanItem extends Choice {
  record: CatalogRecord;
  signed: CatalogRecordVersion;
  /** Null for what no registry has: a file or folder of this machine. */
  registry: string | null;
}

/** A plan that reaches further than this, beside what is installed, is no plugin's need. */
const MOST_PLUGINS = 500;

/** `registry`: from that one alone; without it from the one that goes first. What is installed keeps to its own either way. */
export interface Wanted { id: string; range: string | undefined; registry?: string | undefined }

/** @throws AppError `catalog/not-found`, and what `resolveIn` throws */
export function planInstall(parts: PluginsParts, wanted: Wanted, signal?: AbortSignal): Promise<PlanItem[]> {
  return planSet(parts, [wanted], undefined, signal);
}

/** The same for several plugins at once. `local` is offered as the only version of its plugin, whatever registries have. */
export async function planSet(parts: PluginsParts, wanted: readonly Wanted[], local?: CatalogRecord, signal: AbortSignal = new AbortController().signal): Promise<PlanItem[]> {
  const rows = await parts.store.read('installedPlugins', undefined);
  // What it replaces says nothing of what it needs.
  const installed = rows.filter(({ id }) => id !== local?.id);
  const from = new Map([...wanted.map(({ id, registry }) => [id, registry ?? null] as const), ...rows.map(({ id, registry }) => [id, registry] as const)]);
  const needs = (local?.versions ?? []).flatMap(({ dependencies }) => dependencies.filter(({ foreign }) => !foreign).map(({ id }) => id));
  const records = await recordsReached(parts, [...wanted.map(({ id }) => id), ...needs, ...from.keys()], from);
  if (local) records.set(local.id, { record: local, registry: '', blocked: false });
  const unknown = wanted.find(({ id }) => !records.has(id));
  if (unknown) throw new AppError('catalog/not-found', `No registry has the plugin ${unknown.id}. Check the id, or sync the catalog.`, { details: { id: unknown.id } });
  const revoked = new Map((await parts.catalog.revoked([...records.keys()])).map(({ registry, sha512, reason }) => [`${registry} ${sha512}`, reason]));
  const channels = new Map(installed.map(({ id, channel }) => [id, channel]));
  const pins = new Map(installed.flatMap(({ id, pinned }) => (pinned === null ? [] : [[id, pinned] as const])));
  const candidates = new Map([...records].map(([id, found]) => [id, candidatesOf(found, revoked, parts, { pinned: pins.get(id), channel: channels.get(id) ?? 'stable' })]));
  // Something that would move a pinned plugin finds no version of it: every other one misfits.
  const choices = await resolveIn(parts.resolverThreadFile ?? defaultResolverThreadFile(), {
    wanted: wanted.map(({ id, range }) => ({ id, range: range ?? anyVersion(candidates.get(id) ?? []) })),
    installed: installed.map(({ id, version, dependencies }) => ({ id, version, dependencies })), candidates,
  }, signal);
  return choices.map((choice): PlanItem => {
    const found = records.get(choice.id);
    const signed = found?.record.versions.find(({ version }) => version === choice.version);
    if (!found || !signed) throw new AppError('core/internal', `The plan names ${choice.id} ${choice.version}, which no record has.`);
    const isLocal = found.record === local;
    return { ...choice, record: found.record, signed, registry: isLocal ? null : found.registry, replaces: isLocal ? rows.find(({ id }) => id === choice.id)?.version ?? null : choice.replaces };
  });
}

/** Records of these plugins and of all that their versions depend on. An installed one keeps to the registry it came from. */
async function recordsReached(parts: PluginsParts, ids: readonly string[], from: ReadonlyMap<string, string | null>): Promise<Map<string, SignedRecord>> {
  const reached = new Map<string, SignedRecord>();
  const asked = new Set<string>();
  for (let open = [...new Set(ids)]; open.length > 0;) {
    for (const id of open) asked.add(id);
    if (asked.size - from.size > MOST_PLUGINS) throw new AppError('plugins/conflict', `${ids[0] ?? 'It'} needs more than ${MOST_PLUGINS} other plugins, directly or through others. That is more than Troupe installs at once.`, { details: { limit: MOST_PLUGINS } });
    for (const found of await parts.catalog.records(open)) {
      const { id } = found.record;
      const origin = from.get(id);
      if (reached.has(id) || found.blocked || (origin != null && origin !== found.registry)) continue;
      reached.set(id, found);
    }
    const next = open.flatMap((id) => reached.get(id)?.record.versions ?? []).flatMap(({ dependencies }) => dependencies.filter(({ foreign }) => !foreign).map(({ id }) => id));
    open = [...new Set(next)].filter((id) => !asked.has(id));
  }
  return reached;
}

const isStable = (one: CatalogRecordVersion): boolean => one.channel === 'stable' && prerelease(one.version) === null;

/** Newest first; on the stable channel stable versions before all others. */
export const inOrderOfPreference = ({ versions }: CatalogRecord, channel: Channel): CatalogRecordVersion[] =>
  versions.toSorted((a, b) => (channel === 'stable' ? Number(isStable(b)) - Number(isStable(a)) : 0) || rcompare(a.version, b.version) || compareBuild(b.version, a.version));

function candidatesOf({ record, registry }: SignedRecord, revoked: ReadonlyMap<string, string>, parts: PluginsParts, { pinned, channel }: { pinned: string | undefined; channel: Channel }): Candidate[] {
  const pin = (version: string): string[] => (pinned === undefined || pinned === version ? [] : [`It is pinned to ${pinned} here: unpin it first.`]);
  return inOrderOfPreference(record, channel)
    .map((one) => ({ version: one.version, dependencies: one.dependencies, withdrawn: one.withdrawn ?? revoked.get(`${registry} ${one.sha512}`) ?? null, misfits: [...misfitsOf(parts.app, one.requirements), ...pin(one.version)] }));
}

/**
 * What an update without a range may bring: never an older version, so that a pre-release that is here is not replaced by
 * the last stable one before it. A range lets in only the pre-releases that it names, so the pre-release channel names them all.
 */
export function updateRange({ versions }: CatalogRecord, { version, channel }: { version: string; channel: Channel }): string {
  const early = channel === 'prerelease' ? versions.filter((one) => prerelease(one.version) !== null && gt(one.version, version)) : [];
  return [`>=${version}`, ...early.map((one) => one.version)].join(' || ');
}

/** Any stable version; where there is none yet, the newest pre-release is what can be meant. */
function anyVersion(candidates: readonly Candidate[]): string {
  const usable = candidates.filter(({ withdrawn }) => withdrawn == null);
  return usable.length > 0 && usable.every(({ version }) => prerelease(version) !== null) ? (usable[0]?.version ?? '*') : '*';
}
