import { AppError } from '../../../../contract/errors/app-error.ts';
import type { ConnectionKind } from '../../../../contract/model/tool.ts';
import type { PluginCheck } from '../../../../contract/model/configuration.ts';
import { MAX_CALL_DEPTH, type SandboxPool } from '../../../../sandbox/host/index.ts';
import type { Activity } from '../../base/audit/index.ts';
import type { Http } from '../../base/http/index.ts';
import type { Store } from '../../base/store/index.ts';
import { fittingValues } from '../../marketplace/plugins/index.ts';
import type { KnowledgeService } from '../knowledge/index.ts';
import type { MemoryService } from '../memory/index.ts';
import { calculator } from './builtin/calculator.ts';
import { clipboardTools, type Clipboard } from './builtin/clipboard.ts';
import { dateTime } from './builtin/date-time.ts';
import { knowledgeTools } from './builtin/knowledge.ts';
import { memoryTools } from './builtin/memory.ts';
import { webFetch } from './builtin/web-fetch.ts';
import { agentsOf, type Connections } from './connections/connections.ts';
import { ALL_SECRET_GUARDS, type HostCallParts, type SecretGuards } from './host-calls/scope.ts';
import { mayUseTool, splitConnection, type InstalledCode, type PluginSecrets, type PluginSource } from './installed-code.ts';
import { isMcpTool, mcpTool, type McpSource } from './mcp-tool.ts';
import { invoke, outputOf, type Call, type Invocation } from './invoke.ts';
import { pluginTool, userIdFrom, type PluginToolParts } from './plugin-tool.ts';
import type { Tool, ToolSession } from './tool.ts';
import { checkPlugin } from './check-plugin.ts';
import { createValidator, type Validator } from './validate.ts';

export interface ToolsOptions {
  readonly plugins: PluginSource;
  readonly secrets: PluginSecrets;
  readonly sandbox: Pick<SandboxPool, 'run'>;
  readonly http: Pick<Http, 'guardedFetch'>;
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly mcp?: McpSource | undefined;
  /** A secret of this home, from which plugins' ids of the person are made. */
  readonly userSalt: string;
  /** What agents remember; without it none has a memory. */
  readonly memory?: Pick<MemoryService, 'recall' | 'remember'> | undefined;
  /** The clipboard of the person's desktop; without it there is none. */
  readonly clipboard?: Clipboard | undefined;
  /** Documents of the person; without it no agent has any. */
  readonly knowledge?: Pick<KnowledgeService, 'find'> | undefined;
  /** The schema thread's file; default: beside this room's. */
  readonly schemaThreadFile?: string;
  /** Where it is told what plugins and agents do. */
  readonly activity?: Activity | undefined;
  /** What built-in tools are connected to; without it there are none that need a connection. */
  readonly connections?: Connections | undefined;
  /** Tests switch a defence off with it; nothing else does. */
  readonly guards?: SecretGuards;
}

/** `connection`: the tool is there, and the agent was given no connection of this kind for it. */
export interface Missing { readonly reference: string; readonly message: string; readonly connection?: ConnectionKind }

export interface ToolSelection {
  readonly tools: readonly Tool[];
  /** References that lead to no tool that may be used, and why, in sentences for people. */
  readonly missing: readonly Missing[];
}

/** What is worth telling of what is missing: an agent that has one of its connections can work without the others. */
export const toldMissing = ({ tools, missing }: ToolSelection): readonly Missing[] => (tools.some(({ connectionName }) => connectionName !== undefined) ? missing.filter(({ connection }) => connection === undefined) : missing);

export interface Tools {
  /** Every built-in tool that may be given to any agent; those that need a connection without one. */
  readonly builtin: readonly Tool[];
  /** Those that belong to a memory: an agent has them when it has one. */
  readonly ofMemory: readonly Tool[];
  /** Those that belong to documents: an agent has them when it has some. */
  readonly ofKnowledge: readonly Tool[];
  readonly validator: Validator;
  /** Every tool of the person's MCP servers that an agent may be given, with the name of its server. */
  mcp(): Promise<readonly { readonly tool: Tool; readonly serverName: string }[]>;
  /** `builtin.calculator`, `<plugin>/<tool>` or `mcp:<server>/<tool>`. Errors: `tools/not-found`. */
  find(toolId: string): Promise<Tool>;
  /**
   * What an agent document's `tools` lead to: own tools by short name, built-in ones, granted ones of other plugins (`<plugin>/*` for all), granted ones of MCP servers.
   * @param agents whose connections are used; undefined where nobody is hired yet: then a tool that needs one stands for itself
   */
  forAgent(code: InstalledCode, references: readonly string[], agents?: readonly string[]): Promise<ToolSelection>;
  /** What keeps a built-in tool from these agents: a connection of this kind; `held`: there is one that they were not given. Undefined: nothing. */
  unconnected(toolId: string, agents: readonly string[]): Promise<{ readonly connection: ConnectionKind; readonly title: string; readonly held: boolean } | undefined>;
  /** Runs the plugin's own checks of its configuration. Errors: `plugins/not-installed`, `sandbox/busy`, `sandbox/cancelled`. */
  check(pluginId: string, checkId: string, signal: AbortSignal): Promise<PluginCheck>;
  /** Makes one call, with everything that belongs to it. Throws only when the run ends. */
  invoke(session: ToolSession, tool: Tool, call: Call): Promise<Invocation>;
}

/** The tools that a reference leads to, or why it leads to none. */
type Lead = readonly Tool[] | string | Omit<Missing, 'reference'>;

/** They reach nothing, so that any agent may have them. */
const HARMLESS: readonly Tool[] = [calculator, dateTime];

/** The one list of tools, whatever they are made of. */
export function createTools(options: ToolsOptions): Tools {
  const { plugins, connections } = options;
  /** They reach something, so that an agent has them only when it was given them; yet need no connection. */
  const plain: readonly Tool[] = [webFetch({ http: options.http, circuits: connections?.circuits, activity: options.activity }), ...clipboardTools(options.clipboard)];
  const bare = connections?.bare ?? [];
  const all = [...HARMLESS, ...plain, ...bare];
  const validator = createValidator(options.schemaThreadFile);
  const hostCalls: HostCallParts = {
    guards: options.guards ?? ALL_SECRET_GUARDS,
    guardedFetch: (request, policy) => options.http.guardedFetch(request, policy), store: options.store, plugins, secrets: options.secrets, validator, activity: options.activity,
    async callTool(caller, above, named, input) {
      const [toolId = '', connection] = splitConnection(named);
      if (above.depth >= MAX_CALL_DEPTH) throw new AppError('tools/too-deep', `Tools may call each other ${MAX_CALL_DEPTH} deep at most, and this call would go deeper.`);
      const own = toolId.startsWith(`${caller.pluginId}/`);
      if (!own && !mayUseTool(caller, toolId)) throw new AppError('permission/denied', `The tool ${toolId} was not granted to this plugin.`, { details: { permission: `tools:${toolId}` } });
      const tool = await calledTool(toolId, connection, above.session.context);
      const count = (above.session.nested.get(above.callId) ?? 0) + 1;
      above.session.nested.set(above.callId, count);
      return outputOf(await tools.invoke(above.session, tool, {
        callId: `${above.callId}/${count}`, input, depth: above.depth + 1, readOnly: above.readOnly, parent: above.parent, standing: 'fresh', caller: caller.pluginId, signal: above.signal,
      }));
    },
  };
  const parts: PluginToolParts = {
    sandbox: options.sandbox, hostCalls, userId: userIdFrom(options.userSalt),
    async ownValues(code, hireId) {
      const hire = hireId === null ? undefined : await options.store.read('hireConfiguration', { id: hireId });
      // An agent's own values are about its own plugin, not about others' tools that it uses.
      return hire?.pluginId === code.pluginId ? fittingValues(code.manifest, JSON.parse(hire.configuration) as Record<string, unknown>) : {};
    },
  };
  const toolsOf = (code: InstalledCode): Tool[] => code.manifest.plugin.capabilities.tools.map((declared) => pluginTool(parts, code, declared));
  const active = async (pluginId: string): Promise<InstalledCode | undefined> => {
    const code = await plugins.get(pluginId);
    return code?.status === 'active' ? code : undefined;
  };
  const notFound = (toolId: string): AppError => new AppError('tools/not-found', `There is no tool "${toolId}". Its plugin is not installed or is disabled.`);

  const tools: Tools = {
    builtin: all,
    ofMemory: options.memory ? memoryTools(options.memory) : [],
    ofKnowledge: options.knowledge ? knowledgeTools(options.knowledge) : [],
    validator,
    mcp: async () => (await options.mcp?.usable() ?? []).map((tool) => ({ serverName: tool.serverName, tool: mcpTool(options.mcp as McpSource, validator, tool) })),
    async find(toolId) {
      const builtin = all.find((tool) => tool.id === toolId);
      if (builtin) return builtin;
      if (isMcpTool(toolId)) {
        const found = (await tools.mcp()).find(({ tool }) => tool.id === toolId);
        if (!found) throw new AppError('tools/not-found', `There is no tool "${toolId}". Its MCP server was removed or is switched off, or the tool waits for a look.`);
        return found.tool;
      }
      const [pluginId = '', name] = toolId.split('/');
      const code = name === undefined ? undefined : await active(pluginId);
      const declared = code?.manifest.plugin.capabilities.tools.find((tool) => tool.id === name);
      if (!code || !declared) throw notFound(toolId);
      return pluginTool(parts, code, declared);
    },
    async forAgent(code, references, agents) {
      const found = new Map<string, Tool>();
      const missing: Missing[] = [];
      for (const reference of references) {
        const lead = await lookUp(code, reference, agents);
        if (typeof lead === 'string') missing.push({ reference, message: lead });
        else if ('message' in lead) missing.push({ reference, ...lead });
        else for (const tool of lead) found.set(tool.id, tool);
      }
      return { tools: [...found.values()], missing };
    },
    async unconnected(toolId, agents) {
      const connection = connections?.kindWith(toolId);
      if (!connections || connection === undefined || (await connections.toolsFor(toolId, agents)).length > 0) return undefined;
      const held = (await connections.list()).some((one) => one.kind === connection && one.tools.some(({ id }) => id === toolId));
      return { connection, title: bare.find(({ id }) => id === toolId)?.title ?? toolId, held };
    },
    async check(pluginId, checkId, signal) {
      const code = await active(pluginId);
      if (!code) throw new AppError('plugins/not-installed', `${pluginId} is not installed, or it is switched off. Install it or switch it on, then check again.`, { details: { id: pluginId } });
      const release = plugins.pin(code.sha512);
      try { return await checkPlugin(parts, code, checkId, signal); } finally { release(); }
    },
    invoke: (session, tool, call) => invoke(session, validator, tool, call, options.activity),
  };

  /** What a plugin's code calls. A tool that needs a connection works with one of the agent whose run this is; with several of them the code says which. */
  async function calledTool(toolId: string, connection: string | undefined, context: ToolSession['context']): Promise<Tool> {
    if (!connections || connections.kindWith(toolId) === undefined) return tools.find(toolId);
    const theirs = (await connections.toolsFor(toolId, agentsOf(context))).filter(({ id, connectionName }) => connection === undefined || connection === connectionName || id === `${toolId}@${connection}`);
    const [only] = theirs;
    if (!only) throw new AppError('permission/denied', `No connection${connection === undefined ? '' : ` "${connection.slice(0, 60)}"`} for ${toolId} was given to this agent. Give it one in Settings › Tools.`, { details: { permission: `connection:${toolId}` } });
    if (theirs.length > 1) throw new AppError('tools/bad-arguments', `This agent has several connections for ${toolId}: ${theirs.map((one) => `"${one.connectionName ?? ''}"`).join(', ')}. Say which.`);
    return only;
  }

  /** The tools of one reference, or why there are none. */
  async function lookUp(code: InstalledCode, reference: string, agents: readonly string[] | undefined): Promise<Lead> {
    const builtin = all.find((tool) => tool.id === reference);
    if (builtin) return builtinFor(code, builtin, agents);
    if (isMcpTool(reference)) return lookUpMcp(code, reference);
    const [pluginId = '', name] = reference.includes('/') ? reference.split('/') : [code.pluginId, reference];
    const id = `${pluginId}/${name}`;
    const own = pluginId === code.pluginId;
    if (!own && !mayUseTool(code, id)) return `The tool ${id} was not granted to ${code.manifest.plugin.name}. Grant it on the page of the plugin.`;
    const source = own ? code : await active(pluginId);
    if (!source) return `The tool ${id} belongs to a plugin that is not installed or is disabled.`;
    const those = toolsOf(source).filter((tool) => name === '*' || tool.id === id);
    return those.length > 0 ? those : `The plugin ${pluginId} has no tool "${name}".`;
  }

  /** MCP servers belong to the person: only an agent that was given their tools by name may use them. */
  async function lookUpMcp(code: InstalledCode, reference: string): Promise<readonly Tool[] | string> {
    if (!mayUseTool(code, reference)) return `The tool ${reference} was not granted to ${code.manifest.plugin.name}. Tools of MCP servers are given to agents of your own.`;
    const server = reference.slice(0, reference.indexOf('/') + 1);
    const those = (await tools.mcp()).map(({ tool }) => tool).filter((tool) => tool.id === reference || (reference === `${server}*` && tool.id.startsWith(server)));
    return those.length > 0 ? those : `There is no tool ${reference}. Its MCP server was removed or is switched off, or the tool waits for a look.`;
  }

  async function builtinFor(code: InstalledCode, tool: Tool, agents: readonly string[] | undefined): Promise<Lead> {
    if (HARMLESS.includes(tool)) return [tool];
    if (!mayUseTool(code, tool.id)) return `The tool ${tool.id} was not granted to ${code.manifest.plugin.name}. Grant it on the page of the plugin.`;
    if (agents === undefined || plain.includes(tool)) return [tool];
    const connected = await connections?.toolsFor(tool.id, agents) ?? [];
    if (connected.length > 0) return connected;
    const [message, connection] = [`No connection for "${tool.title}" was given to this agent. Give it one in Settings › Tools.`, connections?.kindWith(tool.id)];
    return connection === undefined ? message : { message, connection };
  }

  return tools;
}
