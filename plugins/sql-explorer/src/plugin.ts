import { definePlugin } from '../../../sdk/index.ts';
import { describeTable, listTables, profileColumn, sampleRows } from './explore.ts';
import { explainQuery } from './explain.ts';
import { quoted } from './names.ts';

export default definePlugin({
  tools: { list_tables: listTables, describe_table: describeTable, sample_rows: sampleRows, profile_column: profileColumn, explain_query: explainQuery },
  healthCheck: () => ({ ok: quoted('a"b') === '"a""b"' }),
});
