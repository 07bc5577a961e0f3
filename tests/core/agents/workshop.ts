import path from 'node:path';
import { readManifestValue } from '../../../contract/manifest/index.ts';
import type { Message } from '../../../contract/model/message.ts';
import type { RunEvent } from '../../../contract/model/run.ts';
import { AppError } from '../../../contract/errors/app-error.ts';
import { createAgents, createStarter, type Agents, type Starter } from '../../../main/core/engine/agents/index.ts';
import { PRACTICE_INFO, type AnsweredToolCall, type ChatAnswer, type ChatDelta, type ChatModel, type ChatRequest, type Pace } from '../../../main/core/engine/models/index.ts';
import { createKnowledge, createPluginKnowledge, createReader, type KnowledgeService, type PluginKnowledge } from '../../../main/core/engine/knowledge/index.ts';
import { createMemory, type MemoryService, type Vectors } from '../../../main/core/engine/memory/index.ts';
import { createRuns, type Runs } from '../../../main/core/engine/runs/index.ts';
import { createTools, type Connections, type InstalledCode, type PluginSecrets, type PluginSource, type Tools, type ToolsOptions } from '../../../main/core/engine/tools/index.ts';
import { createBudget } from '../../../main/core/engine/usage/index.ts';
import { createBuilder, createOwnAgents, type Builder } from '../../../main/core/workspace/builder/index.ts';
import { createAttachments, createChat, createImports, type Attachments, type Chat, type Imports } from '../../../main/core/workspace/chat/index.ts';
import { createTeam, documentsOfHires, type Team } from '../../../main/core/workspace/team/index.ts';
import { countingIds, systemClock, type TestHome } from '../runs/home.ts';

/** What the scripted model does when it is asked. */
export type Say = { readonly text?: string; readonly calls?: readonly { name: string; arguments?: unknown; id?: string; raw?: string }[]; readonly finish?: ChatAnswer['finish']; readonly cost?: number | null };
export type Script = (request: ChatRequest, onDelta: (delta: ChatDelta) => void, index: number) => Say | Promise<Say>;

/** A model that follows a script; `requests` are what it was asked. */
export interface ScriptedModel extends ChatModel { readonly requests: ChatRequest[] }

export function scriptedModel(script: readonly Say[] | Script, info: Partial<ChatModel['info']> = {}): ScriptedModel {
  const requests: ChatRequest[] = [];
  return {
    info: { ...PRACTICE_INFO, provider: 'scripted', model: 'script', label: 'Scripted', practice: false, ...info },
    requests,
    async chat(request, onDelta) {
      requests.push(request);
      const index = requests.length - 1;
      const say = typeof script === 'function' ? await script(request, onDelta, index) : script[index];
      if (request.signal.aborted) throw new AppError('run/cancelled', 'aborted');
      if (!say) throw new AppError('models/bad-answer', `The script has no answer number ${index + 1}.`);
      const { text = '', calls = [] } = say;
      if (typeof script !== 'function') for (const word of text.match(/\s*\S+/g) ?? []) onDelta({ type: 'text', text: word });
      const toolCalls = calls.map((call, at): AnsweredToolCall => ({ id: call.id ?? `call_${index}_${at}`, name: call.name, arguments: call.raw === undefined ? call.arguments ?? {} : undefined, rawArguments: call.raw ?? JSON.stringify(call.arguments ?? {}) }));
      return { text, toolCalls, usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15, estimated: false, ...(say.cost !== undefined && { cost: say.cost }) }, finish: say.finish ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'), model: 'script', provider: 'scripted', requestMs: 1, firstTokenMs: 1 };
    },
  };
}

export interface TestPlugin { readonly manifest: object; readonly files?: Readonly<Record<string, string>>; readonly grants?: readonly string[]; readonly status?: 'active' | 'disabled'; readonly version?: string; readonly sideLoaded?: boolean }

/** Installed plugins in memory; what marketplace/plugins gives in the app. */
export class TestPlugins implements PluginSource {
  readonly codes = new Map<string, InstalledCode>();
  readonly folders = new Map<string, { path: string; access: 'read' | 'write' }>();
  pinned = 0;
  private added = 0;

  add(id: string, plugin: TestPlugin): InstalledCode {
    const manifest = readManifestValue({ schema_version: '1.0', plugin: { id, name: id.split('.').at(-1), version: plugin.version ?? '1.0.0', description: 'A test plugin.', ...plugin.manifest } }, 'plugin.yaml');
    const code: InstalledCode = {
      pluginId: id, version: manifest.plugin.version, sha512: `${id}-${manifest.plugin.version}-${this.added += 1}`, publisherId: 'test', manifest, status: plugin.status ?? 'active', sideLoaded: plugin.sideLoaded ?? false, grants: new Set(plugin.grants ?? []), config: {},
      readFile: (file) => {
        const text = plugin.files?.[file];
        return text === undefined ? Promise.reject(new AppError('plugins/bad-archive', `No ${file}.`)) : Promise.resolve(new TextEncoder().encode(text));
      },
    };
    this.codes.set(id, code);
    return code;
  }

  get(id: string): Promise<InstalledCode | undefined> { return Promise.resolve(this.codes.get(id)); }
  list(): Promise<readonly InstalledCode[]> { return Promise.resolve([...this.codes.values()]); }
  folder(pluginId: string, key: string): Promise<{ path: string; access: 'read' | 'write' } | undefined> { return Promise.resolve(this.folders.get(`${pluginId} ${key}`)); }
  missingConfiguration(pluginId: string): Promise<readonly string[]> {
    const code = this.codes.get(pluginId);
    return Promise.resolve((code?.manifest.plugin.configuration.required ?? []).filter((entry) => entry.type !== 'secret' && (code?.config?.[entry.key] ?? entry.default) === undefined).map(({ key }) => key));
  }
  pin(): () => void { this.pinned += 1; return () => { this.pinned -= 1; }; }
}

/** The engine and the workspace over a real store, with a model of the test's own. */
export interface Workshop { readonly runs: Runs; readonly tools: Tools; readonly agents: Agents; readonly starter: Starter; readonly team: Team; readonly chat: Chat; readonly builder: Builder; readonly memory: MemoryService; readonly knowledge: KnowledgeService; readonly attachments: Attachments; readonly imports: Imports; readonly plugins: TestPlugins; readonly changed: string[]; readonly pluginKnowledge: PluginKnowledge }

export interface WorkshopOptions {
  readonly home: TestHome;
  readonly plugins: TestPlugins;
  readonly model: ChatModel;
  /** Answers to the name `second/model`. */
  readonly second?: ChatModel;
  readonly sandbox?: ToolsOptions['sandbox'];
  readonly http?: ToolsOptions['http'];
  readonly secrets?: PluginSecrets;
  /** A secret that the home knows. */
  readonly secret?: string;
  readonly connections?: Connections;
  readonly pace?: Pace;
  readonly mcp?: ToolsOptions['mcp'];
  readonly vectors?: Vectors;
  /** Keeps the ids of two lives over one home apart when they are two processes. */
  readonly idPrefix?: string;
}

const IMPORT_THREAD = path.join(import.meta.dirname, '../../../main/core/workspace/chat/importing/import-thread.ts');

let lives = 0;
const nothing = (what: string) => () => Promise.reject(new AppError('core/internal', `This test has no ${what}.`));

export function openWorkshop(options: WorkshopOptions): Workshop {
  const { plugins } = options;
  lives += 1;
  const { store } = options.home;
  const [clock, ids, changed] = [systemClock, countingIds(`${options.idPrefix ?? ''}w${lives}-`), [] as string[]];
  let pluginKnowledge: PluginKnowledge | undefined = undefined;
  const tell = (topic: string): void => { changed.push(topic); if (topic === 'team') pluginKnowledge?.look(); };
  const models = { resolve: (ref: unknown) => (ref === 'none/none' ? Promise.reject(new AppError('models/not-found', 'There is no such model.')) : Promise.resolve(ref === 'second/model' && options.second ? options.second : options.model)) };
  const runs = createRuns({ store, clock, ids, changed: tell, log: { warn: () => undefined } });
  const knowledge = createKnowledge({ vectors: options.vectors, store, reader: createReader(), clock, ids, clean: (text) => text.replaceAll(options.secret ?? '\0', '[redacted]'), changed: () => { tell('knowledge'); }, settled: async () => { await pluginKnowledge?.settled(); } });
  const memory = createMemory({ vectors: options.vectors, store, clock, ids, clean: (text) => text.replaceAll(options.secret ?? '\0', '[redacted]'), changed: () => { tell('memory'); } });
  const tools = createTools({
    memory, knowledge, plugins, store, userSalt: 'salt', sandbox: options.sandbox ?? { run: nothing('sandbox') }, http: options.http ?? { guardedFetch: nothing('network') },
    ...(options.connections && { connections: options.connections }), ...(options.mcp && { mcp: options.mcp }), secrets: options.secrets ?? { withSecret: nothing('secrets') },
  });
  const attachments = createAttachments({ store, clock });
  const agents = createAgents({ plugins, own: createOwnAgents(store), models, tools, memory, knowledge, attachments, pace: options.pace, budget: createBudget({ store }) });
  pluginKnowledge = createPluginKnowledge({
    store, reader: createReader(), vectors: options.vectors, clock, ids, clean: (text) => text.replaceAll(options.secret ?? '\0', '[redacted]'), changed: () => { tell('knowledge'); }, warn: (message, facts) => { changed.push(`${message}: ${JSON.stringify(facts)}`); },
    hired: () => documentsOfHires({ store, agents }), installed: async () => new Set((await plugins.list()).map(({ pluginId }) => pluginId)),
  });
  const starter = createStarter({ plugins, tools, agents, models, runs });
  const team = createTeam({ store, agents, plugins, models, clock, ids, changed: tell });
  const chat = createChat({ store, runs, agents, attachments, clock, ids, changed: tell });
  const imports = createImports({ store, clock, ids, changed: tell, threadFile: IMPORT_THREAD });
  const builder = createBuilder({ store, plugins, agents, tools, models, runs, clock, ids, changed: tell });
  return { runs, tools, agents, starter, team, chat, builder, memory, knowledge, attachments, imports, plugins, changed, pluginKnowledge };
}

/** The agent and tools that most tests use. */
export const HELPER = 'dev.test.helper';
export function withHelper(plugins: TestPlugins, extra: { agent?: string; tools?: readonly object[]; manifest?: object; files?: Readonly<Record<string, string>>; grants?: readonly string[]; sideLoaded?: boolean } = {}): InstalledCode {
  return plugins.add(HELPER, {
    sideLoaded: extra.sideLoaded ?? false,
    manifest: {
      capabilities: {
        agents: [{ id: 'helper', name: 'Helper', description: 'Helps.', file: 'agents/helper.yaml' }],
        tools: extra.tools ?? [
          { id: 'look', name: 'Look', description: 'Looks something up.', input: { type: 'object', required: ['q'], properties: { q: { type: 'string' } } }, effect: 'read' },
          { id: 'send', name: 'Send', description: 'Sends something.', input: { type: 'object', required: ['to'], properties: { to: { type: 'string', pattern: '^[a-z]+$' } } }, effect: 'write' },
        ],
      },
      ...extra.manifest,
    },
    files: { 'agents/helper.yaml': extra.agent ?? 'role: Helper\ngoal: Help.\ntools: [look, send, builtin.calculator]\n', 'dist/plugin.js': 'export default {}', ...extra.files },
    grants: extra.grants ?? [],
  });
}

/** A sandbox that answers by a table of tools. */
export function fakeSandbox(table: Readonly<Record<string, (input: Record<string, unknown>, request: Parameters<ToolsOptions['sandbox']['run']>[0]) => unknown>>): ToolsOptions['sandbox'] & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    async run(request) {
      const tool = request.entry.kind === 'tool' ? request.entry.tool : '';
      calls.push(tool);
      const output = await table[tool]?.(request.input as Record<string, unknown>, request);
      return { output, logs: [`info: ${tool} ran`], metrics: { wallMs: 1, cpuMs: 1, memoryBytes: 1, hostCalls: 0 } };
    },
  };
}

export const typesOf = (events: readonly RunEvent[]): string[] => events.map((event) => event.type);
export const rolesOf = (messages: readonly Message[]): string[] => messages.map((message) => message.role);
export const SANDBOX_WORKER = path.join(import.meta.dirname, '../../../sandbox/guest/worker.ts');
export const ADDON_FOLDER = path.join(import.meta.dirname, '../../../node_modules/isolated-vm');
