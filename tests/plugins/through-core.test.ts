/** Every tool of every first-party plugin, as a person uses it: installed from the catalog, with a granted folder, run by the real core. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../contract/link/client.ts';
import { PLUGINS_FOLDER } from '../../scripts/build-plugins.ts';
import { followOperation, followRun, installPlugin, startCore, type RunningCore } from '../support/running-core.ts';

let core: RunningCore;
let client: TroupeClient;
let data: string;
let reports: string;
let code: string;

beforeAll(async () => {
  data = await mkdtemp(path.join(os.tmpdir(), 'troupe-data-'));
  reports = await mkdtemp(path.join(os.tmpdir(), 'troupe-reports-'));
  code = await mkdtemp(path.join(os.tmpdir(), 'troupe-code-'));
  await writeFile(path.join(data, 'sales.csv'), 'region,revenue\nNorth,10\nSouth,32\n');
  await writeFile(path.join(code, 'run.py'), 'import os\nos.system(command)\n');
  // Nothing here may reach the network; a tool that would says so.
  core = await startCore({ words: ['--idle-exit', '60000', '--offline'] });
  client = await core.client({ offline: true });
  for (const id of Object.keys(CASES)) await installOnce(id);
  await client.call.plugins.grantFolder({ id: 'dev.troupe.csv-analyst', key: 'data', path: data });
  await client.call.plugins.grantFolder({ id: 'dev.troupe.csv-analyst', key: 'reports', path: reports });
  await client.call.plugins.grantFolder({ id: 'dev.troupe.code-reviewer', key: 'code', path: code });
  await client.call.plugins.grantFolder({ id: 'dev.troupe.meeting-notes', key: 'minutes', path: reports });
}, 90_000);
afterAll(async () => { await core.end(); for (const folder of [data, reports, code]) await rm(folder, { recursive: true, force: true }); });

async function installOnce(id: string): Promise<void> {
  const { plugins } = await client.call.plugins.list({});
  if (!plugins.some((plugin) => plugin.id === id)) await installPlugin(client, id);
}

interface Case { input: Record<string, unknown>; result?: unknown; /** The failure that the tool has without a network, or with what `says` tells. */ code?: string; says?: RegExp }
const CASES: Record<string, Record<string, Case>> = {
  'dev.troupe.text-toolkit': {
    word_count: { input: { text: 'One two. Three!' }, result: { words: 3, sentences: 2 } },
    summarize: { input: { text: 'Cats sleep. Cats sleep a lot, since cats like sleep. Rain falls.', sentences: 1 }, result: { sentences_kept: 1, sentences_total: 3 } },
    keywords: { input: { text: 'tea tea tea coffee coffee milk', limit: 2 }, result: { keywords: [{ word: 'tea', count: 3 }, { word: 'coffee', count: 2 }] } },
    find_replace: { input: { text: 'a1b22', find: '\\d+', replace: '#', regular_expression: true }, result: { text: 'a#b#', replaced: 2 } },
    slugify: { input: { text: 'Hello, World!' }, result: { slug: 'hello-world' } },
    change_case: { input: { text: 'hello world', style: 'camel' }, result: { text: 'helloWorld' } },
    extract_emails: { input: { text: 'Write to a@example.com or b@example.com.' }, result: { emails: ['a@example.com', 'b@example.com'], count: 2 } },
    extract_links: { input: { text: '[here](https://example.com/a)' }, result: { count: 1, links: [{ url: 'https://example.com/a', label: 'here' }] } },
    json_format: { input: { json: '{"a":1}', indent: 0 }, result: { valid: true, formatted: '{"a":1}' } },
    diff: { input: { before: 'a\nb', after: 'a\nc' }, result: { equal: false, added: 1, removed: 1 } },
    sort_lines: { input: { text: 'b\na\nb', unique: true }, result: { text: 'a\nb', lines: 2, dropped: 1 } },
    redact: { input: { text: 'From a@b.example' }, result: { text: 'From [email 1]', found: 1 } },
  },
  'dev.troupe.csv-analyst': {
    list_files: { input: {}, result: { files: [{ path: 'sales.csv', size: 33 }], truncated: false } },
    describe_csv: { input: { file: 'sales.csv' }, result: { rows: 2, columns: [{ name: 'region', type: 'text' }, { name: 'revenue', type: 'number', minimum: 10, maximum: 32 }] } },
    check_csv: { input: { file: 'sales.csv' }, result: { rows: 2, clean: true } },
    query_rows: { input: { file: 'sales.csv', where: [{ column: 'revenue', operator: 'greater', value: 20 }] }, result: { rows: [['South', '32']], matching: 1, total: 2 } },
    aggregate: { input: { file: 'sales.csv', measures: [{ function: 'sum', column: 'revenue' }] }, result: { rows: [[42]] } },
    write_report: { input: { title: 'Sales', markdown: 'All well.' }, result: { file: 'sales.md' } },
  },
  'dev.troupe.code-reviewer': {
    diff_stats: { input: { diff: '--- a/x.js\n+++ b/x.js\n@@ -1 +1 @@\n-run(a);\n+eval(a);\n' }, result: { size: 'small', total: { files: 1, added: 1, removed: 1 } } },
    review_diff: { input: { diff: '--- a/x.js\n+++ b/x.js\n@@ -1 +1 @@\n-run(a);\n+eval(a);\n' }, result: { added: 1, removed: 1, counts: { high: 1 }, findings: [{ path: 'x.js', line: 1, rule: 'risk/eval' }] } },
    review_code: { input: { code: 'let a: any;', file_name: 'a.ts' }, result: { language: 'typescript', findings: [{ rule: 'quality/any' }] } },
    review_file: { input: { path: 'run.py' }, result: { language: 'python', findings: [{ line: 2, rule: 'risk/shell' }] } },
    review_folder: { input: {}, result: { files: 1, hotspots: [{ path: 'run.py', high: 1 }] } },
    list_code: { input: {}, result: { files: [{ path: 'run.py', language: 'python' }] } },
    find_secrets: { input: { text: 'password = "kX9mQ2vL7pR4tY"' }, result: { found: 1, findings: [{ line: 1, rule: 'secret/assigned' }] } },
  },
  'dev.troupe.http-tools': {
    request: { input: { url: 'https://api.github.com/zen' }, code: 'tools/failed' },
    json_query: { input: { json: '{"a":[1,2]}', path: 'a[*]' }, result: { found: true, count: 2 } },
    build_url: { input: { base: 'https://example.com', path: 'a b', query: [{ name: 'n', value: 1 }] }, result: { url: 'https://example.com/a%20b?n=1' } },
    parse_url: { input: { url: 'https://example.com/a?b=1' }, result: { host: 'example.com', port: 443, query: [{ name: 'b', value: '1' }] } },
    clean_url: { input: { url: 'https://example.com/?utm_source=x' }, result: { url: 'https://example.com/', removed: ['utm_source'] } },
    parse_headers: { input: { headers: 'Cache-Control: no-store' }, result: { caching: 'No copy may be kept.' } },
    parse_cookies: { input: { text: 'Set-Cookie: a=1; Secure; HttpOnly; SameSite=Lax' }, result: { count: 1, cookies: [{ name: 'a', problems: [] }] } },
    plan_retry: { input: { status: 503 }, result: { retry: true, wait_seconds: 1 } },
    explain_status: { input: { status: 404 }, result: { kind: 'client_error' } },
  },
  'dev.troupe.meeting-notes': {
    write_minutes: { input: { transcript: 'Ada: I will write to Bob by Friday.', date: '2026-11-20' }, result: { actions: 1, markdown: expect.stringContaining('| Ada | 2026-11-27 (Friday) |') as string } },
    find_actions: { input: { transcript: 'Ada: Ben, please call Cleo.\nBen: Yes.' }, result: { count: 1, actions: [{ owner: 'Ben' }] } },
    find_decisions: { input: { transcript: 'Ada: We agreed to wait.' }, result: { decisions: [{ speaker: 'Ada' }] } },
    split_transcript: { input: { transcript: 'Ada: Hello.\nBen: Good morning.' }, result: { words: 3, speakers: [{ name: 'Ben', share: 67 }, { name: 'Ada' }] } },
    save_minutes: { input: { title: 'Launch', markdown: '# Launch' }, result: { file: 'launch.md' } },
  },
  'dev.troupe.page-reader': {
    read_page: { input: { url: 'https://example.com/' }, code: 'tools/failed' },
    summarize_page: { input: { text: 'The harbour opens in May.' }, result: { summary: 'The harbour opens in May.', sentences_total: 1 } },
    find_quotes: { input: { text: 'The harbour opens in May. Dogs are welcome.', question: 'When does it open?' }, result: { quotes: [{ quote: 'The harbour opens in May.' }] } },
    check_quotes: { input: { text: 'The harbour opens in May.', quotes: ['The harbour opens in May.'] }, result: { all_exact: true } },
  },
  // Without an agent there is no connection to a database: each says so.
  'dev.troupe.sql-explorer': Object.fromEntries(Object.entries({ list_tables: {}, describe_table: { table: 'orders' }, sample_rows: { table: 'orders' }, profile_column: { table: 'orders', column: 'id' }, explain_query: { sql: 'SELECT 1' } }).map(([tool, input]) => [tool, { input, code: 'permission/denied', says: /No connection/u }])),
  'dev.troupe.web-research': {
    search_wikipedia: { input: { query: 'Ada Lovelace' }, code: 'tools/failed' },
    fetch_page: { input: { url: 'https://en.wikipedia.org/wiki/Ada_Lovelace' }, code: 'tools/failed' },
    list_sources: { input: { text: 'See https://example.com/a-page?utm_source=x and https://example.com/a-page.' }, result: { repeated: 1, sources: [{ number: 1, url: 'https://example.com/a-page' }] } },
    format_citation: { input: { title: 'Notes', url: 'https://example.com', number: 2 }, result: { citation: expect.stringContaining('Notes') as string } },
  },
};

describe('first-party plugins through the core', () => {
  it('are all here, with every tool that they offer', async () => {
    const { plugins } = await client.call.plugins.list({});
    const folders = (await readdir(PLUGINS_FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => `dev.troupe.${name}`);
    expect(Object.keys(CASES).sort()).toEqual(folders.sort());
    for (const { id, capabilities } of plugins) expect(Object.keys(CASES[id] ?? {}).sort(), id).toEqual(capabilities.filter(({ kind }) => kind === 'tool').map((tool) => tool.id).sort());
  });

  it.each(Object.entries(CASES).flatMap(([pluginId, tools]) => Object.entries(tools).map(([target, one]) => ({ pluginId, target, ...one }))))('$pluginId / $target', async ({ pluginId, target, input, result, code, says = /network|offline/i }) => {
    const { runId } = await client.call.runs.start({ pluginId, target, input });
    const events = await followRun(client, runId, async ({ type, id: questionId, data: facts }) => {
      if (type === 'tool_approval_requested') await client.call.runs.approve({ id: runId, callId: String(facts['callId']), questionId, decision: 'allow', scope: 'once' });
    });
    const run = await client.call.runs.get({ id: runId });
    if (code !== undefined) {
      expect(run, JSON.stringify(events.at(-1))).toMatchObject({ status: 'failed', error: { code } });
      expect(run.error?.message).toMatch(says);
      return;
    }
    expect(run, JSON.stringify(events.at(-1))).toMatchObject({ status: 'completed', error: null, result });
  });

  it('asked before writing, and wrote what was allowed', async () => {
    const { runs } = await client.call.runs.list({});
    const asked = await Promise.all(runs.map(async ({ id, executionTarget }) => ((await followRun(client, id)).some(({ type }) => type === 'tool_approval_requested') ? executionTarget : null)));
    expect(asked.filter((name) => name !== null).sort()).toEqual(['save_minutes', 'write_report']);
    expect(await readFile(path.join(reports, 'sales.md'), 'utf8')).toBe('# Sales\n\nAll well.\n');
    expect(await readdir(data)).toEqual(['sales.csv']);
  });
});

describe('I5 versions of the first-party plugins, offline', () => {
  const END = 'dev.troupe.web-research';
  let own: RunningCore;
  let here: TroupeClient;
  beforeAll(async () => { own = await startCore({ words: ['--idle-exit', '60000', '--offline'] }); here = await own.client({ offline: true }); }, 60_000);
  afterAll(() => own.end());
  const done = async ({ operationId }: { operationId: string }): Promise<string | undefined> => (await followOperation(here, operationId)).at(-1)?.type;
  const versions = async (): Promise<Record<string, string>> => Object.fromEntries((await here.call.plugins.list({})).plugins.map(({ id, version }) => [id.replace('dev.troupe.', ''), version]));

  it('begin before the newest, are told of it, take it with what it needs, and go back', async () => {
    expect(await done(await here.call.plugins.install({ id: END, range: '1.0.0' }))).toBe('operation_finished');
    expect(await versions()).toMatchObject({ 'web-research': '1.0.0' });
    expect((await here.call.plugins.list({})).plugins.map(({ id }) => id)).not.toContain('dev.troupe.http-tools');
    const { updates } = await here.call.plugins.updates({});
    expect(updates.find(({ id }) => id === END)).toMatchObject({ installed: '1.0.0', version: '1.1.0', added: ['tools:dev.troupe.http-tools/*'], changes: [{ version: '1.1.0', changelog: expect.stringContaining('list_sources') as string }] });
    expect(await done(await here.call.plugins.update({ id: END, grantAll: true }))).toBe('operation_finished');
    expect(await versions()).toMatchObject({ 'web-research': '1.1.0', 'http-tools': '1.1.0' });
    expect(await done(await here.call.plugins.rollback({ id: END }))).toBe('operation_finished');
    expect(await versions()).toMatchObject({ 'web-research': '1.0.0' });
    for (const name of ['text-toolkit', 'csv-analyst', 'code-reviewer', 'http-tools']) expect((await here.call.catalog.get({ id: `dev.troupe.${name}` })).versions.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
  }, 60_000);
});
