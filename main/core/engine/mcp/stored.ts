import * as z from 'zod/mini';
import { mcpDefinitionSchema, mcpTransportSchema, type McpDefinition, type McpTool, type McpTransport } from '../../../../contract/model/mcp.ts';
import type { McpServerRow, McpToolRow } from '../../base/store/index.ts';
import { definitionHash, toolId } from './definition.ts';

/** A server as it is kept. */
export interface StoredServer { readonly id: string; readonly slug: string; readonly name: string; readonly transport: McpTransport; readonly enabled: boolean; readonly folders: readonly string[]; readonly createdAt: number }

const foldersSchema = z.array(z.string());
export const serverOf = (row: McpServerRow): StoredServer => ({
  id: row.id, slug: row.slug, name: row.name, transport: mcpTransportSchema.parse(JSON.parse(row.transport)), enabled: row.enabled === 1, folders: foldersSchema.parse(JSON.parse(row.folders)), createdAt: row.createdAt,
});

const definitionOf = (text: string | null): McpDefinition | null => (text === null ? null : mcpDefinitionSchema.parse(JSON.parse(text)));

/** A kept tool with what it may be used for now. */
export function toolOf(server: Pick<StoredServer, 'id' | 'slug'>, row: McpToolRow): McpTool {
  const same = row.pinned === row.seen;
  const state = row.seen === null ? 'gone' : row.pinned === null ? 'new' : same ? 'ready' : 'changed';
  return {
    id: toolId(server.slug, row.name), name: row.name, state, effect: row.effect, pinned: definitionOf(row.pinned), seen: same ? null : definitionOf(row.seen),
    hash: definitionHash(server.id, row.seen ?? row.pinned ?? ''), problem: null,
  };
}

/** The names that need a value. */
export const namesOf = (transport: McpTransport): readonly string[] => (transport.kind === 'stdio' ? transport.environment : transport.headers);
