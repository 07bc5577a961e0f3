/**
 * The main path of every first-party plugin as a person walks it: hire the agent, say a sentence, and let the practice
 * model, which knows nothing of these plugins, call the right tool. No network.
 */
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../contract/link/client.ts';
import { makeShop } from './shop.ts';
import { followRun, installPlugin, startCore, type RunningCore } from '../support/running-core.ts';

let core: RunningCore;
let client: TroupeClient;
const folders: string[] = [];
let shopConnection = '';

const FILES: Record<string, Record<string, Record<string, string>>> = {
  'csv-analyst': { data: { 'sales.csv': 'region,revenue\nNorth,10\nSouth,32\nNorth,5\n' }, reports: {} },
  'code-reviewer': { code: { 'run.py': 'import os\nos.system(command)\n' } },
};

interface Said { plugin: string; agent: string; say: string; tool: string; arguments: unknown; answer: RegExp }
const DIFF = '--- a/pay.js\n+++ b/pay.js\n@@ -1,2 +1,2 @@\n const total = sum(cart);\n-charge(total);\n+eval(cart.code);\n';
const TALK = 'Ada: I will call the printer tomorrow.\nBen: We agreed to wait.';
const PAGE = 'The harbour opens in May. Boats pay by the metre, and dogs are welcome.';
const SENTENCES: Said[] = [
  { plugin: 'csv-analyst', agent: 'analyst', say: 'Which tables are in my folder? List the files.', tool: 'list_files', arguments: {}, answer: /sales\.csv/u },
  { plugin: 'csv-analyst', agent: 'analyst', say: 'Describe the columns of sales.csv', tool: 'describe_csv', arguments: { file: 'sales.csv' }, answer: /revenue/u },
  { plugin: 'csv-analyst', agent: 'analyst', say: 'Show 2 rows of sales.csv sorted by revenue', tool: 'query_rows', arguments: { file: 'sales.csv', sort_by: 'revenue', limit: 2 }, answer: /North/u },
  { plugin: 'csv-analyst', agent: 'analyst', say: 'What is the sum of revenue in sales.csv grouped by region?', tool: 'aggregate', arguments: { file: 'sales.csv', group_by: ['region'], measures: [{ function: 'sum', column: 'revenue' }] }, answer: /South.*32/su },
  { plugin: 'code-reviewer', agent: 'reviewer', say: `Please review this diff:\n\`\`\`diff\n${DIFF}\`\`\``, tool: 'review_diff', arguments: { diff: DIFF }, answer: /pay\.js.*eval|1 to fix before merging/su },
  { plugin: 'code-reviewer', agent: 'reviewer', say: 'Review the file run.py', tool: 'review_file', arguments: { path: 'run.py' }, answer: /shell/u },
  { plugin: 'code-reviewer', agent: 'reviewer', say: 'Review the code `eval(input)` please', tool: 'review_code', arguments: { code: 'eval(input)' }, answer: /runs text as code/u },
  { plugin: 'http-tools', agent: 'scout', say: 'What does the status 429 mean?', tool: 'explain_status', arguments: { status: 429 }, answer: /too many requests/u },
  { plugin: 'http-tools', agent: 'scout', say: 'Clean the url https://example.com/a?utm_source=mail&id=7', tool: 'clean_url', arguments: { url: 'https://example.com/a?utm_source=mail&id=7' }, answer: /https:\/\/example\.com\/a\?id=7/u },
  { plugin: 'http-tools', agent: 'scout', say: 'Query the JSON \'{"items":[{"name":"tea"}]}\' with the path \'items[0].name\'', tool: 'json_query', arguments: { json: '{"items":[{"name":"tea"}]}', path: 'items[0].name' }, answer: /tea/u },
  { plugin: 'meeting-notes', agent: 'secretary', say: `Write the minutes of this transcript: "${TALK}"`, tool: 'write_minutes', arguments: { transcript: TALK }, answer: /Ada.*tomorrow/su },
  { plugin: 'meeting-notes', agent: 'secretary', say: `Which action items are in this transcript?\n\`\`\`\n${TALK}\n\`\`\``, tool: 'find_actions', arguments: { transcript: `${TALK}\n` }, answer: /task: I will call the printer tomorrow\., owner: Ada/u },
  { plugin: 'sql-explorer', agent: 'guide', say: 'Which tables are in my database? List the tables.', tool: 'list_tables', arguments: {}, answer: /table: orders/u },
  { plugin: 'sql-explorer', agent: 'guide', say: 'Describe the table "orders"', tool: 'describe_table', arguments: { table: 'orders' }, answer: /customer_id/u },
  { plugin: 'sql-explorer', agent: 'guide', say: 'Show sample rows of the table "customers"', tool: 'sample_rows', arguments: { table: 'customers' }, answer: /Ada/u },
  { plugin: 'sql-explorer', agent: 'guide', say: 'Profile the column "country" of the table "customers"', tool: 'profile_column', arguments: { table: 'customers', column: 'country' }, answer: /PT/u },
  { plugin: 'sql-explorer', agent: 'guide', say: 'Explain the query `SELECT * FROM orders WHERE customer_id = 1`', tool: 'explain_query', arguments: { sql: 'SELECT * FROM orders WHERE customer_id = 1' }, answer: /Every row of orders is read/u },
  { plugin: 'page-reader', agent: 'reader', say: `Summarize this text: "${PAGE}"`, tool: 'summarize_page', arguments: { text: PAGE }, answer: /The harbour opens in May\./u },
  { plugin: 'page-reader', agent: 'reader', say: 'Read the page https://example.com/harbour', tool: 'read_page', arguments: { url: 'https://example.com/harbour' }, answer: /could not do it.*(?:network|offline)/isu },
  { plugin: 'web-research', agent: 'researcher', say: 'Search Wikipedia for "Ada Lovelace"', tool: 'search_wikipedia', arguments: { query: 'Ada Lovelace' }, answer: /could not do it.*(?:network|offline)/isu },
  { plugin: 'text-toolkit', agent: 'editor', say: 'Find the keywords of "tea tea coffee"', tool: 'keywords', arguments: { text: 'tea tea coffee' }, answer: /word: tea, count: 2/u },
  { plugin: 'text-toolkit', agent: 'editor', say: 'Extract the links of "see https://example.com/a and b"', tool: 'extract_links', arguments: { text: 'see https://example.com/a and b' }, answer: /example\.com\/a/u },
  { plugin: 'web-research', agent: 'writer', say: 'Count the words in "one two three"', tool: 'word_count', arguments: { text: 'one two three' }, answer: /words: 3/u },
];

beforeAll(async () => {
  core = await startCore({ words: ['--idle-exit', '60000', '--offline'] });
  client = await core.client({ offline: true });
  for (const name of new Set(SENTENCES.map(({ plugin }) => plugin))) {
    const { plugins } = await client.call.plugins.list({});
    if (!plugins.some(({ id }) => id === `dev.troupe.${name}`)) await installPlugin(client, `dev.troupe.${name}`);
    for (const [key, files] of Object.entries(FILES[name] ?? {})) {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-agents-'));
      folders.push(folder);
      for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, file), text);
      await client.call.plugins.grantFolder({ id: `dev.troupe.${name}`, key, path: folder });
    }
  }
  const shop = await mkdtemp(path.join(os.tmpdir(), 'troupe-shop-'));
  folders.push(shop);
  makeShop(path.join(shop, 'shop.db'));
  shopConnection = (await client.call.tools.connect({ kind: 'sqlite', name: 'Shop', set: { file: 'shop.db' }, folder: shop })).connection?.id ?? '';
}, 120_000);
afterAll(async () => { await core.end(); for (const folder of folders) await rm(folder, { recursive: true, force: true }); });

describe('first-party agents with the practice model', () => {
  it.each(SENTENCES.map((said, index) => ({ ...said, name: `${said.plugin} ${index}` })))('$plugin: $say', async ({ plugin, agent, say, tool, arguments: wanted, answer, name }) => {
    const hired = await client.call.team.hire({ pluginId: `dev.troupe.${plugin}`, agentId: agent, name });
    if (plugin === 'sql-explorer') await client.call.tools.give({ id: shopConnection, agents: [hired.id] });
    const { id } = await client.call.chat.start({ hireId: hired.id });
    const { runId } = await client.call.chat.send({ id, text: say });
    const events = await followRun(client, runId, async ({ type, id: questionId, data }) => {
      if (type === 'tool_approval_requested') await client.call.runs.approve({ id: runId, callId: String(data['callId']), questionId, decision: 'allow', scope: 'once' });
    });
    const called = events.filter(({ type, data }) => type === 'tool_usage_started' && !String(data['toolId']).startsWith('builtin.')).map(({ data }) => ({ tool: String(data['toolId']).split('/')[1], arguments: data['arguments'] }));
    expect(called).toEqual([{ tool, arguments: expect.objectContaining(wanted as object) as unknown }]);
    const { messages } = await client.call.chat.messages({ id });
    const said = messages.at(-1)?.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n') ?? '';
    expect(said).toMatch(answer);
  });
  it('are not known to the model by name', async () => {
    let sources = '';
    for await (const file of glob('main/core/engine/models/practice/*.ts', { cwd: path.resolve(import.meta.dirname, '../..') })) sources += await readFile(path.resolve(import.meta.dirname, '../..', file), 'utf8');
    for (const { plugin, tool } of SENTENCES) { expect(sources).not.toContain(plugin); if (tool.includes('_')) expect(sources).not.toContain(tool); }
  });
});
