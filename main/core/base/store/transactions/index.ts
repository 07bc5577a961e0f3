import { auditTransactions } from './audit.ts';
import { builderTransactions } from './builder.ts';
import { chatTransactions } from './chat.ts';
import { catalogTransactions } from './catalog.ts';
import { credentialsTransactions } from './credentials.ts';
import { attachmentsTransactions } from './attachments.ts';
import { importsTransactions } from './imports.ts';
import { knowledgeTransactions } from './knowledge.ts';
import { memoryTransactions } from './memory.ts';
import { mcpTransactions } from './mcp.ts';
import { modelsTransactions } from './models.ts';
import { pluginsTransactions } from './plugins.ts';
import { requestsTransactions } from './requests.ts';
import { runsTransactions } from './runs.ts';
import { settingsTransactions } from './settings.ts';
import { teamTransactions } from './team.ts';
import { toolsTransactions } from './tools.ts';
import { vectorsTransactions } from './vectors.ts';

/** Every domain's transactions over troupe.db; tests/core/store proves that no name stands twice. */
export const mainTransactionDomains = [attachmentsTransactions, auditTransactions, builderTransactions, chatTransactions, credentialsTransactions, importsTransactions, knowledgeTransactions, memoryTransactions, mcpTransactions, modelsTransactions, pluginsTransactions, requestsTransactions, runsTransactions, settingsTransactions, teamTransactions, toolsTransactions, vectorsTransactions] as const;
export const mainTransactions = { ...auditTransactions, ...builderTransactions, ...chatTransactions, ...credentialsTransactions, ...attachmentsTransactions, ...importsTransactions, ...knowledgeTransactions, ...memoryTransactions, ...mcpTransactions, ...modelsTransactions, ...pluginsTransactions, ...requestsTransactions, ...runsTransactions, ...settingsTransactions, ...teamTransactions, ...toolsTransactions, ...vectorsTransactions };
export type MainTransactions = typeof mainTransactions;

export const catalogDatabaseTransactions = { ...catalogTransactions };
export type CatalogTransactions = typeof catalogDatabaseTransactions;
