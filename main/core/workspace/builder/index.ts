export { createBuilder, type Beginning, type Builder, type BuilderOptions } from './builder.ts';
export { createOwnAgents } from './own-agents.ts';
export { createOwnUses } from './own-uses.ts';
