import { toWire } from '../../../../contract/errors/app-error.ts';
import { OWN } from '../../../../contract/model/ids.ts';
import type { Hire } from '../../../../contract/model/team.ts';
import type { Agents, OfferedAgent } from '../../engine/agents/index.ts';
import type { Models } from '../../engine/models/index.ts';
import { fittingValues } from '../../marketplace/plugins/index.ts';
import { toldMissing, type InstalledCode, type PluginSource } from '../../engine/tools/index.ts';

/** A kept hire together with what its plugin, its model and its runs say now. Never fails: what is missing is named in `needs`. */
export function createHireView(options: { readonly agents: Agents; readonly plugins: PluginSource; readonly models: Pick<Models, 'resolve'> }) {
  const { agents, plugins, models } = options;
  return async (row: Pick<Hire, 'id' | 'name' | 'pluginId' | 'agentId' | 'model' | 'fallbackModel' | 'createdAt' | 'lastActiveAt'> & { readonly state: string; readonly activeRuns: number; readonly lastStatus: string | null; readonly configuration: string | null }): Promise<Hire> => {
    const [agent, label] = await Promise.all([
      agents.find(row.pluginId, row.agentId).catch((error: unknown) => toWire(error)),
      models.resolve(row.model ?? undefined).then((model) => model.info.label, (error: unknown) => toWire(error)),
    ]);
    const found = 'code' in agent && typeof agent.code !== 'string' ? (agent as OfferedAgent) : undefined;
    const needs = found ? await needsOf(found.code, plugins, fittingValues(found.code.manifest, JSON.parse(row.configuration ?? '{}') as Record<string, unknown>)) : ['message' in agent ? agent.message : 'Its plugin cannot be read.'];
    if (typeof label !== 'string') needs.push(`Choose another model: ${label.message}`);
    const avatar = found?.document.avatar;
    const selection = found ? await agents.toolsOf(found, row.pluginId === OWN ? [row.id, row.agentId] : [row.id]) : { tools: [], missing: [] };
    const lack = found?.code.status === 'active' ? toldMissing(selection).find((one) => one.connection !== undefined) : undefined;
    if (lack) needs.push(lack.message);
    return {
      id: row.id, name: row.name, pluginId: row.pluginId, agentId: row.agentId, role: found?.document.role ?? '', description: found?.description ?? '', avatar: avatar ? { emoji: avatar.emoji ?? null, colour: avatar.colour ?? null } : null,
      status: statusOf(row, needs), needs, ...(lack?.connection !== undefined && { connection: lack.connection }), model: row.model, modelLabel: typeof label === 'string' ? label : row.model ?? '', fallbackModel: row.fallbackModel, tools: selection.tools.map((tool) => tool.id), createdAt: row.createdAt, lastActiveAt: row.lastActiveAt,
    };
  };
}

function statusOf(row: { readonly state: string; readonly activeRuns: number; readonly lastStatus: string | null }, needs: readonly string[]): Hire['status'] {
  if (row.state === 'paused') return 'paused';
  if (row.activeRuns > 0) return 'working';
  if (needs.length > 0) return 'setup';
  return row.lastStatus === 'failed' ? 'error' : 'ready';
}

/** What a person has to do before the agent can work, in sentences. */
async function needsOf(code: InstalledCode, plugins: PluginSource, own: Readonly<Record<string, unknown>>): Promise<string[]> {
  const { plugin } = code.manifest;
  // An agent of one's own has nothing to set up: its tools ask for what they need.
  if (code.pluginId === OWN) return [];
  if (code.status !== 'active') return [`Enable the plugin ${plugin.name}.`];
  const folders = await Promise.all(plugin.permissions.files.folders.map(async ({ key }) => ((await plugins.folder(code.pluginId, key)) ? [] : [`Pick a folder for "${key}".`])));
  const keys = (await plugins.missingConfiguration(code.pluginId)).filter((key) => own[key] === undefined && !plugin.permissions.files.folders.some((folder) => folder.key === key));
  return [...folders.flat(), ...keys.map((key) => `Enter "${key}" in the configuration of ${plugin.name}.`)];
}
