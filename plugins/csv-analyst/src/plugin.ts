import { definePlugin, type ToolContext } from '../../../sdk/index.ts';
import { aggregate, type AggregateInput } from './aggregate.ts';
import { checkTable } from './check.ts';
import { listTables, writeReport } from './folders.ts';
import { queryRows, type QueryInput } from './query.ts';
import { describeTable, readTable, type ReadTable } from './table.ts';

async function open(file: string, ctx: ToolContext): Promise<ReadTable> {
  const table = readTable(await ctx.files.readText('data', file.replace(/^\.?\/+/u, '')), ctx.config);
  if (table.header.length === 0) throw new Error(`${file} is empty.`);
  ctx.log.info(`Read ${table.rows.length} rows of ${file}`);
  return table;
}

export default definePlugin({
  tools: {
    list_files: listTables,
    describe_csv: async ({ file }: { file: string }, ctx: ToolContext) => describeTable(await open(file, ctx)),
    check_csv: async ({ file }: { file: string }, ctx: ToolContext) => checkTable(await open(file, ctx)),
    query_rows: async ({ file, ...query }: QueryInput & { file: string }, ctx: ToolContext) => queryRows(await open(file, ctx), query),
    aggregate: async ({ file, ...query }: AggregateInput & { file: string }, ctx: ToolContext) => aggregate(await open(file, ctx), query),
    write_report: writeReport,
  },
  healthCheck: () => ({ ok: describeTable(readTable('a,b\n1,2\n', {})).rows === 1 }),
});
