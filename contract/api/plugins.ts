import * as z from 'zod/mini';
import { configurationDifferenceSchema, configurationValuesSchema, configurationViewSchema, pluginCheckSchema } from '../model/configuration.ts';
import { idSchema, pluginIdSchema } from '../model/ids.ts';
import { autoUpdateSchema, availableUpdateSchema, channelSchema, concernedSchema, folderGrantSchema, installedPluginSchema, operationEventSchema, operationSchema, pluginCallSchema, verifyProblemSchema, versionChangeSchema } from '../model/plugin.ts';
import { pluginPermissionSchema } from '../model/permission.ts';
import { logged, read, write } from './procedure.ts';

const permissionKey = z.string().check(z.minLength(1), z.maxLength(500));
const keySchema = z.string().check(z.minLength(1), z.maxLength(64));
const configurationText = z.string().check(z.maxLength(131_072));
const started = z.object({ operationId: idSchema });

export const plugins = {
  list: read('/installations', {}, z.object({ plugins: z.array(installedPluginSchema) })),
  get: read('/installations/{id}', { id: pluginIdSchema }, installedPluginSchema, { errors: ['plugins/not-installed'] }),
  /** Answers at once with an operation; its step log is `plugins.events`. What only came along for another stays as it is and is kept for itself. `grantAll` consents to everything but danger `high`. */
  /** `registry`: from that one and no other. Without it from the registry that goes first, or, of what is here already, its own. */
  install: write('POST /installations', { id: pluginIdSchema, range: z.optional(z.string().check(z.maxLength(100))), registry: z.optional(z.string().check(z.minLength(1), z.maxLength(64))), grantAll: z._default(z.boolean(), false) }, started,
    { errors: ['catalog/not-found', 'plugins/already-installed'] }),
  /** The command line only: an archive or a plugin's folder of this machine, which nobody signed. Needs developer mode. */
  sideLoad: write('POST /side-loads', { path: z.string().check(z.minLength(1), z.maxLength(4096)), grantAll: z._default(z.boolean(), false) }, z.object({ operationId: idSchema, id: pluginIdSchema }),
    { timeoutMs: 60_000, errors: ['plugins/developer-mode', 'plugins/already-installed', 'plugins/bad-archive', 'plugins/bad-manifest', 'plugins/bad-signature', 'permission/denied'] }),
  /** The same for a page, with an archive that it was given: in parts, one after another from `offset` 0. The answer to the last names the operation. One archive at a time; another one takes its place. */
  uploadSideLoad: write('POST /side-loads/upload', { upload: idSchema, offset: z.int().check(z.nonnegative()), base64: z.string().check(z.maxLength(700_000)), last: z.boolean() }, z.object({ operationId: z.nullable(idSchema), id: z.nullable(pluginIdSchema) }),
    { timeoutMs: 60_000, errors: ['core/bad-input', 'plugins/developer-mode', 'plugins/already-installed', 'plugins/bad-archive', 'plugins/bad-manifest', 'plugins/bad-signature'] }),
  /** The same for a page, with a folder: the person picks it in a dialog of the shell, in the browser shell at `confirmAt`. */
  pickSideLoad: write('POST /side-loads/pick', {}, z.object({ operationId: z.nullable(idSchema), id: z.nullable(pluginIdSchema), confirmAt: z.nullable(z.string()) }),
    { timeoutMs: 600_000, errors: ['plugins/developer-mode', 'plugins/already-installed', 'plugins/bad-archive', 'plugins/bad-manifest', 'plugins/bad-signature', 'host/unavailable', 'host/cancelled'] }),
  /** What the text of a lockfile would change, before anything is done; `others` are ids of what is installed and not in it, which stays. */
  compareSet: read('/lockfile/comparison', { lockfile: z.string().check(z.maxLength(262_144)) }, z.extend(concernedSchema, { changes: z.array(versionChangeSchema), others: z.array(z.string()) }),
    { timeoutMs: 60_000, errors: ['core/bad-input', 'plugins/bad-manifest', 'catalog/not-found', 'plugins/no-version', 'plugins/conflict', 'plugins/incompatible', 'plugins/withdrawn', 'plugins/digest-mismatch'] }),
  /** Installs exactly the versions and archives that the text of a lockfile names, in one operation. */
  installSet: write('POST /lockfile/installation', { lockfile: z.string().check(z.maxLength(262_144)), grantAll: z._default(z.boolean(), false) }, started,
    { timeoutMs: 60_000, errors: ['core/bad-input', 'plugins/bad-manifest', 'plugins/already-installed', 'catalog/not-found', 'plugins/no-version', 'plugins/conflict', 'plugins/incompatible', 'plugins/withdrawn', 'plugins/digest-mismatch'] }),
  uninstall: write('DELETE /installations/{id}', { id: pluginIdSchema, keepData: z._default(z.boolean(), false) }, started, { errors: ['plugins/not-installed', 'plugins/needed-by-others'] }),
  /** Another version of what is installed, newer without `range`; the old one works until it is replaced. Consent is asked for what is added. */
  update: write('POST /installations/{id}/update', { id: pluginIdSchema, range: z.optional(z.string().check(z.maxLength(100))), grantAll: z._default(z.boolean(), false) }, started,
    { errors: ['plugins/not-installed', 'plugins/already-installed', 'plugins/pinned'] }),
  /** Newer versions that fit this app, by what registries said at the last sync. */
  updates: read('/updates', {}, z.object({ updates: z.array(availableUpdateSchema) })),
  /** The version before with its configuration and grants, together with those that the same operation replaced. Again, it is the way forward. */
  rollback: write('POST /installations/{id}/rollback', { id: pluginIdSchema }, started, { errors: ['plugins/not-installed', 'plugins/no-previous', 'plugins/pinned'] }),
  /**
   * What another version would change and whom that concerns, before anything is done; without `version` what `update` would bring, null is
   * the version that a rollback brings back. The plugin itself comes last. A rollback that would leave a dependant without what it needs is refused.
   */
  preview: read('/installations/{id}/preview', { id: pluginIdSchema, version: z.optional(z.nullable(z.string().check(z.maxLength(100)))) }, z.extend(concernedSchema, { changes: z.array(versionChangeSchema) }),
    { errors: ['plugins/not-installed', 'plugins/no-previous', 'plugins/no-version', 'plugins/conflict', 'plugins/incompatible', 'plugins/withdrawn'] }),
  /** Which updates a plugin gets by itself, and whether pre-releases are updates. Nothing is installed by it. */
  setUpdatePolicy: write('PUT /installations/{id}/update-policy', { id: pluginIdSchema, autoUpdate: z.nullable(autoUpdateSchema), channel: channelSchema }, z.object({ autoUpdate: z.nullable(autoUpdateSchema), channel: channelSchema }), { errors: ['plugins/not-installed'] }),
  /** Holds a plugin at a version, or lets it go with null. Nothing is installed by it. */
  setPin: write('PUT /installations/{id}/pin', { id: pluginIdSchema, version: z.nullable(z.string().check(z.maxLength(100))) }, z.object({ pinned: z.nullable(z.string()) }), { errors: ['plugins/not-installed', 'plugins/no-version'] }),
  /** Answers the ids that changed, what it needs included, and the names of hired agents that come from it and of one's own that use it. */
  setEnabled: write('PUT /installations/{id}/enabled', { id: pluginIdSchema, enabled: z.boolean() }, z.object({ changed: z.array(z.string()), hiredAs: z.array(z.string()), usedBy: z.array(z.string()) }),
    { errors: ['plugins/not-installed', 'plugins/needed-by-others', 'plugins/withdrawn'] }),
  /** Compares every file with its archive, every range with what is installed, and all of it with the text of a lockfile where one is given. */
  verify: read('/verification', { lockfile: z.optional(z.string().check(z.maxLength(262_144))) }, z.object({ plugins: z.number(), problems: z.array(verifyProblemSchema) }), { timeoutMs: 300_000, errors: ['plugins/bad-manifest'] }),
  /** The text of troupe.lock.yaml: what is installed, exactly. */
  lockfile: read('/lockfile', {}, z.object({ text: z.string() })),
  /** Operations that are under way, newest first; with `recent` also the last 20 that ended. */
  operations: read('/operations', { recent: z._default(z.boolean(), false) }, z.object({ operations: z.array(operationSchema) })),
  events: logged('/operations/{operationId}/events', { operationId: idSchema }, operationEventSchema, { errors: ['plugins/no-operation'] }),
  /** Answers the consent that an operation waits for. `granted` are permission keys; a refused one stays refused. */
  consent: write('POST /operations/{operationId}/consent', { operationId: idSchema, accept: z.boolean(), granted: z.array(z.object({ pluginId: pluginIdSchema, key: z.string() })) }, z.object({}), { errors: ['plugins/no-operation'] }),
  /** Begins an operation that failed, was cancelled or was cut off once more, as it was asked for then. What was picked from this machine has to be picked again. */
  retry: write('POST /operations/{operationId}/retry', { operationId: idSchema }, started,
    { timeoutMs: 60_000, errors: ['plugins/no-operation', 'core/bad-input', 'catalog/not-found', 'plugins/not-installed', 'plugins/already-installed', 'plugins/needed-by-others', 'plugins/pinned', 'plugins/no-previous', 'plugins/no-version', 'plugins/conflict', 'plugins/incompatible', 'plugins/withdrawn', 'plugins/digest-mismatch', 'plugins/bad-manifest'] }),
  cancel: write('POST /operations/{operationId}/cancel', { operationId: idSchema }, z.object({}), { errors: ['plugins/no-operation'] }),
  /** Everything that installed plugins ask for, or one of them: granted or not, and when it was used last. */
  permissions: read('/permissions', { id: z.optional(pluginIdSchema) }, z.object({ permissions: z.array(pluginPermissionSchema) }), { errors: ['plugins/not-installed'] }),
  /** Holds at once, also for what runs. From then on the plugin is answered `permission/denied`. */
  revokePermission: write('DELETE /installations/{id}/permissions/{key}', { id: pluginIdSchema, key: permissionKey }, pluginPermissionSchema, { errors: ['plugins/not-installed'] }),
  grantPermission: write('PUT /installations/{id}/permissions/{key}', { id: pluginIdSchema, key: permissionKey }, pluginPermissionSchema, { errors: ['plugins/not-installed'] }),
  /** The last 100 calls of its tools, newest first: time, log lines, hosts. */
  calls: read('/installations/{id}/calls', { id: pluginIdSchema }, z.object({ calls: z.array(pluginCallSchema) })),
  /** What can be set and what is; never a secret, only whether one is stored. */
  configuration: read('/installations/{id}/configuration', { id: pluginIdSchema }, configurationViewSchema, { errors: ['plugins/not-installed'] }),
  /**
   * Sets values and secrets, all or nothing; what is not named stays. `reset` brings defaults back, a secret that is null is
   * removed. Details of `plugins/bad-configuration`: `problems`, each with `key` and `problem`.
   */
  configure: write('PUT /installations/{id}/configuration', { id: pluginIdSchema, set: z._default(configurationValuesSchema, {}), reset: z._default(z.array(keySchema).check(z.maxLength(200)), []), secrets: z._default(z.record(keySchema, z.nullable(z.string().check(z.minLength(1), z.maxLength(32_768)))), {}) }, configurationViewSchema,
    { errors: ['plugins/not-installed', 'plugins/bad-configuration', 'plugins/conflict'] }),
  /** Runs the plugin's own checks in the sandbox, with what it was granted and nothing else. */
  checkCredentials: write('POST /installations/{id}/check', { id: pluginIdSchema }, pluginCheckSchema, { timeoutMs: 120_000, errors: ['plugins/not-installed', 'sandbox/busy'] }),
  /** The text of troupe.config.yaml: values of one plugin or of all, secrets and folders as named gaps. */
  exportConfiguration: read('/configuration', { id: z.optional(pluginIdSchema) }, z.object({ text: z.string() }), { errors: ['plugins/not-installed'] }),
  /** What `importConfiguration` would change, and what would be left to enter. */
  compareConfiguration: read('/configuration/difference', { text: configurationText }, configurationDifferenceSchema, { errors: ['plugins/bad-configuration'] }),
  /** Takes what fits, in one step; everything else is a gap. Refused for a value that does not fit. */
  importConfiguration: write('PUT /configuration', { text: configurationText }, configurationDifferenceSchema, { errors: ['plugins/bad-configuration', 'plugins/conflict'] }),
  folders: read('/installations/{id}/folders', { id: pluginIdSchema }, z.object({ folders: z.array(folderGrantSchema) }), { errors: ['plugins/not-installed'] }),
  /**
   * Opens the shell's folder dialog, where the person picks. In the browser shell the answer is an address on the core's
   * own second origin (`confirmAt`) where the person picks a folder below their home; the grant arrives as a change.
   */
  pickFolder: write('POST /installations/{id}/folders/{key}/pick', { id: pluginIdSchema, key: z.string() }, z.object({ folder: z.nullable(folderGrantSchema), confirmAt: z.nullable(z.string()) }),
    { timeoutMs: 600_000, errors: ['plugins/not-installed', 'host/unavailable', 'host/cancelled'] }),
  /** The command line only: the person at the terminal names the folder. Pages are refused. */
  grantFolder: write('PUT /installations/{id}/folders/{key}', { id: pluginIdSchema, key: z.string(), path: z.string() }, folderGrantSchema, { errors: ['plugins/not-installed', 'permission/denied'] }),
  revokeFolder: write('DELETE /installations/{id}/folders/{key}', { id: pluginIdSchema, key: z.string() }, z.object({}), { errors: ['plugins/not-installed'] }),
};
