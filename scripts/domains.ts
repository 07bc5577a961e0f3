/**
 * One word per domain: the procedures in contract/api/<d>.ts, the handlers in main/core/api/<d>.ts, the core room, the
 * screens, the tests, the error codes and the user's page bear the same name. tests/architecture compares the lists.
 */
export interface Domain {
  readonly name: string;
  /** The core room that holds it. */
  readonly room: string;
  /** The screen that shows it; one screen may show several domains. */
  readonly feature: string | null;
  /** The first part of its error codes, when it has any. */
  readonly codes: string | null;
}

export const DOMAINS: readonly Domain[] = [
  { name: 'link', room: 'main/core/serve', feature: null, codes: 'core' },
  { name: 'observe', room: 'main/core/base/observe', feature: 'settings', codes: null },
  { name: 'settings', room: 'main/core/base/settings', feature: 'settings', codes: 'settings' },
  { name: 'audit', room: 'main/core/base/audit', feature: 'settings', codes: null },
  { name: 'credentials', room: 'main/core/base/credentials', feature: 'settings', codes: 'credentials' },
  { name: 'catalog', room: 'main/core/marketplace/catalog', feature: 'marketplace', codes: 'catalog' },
  { name: 'plugins', room: 'main/core/marketplace/plugins', feature: 'plugins', codes: 'plugins' },
  { name: 'models', room: 'main/core/engine/models', feature: 'settings', codes: 'models' },
  { name: 'mcp', room: 'main/core/engine/mcp', feature: 'settings', codes: 'mcp' },
  { name: 'tools', room: 'main/core/engine/tools', feature: 'settings', codes: 'tools' },
  { name: 'runs', room: 'main/core/engine/runs', feature: 'chat', codes: 'run' },
  { name: 'team', room: 'main/core/workspace/team', feature: 'team', codes: 'team' },
  { name: 'chat', room: 'main/core/workspace/chat', feature: 'chat', codes: 'chat' },
  { name: 'memory', room: 'main/core/engine/memory', feature: 'memory', codes: 'memory' },
  { name: 'knowledge', room: 'main/core/engine/knowledge', feature: 'knowledge', codes: 'knowledge' },
  { name: 'builder', room: 'main/core/workspace/builder', feature: 'builder', codes: 'builder' },
];

/** First parts of error codes that belong to no domain of the contract: processes, the shell, and what stands below. */
export const OTHER_CODES = ['host', 'store', 'permission', 'sandbox'];
