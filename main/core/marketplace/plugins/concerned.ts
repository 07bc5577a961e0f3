/** Whom a change concerns: plugins that need what changes, and agents that work with it. Said before anything is done. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Concerned, Dependant } from '../../../../contract/model/plugin.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import type { Manifests } from './manifests.ts';
import type { AgentUse, PluginsParts } from './parts.ts';
import { inRange } from './ranges.ts';

/** A plugin in the version that it would have. */
export interface Move { id: string; name: string; version: string; dependencies: readonly { id: string; range: string; foreign?: boolean }[] }

/** Names of people's own agents that were given something of a plugin. */
export type UsersOf = (pluginId: string) => string[];

export async function usersOf({ ownAgents }: Pick<PluginsParts, 'ownAgents'>): Promise<UsersOf> {
  const uses = await ownAgents?.() ?? [];
  const names = (pluginId: string): string[] => uses.filter(({ tools }: AgentUse) => tools.some((tool) => tool.startsWith(`${pluginId}/`))).flatMap((use) => use.names);
  return (pluginId) => inOrder(names(pluginId));
}

const inOrder = (names: readonly string[]): string[] => [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en'));

/** What a plan's moves mean for everybody else, held against what is installed now. */
export async function concernedBy(parts: PluginsParts, manifests: Manifests, moves: readonly Move[]): Promise<Concerned> {
  const rows = await parts.store.read('installedPlugins', undefined);
  const known = await manifests.of(rows.map(({ sha512 }) => sha512));
  const moving = new Map(moves.map((move) => [move.id, move]));
  const after = new Map<string, Move>([
    ...rows.map((row) => [row.id, { id: row.id, name: known.get(row.sha512)?.plugin.name ?? row.id, version: row.version, dependencies: row.dependencies }] as const), ...moving]);
  const dependants = [...after.values()].flatMap(({ id, name, version, dependencies }) => dependencies.flatMap(({ id: needs, range, foreign }): Dependant[] => {
    if (foreign === true || needs === id || (!moving.has(needs) && !moving.has(id))) return [];
    const found = after.get(needs);
    const fits = found !== undefined && inRange(found.version, range);
    // What moves itself is told as a change; as a dependant only where it cannot be.
    return fits && moving.has(id) ? [] : [{ id, name, version, needs, needsName: found?.name ?? needs, range, becomes: found?.version ?? null, fits }];
  }));
  return { dependants, agents: await agentsOf(parts, rows, [...moving.keys()]) };
}

/** Agents of what is installed of these, of all that needs it, and those who were given something of it. */
async function agentsOf(parts: PluginsParts, rows: readonly InstalledRow[], ids: readonly string[]): Promise<string[]> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const reached = new Set(ids.filter((id) => byId.has(id)));
  for (const id of reached) for (const by of byId.get(id)?.neededBy ?? []) reached.add(by);
  const users = await usersOf(parts);
  return inOrder([...reached].flatMap((id) => [...byId.get(id)?.hiredAs ?? [], ...users(id)]));
}

/** Refuses what would leave somebody without what they need. @throws AppError `plugins/conflict` */
export function refuseMisfits({ dependants }: Concerned): void {
  const [first] = dependants.filter(({ fits }) => !fits);
  if (!first) return;
  const wants = dependants.filter(({ fits, needs }) => !fits && needs === first.needs).map(({ id, version, range }) => ({ by: id, version, range }));
  throw new AppError('plugins/conflict', `The version before cannot come back: ${wants.map(({ by, range }) => `${by} needs ${first.needs} ${range}`).join(', ')}, and ${first.becomes === null ? 'it is not installed any more' : `that would be ${first.becomes}`}. Update or uninstall one of them first.`, { details: { id: first.needs, wants, found: first.becomes } });
}
