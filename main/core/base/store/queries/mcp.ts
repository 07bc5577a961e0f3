import type { QueryTable, Reader } from '../handles.ts';

/** A server as it is kept. `transport` and `folders` are JSON text. */
export interface McpServerRow { readonly id: string; readonly slug: string; readonly name: string; readonly transport: string; readonly enabled: number; readonly folders: string; readonly createdAt: number; readonly removedAt: number | null }
/** A tool of a server. `pinned` and `seen` are JSON text: what agents use, and what the server said last; null for nothing. */
export interface McpToolRow { readonly serverId: string; readonly name: string; readonly pinned: string | null; readonly seen: string | null; readonly effect: 'read' | 'write' | 'destructive' }

const SERVER = 'SELECT id, slug, name, transport, enabled, folders, created_at AS createdAt, removed_at AS removedAt FROM mcp_servers';
const TOOL = 'SELECT server_id AS serverId, name, pinned, seen, effect FROM mcp_tools';

/** Named queries of the domain mcp; each is a plain function that runs in a reader thread. */
export const mcpQueries = {
  /** Oldest first; without those that were removed. */
  mcpServers: (db: Reader): McpServerRow[] => db.all<McpServerRow>(`${SERVER} WHERE removed_at IS NULL ORDER BY created_at, id`),
  /** Also one that was removed. */
  mcpServerById: (db: Reader, input: { id: string }): McpServerRow | undefined => db.get<McpServerRow>(`${SERVER} WHERE id = @id`, input),
  /** Removed ones too: their short names stay theirs. */
  mcpSlugs: (db: Reader): string[] => db.all<{ slug: string }>('SELECT slug FROM mcp_servers').map(({ slug }) => slug),
  /** Of every server that was not removed, or of one; in the order of their names. */
  mcpTools: (db: Reader, input: { serverId: string | null }): McpToolRow[] =>
    db.all<McpToolRow>(`${TOOL} WHERE server_id IN (SELECT id FROM mcp_servers WHERE removed_at IS NULL) AND (@serverId IS NULL OR server_id = @serverId) ORDER BY server_id, name`, input),
  /** Servers that were removed before `before`. */
  /** How all servers are reached, those removed since then included. */
  mcpTransports: (db: Reader, input: { since: number }): string[] => db.all<{ transport: string }>('SELECT transport FROM mcp_servers WHERE removed_at IS NULL OR removed_at >= @since', input).map(({ transport }) => transport),
  mcpRemoved: (db: Reader, input: { before: number }): string[] => db.all<{ id: string }>('SELECT id FROM mcp_servers WHERE removed_at < @before', input).map(({ id }) => id),
} satisfies QueryTable;
