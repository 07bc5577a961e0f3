import type { QueryTable, Reader } from '../handles.ts';

/** `configuration` is JSON of the values; `agents` JSON of the ids that may use it. `revision` rises with each change. */
export interface ConnectionRow { readonly id: string; readonly kind: string; readonly name: string; readonly configuration: string; readonly folder: string | null; readonly revision: number; readonly createdAt: number; readonly agents: string }

const SELECT = `SELECT id, kind, name, configuration, folder, revision, created_at AS createdAt,
  (SELECT json_group_array(agent_id) FROM (SELECT agent_id FROM tool_grants WHERE connection_id = c.id ORDER BY granted_at, agent_id)) AS agents FROM tool_connections c`;

/** Named queries of the domain tools; each is a plain function that runs in a reader thread. */
export const toolsQueries = {
  /** By name. */
  connectionList: (db: Reader): ConnectionRow[] => db.all<ConnectionRow>(`${SELECT} ORDER BY name COLLATE NOCASE, id`),
  connectionById: (db: Reader, input: { id: string }): ConnectionRow | undefined => db.get<ConnectionRow>(`${SELECT} WHERE id = @id`, input),
  /** Those that any of these agents may use, by name. */
  connectionsOf: (db: Reader, input: { agents: readonly string[] }): ConnectionRow[] => db.all<ConnectionRow>(
    `${SELECT} WHERE id IN (SELECT connection_id FROM tool_grants WHERE agent_id IN (SELECT value FROM json_each(@agents))) ORDER BY name COLLATE NOCASE, id`, { agents: JSON.stringify(input.agents) }),
} satisfies QueryTable;
