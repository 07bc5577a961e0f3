import { AppError } from '../../../../contract/errors/app-error.ts';
import type { ConfigurationValue, HireConfiguration } from '../../../../contract/model/configuration.ts';
import type { Hire, Hireable } from '../../../../contract/model/team.ts';
import type { Store, WriteRequest } from '../../base/store/index.ts';
import type { Agents } from '../../engine/agents/index.ts';
import type { Models } from '../../engine/models/index.ts';
import type { Clock, Ids } from '../../engine/runs/index.ts';
import type { PluginSource } from '../../engine/tools/index.ts';
import { checkHireValues, configurationOfHire } from './hire-configuration.ts';
import { createHireView } from './hire-view.ts';

export interface TeamOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly agents: Agents;
  readonly plugins: PluginSource;
  readonly models: Pick<Models, 'resolve'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly changed: (topic: 'team' | 'chat') => void;
}

/** Hired agents. Inputs are those of contract/api/team.ts. */
export interface Team {
  /** Agents of active plugins; a plugin whose document cannot be read offers none. */
  hireable(input: { pluginId?: string | undefined }): Promise<{ agents: Hireable[] }>;
  list(): Promise<{ hires: Hire[] }>;
  /** Errors: `team/not-found`. */
  get(input: { id: string }): Promise<Hire>;
  /** Ignores case. Errors: `team/not-found`. */
  byName(input: { name: string }): Promise<Hire>;
  /** Errors: `team/name-taken`, `team/no-agent`, `plugins/not-installed`, `models/not-found`. */
  hire(input: { pluginId: string; agentId: string; name: string; model: string | null; fallbackModel?: string | null | undefined }, request?: WriteRequest): Promise<Hire>;
  /** Errors: `team/not-found`, `team/name-taken`, `models/not-found`. */
  change(input: { id: string; name?: string | undefined; model?: string | null | undefined; fallbackModel?: string | null | undefined; paused?: boolean | undefined }, request?: WriteRequest): Promise<Hire>;
  /** Errors: `team/not-found`. */
  duplicate(input: { id: string }, request?: WriteRequest): Promise<Hire>;
  /** Errors: `team/not-found`, `plugins/not-installed`. */
  configuration(input: { id: string }): Promise<HireConfiguration>;
  /** Errors: `team/not-found`, `plugins/not-installed`, `plugins/bad-configuration`. */
  configure(input: { id: string; set: Readonly<Record<string, ConfigurationValue>>; reset: readonly string[] }, request?: WriteRequest): Promise<HireConfiguration>;
  /** Conversations and runs are kept. Errors: `team/not-found`. */
  dismiss(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /** Errors: `team/not-found`, `team/name-taken`. */
  restore(input: { id: string }, request?: WriteRequest): Promise<Hire>;
}

const once = (request: WriteRequest | undefined): { request?: WriteRequest } => (request ? { request } : {});

export function createTeam(options: TeamOptions): Team {
  const { store, agents, clock, ids, models } = options;
  const view = createHireView(options);
  const notFound = (who: string): AppError => new AppError('team/not-found', `There is nobody called or numbered "${who}" in your team. Look at the team for who is there.`);

  const team: Team = {
    async hireable({ pluginId }) {
      const offered = await agents.offered(pluginId);
      return { agents: await Promise.all(offered.map(async (agent) => ({
        pluginId: agent.code.pluginId, pluginName: agent.code.manifest.plugin.name, agentId: agent.agentId, name: agent.name, description: agent.description,
        role: agent.document.role, goal: agent.document.goal, tools: (await agents.toolsOf(agent)).tools.map((tool) => tool.id),
      }))) };
    },
    list: async () => ({ hires: await Promise.all((await store.read('hireList', undefined)).map(view)) }),
    async get({ id }) {
      const row = await store.read('hireById', { id });
      if (!row || row.state === 'dismissed') throw notFound(id);
      return view(row);
    },
    async byName({ name }) {
      const row = await store.read('hireByName', { name: name.trim() });
      if (!row) throw notFound(name);
      return view(row);
    },
    async hire(input, request) {
      await agents.find(input.pluginId, input.agentId);
      for (const model of [input.model, input.fallbackModel]) if (model != null) await models.resolve(model);
      const { id } = await store.write('insertHire', { ...input, id: ids.next(), at: clock.now() }, once(request));
      options.changed('team');
      return team.get({ id });
    },
    async change(input, request) {
      for (const model of [input.model, input.fallbackModel]) if (model != null) await models.resolve(model);
      const { id } = await store.write('updateHire', { id: input.id, name: input.name, model: input.model, fallbackModel: input.fallbackModel, paused: input.paused, at: clock.now() }, once(request));
      options.changed('team');
      return team.get({ id });
    },
    async duplicate({ id }, request) {
      const copy = await store.write('duplicateHire', { id: ids.next(), of: id, at: clock.now() }, once(request));
      options.changed('team');
      return team.get({ id: copy.id });
    },
    configuration: ({ id }) => configurationOfHire(options, id),
    async configure({ id, set, reset }, request) {
      await checkHireValues(options, id, set);
      await store.write('configureHire', { id, set, reset, at: clock.now() }, once(request));
      options.changed('team');
      return configurationOfHire(options, id);
    },
    async dismiss({ id }, request) {
      await store.write('dismissHire', { id, at: clock.now() }, once(request));
      options.changed('team');
      return {};
    },
    async restore({ id }, request) {
      await store.write('restoreHire', { id, at: clock.now() }, once(request));
      options.changed('team');
      return team.get({ id });
    },
  };
  return team;
}
