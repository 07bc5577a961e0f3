import { createHash } from 'node:crypto';
import type { ToolCapability } from '../../../../contract/manifest/index.ts';
import type { SandboxPool } from '../../../../sandbox/host/index.ts';
import { createHostCalls } from './host-calls/host-calls.ts';
import type { HostCallParts } from './host-calls/scope.ts';
import type { InstalledCode } from './installed-code.ts';
import { hashOf, type Tool } from './tool.ts';

/** Where a plugin's code lies in its archive. */
export const CODE_FILE = 'dist/plugin.js';

export interface PluginToolParts {
  readonly sandbox: Pick<SandboxPool, 'run'>;
  readonly hostCalls: HostCallParts;
  /** Makes ids of people that differ from plugin to plugin, so that two of them cannot put together what they know. */
  readonly userId: (pluginId: string) => string;
}

/** A tool of an installed plugin: each call is a fresh isolate, and host calls are all that it can reach. */
export function pluginTool(parts: PluginToolParts, code: InstalledCode, declared: ToolCapability): Tool {
  const facts = { id: `${code.pluginId}/${declared.id}`, title: declared.name, description: declared.description, input: declared.input, output: declared.output, effect: declared.effect };
  return {
    ...facts, hash: hashOf(facts), version: code.version,
    async run(input, call) {
      const { run } = call.session.context;
      const source = new TextDecoder().decode(await code.readFile(CODE_FILE));
      const { output, logs, metrics } = await parts.sandbox.run({
        code: source, entry: { kind: 'tool', tool: declared.id }, input,
        context: {
          execution: { user_id: parts.userId(code.pluginId), session_id: run.conversationId ?? run.id, execution_id: run.id },
          parameters: {}, config: { ...code.config },
        },
        hostCalls: createHostCalls({ parts: parts.hostCalls, code, call }), signal: call.signal, depth: call.depth,
      });
      return { output, logs, metrics: { ...metrics } };
    },
  };
}

/** A random-looking id of the person for one plugin, from a secret of this home. */
export const userIdFrom = (salt: string) => (pluginId: string): string => createHash('sha256').update(`${salt}\n${pluginId}`).digest('base64url').slice(0, 22);
