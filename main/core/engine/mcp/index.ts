/** Servers of the Model Context Protocol: kept, started, watched, and their tools pinned. */
export { createMcp, type Mcp, type McpCall, type McpOptions, type UsableTool } from './servers.ts';
export type { McpAnswer, McpQuestion } from './session.ts';
export type { McpSecrets } from './values.ts';
