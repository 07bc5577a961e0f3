import { AppError } from '../../../../contract/errors/app-error.ts';
import { MAX_CALL_DEPTH, type SandboxPool } from '../../../../sandbox/host/index.ts';
import type { Activity } from '../../base/audit/index.ts';
import type { Http } from '../../base/http/index.ts';
import type { Store } from '../../base/store/index.ts';
import { calculator } from './builtin/calculator.ts';
import { dateTime } from './builtin/date-time.ts';
import type { HostCallParts } from './host-calls/scope.ts';
import { mayUseTool, type InstalledCode, type PluginSecrets, type PluginSource } from './installed-code.ts';
import { invoke, outputOf, type Call, type Invocation } from './invoke.ts';
import { pluginTool, userIdFrom } from './plugin-tool.ts';
import type { Tool, ToolSession } from './tool.ts';
import { createValidator, type Validator } from './validate.ts';

export interface ToolsOptions {
  readonly plugins: PluginSource;
  readonly secrets: PluginSecrets;
  readonly sandbox: Pick<SandboxPool, 'run'>;
  readonly http: Pick<Http, 'guardedFetch'>;
  readonly store: Pick<Store, 'read' | 'write'>;
  /** A secret of this home, from which plugins' ids of the person are made. */
  readonly userSalt: string;
  /** The schema thread's file; default: beside this room's. */
  readonly schemaThreadFile?: string;
  /** Where it is told what plugins do. */
  readonly activity?: Activity | undefined;
}

export interface ToolSelection {
  readonly tools: readonly Tool[];
  /** References that lead to no tool that may be used, and why, in sentences for people. */
  readonly missing: readonly { readonly reference: string; readonly message: string }[];
}

export interface Tools {
  /** Every built-in tool. */
  readonly builtin: readonly Tool[];
  readonly validator: Validator;
  /** `builtin.calculator` or `<plugin>/<tool>`. Errors: `tools/not-found`. */
  find(toolId: string): Promise<Tool>;
  /** What an agent document's `tools` lead to: own tools by short name, built-in ones, granted ones of other plugins (`<plugin>/*` for all). */
  forAgent(code: InstalledCode, references: readonly string[]): Promise<ToolSelection>;
  /** Makes one call, with everything that belongs to it. Throws only when the run ends. */
  invoke(session: ToolSession, tool: Tool, call: Call): Promise<Invocation>;
}

const BUILTIN: readonly Tool[] = [calculator, dateTime];

/** The one list of tools, whatever they are made of. */
export function createTools(options: ToolsOptions): Tools {
  const { plugins } = options;
  const validator = createValidator(options.schemaThreadFile);
  const hostCalls: HostCallParts = {
    guardedFetch: (request, policy) => options.http.guardedFetch(request, policy), store: options.store, plugins, secrets: options.secrets, validator, activity: options.activity,
    async callTool(caller, above, toolId, input) {
      if (above.depth >= MAX_CALL_DEPTH) throw new AppError('tools/too-deep', `Tools may call each other ${MAX_CALL_DEPTH} deep at most, and this call would go deeper.`);
      const own = toolId.startsWith(`${caller.pluginId}/`);
      if (!own && !mayUseTool(caller, toolId)) throw new AppError('permission/denied', `The tool ${toolId} was not granted to this plugin.`, { details: { permission: `tools:${toolId}` } });
      const tool = await tools.find(toolId);
      const count = (above.session.nested.get(above.callId) ?? 0) + 1;
      above.session.nested.set(above.callId, count);
      return outputOf(await tools.invoke(above.session, tool, {
        callId: `${above.callId}/${count}`, input, depth: above.depth + 1, readOnly: above.readOnly, parent: above.parent, standing: 'fresh', signal: above.signal,
      }));
    },
  };
  const parts = { sandbox: options.sandbox, hostCalls, userId: userIdFrom(options.userSalt) };
  const toolsOf = (code: InstalledCode): Tool[] => code.manifest.plugin.capabilities.tools.map((declared) => pluginTool(parts, code, declared));
  const active = async (pluginId: string): Promise<InstalledCode | undefined> => {
    const code = await plugins.get(pluginId);
    return code?.status === 'active' ? code : undefined;
  };
  const notFound = (toolId: string): AppError => new AppError('tools/not-found', `There is no tool "${toolId}". Its plugin is not installed or is disabled.`);

  const tools: Tools = {
    builtin: BUILTIN,
    validator,
    async find(toolId) {
      const builtin = BUILTIN.find((tool) => tool.id === toolId);
      if (builtin) return builtin;
      const [pluginId = '', name] = toolId.split('/');
      const code = name === undefined ? undefined : await active(pluginId);
      const declared = code?.manifest.plugin.capabilities.tools.find((tool) => tool.id === name);
      if (!code || !declared) throw notFound(toolId);
      return pluginTool(parts, code, declared);
    },
    async forAgent(code, references) {
      const found = new Map<string, Tool>();
      const missing: { reference: string; message: string }[] = [];
      for (const reference of references) {
        const lead = await lookUp(code, reference);
        if (typeof lead === 'string') missing.push({ reference, message: lead });
        else for (const tool of lead) found.set(tool.id, tool);
      }
      return { tools: [...found.values()], missing };
    },
    invoke: (session, tool, call) => invoke(session, validator, tool, call),
  };

  /** The tools of one reference, or why there are none. */
  async function lookUp(code: InstalledCode, reference: string): Promise<readonly Tool[] | string> {
    const builtin = BUILTIN.filter((tool) => tool.id === reference);
    if (builtin.length > 0) return builtin;
    const [pluginId = '', name] = reference.includes('/') ? reference.split('/') : [code.pluginId, reference];
    const id = `${pluginId}/${name}`;
    const own = pluginId === code.pluginId;
    if (!own && !mayUseTool(code, id)) return `The tool ${id} was not granted to ${code.manifest.plugin.name}. Grant it on the page of the plugin.`;
    const source = own ? code : await active(pluginId);
    if (!source) return `The tool ${id} belongs to a plugin that is not installed or is disabled.`;
    const those = toolsOf(source).filter((tool) => name === '*' || tool.id === id);
    return those.length > 0 ? those : `The plugin ${pluginId} has no tool "${name}".`;
  }

  return tools;
}
