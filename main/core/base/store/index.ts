/** The store: every byte that Troupe keeps in SQLite passes through here. */
import { openDatabase, type Database, type DatabaseOptions } from './database.ts';
import type { CatalogQueries, MainQueries } from './queries/index.ts';
import type { CatalogTransactions, MainTransactions } from './transactions/index.ts';

export { followLog, type LogPage } from './follow-log.ts';
export { createWakeups, type Wakeups } from './wakeups.ts';
export { brokeConstraint } from './store-errors.ts';
export { openHome, type Home } from './home.ts';
export type { Reader, Writer, QueryTable, TransactionTable } from './handles.ts';
export type { WriteRequest } from './protocol.ts';
export type { SlowCall } from './thread-client.ts';
export type { WriteOptions } from './database.ts';
export { rekeyStore, type RekeyOptions } from './rekey.ts';
export { dropRekey, finishRekey } from './rekey-files.ts';
export type { SecretRow } from './queries/credentials.ts';
export { endGrowth, hasGrown, newGrowth, type Growth } from './growth.ts';
export { textOfChange, type CatalogChange, type CatalogLine } from './queries/catalog-line.ts';
export type { CatalogEntry } from './queries/catalog.ts';
export { FILLERS, fold, tokensOf } from './queries/catalog-tokens.ts';
export type { FoundCard } from './queries/catalog-search.ts';
export type { OwnAgentRow } from './queries/builder.ts';
export type { McpServerRow, McpToolRow } from './queries/mcp.ts';
export type { KnowledgeOfPluginRow } from './queries/knowledge.ts';
export { packed, type Meaning, type VectorKind } from './queries/vectors.ts';
export type { ConnectionRow } from './queries/tools.ts';
export type { InstalledRow, PreviousRow } from './queries/plugins.ts';
export type { ImportedConversation, ImportedMessage } from './transactions/imports.ts';
export type { AuditEntry, NewPluginCall } from './transactions/audit.ts';
export type { StoredAuditRow } from './queries/audit-chain.ts';
export type { CatalogSync } from './transactions/catalog.ts';

/** troupe.db, the truth. */
export type Store = Database<MainQueries, MainTransactions>;
/** catalog.db, derived from what registries publish. */
export type CatalogStore = Database<CatalogQueries, CatalogTransactions>;

/**
 * Opens troupe.db, migrating it when needed.
 * @throws AppError `store/newer`, `store/corrupt`, `store/full`, `store/busy`
 */
export const openStore = (options: Omit<DatabaseOptions, 'tables'>): Promise<Store> => openDatabase({ ...options, tables: 'main' });

/** Opens catalog.db; a file of another schema number is made anew (`opened.rebuilt`) and then wants a full sync. */
export const openCatalogStore = (options: Omit<DatabaseOptions, 'tables' | 'key' | 'copyTo'>): Promise<CatalogStore> => openDatabase({ ...options, tables: 'catalog' });
