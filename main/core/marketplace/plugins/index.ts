/** Plugins on this machine: installed, removed, and handed to the engine. */
export type { PluginsParts } from './parts.ts';
export { createPermissions, type Permissions } from './permissions.ts';
export { createPlugins, type Plugins } from './plugins.ts';
export type { AgentUse } from './parts.ts';
export { checkValues, effectiveValues, fittingValues } from './configuration.ts';
export { createPluginSecrets, type PluginSecretStore } from './secrets.ts';
export { configurationOf } from './views.ts';
export type { InstalledCode, PluginSource } from './source.ts';
