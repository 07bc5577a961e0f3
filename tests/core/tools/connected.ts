/** Built-in tools over a real store and the real network room, with one connection given to one agent. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../../contract/errors/app-error.ts';
import { OWN } from '../../../contract/model/ids.ts';
import type { Connection, ConnectionKind } from '../../../contract/model/tool.ts';
import type { ActivityNote } from '../../../main/core/base/audit/index.ts';
import { createHttp, type Connect, type Http } from '../../../main/core/base/http/index.ts';
import type { RunContext } from '../../../main/core/engine/runs/index.ts';
import { createConnections, createTools, createToolSession, type ConnectionChange, type Connections, type ConnectionsOptions, type Invocation, type Tool, type Tools, type ToolsOptions } from '../../../main/core/engine/tools/index.ts';
import { codeOf } from '../../../main/core/workspace/builder/own-agents.ts';
import { TestPlugins } from '../agents/workshop.ts';
import { countingIds, openTestHome, type TestHome } from '../runs/home.ts';

export const AGENT = 'agent1';

export interface Connected {
  readonly home: TestHome;
  readonly connections: Connections;
  readonly tools: Tools;
  readonly http: Http;
  readonly secrets: Map<string, string>;
  readonly told: ActivityNote[];
  /** Where the clock stands; tests move it. */
  readonly time: { now: number };
  readonly questions: { toolId: string; hash: string }[];
  /** Adds a connection and gives it to the agent. */
  add(kind: ConnectionKind, name: string, change: Partial<ConnectionChange>, folder?: string): Promise<Connection>;
  /** The tools that the agent has by these references. */
  toolsOf(...references: string[]): Promise<readonly Tool[]>;
  /** Calls the one tool that a reference leads to, as a model would; `asker` is who runs. */
  use(reference: string, input: Record<string, unknown>, signal?: AbortSignal): Promise<Invocation>;
  call(tool: Tool, input: Record<string, unknown>, signal?: AbortSignal): Promise<Invocation>;
  /** Everything as at the beginning. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Connections over a store, with secrets that are kept in memory. */
export function aConnections({ secrets = new Map<string, string>(), ...options }: Partial<Omit<ConnectionsOptions, 'secrets'>> & Pick<ConnectionsOptions, 'store'> & { secrets?: Map<string, string> }): Connections {
  return createConnections({
    http: { guardedFetch: () => Promise.reject(new Error('no network')), addressesOf: () => Promise.reject(new Error('no network')) }, clock: { now: Date.now }, ids: countingIds('c'), changed: () => undefined, stores: () => true,
    ...options,
    secrets: {
      setSecret: (_label, value, more) => { secrets.set(more?.id ?? '', value); return Promise.resolve(more?.id ?? ''); }, hasSecret: (id) => Promise.resolve(secrets.has(id)), deleteSecret: (id) => { secrets.delete(id); return Promise.resolve(); },
      withSecret: async (id, use) => { const value = secrets.get(id); if (value === undefined) throw new AppError('credentials/not-found', 'Not stored.'); return use(value); },
    },
  });
}

export async function openConnected(options: { connect?: Connect; lookup?: (host: string) => Promise<readonly string[]>; answer?: 'allow' | 'deny'; clipboard?: NonNullable<ToolsOptions['clipboard']> } = {}): Promise<Connected> {
  const home = await openTestHome();
  const [secrets, told, questions, time] = [new Map<string, string>(), [] as ActivityNote[], [] as Connected['questions'], { now: Date.UTC(2026, 2, 1, 12) }];
  const [clock, ids] = [{ now: () => time.now }, countingIds('c')];
  const http = createHttp({ offline: () => false, environment: {}, ...(options.connect && { connect: options.connect }), ...(options.lookup && { lookup: options.lookup }) });
  const activity = { note: (note: ActivityNote) => { told.push(note); }, call: () => undefined, begin: () => Promise.resolve(() => undefined) };
  const connections = aConnections({ store: home.store, http, clock, ids, activity, secrets });
  const tools = createTools({ plugins: new TestPlugins(), store: home.store, http, userSalt: 'salt', sandbox: { run: () => Promise.reject(new Error('no sandbox')) }, secrets: { withSecret: () => Promise.reject(new Error('no secrets')) }, connections, activity, clipboard: options.clipboard });
  await home.store.write('insertOwnAgent', { id: AGENT, draft: '{}', at: 1 });
  let event = 0;
  const context = {
    run: { id: 'run', pluginId: OWN, executionTarget: AGENT, hireId: null, conversationId: null, parameters: {} }, past: [], clock, ids, signal: new AbortController().signal,
    emit: () => `e${event += 1}`, durable: () => Promise.resolve(), keptApproval: () => Promise.resolve(undefined),
    ask: (facts: { toolId: string; hash: string }) => { questions.push({ toolId: facts.toolId, hash: facts.hash }); return Promise.resolve({ decision: options.answer ?? 'allow', scope: 'once' }); },
  } as unknown as RunContext;
  const session = createToolSession(context, () => Promise.reject(new Error('no model')));
  let calls = 0;
  const connected: Connected = {
    home, connections, tools, http, secrets, told, time, questions,
    async add(kind, name, { set = {}, secrets: own = {} }, folder) {
      const { id } = await connections.connect({ kind, name, set, secrets: own, folder: folder ?? null });
      return connections.give({ id, agents: [AGENT] });
    },
    async toolsOf(...references) {
      const code = codeOf(AGENT, `role: Worker\ntools: ${JSON.stringify(references)}\n`, 'digest', '1');
      return (await tools.forAgent(code, references, [AGENT])).tools;
    },
    async use(reference, input, signal) {
      const [tool] = await connected.toolsOf(reference);
      if (!tool) throw new Error(`The agent has no ${reference}.`);
      return connected.call(tool, input, signal);
    },
    call: (tool, input, signal) => tools.invoke(session, tool, { callId: `call${calls += 1}`, input, depth: 1, readOnly: false, standing: 'fresh', signal: signal ?? context.signal }),
    async clear() {
      for (const { id } of await connections.list()) await connections.disconnect({ id });
      for (const { host } of connections.circuits.list()) connections.circuits.reset(host);
      told.length = questions.length = 0;
      time.now = Date.UTC(2026, 2, 1, 12);
      secrets.clear();
    },
    async close() { http.close(); await tools.validator.stop(); await home.close(); },
  };
  return connected;
}

/** What a server was asked. */
export interface Asked { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }
export interface StandIn { readonly server: Server; readonly origin: string; readonly asked: Asked[]; close(): Promise<void> }

/** A real HTTP server on loopback; `answer` says what it does. */
export async function standIn(answer: (asked: Asked, origin: string) => { status?: number; headers?: Record<string, string>; body?: string | Buffer } | 'hang'): Promise<StandIn> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      asked.push(one);
      const what = answer(one, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      if (what === 'hang') return;
      response.writeHead(what.status ?? 200, { 'content-type': 'application/json', ...what.headers }).end(what.body ?? '{}');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { server, asked, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }) };
}
