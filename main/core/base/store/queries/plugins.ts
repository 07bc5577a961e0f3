import type { AutoUpdate, Channel, OperationEvent, OperationEventBody, OperationKind } from '../../../../../contract/model/plugin.ts';
import type { QueryTable, Reader } from '../handles.ts';

/** A row of `installations`; `manifest` stays text, since it is large and most callers know its digest already. */
export interface InstallationRow {
  id: string; version: string; sha512: string; size: number; registry: string | null; publisherId: string; publisherKey: string | null;
  config: string; status: 'active' | 'disabled'; reason: 'asked' | 'dependency'; sideLoaded: number; installedAt: number; updatedAt: number;
  pinned: string | null; disabledBy: 'person' | 'registry' | null; previousVersion: string | null;
  autoUpdate: AutoUpdate | null; channel: Channel; storedBytes: number; folder: string | null;
}
export interface InstalledRow extends InstallationRow {
  dependencies: { id: string; range: string }[];
  neededBy: string[];
  hiredAs: string[];
  /** Keys of the permissions that were granted. */
  grants: string[];
}
export interface OperationRow { id: string; kind: OperationKind; pluginId: string; state: 'running' | 'waiting_for_consent' | 'finished' | 'failed' | 'cancelled'; createdAt: number; finishedAt: number | null; automatic: { from: string; to: string } | null; asked: 'plugin' | 'set' | 'machine' }

const COLUMNS = 'plugin_id AS id, version, sha512, size, registry, publisher_id AS publisherId, publisher_key AS publisherKey, config, status, reason, side_loaded AS sideLoaded, installed_at AS installedAt, updated_at AS updatedAt, pinned, disabled_by AS disabledBy, (SELECT version FROM previous_installations AS before WHERE before.plugin_id = installations.plugin_id) AS previousVersion, auto_update AS autoUpdate, channel, folder, (SELECT coalesce(sum(bytes), 0) FROM plugin_storage AS kept WHERE kept.plugin_id = installations.plugin_id) AS storedBytes';
const OPERATION = `id, kind, plugin_id AS pluginId, state, created_at AS createdAt, finished_at AS finishedAt, json_extract(input, '$.automatic') AS automatic,
  CASE WHEN json_extract(input, '$.lockfile') IS NOT NULL THEN 'set' WHEN json_extract(input, '$.sideLoad') IS NOT NULL THEN 'machine' ELSE 'plugin' END AS asked`;
const RECENT = 20;

const operationOf = (row: Omit<OperationRow, 'automatic'> & { automatic: string | null }): OperationRow => ({ ...row, automatic: row.automatic === null ? null : JSON.parse(row.automatic) as OperationRow['automatic'] });

/** Names of hired agents that come from a plugin. Those who were dismissed have an id in place of their name. */
export const hiredFrom = (db: Reader, id: string): string[] =>
  db.all<{ name: string }>("SELECT name FROM hires WHERE plugin_id = @id AND status <> 'dismissed' ORDER BY name COLLATE NOCASE", { id }).map(({ name }) => name);

/** Ids of installed plugins that need this one. */
export const neededBy = (db: Reader, id: string): string[] =>
  db.all<{ id: string }>('SELECT plugin_id AS id FROM installation_dependencies WHERE depends_on = @id AND plugin_id <> @id ORDER BY plugin_id', { id }).map((row) => row.id);

export const dependenciesOf = (db: Reader, id: string): { id: string; range: string }[] =>
  db.all<{ id: string; range: string }>('SELECT depends_on AS id, range FROM installation_dependencies WHERE plugin_id = @id ORDER BY depends_on', { id });

/** A version that was replaced; the plugin itself comes first. `dependencies` is JSON. */
export interface PreviousRow { id: string; version: string; sha512: string; size: number; registry: string | null; manifest: string; sideLoaded: number; installed: string; pinned: string | null; dependencies: string }

export const previousOf = (db: Reader, id: string): PreviousRow[] => db.all<PreviousRow>(
  `SELECT before.plugin_id AS id, before.version, before.sha512, before.size, before.registry, before.manifest, before.side_loaded AS sideLoaded, before.dependencies, here.version AS installed, here.pinned
   FROM previous_installations AS before JOIN installations AS here USING (plugin_id)
   WHERE before.operation_id = (SELECT operation_id FROM previous_installations WHERE plugin_id = @id) ORDER BY before.plugin_id <> @id, before.plugin_id`, { id });

function whole(db: Reader, row: InstallationRow): InstalledRow {
  return {
    ...row, dependencies: dependenciesOf(db, row.id), neededBy: neededBy(db, row.id),
    hiredAs: hiredFrom(db, row.id),
    grants: db.all<{ permission: string }>('SELECT permission FROM grants WHERE plugin_id = @id AND publisher_id = @publisherId ORDER BY permission', { id: row.id, publisherId: row.publisherId }).map(({ permission }) => permission),
  };
}

/** Named queries of the domain plugins; each is a plain function that runs in a reader thread. */
export const pluginsQueries = {
  installedPlugins: (db: Reader): InstalledRow[] => db.all<InstallationRow>(`SELECT ${COLUMNS} FROM installations ORDER BY installed_at, plugin_id`).map((row) => whole(db, row)),

  installedPlugin(db: Reader, { id }: { id: string }): InstalledRow | undefined {
    const row = db.get<InstallationRow>(`SELECT ${COLUMNS} FROM installations WHERE plugin_id = @id`, { id });
    return row && whole(db, row);
  },

  /** Manifests as JSON text, by digest of the archive. */
  installedManifests: (db: Reader, { digests }: { digests: readonly string[] }): { sha512: string; manifest: string }[] =>
    db.all<{ sha512: string; manifest: string }>('SELECT sha512, manifest FROM installations WHERE sha512 IN (SELECT value FROM json_each(@digests))', { digests: JSON.stringify(digests) }),

  installedVersions: (db: Reader): { id: string; version: string; sha512: string; status: 'active' | 'disabled' }[] =>
    db.all<{ id: string; version: string; sha512: string; status: 'active' | 'disabled' }>('SELECT plugin_id AS id, version, sha512, status FROM installations'),

  /** Digests whose files are kept: what is installed, and what a rollback would bring back. */
  keptDigests: (db: Reader): string[] => db.all<{ sha512: string }>('SELECT sha512 FROM installations UNION SELECT sha512 FROM previous_installations').map(({ sha512 }) => sha512),

  /** What rolling a plugin back would bring back: its previous version, and those that the same operation replaced. */
  rollbackOf: (db: Reader, { id }: { id: string }): PreviousRow[] => previousOf(db, id),

  /** The root of the registry whose publisher of this name had this plugin first. */
  pluginOwner: (db: Reader, input: { pluginId: string; publisherId: string }): string | undefined =>
    db.get<{ root: string }>('SELECT root FROM plugin_owners WHERE plugin_id = @pluginId AND publisher_id = @publisherId', input)?.root,

  /** Keys of permissions that were granted to a plugin of this publisher, installed or not. */
  grantedPermissions: (db: Reader, input: { pluginId: string; publisherId: string }): string[] =>
    db.all<{ permission: string }>('SELECT permission FROM grants WHERE plugin_id = @pluginId AND publisher_id = @publisherId', input).map(({ permission }) => permission),

  /** Every grant, of what is installed and of what was. */
  allGrants: (db: Reader, _input: Record<string, never>): { pluginId: string; publisherId: string; permission: string; grantedAt: number; lastUsedAt: number | null }[] =>
    db.all('SELECT plugin_id AS pluginId, publisher_id AS publisherId, permission, granted_at AS grantedAt, last_used_at AS lastUsedAt FROM grants'),

  grantedFolders: (db: Reader, { pluginId }: { pluginId: string }): { key: string; path: string; access: 'read' | 'write' }[] =>
    db.all<{ key: string; path: string; access: 'read' | 'write' }>('SELECT key, path, access FROM folder_grants WHERE plugin_id = @pluginId ORDER BY key, granted_at DESC', { pluginId }),

  /** Operations under way, newest first; with `recent` also the last that ended. */
  operations: (db: Reader, { recent }: { recent: boolean }): OperationRow[] => db.all<Parameters<typeof operationOf>[0]>(
    `SELECT * FROM (SELECT ${OPERATION} FROM operations WHERE finished_at IS NULL
       UNION ALL SELECT * FROM (SELECT ${OPERATION} FROM operations WHERE finished_at IS NOT NULL ORDER BY created_at DESC, id LIMIT @ended))
     ORDER BY createdAt DESC, id`, { ended: recent ? RECENT : 0 }).map(operationOf),

  /** What an operation was begun with, as JSON text; undefined when there is no such operation. */
  operationInput: (db: Reader, { operationId }: { operationId: string }): { kind: OperationKind; input: string; ended: number } | undefined =>
    db.get<{ kind: OperationKind; input: string; ended: number }>('SELECT kind, input, finished_at IS NOT NULL AS ended FROM operations WHERE id = @operationId', { operationId }),

  /** A page of an operation's step log and whether the operation has ended; undefined when there is no such operation. */
  operationEventsAfter(db: Reader, { operationId, after, limit }: { operationId: string; after: number; limit: number }): { events: OperationEvent[]; ended: boolean } | undefined {
    const operation = db.get<{ ended: number }>('SELECT finished_at IS NOT NULL AS ended FROM operations WHERE id = @operationId', { operationId });
    if (!operation) return undefined;
    const rows = db.all<{ seq: number; at: number; type: string; data: string }>('SELECT seq, at, type, data FROM operation_events WHERE operation_id = @operationId AND seq > @after ORDER BY seq LIMIT @limit', { operationId, after, limit });
    return { ended: operation.ended === 1, events: rows.map(({ seq, at, type, data }) => ({ operationId, seq, at, event: { type, ...(JSON.parse(data) as object) } as OperationEventBody })) };
  },
} satisfies QueryTable;
