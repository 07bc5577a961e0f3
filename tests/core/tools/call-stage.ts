/** One tool of one plugin that makes a host call, with everything around it in sight. Imported by a test file, it is made anew for each of its tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { ToolEffect } from '../../../contract/manifest/index.ts';
import type { ActivityNote, BegunEffect } from '../../../main/core/base/audit/index.ts';
import type { GuardedRequest, GuardPolicy } from '../../../main/core/base/http/index.ts';
import type { RunContext } from '../../../main/core/engine/runs/index.ts';
import { createTools, createToolSession, type Connections, type Tools, type ToolSession } from '../../../main/core/engine/tools/index.ts';
import { ALL_SECRET_GUARDS, type SecretGuards } from '../../../main/core/engine/tools/host-calls/scope.ts';
import type { HostCalls } from '../../../sandbox/host/index.ts';
import { scriptedModel, TestPlugins, type ScriptedModel } from '../agents/workshop.ts';
import { openTestHome, type TestHome } from '../runs/home.ts';
export const PLUGIN = 'dev.test.caller';
export const OTHER = 'dev.test.other';
export const SECRET = 'sk-"very/secret"+1';

export let home: TestHome;
export let folder: string;
export let plugins: TestPlugins;
export let model: ScriptedModel;
export let asked: { request: GuardedRequest; policy: GuardPolicy }[];
export let emitted: { type: string; data: unknown }[];
export let questions: number;
export let tools: Tools;
export let make: (guards?: Partial<SecretGuards>) => void;
export let session: ToolSession;
export let told: ActivityNote[];
export let byAgent: ActivityNote[];
export let calls: unknown[];
export let begun: BegunEffect[];
export let settled: number;
/** What a test sets: what the tool does with the calls it was given, what a host answers, and what the person says. */
interface Stage { act: (calls: HostCalls, signal: AbortSignal) => Promise<unknown>; reply: { status: number; url?: string; body: Uint8Array }; answer: 'allow' | 'deny'; /** Read by `make`. */ connections?: Connections | undefined }
export const stage = {} as Stage;

beforeAll(async () => { home = await openTestHome(); });
afterAll(async () => { await home.close(); });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'troupe-folder-'));
  [plugins, asked, emitted, questions, told, byAgent, calls, begun, settled] = [new TestPlugins(), [], [], 0, [], [], [], [], 0];
  stage.reply = { status: 200, body: new TextEncoder().encode('hello') };
  model = scriptedModel(() => ({ text: '{"n": 1}' }));
  stage.act = () => Promise.resolve(null);
  [stage.answer, stage.connections] = ['allow', undefined];
  make = (guards) => { tools = createTools({
    connections: stage.connections, ...(guards && { guards: { ...ALL_SECRET_GUARDS, ...guards } }), plugins, store: home.store, userSalt: 'salt', activity: { note: (note) => { (note.actor.kind === 'agent' ? byAgent : told).push(note); }, call: (call) => { calls.push(call); }, begin: (effect) => { begun.push(effect); return Promise.resolve(() => { settled += 1; }); } },
    secrets: { withSecret: (_plugin, key, use) => (key === 'api_key' ? Promise.resolve(use(SECRET)) : Promise.reject(new AppError('credentials/not-found', 'Not entered.'))) },
    http: { guardedFetch: (request, policy) => { asked.push({ request, policy }); return Promise.resolve({ status: stage.reply.status, statusText: 'OK', url: stage.reply.url ?? request.url, headers: [['x', 'y']], body: stage.reply.body }); } },
    sandbox: { run: async (request) => {
      const inner = request.entry.kind === 'tool' && request.entry.tool === 'inner';
      return { output: inner ? { got: request.input, depth: request.depth } : await stage.act(request.hostCalls, request.signal ?? new AbortController().signal), logs: [], metrics: { wallMs: 1, cpuMs: 1, memoryBytes: 4096, hostCalls: 1 } };
    } },
  }); };
  make();
  let id = 0;
  const context = {
    run: { id: 'run', pluginId: PLUGIN, executionType: 'agent', executionTarget: 'writer', conversationId: null, hireId: null }, past: [], signal: new AbortController().signal, clock: { now: () => 1 }, ids: { next: () => `i${id += 1}` }, limits: {},
    emit: (type: string, data: unknown) => { emitted.push({ type, data }); return `e${emitted.length}`; }, durable: () => Promise.resolve(), stream: () => undefined,
    ask: () => { questions += 1; return Promise.resolve({ decision: stage.answer, scope: 'once' }); }, keptApproval: () => Promise.resolve(undefined),
  } as unknown as RunContext;
  session = createToolSession(context, () => Promise.resolve(model));
  return () => rm(folder, { recursive: true, force: true });
});

export const installed = (grants: readonly string[], effect: ToolEffect = 'write'): void => {
  plugins.add(PLUGIN, { grants, manifest: { capabilities: { tools: [{ id: 'outer', name: 'Outer', description: 'Calls the host.', effect }, { id: 'mine', name: 'Mine', description: 'Another own tool.', effect: 'read' }] } }, files: { 'dist/plugin.js': '' } });
};
/** Calls the tool, which makes one host call, and answers what that gave or threw. */
export async function use(grants: readonly string[], name: string, args: unknown, effect: ToolEffect = 'write'): Promise<unknown> {
  installed(grants, effect);
  let outcome: unknown;
  stage.act = async (calls, signal) => {
    outcome = await calls.call(name as never, args, signal).then((value) => ({ value }), (error: unknown) => ({ error }));
    return null;
  };
  const tool = await tools.find(`${PLUGIN}/outer`);
  const { error } = await tools.invoke(session, tool, { callId: 'c1', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: session.context.signal });
  expect(error).toBeNull();
  const made = outcome as { value: unknown } | { error: unknown };
  if ('error' in made) throw made.error;
  return made.value;
}
export const refused = (permission: string) => expect.objectContaining({ code: 'permission/denied', details: { permission } });
export const get = (url: string, more: object = {}) => ({ url, method: 'GET', headers: [], redirect: 'follow', ...more });
export const FOLDERS = ['folder:data:read', 'folder:out:write'];
export const pick = (): void => {
  plugins.folders.set(`${PLUGIN} data`, { path: folder, access: 'read' });
  plugins.folders.set(`${PLUGIN} out`, { path: folder, access: 'write' });
};
