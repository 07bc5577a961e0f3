/** Every command against a running core: what it writes where, and how it ends. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunk, DONE, sse } from '../core/models/stand-in.ts';
import { archiveOf } from '../core/plugins/registry.ts';
import { startCore, type RunningCore } from '../support/running-core.ts';
import { cli, startCli, type CliAnswer, type CliOptions } from './run-cli.ts';

const TOOLKIT = 'dev.troupe.text-toolkit';
const RESEARCH = 'dev.troupe.web-research';
const CSV = 'dev.troupe.csv-analyst';
const KEY = 'sk-typed-by-nobody-1234567890';

let core: RunningCore;
let folder: string;
let server: Server;
let address: string;
let answer: (response: ServerResponse, body: { messages: { role: string }[]; tools?: { function: { name: string } }[] }) => void;
let authorization: string | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => { text += String(piece); });
    request.on('end', () => {
      authorization = request.headers.authorization;
      if (request.method === 'GET') response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model' }] }));
      else answer(response, JSON.parse(text) as never);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-cli-'));
  core = await startCore({ words: ['--idle-exit', '600000'] });
}, 60_000);
afterAll(async () => {
  await core.end();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
  await rm(folder, { recursive: true, force: true });
});

const troupe = (...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, ...words]);
const withInput = (options: CliOptions, ...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, ...words], options);
/** The one JSON value that --json writes. */
const json = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { stdout, code, stderr } = await troupe(...words, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe('X4 open', () => {
  it('shows nothing where no app is open, and starts no core for it', async () => {
    const home = path.join(folder, 'nobody');
    expect(await cli(['--home', home, 'open', 'troupe://plugin/dev.troupe.text-toolkit'])).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('Troupe is not open') as string });
    await expect(readFile(path.join(home, 'core.address'))).rejects.toThrow('ENOENT');
    // A core alone has no window either.
    expect(await troupe('open', 'troupe://plugin/dev.troupe.text-toolkit')).toMatchObject({ code: 3, stderr: expect.stringContaining('only its core runs') as string });
  });
  it('says what a link looks like', async () => {
    for (const link of ['https://example.com', 'troupe://approve/x', 'troupe://install/../x']) expect(await troupe('open', link)).toMatchObject({ code: 2, stdout: '' });
    expect((await troupe('open')).code).toBe(2);
  });
  it('asks the desktop app to show it, and prints the address where a browser does', async () => {
    const shown: unknown[] = [];
    const link = 'troupe://install/dev.troupe.text-toolkit@1.0.0';
    const desktop = await startCore({ answers: { openLink: (input) => { shown.push(input); return {}; } } });
    try {
      expect(await cli(['--home', desktop.home, 'open', link])).toMatchObject({ code: 0, stdout: 'Troupe shows it.\n' });
      expect(shown).toEqual([{ link }]);
      const page = desktop.page();
      await expect(page.call.link.open({ link })).rejects.toMatchObject({ code: 'permission/denied' });
      page.close();
    } finally { await desktop.end(); }
    const dist = path.join(folder, 'page');
    await mkdir(dist);
    await writeFile(path.join(dist, 'index.html'), '<!doctype html>');
    const browser = await startCore({ words: ['--serve', '--page', dist] });
    try {
      const { code, stdout } = await cli(['--home', browser.home, 'open', link]);
      expect(code).toBe(0);
      const address = new URL(stdout.trim());
      expect([address.hostname, address.searchParams.get('link')]).toEqual(['127.0.0.1', link]);
      expect(address.hash).toMatch(/^#token=[\w-]{43}$/);
    } finally { await browser.end(); }
  }, 60_000);
});

describe('help and wrong calls', () => {
  it('shows every command and the exit codes, needing no core', async () => {
    const { code, stdout, stderr } = await cli(['--help', '--home', path.join(folder, 'never made')]);
    expect(code).toBe(0);
    for (const name of ['catalog', 'registry', 'install', 'uninstall', 'list', 'update', 'rollback', 'pin', 'unpin', 'enable', 'disable', 'why', 'verify', 'config', 'grant', 'hire', 'team', 'chat', 'run', 'models', 'open', 'doctor']) expect(stdout).toMatch(new RegExp(`^ {2}troupe ${name}\\b`, 'm'));
    expect(stdout).toContain('Exit codes: 0 done');
    expect(stderr).toBe('');
    expect(await cli([])).toMatchObject({ code: 2, stdout: '' });
    expect((await cli(['--version'])).stdout).toMatch(/^(source|\d+\.\d+\.\d+)\n$/);
  });

  it.each([
    [['nonsense'], 'There is no command "nonsense"'], [['constructor'], 'There is no command "constructor"'], [['list', '--nonsense'], '--nonsense'], [['list', '--limit', '0'], '--limit takes a whole number'],
    [['run', 'only-one-part'], 'Expected <plugin>/<name>'], [['run', `${TOOLKIT}/slugify`, '--input', 'text'], '--input takes name=value'], [['install'], 'Usage: troupe install'], [['why'], 'Usage: troupe why'], [['pin'], 'Usage: troupe pin'], [['catalog', 'show'], 'Usage: troupe catalog'],
    [['catalog', 'search', '--kind', 'robot'], '--kind takes one of agent, crew'], [['catalog', 'search', '--registry', 'nowhere'], '--registry takes the name'], [['grant', CSV, 'data'], 'Usage: troupe grant'], [['hire', `${RESEARCH}/writer`], 'Usage: troupe hire'], [['chat', 'Wendy'], 'Usage: troupe chat'], [['models', 'forget', 'x'], 'Usage: troupe models'],
    [['models', 'add', 'http://127.0.0.1:1', '--key', KEY], 'can be read by every program'],
  ])('%j is bad input', async (words, text) => {
    const { code, stdout, stderr } = await troupe(...words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(text);
    expect(stderr).not.toContain(KEY);
  });

  it('writes an error as JSON to standard output and in words to standard error', async () => {
    const { code, stdout, stderr } = await troupe('catalog', 'show', 'com.example.none', '--json');
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'catalog/not-found', message: expect.any(String) as string, retryable: false, details: { id: 'com.example.none' } } });
    expect(stderr).toMatch(/^troupe: No registry has the plugin com\.example\.none\. .*\(catalog\/not-found\)\n$/);
  });
});

describe('from finding to chatting', () => {
  it('syncs, searches, shows', async () => {
    expect((await troupe('catalog', 'sync')).stdout).toMatch(/^Built in {2}\d+ plugins {2}sequence 1\n$/);
    expect((await json('catalog', 'sync'))['registries']).toMatchObject([{ id: 'embedded', error: null }]);
    const found = await troupe('catalog', 'search', 'toolkit');
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toContain(`${TOOLKIT}  1.1.0`);
    const corrected = await troupe('catalog', 'search', 'toolkti');
    expect(corrected.stderr).toContain('showing "toolkit"');
    expect((await troupe('catalog', 'search', 'zzzzqqqq')).stderr).toContain('No plugin fits');
    expect(await json('catalog', 'search', 'research', '--limit', '1')).toMatchObject({ items: [{ id: RESEARCH }] });
    const shown = (await troupe('catalog', 'show', RESEARCH)).stdout;
    expect(shown).toContain('Web Research 1.1.0');
    expect(shown).toMatch(/network +\*\.wikipedia\.org/);
    expect(await json('catalog', 'show', RESEARCH)).toMatchObject({ id: RESEARCH, name: 'Web Research' });
  });

  it('D3 filters, sorts and turns pages as the marketplace does', async () => {
    const [every, paid, second, beyond] = await Promise.all([
      json('catalog', 'search', 'research', '--kind', 'crew', '--price', 'free', '--registry', 'Built in', '--compatible', '--not-installed'), troupe('catalog', 'search', '--price', 'paid'),
      troupe('catalog', 'search', '--sort', 'name', '--limit', '1', '--offset', '1'), troupe('catalog', 'search', '--offset', '99'),
    ]);
    expect(every).toMatchObject({ items: [{ id: RESEARCH }] });
    expect([paid.stdout, paid.stderr]).toEqual(['', expect.stringContaining('these words and filters')]);
    // CSV Analyst follows Code Reviewer by name.
    expect([second.stdout.split(' ')[0], second.stderr]).toEqual([CSV, expect.stringContaining('2 to 2 of')]);
    expect(beyond.stderr).toContain('beyond the last');
  });

  it('installs nothing without consent, and says what --yes grants', async () => {
    expect((await troupe('list')).stderr).toContain('Nothing is installed yet');
    const refused = await troupe('install', RESEARCH);
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toMatch(/Web Research 1\.1\.0 by Troupe asks for:\n {2}network \*\.wikipedia\.org\n/);
    expect(refused.stderr).toContain('(plugins/consent-needed)');
    expect((await json('list'))['plugins']).toEqual([]);
    const installed = await troupe('install', `${RESEARCH}@^1.0.0`, '--yes');
    expect(installed).toMatchObject({ code: 0, stdout: 'Installed Web Research 1.1.0.\n' });
    expect(installed.stderr).toMatch(/network \*\.wikipedia\.org\n.*Granted, as --yes says\.\n/s);
    expect(installed.stderr).toContain('✓ activate');
    expect((await troupe('list')).stdout).toMatch(new RegExp(`${TOOLKIT.replaceAll('.', '\\.')} +1\\.1\\.0 +active +needed by ${RESEARCH.replaceAll('.', '\\.')}`));
    expect(await json('install', CSV, '--yes')).toMatchObject({ id: CSV, version: '1.1.0' });
    expect(await troupe('install', CSV, '--yes')).toMatchObject({ code: 9 });
    expect(await troupe('install', `${CSV}@^9.0.0`, '--yes')).toMatchObject({ code: expect.any(Number) as number });
    expect(await troupe('install', 'com.example.none')).toMatchObject({ code: 4 });
  }, 60_000);

  it('grants a folder as seen from here and runs a tool over it', async () => {
    await writeFile(path.join(folder, 'sales.csv'), 'region,revenue\nNorth,10\nSouth,32\n');
    const granted = await withInput({ cwd: folder }, 'grant', CSV, 'data', '.');
    expect(granted).toMatchObject({ code: 0, stdout: `${CSV} may read ${folder}.\n` });
    expect(await json('grant', CSV, 'data', folder)).toMatchObject({ key: 'data', access: 'read', path: folder });
    expect(await troupe('grant', CSV, 'other', folder)).toMatchObject({ code: 5 });
    const sum = await troupe('run', `${CSV}/aggregate`, '--input', 'file=sales.csv', '--input', 'measures=[{"function":"sum","column":"revenue"}]');
    expect(sum.code, sum.stderr).toBe(0);
    expect(JSON.parse(sum.stdout)).toMatchObject({ columns: ['sum_revenue'], rows: [[42]] });
    expect(sum.stderr).toContain(`→ ${CSV}/aggregate`);
    expect((await json('run', `${CSV}/list_files`))['result']).toEqual({ files: [{ path: 'sales.csv', size: 33 }], truncated: false });
  }, 60_000);

  it('fails in the way that the trouble was', async () => {
    expect(await troupe('run', `${RESEARCH}/research-crew`)).toMatchObject({ code: 3 });
    expect(await troupe('run', `${RESEARCH}/nobody`)).toMatchObject({ code: 4 });
    expect(await troupe('run', 'com.example.none/tool')).toMatchObject({ code: 4 });
    expect(await troupe('run', `${CSV}/describe_csv`, '--input', 'file=none.csv')).toMatchObject({ code: 1, stdout: '' });
    expect(await troupe('run', `${CSV}/describe_csv`, '--input', 'wrong=1')).toMatchObject({ code: 2, stdout: '' });
    expect(await troupe('uninstall', TOOLKIT)).toMatchObject({ code: 5, stdout: '' });
    expect(await troupe('uninstall', 'com.example.none')).toMatchObject({ code: 4 });
    expect(await troupe('--offline', 'models', 'add', 'https://192.0.2.1/v1')).toMatchObject({ code: 6 });
  }, 60_000);

  it('hires, lists the team, chats, streaming the answer', async () => {
    const hired = await troupe('hire', `${RESEARCH}/writer`, '--name', 'Wendy');
    expect(hired.stdout).toMatch(/^Hired Wendy \(.+\)\. Talk to it: troupe chat "Wendy" "Hello"\n$/);
    expect(await troupe('hire', `${RESEARCH}/writer`, '--name', 'wendy')).toMatchObject({ code: 9 });
    expect(await troupe('hire', `${RESEARCH}/nobody`, '--name', 'N')).toMatchObject({ code: 4 });
    expect((await troupe('team')).stdout).toMatch(/^Wendy {2}ready {2}dev\.troupe\.web-research\/writer {2}/m);
    expect(await json('team')).toMatchObject({ hires: [{ name: 'Wendy', status: 'ready' }] });
    const first = await troupe('chat', 'wendy', 'What', 'can', 'you', 'do?');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout.length).toBeGreaterThan(20);
    expect(first.stdout.endsWith('\n')).toBe(true);
    const again = await json('chat', 'Wendy', 'And again');
    const fresh = await json('chat', 'Wendy', 'Anew', '--new');
    expect(again).toMatchObject({ text: expect.stringMatching(/\w/) as string, toolCalls: [] });
    expect(fresh['conversationId']).not.toBe(again['conversationId']);
    expect(await troupe('chat', 'Nobody', 'Hello')).toMatchObject({ code: 4 });
  }, 60_000);

  it('uses a tool of another plugin in a chat and shows it beside the answer', async () => {
    const used = await troupe('chat', 'Wendy', 'Count the words of "one two three"', '--new');
    expect(used.code).toBe(0);
    expect(used.stderr).toContain(`→ ${TOOLKIT}/word_count`);
    expect(used.stderr).toContain('← {');
    expect(used.stdout).not.toContain('→');
  }, 30_000);

  it('looks at itself', async () => {
    const { code, stdout } = await troupe('doctor');
    expect(code).toBe(0);
    expect(stdout).toContain('✓ The database is sound');
    expect(stdout).toContain('! The home is not encrypted');
    expect(((await json('doctor'))['checks'] as { id: string }[]).map(({ id }) => id)).toContain('sandbox');
  }, 30_000);
});

describe('models', () => {
  it('lists, adds with a key from standard input, chooses', async () => {
    expect((await troupe('models')).stdout).toMatch(/^practice\/practice {2}default {2}practice: rules, no network\n$/);
    const added = await withInput({ input: `${KEY}\n` }, 'models', 'add', address, '--key', '-', '--name', 'Stand-in', '--json');
    expect(added.code, added.stderr).toBe(0);
    expect(authorization).toBe(`Bearer ${KEY}`);
    expect(added.stdout + added.stderr).not.toContain(KEY);
    const { provider } = JSON.parse(added.stdout) as { provider: { id: string; hasKey: boolean } };
    expect(provider.hasKey).toBe(true);
    expect((await withInput({ input: '' }, 'models', 'add', address, '--key', '-')).stderr).toContain('held no key');
    expect((await troupe('models', 'default', `${provider.id}/m`)).stdout).toBe(`The default model is ${provider.id}/m.\n`);
    expect((await troupe('models')).stdout).toMatch(new RegExp(`${provider.id}/m {2}default {2}on this machine`));
    expect(await troupe('models', 'default', 'none/none')).toMatchObject({ code: 4 });
    expect(await troupe('models', 'add', 'http://127.0.0.1:1/v1')).toMatchObject({ code: 7 });
  }, 60_000);

  it('lets nothing of a model or a plugin repaint the terminal', async () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007\u202eHello\u009b31m\r\nthere\u0000';
    answer = (response) => { sse(response).end(chunk({ content: hostile }) + chunk({}, 'stop') + DONE); };
    const said = await troupe('chat', 'Wendy', 'Hi', '--new');
    expect(said.stdout).toBe('Hello\nthere\n');
    const { text } = await json('chat', 'Wendy', 'Hi', '--new');
    expect(text).toBe(hostile);
    const tool = await troupe('run', `${TOOLKIT}/change_case`, '--input', 'style=upper', '--input', `text=${JSON.stringify('\u001b[31mred\u202e')}`);
    expect(tool.code, tool.stderr).toBe(0);
    expect(tool.stdout + tool.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }, 60_000);

  it('tells a refusal by the provider', async () => {
    answer = (response) => { response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: `Incorrect API key: ${KEY}` } })); };
    const { code, stderr, stdout } = await troupe('chat', 'Wendy', 'Hi', '--new');
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' });
    expect(stderr).toContain('(models/unauthorized)');
    expect(stderr).not.toContain(KEY);
  }, 30_000);

  it('cancels at Ctrl-C, waits for the end, and ends with 8', async () => {
    const closed = Promise.withResolvers<void>();
    answer = (response) => { response.once('close', () => { closed.resolve(); }); sse(response).write(chunk({ content: 'So far' })); };
    const running = startCli(['--home', core.home, 'chat', 'Wendy', 'Go on', '--new']);
    await expect.poll(() => running.stdout(), { timeout: 15_000 }).toContain('So far');
    running.process.kill('SIGINT');
    await closed.promise;
    const { code, stderr } = await running.ended;
    expect(code).toBe(8);
    expect(stderr).toContain('(run/cancelled)');
    const { runs } = await (await core.client()).call.runs.list({ limit: 1 });
    expect(runs[0]?.status).toBe('cancelled');
  }, 30_000);

  it('denies what asks when nobody is there, and allows it with --yes', async () => {
    await troupe('hire', `${CSV}/analyst`, '--name', 'Ana');
    await troupe('grant', CSV, 'reports', folder);
    answer = (response, { messages, tools }) => {
      const name = tools?.find((tool) => tool.function.name.includes('write_report'))?.function.name ?? 'write_report';
      if (messages.at(-1)?.role === 'tool') { sse(response).end(chunk({ content: 'Done.' }) + chunk({}, 'stop') + DONE); return; }
      const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify({ title: 'Sales', markdown: 'All well.' }) } };
      sse(response).end(chunk({ tool_calls: [call] }) + chunk({}, 'tool_calls') + DONE);
    };
    const denied = await troupe('chat', 'Ana', 'Write it down', '--new');
    expect(denied.code, denied.stderr).toBe(0);
    expect(denied.stderr).toContain(`${CSV}/write_report wants to run with {"title":"Sales"`);
    expect(denied.stderr).toContain('it was denied');
    await expect(readFile(path.join(folder, 'sales.md'))).rejects.toMatchObject({ code: 'ENOENT' });
    const allowed = await troupe('chat', 'Ana', 'Write it down', '--new', '--yes');
    expect(allowed.code, allowed.stderr).toBe(0);
    expect(await readFile(path.join(folder, 'sales.md'), 'utf8')).toContain('All well.');
  }, 60_000);
});

describe('looking after what is installed', () => {
  it('switches off and on, and says who waits', async () => {
    const off = await troupe('disable', CSV);
    expect(off).toMatchObject({ code: 0, stdout: `Switched off: ${CSV}.\n` });
    expect(off.stderr).toContain('Until it is on again these cannot work: Ana.');
    expect(await troupe('run', `${CSV}/list_files`)).toMatchObject({ code: 4 });
    expect(await troupe('disable', TOOLKIT)).toMatchObject({ code: 5, stdout: '' });
    expect(await json('enable', CSV)).toEqual({ id: CSV, enabled: true, changed: [CSV], hiredAs: ['Ana'], usedBy: [] });
    expect(await troupe('enable', CSV)).toMatchObject({ code: 0, stdout: `${CSV} is on already.\n` });
    expect(await troupe('enable', 'com.example.none')).toMatchObject({ code: 4 });
  }, 60_000);

  it('pins, looks for updates and goes back to nothing that never was', async () => {
    expect(await troupe('pin', CSV)).toMatchObject({ code: 0, stdout: `${CSV} is pinned to 1.1.0.\n` });
    expect((await troupe('list')).stdout).toMatch(/csv-analyst +1\.1\.0 +active, pinned/);
    expect(await troupe('update', CSV)).toMatchObject({ code: 5, stdout: '' });
    expect(await troupe('pin', `${CSV}@7.0.0`)).toMatchObject({ code: 4, stdout: '' });
    expect(await json('unpin', CSV)).toEqual({ id: CSV, pinned: null });
    expect(await json('update', '--check')).toEqual({ updates: [] });
    expect(await troupe('update', CSV)).toMatchObject({ code: 0, stdout: 'Everything is up to date.\n' });
    expect(await troupe('update', 'com.example.none')).toMatchObject({ code: 4 });
    expect(await troupe('rollback', CSV)).toMatchObject({ code: 4, stdout: '' });
  }, 60_000);

  it('I5 sets which updates come by themselves, and the channel', async () => {
    expect(await troupe('auto-update', CSV, 'patch')).toMatchObject({ code: 0, stdout: `${CSV}: patch.\n` });
    expect(await json('channel', CSV, 'prerelease')).toEqual({ id: CSV, autoUpdate: 'patch', channel: 'prerelease' });
    expect(await json('auto-update', CSV, 'default')).toEqual({ id: CSV, autoUpdate: null, channel: 'prerelease' });
    expect(await json('auto-update', 'off')).toEqual({ autoUpdate: 'off' });
    expect(await troupe('auto-update', 'always')).toMatchObject({ code: 2 });
    expect(await troupe('channel', CSV, 'nightly')).toMatchObject({ code: 2 });
  });

  it('I9 says what differs from a lockfile, and installs an unsigned folder in developer mode only', async () => {
    const lockfile = path.join(folder, 'set.lock.yaml');
    await writeFile(lockfile, (await troupe('list', '--lockfile')).stdout);
    expect(await troupe('install', '--from', lockfile)).toMatchObject({ code: 0, stdout: 'Everything is installed as the file says.\n' });
    expect(await json('install', '--from', lockfile, '--check')).toMatchObject({ changes: [], installed: false });
    expect(await troupe('install', '--from', path.join(folder, 'nothing'))).toMatchObject({ code: 2 });
    expect(await troupe('install', folder)).toMatchObject({ code: 5, stdout: '' });
    expect((await troupe('install', './some.troupe')).stderr).toContain('developer mode');
  });

  it('A3 says with its question that a tool is unsigned', async () => {
    const archive = path.join(folder, 'own.troupe');
    await writeFile(archive, await archiveOf({ id: 'com.own.tools', effect: 'write' }));
    const { call } = await core.client();
    await call.settings.change({ change: { developerMode: true } });
    expect(await troupe('install', archive, '--yes')).toMatchObject({ code: 0, stdout: 'Installed tools 1.0.0, unsigned.\n' });
    expect((await troupe('run', 'com.own.tools/echo')).stderr).toContain('com.own.tools/echo (unsigned: it came from this computer, and nobody vouches for it) wants to run with {}');
    expect(await troupe('uninstall', 'com.own.tools')).toMatchObject({ code: 0 });
    await call.settings.change({ change: { developerMode: false } });
  }, 60_000);

  it('tells why something is here, and whether it is what it was', async () => {
    expect((await json('why', TOOLKIT))['chains']).toEqual(expect.arrayContaining([[RESEARCH, TOOLKIT], [CSV, TOOLKIT]]));
    expect((await troupe('why', TOOLKIT)).stdout).toContain(`  ${RESEARCH} → ${TOOLKIT}\n`);
    expect((await troupe('why', CSV)).stdout).toContain('you asked for it\n  Ana on your team comes from it');
    const lockfile = path.join(folder, 'troupe.lock.yaml');
    await writeFile(lockfile, (await troupe('list', '--lockfile')).stdout);
    expect(await troupe('verify', lockfile)).toMatchObject({ code: 0, stdout: '4 plugins are as they should be.\n' });
    await writeFile(lockfile, (await readFile(lockfile, 'utf8')).replace('version: 1.1.0', 'version: 0.9.0'));
    const differs = await troupe('verify', lockfile);
    expect(differs.code).toBe(1);
    expect(differs.stdout).toContain('0.9.0; installed is 1.1.0.');
    expect(await troupe('verify', path.join(folder, 'none.yaml'))).toMatchObject({ code: 2 });
  }, 60_000);
});

describe('uninstalling', () => {
  it('removes what nobody needs', async () => {
    expect(await troupe('uninstall', CSV)).toMatchObject({ code: 0, stdout: `Uninstalled ${CSV}.\n` });
    expect(await json('uninstall', RESEARCH, '--keep-data')).toEqual({ id: RESEARCH, uninstalled: true });
  }, 30_000);
});

describe('A7 memory and knowledge', () => {
  it('A7 lists, exports and forgets what is remembered', async () => {
    const { memory } = (await core.client()).call;
    const { id } = await memory.add({ scope: 'shared', text: 'Likes green tea.', kind: 'preference', pinned: true });
    expect((await troupe('memory', 'list')).stdout).toContain('Likes green tea.');
    expect(JSON.parse((await troupe('memory', 'export')).stdout)).toMatchObject({ format: 'troupe-memories', version: 1, memories: [{ id, scope: 'shared', scope_id: null, kind: 'preference', text: 'Likes green tea.', pinned: true, author: 'person' }] });
    expect(await troupe('memory', 'forget', id)).toEqual({ code: 0, stdout: 'Forgotten.\n', stderr: '' });
    expect((await memory.list({})).total).toBe(0);
  }, 60_000);

  it('A7 adds, lists, finds and removes documents', async () => {
    const file = path.join(folder, 'handbook.md');
    await writeFile(file, '# Holidays\n\nEverybody has thirty days.\n');
    const { id } = await json('knowledge', 'add', file) as { id: string };
    const { knowledge } = (await core.client()).call;
    expect((await troupe('knowledge', 'list')).stdout).toContain('handbook.md');
    expect((await troupe('knowledge', 'search', 'thirty')).stdout).toContain('Everybody has thirty days.');
    const [written] = (JSON.parse((await troupe('knowledge', 'export')).stdout) as { documents: { name: string; passages: { text: string }[] }[] }).documents;
    expect([written?.name, written?.passages.map(({ text }) => text).join('\n')]).toEqual(['handbook.md', expect.stringContaining('Everybody has thirty days.') as string]);
    expect(await troupe('knowledge', 'remove', id)).toMatchObject({ code: 0, stdout: 'Removed.\n' });
    expect((await knowledge.list({})).documents).toEqual([]);
  }, 60_000);

  it('A4 holds a provider to so many requests a minute', async () => {
    const { models } = (await core.client()).call;
    const { provider: { id } } = await models.add({ baseUrl: address, name: 'Limited' });
    expect((await troupe('models', 'limit', id, '30')).stdout).toBe(`${id} is sent at most 30 requests a minute.\n`);
    expect((await models.providers({})).providers.find((one) => one.id === id)).toMatchObject({ requestsPerMinute: 30 });
    expect((await troupe('models', 'limit', id, '0')).code).not.toBe(0);
    await models.remove({ id });
  }, 60_000);
});
