import * as z from 'zod/mini';
import { blobReferenceSchema, capabilitySchema, configurationKeySchema, publisherSchema, useInsteadSchema } from './catalog.ts';
import { idSchema, instantSchema, pluginIdSchema, sha512Schema } from './ids.ts';
import { permissionSchema } from './permission.ts';

/** Which newer versions are installed without being asked for: none, those that only mend (1.2.3 → 1.2.4), or any. */
export const autoUpdateSchema = z.enum(['off', 'patch', 'all']);
export type AutoUpdate = z.infer<typeof autoUpdateSchema>;
export const channelSchema = z.enum(['stable', 'prerelease']);
export type Channel = z.infer<typeof channelSchema>;

export const installedPluginSchema = z.object({
  id: pluginIdSchema, name: z.string(), version: z.string(), description: z.string(), sha512: sha512Schema, size: z.number(), registry: z.string(),
  publisher: publisherSchema, icon: z.nullable(blobReferenceSchema), status: z.enum(['active', 'disabled']), reason: z.enum(['asked', 'dependency']),
  sideLoaded: z.boolean(), capabilities: z.array(capabilitySchema), permissions: z.array(permissionSchema), configuration: z.array(configurationKeySchema),
  /** Keys of required configuration that has nothing yet: it needs to be set up. */
  missing: z.array(z.string()),
  /** Plugin ids that need this one. */
  neededBy: z.array(z.string()),
  /** Names of hired agents that come from it. */
  hiredAs: z.array(z.string()),
  /** Names of agents of one's own that its tools or checks were given to: of those hired from them, where there are any. */
  usedBy: z.array(z.string()),
  /** The version that it stays at until it is unpinned. */
  pinned: z.nullable(z.string()),
  /** The version that `plugins.rollback` brings back; null when there is none. */
  previousVersion: z.nullable(z.string()),
  /** Who switched it off; null while it is on. */
  disabledBy: z.nullable(z.enum(['person', 'registry'])),
  /** Why its registry withdrew this version, and what to use instead; null while it did not. Its data stays until it is uninstalled. */
  withdrawn: z.nullable(z.object({ reason: z.string(), useInstead: z.nullable(useInsteadSchema) })),
  /** Its own choice; null follows the setting `autoUpdate`. */
  autoUpdate: z.nullable(autoUpdateSchema),
  /** Whether pre-releases count as updates. */
  channel: channelSchema,
  /** The folder that it is developed in and read from again when that changes; null for everything else. `problem` says why what is there now was not taken. */
  developedIn: z.nullable(z.object({ path: z.string(), problem: z.nullable(z.string()) })),
  /** Bytes that it keeps in its own storage. */
  storedBytes: z.number(),
  installedAt: instantSchema, updatedAt: instantSchema,
});
export type InstalledPlugin = z.infer<typeof installedPluginSchema>;

/**
 * What an uninstall of these takes away besides: what came along as a dependency and only they need, in the order of
 * `installed`. As the store decides it (transactions/plugins.ts, `removable`).
 */
export function goesAlong(ids: readonly string[], installed: readonly InstalledPlugin[]): InstalledPlugin[] {
  const leaving = new Set(ids);
  for (let size = 0; size !== leaving.size;) {
    size = leaving.size;
    for (const { id, reason, neededBy } of installed) if (reason === 'dependency' && neededBy.length > 0 && neededBy.every((by) => leaving.has(by))) leaving.add(id);
  }
  return installed.filter(({ id }) => leaving.has(id) && !ids.includes(id));
}

/** Folders that a person granted to a plugin. `path` is null until one was picked. */
export const folderGrantSchema = z.object({ key: z.string(), access: z.enum(['read', 'write']), path: z.nullable(z.string()) });
export type FolderGrant = z.infer<typeof folderGrantSchema>;

export const installStepSchema = z.enum(['resolve', 'download', 'verify', 'check', 'consent', 'unpack', 'smoke', 'activate', 'sweep']);
export type InstallStep = z.infer<typeof installStepSchema>;

/** What one plugin of a plan asks for; `added` are the permissions that were not granted before. */
export const consentItemSchema = z.object({
  pluginId: pluginIdSchema, name: z.string(), version: z.string(), publisher: publisherSchema,
  permissions: z.array(permissionSchema), added: z.array(z.string()), dependency: z.boolean(),
});
export type ConsentItem = z.infer<typeof consentItemSchema>;

/** One line of the step log. */
export const operationEventSchema = z.object({
  operationId: idSchema, seq: z.number(), at: instantSchema,
  event: z.discriminatedUnion('type', [
    z.object({ type: z.literal('step_started'), step: installStepSchema, pluginId: z.nullable(z.string()) }),
    z.object({ type: z.literal('step_progressed'), step: installStepSchema, pluginId: z.nullable(z.string()), done: z.number(), total: z.nullable(z.number()), unit: z.enum(['bytes', 'files', 'plugins']) }),
    z.object({ type: z.literal('step_finished'), step: installStepSchema, pluginId: z.nullable(z.string()), detail: z.record(z.string(), z.unknown()) }),
    z.object({ type: z.literal('consent_requested'), items: z.array(consentItemSchema) }),
    z.object({ type: z.literal('operation_finished'), pluginIds: z.array(z.string()) }),
    z.object({ type: z.literal('operation_failed'), step: z.nullable(installStepSchema), error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean(), details: z.record(z.string(), z.unknown()) }) }),
    z.object({ type: z.literal('operation_cancelled'), step: z.nullable(installStepSchema) }),
  ]),
});
export type OperationEvent = z.infer<typeof operationEventSchema>;
export type OperationEventBody = OperationEvent['event'];

export const operationKindSchema = z.enum(['install', 'uninstall', 'update', 'rollback']);
export type OperationKind = z.infer<typeof operationKindSchema>;

/** A newer version that `plugins.update` would bring. `added` are keys of permissions that it asks for and the installed one does not. */
export const availableUpdateSchema = z.object({
  id: pluginIdSchema, name: z.string(), installed: z.string(), version: z.string(), size: z.number(), publishedAt: instantSchema,
  changes: z.array(z.object({ version: z.string(), publishedAt: instantSchema, changelog: z.string() })), added: z.array(z.string()),
  /** The version that it is pinned to, so that it is updated only after `plugins.setPin`. */
  pinned: z.nullable(z.string()),
});
/** One plugin of a change of versions, before it is done. `added` and `removed` are keys of permissions that it asks for more and no more. */
export const versionChangeSchema = z.object({ id: pluginIdSchema, name: z.string(), from: z.nullable(z.string()), to: z.string(), added: z.array(z.string()), removed: z.array(z.string()) });
export type VersionChange = z.infer<typeof versionChangeSchema>;

/** A plugin that needs one whose version changes: what it wants of it, and whether what comes is that. `becomes` is null where nothing of it is left. */
export const dependantSchema = z.object({ id: z.string(), name: z.string(), version: z.string(), needs: z.string(), needsName: z.string(), range: z.string(), becomes: z.nullable(z.string()), fits: z.boolean() });
export type Dependant = z.infer<typeof dependantSchema>;

/** Whom a change of versions concerns besides what changes itself: plugins that need that and stay as they are, and the names of agents that work with any of it. */
export const concernedSchema = z.object({ dependants: z.array(dependantSchema), agents: z.array(z.string()) });
export type Concerned = z.infer<typeof concernedSchema>;

/** It from the detail of a finished step `resolve`, or from a preview; null where there is none. */
export const concernedIn = (value: unknown): Concerned | null => z.safeParse(concernedSchema, value).data ?? null;

export type AvailableUpdate = z.infer<typeof availableUpdateSchema>;

/** Something that disk, store and lockfile do not agree on. `archive`: its files cannot be compared. */
export const verifyProblemSchema = z.object({ pluginId: z.nullable(z.string()), kind: z.enum(['files', 'archive', 'dependency', 'leftover', 'lockfile']), message: z.string(), advice: z.string() });
export type VerifyProblem = z.infer<typeof verifyProblemSchema>;

export const operationSchema = z.object({
  id: idSchema, kind: operationKindSchema, pluginId: pluginIdSchema,
  state: z.enum(['running', 'waiting_for_consent', 'finished', 'failed', 'cancelled']), createdAt: instantSchema, finishedAt: z.nullable(instantSchema),
  /** The versions of an update that nobody asked for; null for everything else. */
  automatic: z.nullable(z.object({ from: z.string(), to: z.string() })),
  /** What was asked for: one plugin, a lockfile's set (`pluginId` is the first that it changes), or what was picked from this machine, which cannot be begun again by itself. */
  asked: z.enum(['plugin', 'set', 'machine']),
});
export type Operation = z.infer<typeof operationSchema>;

/** One call of a tool of a plugin, as its author and its user want to see it. `hosts` counts requests by method and host; what was not measured is null. */
export const pluginCallSchema = z.object({
  id: z.number(), pluginId: pluginIdSchema, runId: idSchema, toolId: z.string(), at: instantSchema, durationMs: z.number(), cpuMs: z.nullable(z.number()), memoryBytes: z.nullable(z.number()), hostCalls: z.nullable(z.number()),
  error: z.nullable(z.object({ code: z.string(), message: z.string(), permission: z.nullable(z.string()) })), logs: z.array(z.string()), hosts: z.array(z.object({ host: z.string(), count: z.number() })),
});
export type PluginCall = z.infer<typeof pluginCallSchema>;
