import type { HostError, Json, ToolContext } from '../../../sdk/index.ts';

export interface Table { readonly columns: readonly string[]; readonly rows: readonly (readonly Json[])[]; readonly cut: boolean }

/** One of the two that Troupe can ask; the tool of each needs a connection that the person gave to the agent. */
interface Kind { readonly name: 'SQLite' | 'PostgreSQL'; readonly tool: string }
const KINDS: readonly Kind[] = [{ name: 'SQLite', tool: 'builtin.sqlite_query' }, { name: 'PostgreSQL', tool: 'builtin.postgres_query' }];

export interface Database {
  readonly name: Kind['name'];
  /** Values stand as ?1, ?2 … in the text. */
  ask(sql: string, parameters?: readonly (string | number | null)[]): Promise<Table>;
}

const codeOf = (error: unknown): string | undefined => (typeof error === 'object' && error !== null ? (error as Partial<HostError>).code : undefined);

/** The database that the agent was given; `connection` names it when there are several, and is empty else. */
export async function open(ctx: ToolContext, connection = ''): Promise<Database> {
  const found: Database[] = [];
  let refusal: unknown;
  for (const { name, tool } of KINDS) {
    const called = connection === '' ? tool : `${tool}@${connection}`;
    const ask: Database['ask'] = async (sql, parameters = []) => await ctx.tools.call(called, { sql: name === 'PostgreSQL' ? sql.replace(/\?(\d+)/gu, '$$$1') : sql, parameters: [...parameters] }) as Table;
    try {
      await ask('SELECT 1');
      found.push({ name, ask });
    } catch (error) {
      // No connection of this kind: there may be one of the other.
      if (codeOf(error) !== 'permission/denied') throw error;
      refusal = error;
    }
  }
  const [first] = found;
  if (!first) throw refusal;
  if (found.length > 1) throw new Error('This agent was given a SQLite file and a PostgreSQL database. Say which one is meant by the name of its connection.');
  return first;
}
