import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { TransactionTable, Writer } from '../handles.ts';

const mustChange = (changes: number): void => {
  if (changes === 0) throw new AppError('mcp/not-found', 'There is no such MCP server. It may have been removed; undo that, or add it again.');
};

const MOST_FOLDERS = 20;
const foldersOf = (db: Writer, id: string): string[] => {
  const row = db.get<{ folders: string }>('SELECT folders FROM mcp_servers WHERE id = @id AND removed_at IS NULL', { id });
  mustChange(row ? 1 : 0);
  const folders: unknown = JSON.parse(row?.folders ?? '[]');
  return Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [];
};
const putFolders = (db: Writer, { id, at }: { id: string; at: number }, folders: readonly string[]): void => {
  db.run('UPDATE mcp_servers SET folders = @folders, updated_at = @at WHERE id = @id', { id, at, folders: JSON.stringify(folders) });
};

/** Named transactions of the domain mcp; each is a plain function that runs in the writer thread. */
export const mcpTransactions = {
  insertMcpServer(db: Writer, input: { id: string; slug: string; name: string; transport: string; at: number }): { id: string } {
    db.run('INSERT INTO mcp_servers (id, slug, name, transport, created_at, updated_at) VALUES (@id, @slug, @name, @transport, @at, @at)', input);
    return { id: input.id };
  },
  /** What is null stays. Errors: `mcp/not-found`. */
  changeMcpServer(db: Writer, input: { id: string; name: string | null; transport: string | null; folders: string | null; at: number }): void {
    mustChange(db.run('UPDATE mcp_servers SET name = coalesce(@name, name), transport = coalesce(@transport, transport), folders = coalesce(@folders, folders), updated_at = @at WHERE id = @id AND removed_at IS NULL', input).changes);
  },
  /** Answers whether it was new. Errors: `mcp/not-found`, `core/bad-input`. */
  giveMcpFolder(db: Writer, input: { id: string; path: string; at: number }): boolean {
    const folders = foldersOf(db, input.id);
    if (folders.includes(input.path)) return false;
    if (folders.length >= MOST_FOLDERS) throw new AppError('core/bad-input', `An MCP server is told of ${MOST_FOLDERS} folders at most. Take one back first, or give the folder around them.`);
    putFolders(db, input, [...folders, input.path]);
    return true;
  },
  /** Answers whether it was given. Errors: `mcp/not-found`. */
  takeMcpFolder(db: Writer, input: { id: string; path: string; at: number }): boolean {
    const folders = foldersOf(db, input.id);
    putFolders(db, input, folders.filter((folder) => folder !== input.path));
    return folders.includes(input.path);
  },
  setMcpEnabled(db: Writer, input: { id: string; enabled: boolean; at: number }): void {
    mustChange(db.run('UPDATE mcp_servers SET enabled = @enabled, updated_at = @at WHERE id = @id AND removed_at IS NULL', input).changes);
  },
  /** `at` null undoes a removal. */
  removeMcpServer(db: Writer, input: { id: string; at: number | null }): void {
    mustChange(db.run('UPDATE mcp_servers SET removed_at = @at WHERE id = @id', input).changes);
  },
  /**
   * What the server says now. The tools of its first listing are pinned as they are; later ones wait for a look. What it
   * does not offer any more stays pinned, with nothing seen. Answers the names whose words differ from what was seen last.
   */
  seeMcpTools(db: Writer, input: { id: string; tools: readonly { name: string; definition: string }[] }): { changed: string[] } {
    const known = new Map(db.all<{ name: string; seen: string | null; pinned: string | null }>('SELECT name, seen, pinned FROM mcp_tools WHERE server_id = @id', { id: input.id }).map((row) => [row.name, row]));
    const isFirst = known.size === 0;
    const changed: string[] = [];
    for (const { name, definition } of input.tools) {
      const before = known.get(name);
      if (before?.seen !== definition) changed.push(name);
      db.run(`INSERT INTO mcp_tools (server_id, name, pinned, seen) SELECT id, @name, @pinned, @definition FROM mcp_servers WHERE id = @id
ON CONFLICT (server_id, name) DO UPDATE SET seen = excluded.seen`, { id: input.id, name, definition, pinned: isFirst ? definition : null });
    }
    const now = new Set(input.tools.map(({ name }) => name));
    for (const { name, seen, pinned } of known.values()) {
      if (now.has(name)) continue;
      if (seen !== null) changed.push(name);
      if (pinned === null) db.run('DELETE FROM mcp_tools WHERE server_id = @id AND name = @name', { id: input.id, name });
      else db.run('UPDATE mcp_tools SET seen = NULL WHERE server_id = @id AND name = @name', { id: input.id, name });
    }
    return { changed: isFirst ? [] : changed };
  },
  /** Pins what is seen now, if that still is `seen`. Answers whether it was. */
  pinMcpTool: (db: Writer, input: { id: string; name: string; seen: string; hash: string }): boolean =>
    db.run('UPDATE mcp_tools SET pinned = seen WHERE server_id = @id AND name = @name AND seen = @seen', { id: input.id, name: input.name, seen: input.seen }).changes > 0,
  /** Answers whether there is such a tool. */
  setMcpEffect: (db: Writer, input: { id: string; name: string; effect: string }): boolean =>
    db.run('UPDATE mcp_tools SET effect = @effect WHERE server_id = @id AND name = @name', input).changes > 0,
} satisfies TransactionTable;
