import * as z from 'zod/mini';
import { configurationValuesSchema, hireConfigurationSchema } from '../model/configuration.ts';
import { idSchema, sourceIdSchema } from '../model/ids.ts';
import { hireableSchema, hireNameSchema, hireSchema } from '../model/team.ts';
import { read, write } from './procedure.ts';

export const team = {
  /** Agents that installed plugins offer, and own ones that have a version (`pluginId` is `own`); with `pluginId` only that plugin's. */
  hireable: read('/team/hireable', { pluginId: z.optional(sourceIdSchema) }, z.object({ agents: z.array(hireableSchema) })),
  list: read('/team', {}, z.object({ hires: z.array(hireSchema) })),
  get: read('/team/{id}', { id: idSchema }, hireSchema, { errors: ['team/not-found'] }),
  /** Finds a hire by its name, ignoring case. */
  byName: read('/team/by-name', { name: z.string() }, hireSchema, { errors: ['team/not-found'] }),
  hire: write('POST /team', { pluginId: sourceIdSchema, agentId: z.string(), name: hireNameSchema, model: z._default(z.nullable(z.string()), null), fallbackModel: z.optional(z.nullable(z.string())) }, hireSchema, { errors: ['team/name-taken', 'team/no-agent', 'plugins/not-installed', 'run/not-yet-supported'] }),
  /** Only what is given changes. */
  change: write('PATCH /team/{id}', { id: idSchema, name: z.optional(hireNameSchema), model: z.optional(z.nullable(z.string())), fallbackModel: z.optional(z.nullable(z.string())), paused: z.optional(z.boolean()) }, hireSchema, { errors: ['team/not-found', 'team/name-taken'] }),
  /** Another one of the same agent, with its model, its own values and its limit, under the next free name ("Ada 2"). What it remembers, connections and kept answers stay with the first. */
  duplicate: write('POST /team/{id}/duplicate', { id: idSchema }, hireSchema, { errors: ['team/not-found'] }),
  /** What this agent has in place of its plugin's configuration. Secrets and folders belong to the plugin. */
  configuration: read('/team/{id}/configuration', { id: idSchema }, hireConfigurationSchema, { errors: ['team/not-found', 'plugins/not-installed'] }),
  /** `reset` goes back to what the plugin has. */
  configure: write('PUT /team/{id}/configuration', { id: idSchema, set: z._default(configurationValuesSchema, {}), reset: z._default(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(200)), []) }, hireConfigurationSchema,
    { errors: ['team/not-found', 'plugins/not-installed', 'plugins/bad-configuration'] }),
  /** The agent leaves the team; its conversations and runs are kept. */
  dismiss: write('DELETE /team/{id}', { id: idSchema }, z.object({}), { errors: ['team/not-found'] }),
  /** Undoes a dismissal. */
  restore: write('POST /team/{id}/restore', { id: idSchema }, hireSchema, { errors: ['team/not-found', 'team/name-taken'] }),
};
