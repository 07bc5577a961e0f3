import * as z from 'zod/mini';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { HostCallName, HostCalls } from '../../../../../sandbox/host/index.ts';
import { failpoint } from '../../../base/observe/index.ts';
import { fetchCall } from './fetch.ts';
import { filesList, filesReadBytes, filesReadText, filesRemove, filesWriteText } from './files.ts';
import { modelComplete } from './model-complete.ts';
import { inRun, parse, type HostCall, type HostCallScope, type ToolScope } from './scope.ts';
import type { InstalledCode } from '../installed-code.ts';
import { secretCall } from './secret.ts';
import { storageDelete, storageGet, storageList, storageSet } from './storage.ts';
import { begunBy, refusedPermission, tell } from './told.ts';

const MAX_SLEEP_MS = 60_000;
const progressSchema = z.strictObject({ fraction: z.number().check(z.gte(0), z.lte(1)), message: z._default(z.string().check(z.maxLength(500)), '') });
const sleepSchema = z.strictObject({ ms: z.number().check(z.gte(0), z.lte(MAX_SLEEP_MS)) });
const toolSchema = z.strictObject({ name: z.string().check(z.minLength(1), z.maxLength(200)), input: z.unknown() });

const progress: HostCall = async (scope, args) => {
  const { fraction, message } = parse(progressSchema, args, 'progress');
  scope.call?.session.context.emit('tool_usage_progressed', { callId: scope.call.callId, fraction, message: scope.mask.text(message) }, scope.call.parent);
  return null;
};

const sleep: HostCall = async (scope, args) => {
  const { ms } = parse(sleepSchema, args, 'sleep');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const abort = (): void => { clearTimeout(timer); reject(scope.signal.reason as Error); };
  scope.signal.addEventListener('abort', abort, { once: true });
  try { await promise; } finally { scope.signal.removeEventListener('abort', abort); }
  return null;
};

const callTool: HostCall = async (scope, args) => {
  const { name, input } = parse(toolSchema, args, 'tools.call');
  const call = inRun(scope, `tools:${name}`);
  // Its own tools go by their short names.
  const id = name.includes('/') || name.startsWith('builtin.') ? name : `${scope.code.pluginId}/${name}`;
  return scope.parts.callTool(scope.code, call, id, scope.mask.value(input));
};

/** One entry for each name; without a prototype, so that no name means anything else. */
const TABLE: Readonly<Record<HostCallName, HostCall>> = Object.assign(Object.create(null) as Record<HostCallName, HostCall>, {
  fetch: fetchCall, secret: secretCall, 'storage.get': storageGet, 'storage.set': storageSet, 'storage.delete': storageDelete, 'storage.list': storageList,
  'files.list': filesList, 'files.readText': filesReadText, 'files.readBytes': filesReadBytes, 'files.writeText': filesWriteText, 'files.remove': filesRemove,
  'model.complete': modelComplete, 'tools.call': callTool, progress, sleep,
} satisfies Record<HostCallName, HostCall>);

/** What the person takes back holds at once, for a call under way too; what is granted meanwhile counts from the next call of the tool. */
async function asGrantedNow({ parts, code }: ToolScope): Promise<InstalledCode> {
  const now = await parts.plugins.get(code.pluginId);
  const kept = now?.status === 'active' && now.publisherId === code.publisherId ? now.grants : new Set<string>();
  return { ...code, grants: new Set([...code.grants].filter((key) => kept.has(key))) };
}

/** What one run of one tool may ask of the core. The plugin has no other way out. */
export const createHostCalls = (scope: ToolScope): HostCalls => ({
  async call(name, args, signal, onBytes) {
    const call: HostCall | undefined = TABLE[name];
    if (call === undefined) throw new AppError('core/unknown-procedure', `There is no host call "${String(name)}".`);
    signal.throwIfAborted();
    let settled: (() => void) | undefined;
    const granted = { ...scope, code: await asGrantedNow(scope) };
    const now: HostCallScope = { ...granted, signal, onBytes, begin: async (options) => { settled = await begunBy(granted, name, args, options); } };
    try {
      const value = await call(now, args);
      failpoint('host-call.done');
      tell(now, name, args, { value });
      return value;
    } catch (error) {
      if (refusedPermission(error) !== undefined) scope.seen.refusal = scope.mask.error(error);
      // Of what had begun it is told also when nobody waits for it any more.
      if (!signal.aborted || settled) tell(now, name, args, { error });
      throw scope.mask.error(error);
    } finally {
      settled?.();
    }
  },
});
