import { createHash } from 'node:crypto';
import { hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import type { ToolCapability } from '../../../../contract/manifest/index.ts';
import type { SandboxPool } from '../../../../sandbox/host/index.ts';
import { createHostCalls } from './host-calls/host-calls.ts';
import type { HostCallParts, HostCallScope } from './host-calls/scope.ts';
import { refusedPermission } from './host-calls/told.ts';
import type { InstalledCode } from './installed-code.ts';
import { NO_MASK, secretMask } from './secret-mask.ts';
import { hashOf, sha256, type Tool } from './tool.ts';

/** Where a plugin's code lies in its archive. */
export const CODE_FILE = 'dist/plugin.js';

/** What is kept of one call for the plugin's page. */
const KEPT_LINES = 100;
const LINE_CHARACTERS = 500;
/** A secret is looked for in more of a line than is kept, so that no half of one stays at the cut. */
const READ_CHARACTERS = 40_000;
const KEPT_HOSTS = 50;

export interface PluginToolParts {
  readonly sandbox: Pick<SandboxPool, 'run'>;
  readonly hostCalls: HostCallParts;
  /** What the agent of this run has in place of the plugin's configuration. */
  readonly ownValues: (code: InstalledCode, hireId: string | null) => Promise<Readonly<Record<string, unknown>>>;
  /** Makes ids of people that differ from plugin to plugin, so that two of them cannot put together what they know. */
  readonly userId: (pluginId: string) => string;
}

/** A tool of an installed plugin: each call is a fresh isolate, and host calls are all that it can reach. */
export function pluginTool(parts: PluginToolParts, code: InstalledCode, declared: ToolCapability): Tool {
  const facts = { id: `${code.pluginId}/${declared.id}`, title: declared.name, description: declared.description, input: declared.input, output: declared.output, effect: declared.effect };
  return {
    // An answer about signed code holds for no unsigned one, whatever that says of itself.
    ...facts, ...(code.sideLoaded ? { hash: sha256(`${hashOf(facts)} unsigned`), unsigned: true as const } : { hash: hashOf(facts) }), version: code.version,
    async run(input, call) {
      const { context } = call.session;
      const { run } = context;
      const source = new TextDecoder().decode(await code.readFile(CODE_FILE));
      const mask = parts.hostCalls.guards.mask ? await secretMask(code, parts.hostCalls.secrets) : NO_MASK;
      const seen: HostCallScope['seen'] = { hosts: new Map() };
      const lines: string[] = [];
      const at = context.clock.now();
      const ended = (metrics: { cpuMs: number; memoryBytes: number; hostCalls: number } | null, error: unknown): void => {
        parts.hostCalls.activity?.call({
          pluginId: code.pluginId, runId: run.id, toolId: `${code.pluginId}/${declared.id}`, at, durationMs: context.clock.now() - at, cpuMs: metrics?.cpuMs ?? null, memoryBytes: metrics?.memoryBytes ?? null, hostCalls: metrics?.hostCalls ?? null,
          error: error === undefined ? null : { ...toldError(error), permission: refusedPermission(error) ?? null }, logs: lines.map((line) => mask.text(line).slice(0, LINE_CHARACTERS)), hosts: [...seen.hosts].slice(0, KEPT_HOSTS).map(([host, count]) => ({ host, count })) });
      };
      const { output, logs, metrics } = await parts.sandbox.run({
        code: source, entry: { kind: 'tool', tool: declared.id }, input,
        context: {
          execution: { user_id: parts.userId(code.pluginId), session_id: run.conversationId ?? run.id, execution_id: run.id },
          parameters: {}, config: { ...code.config, ...await parts.ownValues(code, run.hireId) },
        },
        hostCalls: createHostCalls({ parts: parts.hostCalls, code, call, seen, readOnly: call.readOnly, mask }), signal: call.signal, depth: call.depth,
        onLog({ level, message }) { if (lines.length < KEPT_LINES) lines.push(`${level}: ${message.slice(0, READ_CHARACTERS)}`); },
      }).catch((error: unknown) => {
        const known = mask.error(asRefusal(error, seen.refusal));
        ended(null, known);
        throw known;
      });
      ended(metrics, undefined);
      // What the code was told or found out by itself must not stand in the log of the run either.
      return { output: mask.value(output), logs: logs.map((line) => mask.text(line)), metrics: { ...metrics } };
    },
  };
}

/** A plugin that let a refusal end it was refused, which says more than that it threw. */
function asRefusal(error: unknown, refusal: unknown): unknown {
  return refusal !== undefined && hasCode(error, 'sandbox/plugin-threw') && toWire(error).details['code'] === 'permission/denied' ? refusal : error;
}

const toldError = (error: unknown): { code: string; message: string } => { const { code, message } = toWire(error); return { code, message }; };

/** A random-looking id of the person for one plugin, from a secret of this home. */
export const userIdFrom = (salt: string) => (pluginId: string): string => createHash('sha256').update(`${salt}\n${pluginId}`).digest('base64url').slice(0, 22);
