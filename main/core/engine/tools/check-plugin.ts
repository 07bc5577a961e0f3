import * as z from 'zod/mini';
import { hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import type { CheckResult, PluginCheck } from '../../../../contract/model/configuration.ts';
import { createHostCalls } from './host-calls/host-calls.ts';
import type { InstalledCode } from './installed-code.ts';
import { CODE_FILE, type PluginToolParts } from './plugin-tool.ts';
import { NO_MASK, secretMask } from './secret-mask.ts';

/** A person waits for the answer. */
const CHECK_MS = 20_000;
const MESSAGE_CHARACTERS = 500;
const answerSchema = z.object({ ok: z.boolean(), message: z.optional(z.string()) });
const NO_CODE: CheckResult = { state: 'none', message: null };

/**
 * Runs a plugin's own checks: `validateCredentials` may ask hosts anything they were granted for, `healthCheck` only reads.
 * Neither belongs to a run: no model, no other tools. What they say is text of the plugin's.
 * @throws AppError `sandbox/busy`, `sandbox/cancelled`: they could not be run; any other failure is the result
 */
export async function checkPlugin(parts: PluginToolParts, code: InstalledCode, id: string, signal: AbortSignal): Promise<PluginCheck> {
  const source = await sourceOf(code);
  if (source === undefined) return { credentials: NO_CODE, health: NO_CODE };
  const mask = parts.hostCalls.guards.mask ? await secretMask(code, parts.hostCalls.secrets) : NO_MASK;
  const run = async (kind: 'validateCredentials' | 'healthCheck'): Promise<CheckResult> => {
    try {
      const { output } = await parts.sandbox.run({
        code: source, entry: { kind }, input: null, signal, limits: { deadlineMs: CHECK_MS },
        context: { execution: { user_id: parts.userId(code.pluginId), session_id: id, execution_id: id }, parameters: {}, config: { ...code.config } },
        hostCalls: createHostCalls({ parts: parts.hostCalls, code, call: null, readOnly: kind === 'healthCheck', mask, seen: { hosts: new Map() } }),
      });
      if (output === null) return NO_CODE;
      const answer = z.safeParse(answerSchema, output);
      if (!answer.success) return { state: 'failed', message: 'The check answered something else than { ok, message }. Tell the author of the plugin.' };
      return { state: answer.data.ok ? 'ok' : 'failed', message: shown(mask.text(answer.data.message ?? '')) };
    } catch (error) {
      if (hasCode(error, 'sandbox/busy', 'sandbox/cancelled')) throw error;
      return { state: 'failed', message: shown(mask.text(toWire(error).message)) };
    }
  };
  return { credentials: await run('validateCredentials'), health: await run('healthCheck') };
}

const shown = (text: string): string | null => (text.trim() === '' ? null : text.slice(0, MESSAGE_CHARACTERS));

/** Undefined for a plugin of documents alone. */
async function sourceOf(code: InstalledCode): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await code.readFile(CODE_FILE));
  } catch (error) {
    if (hasCode(error, 'plugins/bad-archive')) return undefined;
    throw error;
  }
}
