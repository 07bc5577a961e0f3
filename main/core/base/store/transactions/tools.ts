import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { TransactionTable, Writer } from '../handles.ts';

const noConnection = (): AppError => new AppError('tools/no-connection', 'There is no such connection. It may have been removed; look at Settings › Tools.');

/** Named transactions of the domain tools; each is a plain function that runs in the writer thread. */
export const toolsTransactions = {
  /** Errors: `tools/name-taken`. */
  insertConnection(db: Writer, input: { id: string; kind: string; name: string; configuration: string; folder: string | null; at: number }): { id: string } {
    if (db.get('SELECT 1 FROM tool_connections WHERE name = @name COLLATE NOCASE', { name: input.name })) throw new AppError('tools/name-taken', `There is a connection called "${input.name}" already. Choose another name.`);
    db.run('INSERT INTO tool_connections (id, kind, name, configuration, folder, created_at) VALUES (@id, @kind, @name, @configuration, @folder, @at)', input);
    return { id: input.id };
  },
  /** What was allowed for the connection as it was holds no longer. Errors: `tools/no-connection`. */
  configureConnection(db: Writer, input: { id: string; configuration: string; changed: readonly string[] }): { id: string } {
    if (db.run('UPDATE tool_connections SET configuration = @configuration, revision = revision + 1 WHERE id = @id', { id: input.id, configuration: input.configuration }).changes === 0) throw noConnection();
    return { id: input.id };
  },
  /** With its grants. Errors: `tools/no-connection`. */
  dropConnection(db: Writer, input: { id: string }): { name: string; kind: string } {
    const row = db.get<{ name: string; kind: string }>('SELECT name, kind FROM tool_connections WHERE id = @id', input);
    if (!row) throw noConnection();
    db.run('DELETE FROM tool_connections WHERE id = @id', input);
    return row;
  },
  /** Exactly these agents have it from now on. @returns who has it new and who lost it. Errors: `tools/no-connection`. */
  giveConnection(db: Writer, input: { id: string; agents: readonly string[]; at: number }): { name: string; given: string[]; taken: string[] } {
    const row = db.get<{ name: string }>('SELECT name FROM tool_connections WHERE id = @id', { id: input.id });
    if (!row) throw noConnection();
    const had = db.all<{ id: string }>('SELECT agent_id AS id FROM tool_grants WHERE connection_id = @id', { id: input.id }).map(({ id }) => id);
    const given = [...new Set(input.agents)].filter((id) => !had.includes(id));
    const taken = had.filter((id) => !input.agents.includes(id));
    for (const agent of given) db.run('INSERT INTO tool_grants (connection_id, agent_id, granted_at) VALUES (@id, @agent, @at)', { id: input.id, agent, at: input.at });
    for (const agent of taken) db.run('DELETE FROM tool_grants WHERE connection_id = @id AND agent_id = @agent', { id: input.id, agent });
    return { name: row.name, given, taken };
  },
} satisfies TransactionTable;
