import { auditQueries } from './audit.ts';
import { builderQueries } from './builder.ts';
import { chatQueries } from './chat.ts';
import { catalogQueries } from './catalog.ts';
import { credentialsQueries } from './credentials.ts';
import { attachmentsQueries } from './attachments.ts';
import { knowledgeQueries } from './knowledge.ts';
import { memoryQueries } from './memory.ts';
import { mcpQueries } from './mcp.ts';
import { modelsQueries } from './models.ts';
import { pluginsQueries } from './plugins.ts';
import { runsQueries } from './runs.ts';
import { healthQueries, settingsQueries } from './settings.ts';
import { spendingQueries } from './spending.ts';
import { teamQueries } from './team.ts';
import { toolsQueries } from './tools.ts';
import { vectorsQueries } from './vectors.ts';

/** Every domain's queries over troupe.db; tests/core/store proves that no name stands twice. */
export const mainQueryDomains = [attachmentsQueries, auditQueries, builderQueries, chatQueries, credentialsQueries, knowledgeQueries, memoryQueries, mcpQueries, modelsQueries, pluginsQueries, runsQueries, settingsQueries, healthQueries, spendingQueries, teamQueries, toolsQueries, vectorsQueries] as const;
export const mainQueries = { ...auditQueries, ...builderQueries, ...chatQueries, ...credentialsQueries, ...attachmentsQueries, ...knowledgeQueries, ...memoryQueries, ...mcpQueries, ...modelsQueries, ...pluginsQueries, ...runsQueries, ...settingsQueries, ...healthQueries, ...spendingQueries, ...teamQueries, ...toolsQueries, ...vectorsQueries };
export type MainQueries = typeof mainQueries;

export const catalogDatabaseQueries = { ...catalogQueries, ...healthQueries };
export type CatalogQueries = typeof catalogDatabaseQueries;
