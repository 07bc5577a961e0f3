/** The last check before a plugin becomes active: its code loads in the sandbox and brings the tools that it promised. */
import * as z from 'zod/mini';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { permissionsOf, type Manifest } from '../../../../contract/manifest/index.ts';
import type { HostCalls, SandboxPool, SandboxResult } from '../../../../sandbox/host/index.ts';

const HEALTH_MS = 5_000;
const loadedSchema = z.object({ healthCheck: z.optional(z.boolean()) });
const healthSchema = z.nullable(z.object({ ok: z.boolean(), message: z.optional(z.string()) }));

/** What the private store of a health check may hold, in characters of JSON. */
const STORED_CHARACTERS = 1_048_576;

/** Nothing was granted yet; a small private store that is forgotten afterwards harms nobody. */
function emptyHostCalls(): HostCalls {
  const storage = new Map<string, unknown>();
  let stored = 0;
  return {
    call(name, args) {
      const { key = '', value = null } = (args ?? {}) as { key?: string; value?: unknown };
      if (name === 'storage.get') return Promise.resolve(storage.get(key) ?? null);
      if (name === 'storage.set') {
        stored += key.length + JSON.stringify(value).length;
        // Counted as written: a check has no reason to write more.
        if (stored > STORED_CHARACTERS) return Promise.reject(new AppError('permission/denied', `A health check may store ${STORED_CHARACTERS} characters while a plugin is installed.`));
        storage.set(key, value);
        return Promise.resolve(null);
      }
      if (name === 'storage.delete') { storage.delete(key); return Promise.resolve(null); }
      if (name === 'storage.list') return Promise.resolve([...storage.keys()].sort());
      if (name === 'progress' || name === 'sleep') return Promise.resolve(null);
      return Promise.reject(new AppError('permission/denied', `${name} is not available while a plugin is installed.`));
    },
  };
}

/**
 * @param code the text of dist/plugin.js, or null for a plugin of documents only
 * @returns what the log says of it
 * @throws AppError `plugins/smoke-failed` with the sandbox's own code in `details.cause`
 */
export async function smoke(sandbox: Pick<SandboxPool, 'run'>, manifest: Manifest, code: string | null, operationId: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  if (code === null) return { loaded: false };
  const { id, capabilities, configuration } = manifest.plugin;
  const failed = (why: string, cause?: unknown): AppError => new AppError('plugins/smoke-failed', `${id} does not work here: ${why} Nothing of it was installed; tell its publisher.`, {
    details: { id, cause: hasCause(cause) ? cause.code : null }, ...(cause === undefined ? {} : { cause }) });
  const run = async (entry: 'load' | 'healthCheck'): Promise<SandboxResult> => {
    try {
      return await sandbox.run({
        code, entry: { kind: entry }, input: null, context: { execution: { user_id: 'install', session_id: 'install', execution_id: operationId }, parameters: {}, config: {} },
        hostCalls: emptyHostCalls(), signal, limits: { deadlineMs: HEALTH_MS } });
    } catch (error) {
      signal.throwIfAborted();
      // The machine's trouble, not the plugin's.
      if (hasCode(error, 'sandbox/busy', 'sandbox/cancelled')) throw error;
      throw failed(`${entry === 'load' ? 'its code could not be loaded' : 'its own health check failed'}. ${hasCause(error) ? error.message : ''}`, error);
    }
  };
  const loaded = await run('load');
  const tools = new Set(loaded.tools ?? []);
  const missing = capabilities.tools.map((tool) => tool.id).filter((tool) => !tools.has(tool));
  if (missing.length > 0) throw failed(`its code has no tool named ${missing.join(', ')}, which its manifest promises.`);
  const hasHealthCheck = loadedSchema.parse(loaded.output ?? {}).healthCheck === true;
  const needsSetup = configuration.required.length > 0 || permissionsOf(manifest).some(({ kind }) => kind !== 'storage');
  if (!hasHealthCheck || needsSetup) return { loaded: true, tools: tools.size, healthCheck: 'not run' };
  const health = z.safeParse(healthSchema, (await run('healthCheck')).output);
  if (!health.success) throw failed('its health check answered with something else than { ok }.');
  if (health.data?.ok === false) throw failed(`its own health check says: ${health.data.message ?? 'not ok'}.`);
  return { loaded: true, tools: tools.size, healthCheck: 'ok' };
}

const hasCause = (error: unknown): error is { code: string; message: string } => typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
