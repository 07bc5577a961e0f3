export { asksFirst, canonicalJson, createToolSession, sha256, type Tool, type ToolCallContext, type ToolResult, type ToolSession } from './tool.ts';
export { granted, grantedNumber, mayUseTool, type InstalledCode, type PluginSecrets, type PluginSource } from './installed-code.ts';
export { type Call, type Invocation, type Standing } from './invoke.ts';
export { providerNames, shortNameOf } from './names.ts';
export { standingOf, toolRunnable } from './tool-runnable.ts';
export { agentsOf, createConnections, type ConnectionChange, type Connections, type ConnectionsOptions } from './connections/connections.ts';
export { createTools, type ToolSelection, type Tools, type ToolsOptions } from './tools.ts';
export { createValidator, type Validator } from './validate.ts';
