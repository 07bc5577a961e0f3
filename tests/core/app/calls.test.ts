/** Every procedure of the contract against the real core, by the local socket and as a page by the shell's pipe. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../main/core/base/store/migrations/index.ts';
import { contract } from '../../../contract/api/index.ts';
import type { ProcedureMeta } from '../../../contract/api/procedure.ts';
import type { TroupeClient } from '../../../contract/link/client.ts';
import { followOperation, followRun, installPlugin, startCore, type RunningCore } from '../../support/running-core.ts';

const TOOLKIT = 'dev.troupe.text-toolkit';
const RESEARCH = 'dev.troupe.web-research';
let core: RunningCore;
let client: TroupeClient;
let folder: string;
let picked: string | null = null;

beforeAll(async () => {
  core = await startCore({ answers: { pickPath: () => ({ path: picked }) } });
  expect(core.first.tell, core.stderr()).toBe('ready');
  client = await core.client();
  await client.call.credentials.choosePlain({});
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-folder-'));
}, 60_000);
afterAll(async () => { await core.end(); await rm(folder, { recursive: true, force: true }); });

type Input = Record<string, unknown>;
const id = 'nobody';
const plugin = 'com.example.none';
/** An input for each procedure that changes nothing that other tests need, and the error that it then gets. */
const INPUTS: Record<string, Record<string, { input?: Input; code?: string; stream?: true }>> = {
  link: { grant: { input: { stream: 'none', credits: 1 } }, open: { input: { link: 'troupe://elsewhere/x' }, code: 'core/bad-input' } },
  observe: { about: {}, doctor: {}, changes: { stream: true } },
  settings: { get: {}, change: { input: { change: { theme: 'dark' } } } },
  audit: { list: {}, verify: {}, export: { input: { format: 'csv' } } },
  credentials: {
    state: {}, takeRecoveryCode: {}, confirmRecoveryCode: {}, renewRecoveryCode: { code: 'credentials/no-store' }, rotate: { code: 'credentials/no-store' }, rekey: { code: 'credentials/no-store' }, recover: { input: { code: 'AAAA' } }, unlock: { input: { passphrase: 'wrong' } },
    protect: { input: { passphrase: 'long enough' }, code: 'credentials/no-store' }, choosePlain: {}, retry: {},
  },
  catalog: { publishers: {}, status: {}, sync: {}, search: { input: { words: 'text' } }, get: { input: { id: plugin }, code: 'catalog/not-found' }, reviews: { input: { id: plugin }, code: 'catalog/not-found' }, categories: {}, collections: {}, addRegistry: { input: { address: '/nowhere/at/all' }, code: 'catalog/unavailable' }, pickRegistry: { code: 'host/cancelled' }, pickedRegistry: {}, removeRegistry: { input: { id: 'unknown' }, code: 'catalog/not-found' }, image: { input: { sha512: '0'.repeat(128) }, code: 'catalog/not-found' } },
  plugins: {
    list: {}, get: { input: { id: plugin }, code: 'plugins/not-installed' }, install: { input: { id: plugin }, code: 'catalog/not-found' }, uninstall: { input: { id: plugin }, code: 'plugins/not-installed' },
    update: { input: { id: plugin }, code: 'plugins/not-installed' }, updates: {}, rollback: { input: { id: plugin }, code: 'plugins/not-installed' },
    sideLoad: { input: { path: '/nowhere/at/all' }, code: 'plugins/developer-mode' }, uploadSideLoad: { input: { upload: id, offset: 0, base64: '', last: true }, code: 'plugins/developer-mode' }, pickSideLoad: { code: 'plugins/developer-mode' },
    compareSet: { input: { lockfile: 'no list' }, code: 'core/bad-input' }, installSet: { input: { lockfile: 'no list' }, code: 'core/bad-input' },
    verify: {}, lockfile: {}, setPin: { input: { id: plugin, version: null }, code: 'plugins/not-installed' }, setEnabled: { input: { id: plugin, enabled: false }, code: 'plugins/not-installed' },
    operations: { input: { recent: true } }, events: { input: { operationId: id }, stream: true, code: 'plugins/no-operation' }, consent: { input: { operationId: id, accept: false, granted: [] }, code: 'plugins/no-operation' },
    cancel: { input: { operationId: id }, code: 'plugins/no-operation' }, retry: { input: { operationId: id }, code: 'plugins/no-operation' }, folders: { input: { id: plugin }, code: 'plugins/not-installed' }, pickFolder: { input: { id: plugin, key: 'data' }, code: 'plugins/not-installed' },
    preview: { input: { id: plugin, version: null }, code: 'plugins/not-installed' }, setUpdatePolicy: { input: { id: plugin, autoUpdate: null, channel: 'stable' }, code: 'plugins/not-installed' }, configuration: { input: { id: plugin }, code: 'plugins/not-installed' }, configure: { input: { id: plugin }, code: 'plugins/not-installed' }, checkCredentials: { input: { id: plugin }, code: 'plugins/not-installed' }, exportConfiguration: {}, compareConfiguration: { input: { text: '' }, code: 'plugins/bad-configuration' }, importConfiguration: { input: { text: '' }, code: 'plugins/bad-configuration' },
    permissions: {}, revokePermission: { input: { id: plugin, key: 'models:1' }, code: 'plugins/not-installed' }, grantPermission: { input: { id: plugin, key: 'models:1' }, code: 'plugins/not-installed' }, calls: { input: { id: plugin } },
    grantFolder: { input: { id: plugin, key: 'data', path: '/' }, code: 'plugins/not-installed' }, revokeFolder: { input: { id: plugin, key: 'data' }, code: 'plugins/not-installed' },
  },
  team: {
    hireable: {}, list: {}, get: { input: { id }, code: 'team/not-found' }, byName: { input: { name: id }, code: 'team/not-found' }, hire: { input: { pluginId: plugin, agentId: 'a', name: 'A' }, code: 'plugins/not-installed' },
    change: { input: { id, paused: true }, code: 'team/not-found' }, duplicate: { input: { id }, code: 'team/not-found' }, configuration: { input: { id }, code: 'team/not-found' }, configure: { input: { id }, code: 'team/not-found' }, dismiss: { input: { id }, code: 'team/not-found' }, restore: { input: { id }, code: 'team/not-found' },
  },
  chat: {
    conversations: {}, get: { input: { id }, code: 'chat/not-found' }, start: { input: { hireId: id }, code: 'team/not-found' }, rename: { input: { id, title: 'T' }, code: 'chat/not-found' }, remove: { input: { id }, code: 'chat/not-found' }, place: { input: { id, pinned: true }, code: 'chat/not-found' }, costs: { input: { id }, code: 'chat/not-found' }, limitCost: { input: { id, of: 'agent', limit: null }, code: 'chat/not-found' },
    attach: { input: { upload: id, offset: 0, base64: '', last: true, name: 'a.txt' }, code: 'chat/bad-attachment' }, attachment: { input: { id }, code: 'chat/bad-attachment' }, restore: { input: { id }, code: 'chat/not-found' }, messages: { input: { id }, code: 'chat/not-found' }, send: { input: { id, text: 'Hello' }, code: 'chat/not-found' }, retry: { input: { id }, code: 'chat/not-found' }, edit: { input: { id, messageId: id, text: 'Hello' }, code: 'chat/not-found' }, answers: { input: { id, messageId: id }, code: 'chat/not-found' }, handOver: { input: { id, hireId: id }, code: 'team/not-found' }, continue: { input: { id }, code: 'chat/not-found' }, choose: { input: { id, messageId: id }, code: 'chat/not-found' }, export: { input: { id, format: 'json' }, code: 'chat/not-found' },
    readImport: { input: { upload: id, offset: 0, base64: '', last: true, name: 'a.json' }, code: 'chat/bad-import' }, storeImport: { input: { upload: id, hireId: id }, code: 'chat/bad-import' }, dropImport: { input: { upload: id } }, imports: {}, removeImport: { input: { id }, code: 'chat/not-found' }, restoreImport: { input: { id }, code: 'chat/not-found' },
  },
  runs: {
    start: { input: { pluginId: plugin, target: 'a', input: {} }, code: 'plugins/not-installed' }, list: {}, get: { input: { id }, code: 'run/not-found' }, events: { input: { runId: id }, stream: true, code: 'run/not-found' },
    cancel: { input: { id }, code: 'run/not-found' }, approve: { input: { id, callId: 'c', questionId: 'q', decision: 'deny', scope: 'once' }, code: 'run/not-found' },
    approvals: {}, revokeApproval: { input: { hireId: id, toolId: 'builtin.none', scope: 'always' } },
  },
  builder: {
    list: {}, templates: {}, tools: {}, create: { input: { from: { kind: 'template', id: 'no-such' } }, code: 'builder/not-found' }, import: { input: { text: '- a' }, code: 'builder/bad-agent' }, change: { input: { id, revision: 1, draft: {} }, code: 'builder/not-found' },
    difference: { input: { id, from: null }, code: 'builder/not-found' }, takeBack: { input: { id, version: 1 }, code: 'builder/not-found' }, send: { input: { id, text: 'Hi' }, code: 'builder/not-found' },
    get: { input: { id }, code: 'builder/not-found' }, save: { input: { id }, code: 'builder/not-found' }, versions: { input: { id }, code: 'builder/not-found' }, duplicate: { input: { id }, code: 'builder/not-found' }, remove: { input: { id }, code: 'builder/not-found' }, restore: { input: { id }, code: 'builder/not-found' }, export: { input: { id }, code: 'builder/not-found' }, preview: { input: { id }, code: 'builder/not-found' }, reset: { input: { id }, code: 'builder/not-found' },
  },
  knowledge: {
    list: {}, search: { input: { words: 'tea' } }, vectors: {}, read: { input: { id }, code: 'knowledge/not-found' }, add: { input: { upload: id, offset: 0, base64: '', last: true, name: 'a.exe', scope: 'shared' }, code: 'knowledge/unreadable' }, remove: { input: { id }, code: 'knowledge/not-found' }, restore: { input: { id }, code: 'knowledge/not-found' },
  },
  memory: {
    list: {}, search: { input: { words: 'tea' } }, export: {}, owners: {}, add: { input: { scope: 'agent', scopeId: id, text: 'x' }, code: 'team/not-found' }, update: { input: { id, text: 'x' }, code: 'memory/not-found' },
    pin: { input: { id, pinned: true }, code: 'memory/not-found' }, forget: { input: { id }, code: 'memory/not-found' }, forgetAll: { input: { scope: 'shared' } }, restore: { input: { batch: id }, code: 'memory/not-found' },
  },
  mcp: {
    list: {}, add: { input: { name: 'Docs', transport: { kind: 'http', url: 'http://docs.example.com/mcp', headers: [], privateNetwork: false } }, code: 'core/bad-input' }, update: { input: { id }, code: 'mcp/not-found' }, setEnabled: { input: { id, enabled: true }, code: 'mcp/not-found' },
    remove: { input: { id }, code: 'mcp/not-found' }, restore: { input: { id }, code: 'mcp/not-found' }, test: { input: { id }, code: 'mcp/not-found' }, tools: { input: { id }, code: 'mcp/not-found' }, setEffect: { input: { id, tool: 't', effect: 'read' }, code: 'mcp/not-found' },
    acceptTool: { input: { id, tool: 't', hash: 'h' }, code: 'mcp/not-found' }, log: { input: { id }, code: 'mcp/not-found' }, signIn: { input: { id }, code: 'mcp/not-found' }, signOut: { input: { id }, code: 'mcp/not-found' }, previewImport: { input: { text: 'no JSON' }, code: 'core/bad-input' }, openBundle: { input: { path: '/nowhere.mcpb' }, code: 'core/bad-input' }, pickFolder: { input: { id }, code: 'mcp/not-found' }, addFolder: { input: { id, path: '/nowhere' }, code: 'mcp/not-found' }, removeFolder: { input: { id, path: '/nowhere' }, code: 'mcp/not-found' }, uploadBundle: { input: { upload: id, offset: 0, base64: '', last: true }, code: 'plugins/bad-archive' }, addBundle: { input: { id: 'ab'.repeat(32), name: 'Docs' }, code: 'core/bad-input' }, import: { input: { text: '{}', keys: ['a'] }, code: 'core/bad-input' },
  },
  tools: {
    list: {}, forms: {}, connect: { input: { kind: 'webhook', name: 'Alerts', set: { address: 'no address' } }, code: 'core/bad-input' }, configure: { input: { id }, code: 'tools/no-connection' }, test: { input: { id }, code: 'tools/no-connection' },
    disconnect: { input: { id }, code: 'tools/no-connection' }, give: { input: { id, agents: [] }, code: 'tools/no-connection' }, resetCircuit: { input: { host: 'a.example' } },
  },
  models: { files: {}, addFile: { input: { path: '/nowhere/at/all' }, code: 'models/bad-file' }, pickFile: { code: 'host/cancelled' }, download: { input: { address: 'ftp://nowhere' }, code: 'core/bad-input' },
    pauseDownload: { input: { id }, code: 'models/not-found' }, resumeDownload: { input: { id }, code: 'models/not-found' }, removeFile: { input: { id }, code: 'models/not-found' }, tryFile: { input: { id }, code: 'models/not-found' },
    providers: {}, list: {}, prices: {}, presets: {}, discover: {}, add: { input: { baseUrl: 'no address' }, code: 'core/bad-input' }, change: { input: { id, name: 'New' }, code: 'models/not-found' }, test: { input: { id }, code: 'models/not-found' }, remove: { input: { id }, code: 'models/not-found' }, setLimit: { input: { id, requestsPerMinute: 5 }, code: 'models/not-found' }, setDefault: { input: { model: 'none/none' }, code: 'models/not-found' } },
};
const procedures = Object.entries(contract).flatMap(([domain, all]) => Object.entries(all as Record<string, { '~orpc': { meta: ProcedureMeta } }>).map(([name, procedure]) => ({ domain, name, meta: procedure['~orpc'].meta })));

describe('every procedure', () => {
  it('is in the table above', () => {
    expect(Object.entries(INPUTS).flatMap(([domain, all]) => Object.keys(all).map((name) => `${domain}.${name}`)).sort()).toEqual(procedures.map(({ domain, name }) => `${domain}.${name}`).sort());
  });

  it.each(procedures)('$domain $name answers by the contract', async ({ domain, name, meta }) => {
    const wanted = INPUTS[domain]?.[name] ?? {};
    const call = (client.call as unknown as Record<string, Record<string, (input: Input, options?: { signal: AbortSignal }) => Promise<unknown>>>)[domain]?.[name];
    const ask = async (): Promise<unknown> => {
      if (!wanted.stream) return call?.(wanted.input ?? {});
      const stop = new AbortController();
      let first: unknown;
      await client.follow((stream, signal) => call?.({ ...wanted.input, stream }, { signal }) as Promise<AsyncIterable<unknown>>, (item) => { first = item; stop.abort(); }, { signal: stop.signal });
      return first;
    };
    if (wanted.code === undefined) {
      expect(await ask()).toBeDefined();
      return;
    }
    await expect(ask()).rejects.toMatchObject({ code: wanted.code });
    // What it may fail with is said in the contract; `core/*` goes without saying.
    if (!wanted.code.startsWith('core/')) expect(meta.errors).toContain(wanted.code);
  });

  it('refuses procedures that the contract does not have', async () => {
    await expect((client.call as unknown as Record<string, Record<string, () => Promise<unknown>>>)['plugins']?.['eval']?.()).rejects.toMatchObject({ code: 'core/unknown-procedure' });
  });
});

describe('a page by the pipe', () => {
  it('is greeted and told the same as the command line', async () => {
    const page = core.page();
    expect(await page.call.observe.about({})).toMatchObject({ home: core.home, shell: 'electron', protocol: 1 });
  });

  it('of another build is told to reload, and of the command line is not let in', async () => {
    await expect(core.page({ build: 'old' }).call.observe.about({})).rejects.toMatchObject({ code: 'core/other-build' });
    await expect(core.page({ client: 'cli' }).call.observe.about({})).rejects.toMatchObject({ code: 'core/other-build' });
  });

  it('hears what changed, in batches, beginning with a snapshot', async () => {
    const page = core.page();
    const stop = new AbortController();
    const heard: { topics: string[]; running: number }[] = [];
    const following = page.follow((stream, signal) => page.call.observe.changes({ stream }, { signal }), (item) => { heard.push(item); }, { signal: stop.signal });
    await expect.poll(() => heard.length).toBe(1);
    expect(heard[0]).toEqual({ topics: [], running: 0 });
    await client.call.settings.change({ change: { theme: 'light' } });
    await expect.poll(() => heard.flatMap(({ topics }) => topics)).toContain('settings');
    stop.abort();
    await following;
  });
});

describe('what was acknowledged happens once', () => {
  const requestId = (): string => `request-${Math.random().toString(36).slice(2)}`;

  it('installs once for one request id, at the same moment and later', async () => {
    const request = { id: RESEARCH, grantAll: true, requestId: requestId() };
    const [one, two] = await Promise.all([client.call.plugins.install(request), client.call.plugins.install(request)]);
    expect(two).toEqual(one);
    const events = await followOperation(client, one.operationId);
    expect(events.at(-1)).toEqual({ type: 'operation_finished', pluginIds: [TOOLKIT, 'dev.troupe.http-tools', RESEARCH] });
    expect(await client.call.plugins.install(request)).toEqual(one);
    expect((await client.call.plugins.operations({ recent: true })).operations.filter(({ pluginId }) => pluginId === RESEARCH)).toHaveLength(1);
    // The same request under a new id is another request.
    await expect(client.call.plugins.install({ id: RESEARCH, requestId: requestId() }).then(({ operationId }) => followOperation(client, operationId)).then((all) => { const last = all.at(-1); if (last?.type === 'operation_failed') throw Object.assign(new Error(last.error.message), last.error); })).rejects.toMatchObject({ code: 'plugins/already-installed' });
  });

  it('hires once, sends once, and refuses the id for another input', async () => {
    const hire = { pluginId: RESEARCH, agentId: 'writer', name: 'Wendy', requestId: requestId() };
    const [first, again] = [await client.call.team.hire(hire), await client.call.team.hire(hire)];
    expect(again.id).toBe(first.id);
    expect((await client.call.team.list({})).hires).toHaveLength(1);
    const conversation = await client.call.chat.start({ hireId: first.id });
    const send = { id: conversation.id, text: 'Hello Wendy', requestId: requestId() };
    const [sent, repeated] = await Promise.all([client.call.chat.send(send), client.call.chat.send(send)]);
    expect(repeated).toEqual(sent);
    await followRun(client, sent.runId);
    const later = await client.call.chat.send(send);
    expect(later).toEqual(sent);
    const { messages } = await client.call.chat.messages({ id: conversation.id });
    expect(messages.filter(({ role }) => role === 'user')).toHaveLength(1);
    expect(messages.at(-1)).toMatchObject({ role: 'assistant', status: 'done' });
  });

  it('streams the answer piece by piece and ends with its whole text', async () => {
    const wendy = await client.call.team.byName({ name: 'WENDY' });
    const conversation = await client.call.chat.start({ hireId: wendy.id });
    const { runId } = await client.call.chat.send({ id: conversation.id, text: 'What can you do?' });
    const events = await followRun(client, runId);
    const pieces = events.filter(({ type }) => type === 'llm_stream_chunk').map(({ data }) => String(data['text']));
    expect(pieces.length).toBeGreaterThan(1);
    expect(events.find(({ type }) => type === 'assistant_message_finished')?.data['text']).toBe(pieces.join(''));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect((await client.call.runs.get({ id: runId })).status).toBe('completed');
  });
});

describe('folders', () => {
  const CSV = 'dev.troupe.csv-analyst';

  it('are named by the person at the terminal, picked in the shell\'s dialog, never named by a page', async () => {
    await installPlugin(client, CSV);
    const page = core.page();
    await expect(page.call.plugins.grantFolder({ id: CSV, key: 'data', path: folder })).rejects.toMatchObject({ code: 'permission/denied' });
    picked = null;
    await expect(page.call.plugins.pickFolder({ id: CSV, key: 'data' })).rejects.toMatchObject({ code: 'host/cancelled' });
    picked = folder;
    expect(await page.call.plugins.pickFolder({ id: CSV, key: 'data' })).toEqual({ folder: { key: 'data', access: 'read', path: folder }, confirmAt: null });
    await expect(page.call.catalog.addRegistry({ address: path.join(folder, 'other') })).rejects.toMatchObject({ code: 'permission/denied' });
    await expect(page.call.catalog.addRegistry({ address: 'file://elsewhere/share' })).rejects.toMatchObject({ code: 'permission/denied' });
    expect(await page.call.catalog.pickRegistry({})).toEqual({ address: folder, confirmAt: null });
    expect(await page.call.catalog.pickedRegistry({})).toEqual({ address: folder });
    // Picked, so it is looked at: there is no registry in it.
    await expect(page.call.catalog.addRegistry({ address: folder })).rejects.toMatchObject({ code: 'catalog/unavailable' });
    await expect(page.call.plugins.pickFolder({ id: CSV, key: 'other' })).rejects.toMatchObject({ code: 'core/bad-input' });
    await client.call.plugins.revokeFolder({ id: CSV, key: 'data' });
    expect((await client.call.plugins.folders({ id: CSV })).folders.find(({ key }) => key === 'data')?.path).toBeNull();
    expect(await client.call.plugins.grantFolder({ id: CSV, key: 'data', path: folder })).toMatchObject({ path: folder });
  });
});

describe('doctor', () => {
  it('looks at every room and finds nothing failed', async () => {
    const { checks } = await client.call.observe.doctor({});
    expect(checks.map(({ id: name }) => name)).toEqual(['runtime', 'home', 'keys', 'main-thread', 'keychain', 'store', 'catalog', 'sandbox', 'models']);
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(checks.find(({ id: name }) => name === 'keys')?.status).toBe('warning');
    expect(checks.find(({ id: name }) => name === 'store')?.facts).toMatchObject({ schema: MIGRATIONS.at(-1)?.version });
    expect(checks.find(({ id: name }) => name === 'catalog')?.message).toMatch(/\d+ plugins of 1 registry/);
    expect(checks.find(({ id: name }) => name === 'sandbox')?.facts).toMatchObject({ processes: expect.any(Number) as number });
  });
});
