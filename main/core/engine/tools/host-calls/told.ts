/** What a host call means to the audit list: an action, what it touched and by which permission. Never a body, a path of an address or a value. */
import { hasCode, toWire } from '../../../../../contract/errors/app-error.ts';
import type { AuditAction } from '../../../../../contract/model/audit.ts';
import type { FetchAnswer, HostCallName } from '../../../../../sandbox/host/index.ts';
import { coversUrl } from '../../../base/http/index.ts';
import { grantedHosts, mayUseTool, splitConnection, type InstalledCode } from '../installed-code.ts';
import type { ToolScope } from './scope.ts';

interface Told { action: AuditAction; subject: string; permission?: string | undefined }
type Outcome = { readonly value: unknown } | { readonly error: unknown };

const text = (args: unknown, name: string): string => {
  const value: unknown = typeof args === 'object' && args !== null ? (args as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
};
const first = (code: InstalledCode, prefix: string): string | undefined => [...code.grants].find((key) => key.startsWith(prefix));
const plain = (action: AuditAction, subject: string, permission: string | undefined): Told => ({ action, subject, permission });

const fetched = (code: InstalledCode, args: unknown): Told => {
  const url = URL.parse(text(args, 'url'));
  const permission = url ? grantedHosts(code).find(({ host }) => coversUrl(host, url))?.permission : undefined;
  return plain('host_reached', `${text(args, 'method')} ${url?.host ?? ''}`.trim(), permission);
};
const file = (action: AuditAction) => (code: InstalledCode, args: unknown): Told => {
  const folder = `folder:${text(args, 'key')}`;
  const write = `${folder}:write`;
  return plain(action, `${text(args, 'key')}/${text(args, 'path')}`, code.grants.has(write) ? write : `${folder}:read`);
};
const storage = (action: AuditAction) => (code: InstalledCode): Told => plain(action, 'storage', first(code, 'storage:'));
const tool = (code: InstalledCode, args: unknown): Told => {
  const [name = ''] = splitConnection(text(args, 'name'));
  const id = name.includes('/') || name.startsWith('builtin.') ? name : `${code.pluginId}/${name}`;
  const exact = `tools:${id}`;
  return plain('tool_called', id, !mayUseTool(code, id) ? undefined : code.grants.has(exact) ? exact : `tools:${id.slice(0, id.indexOf('/'))}/*`);
};
const secret = (code: InstalledCode, args: unknown): Told => {
  const key = text(args, 'key');
  return plain('secret_used', key, code.grants.has(`secret_read:${key}`) ? `secret_read:${key}` : first(code, `secret:${key}@`));
};

const TABLE: Readonly<Partial<Record<HostCallName, (code: InstalledCode, args: unknown) => Told>>> = Object.assign(Object.create(null) as object, {
  fetch: fetched, secret, 'storage.get': storage('storage_read'), 'storage.list': storage('storage_read'), 'storage.set': storage('storage_written'), 'storage.delete': storage('storage_written'),
  'files.list': file('file_read'), 'files.readText': file('file_read'), 'files.readBytes': file('file_read'), 'files.writeText': file('file_written'), 'files.remove': file('file_written'),
  'model.complete': (code: InstalledCode) => plain('model_called', 'model', first(code, 'models:')), 'tools.call': tool,
} satisfies Partial<Record<HostCallName, (code: InstalledCode, args: unknown) => Told>>);

/** Stands for the run of a plugin's own checks, which belong to none. */
const CHECK = 'check';

/** The permission that a refusal names; undefined for any other error. */
export const refusedPermission = (error: unknown): string | undefined => {
  if (!hasCode(error, 'permission/denied')) return undefined;
  const { permission } = toWire(error).details;
  return typeof permission === 'string' ? permission : '';
};

const aboutOf = ({ code, call }: ToolScope) => ({ actor: { kind: 'plugin', id: code.pluginId } as const, pluginId: code.pluginId, runId: call?.session.context.run.id ?? CHECK });
const toldOf = ({ code, mask }: ToolScope, name: HostCallName, args: unknown): Told | undefined => {
  const found = TABLE[name]?.(code, args);
  return found && { ...found, subject: mask.text(found.subject) };
};

/** Stores that the effect of a host call begins; what it answers says that `tell` has told of its end. */
export async function begunBy(scope: ToolScope, name: HostCallName, args: unknown, options?: { durable?: boolean }): Promise<(() => void) | undefined> {
  const told = toldOf(scope, name, args);
  return told && scope.parts.activity?.begin({ ...aboutOf(scope), ...told }, options);
}

/** Tells the audit list of one host call, and the call's own record of the hosts that it reached. */
export function tell(scope: ToolScope, name: HostCallName, args: unknown, outcome: Outcome): void {
  const { parts, code, seen, mask } = scope;
  const told = toldOf(scope, name, args);
  if (told === undefined) return;
  const about = aboutOf(scope);
  if ('error' in outcome) {
    const permission = refusedPermission(outcome.error);
    if (permission === undefined) parts.activity?.note({ ...about, ...told, outcome: 'failed', result: toWire(outcome.error).code });
    else parts.activity?.note({ ...about, action: 'permission_denied', subject: permission, outcome: 'refused', result: told.action });
    return;
  }
  if (name !== 'fetch') { parts.activity?.note({ ...about, ...told, outcome: 'done' }); return; }
  const { status, url } = outcome.value as FetchAnswer;
  const reached = [told];
  // A redirect led on: the host that answered was reached too.
  const last = fetched(code, { url, method: 'GET' });
  if (URL.parse(url)?.host !== URL.parse(text(args, 'url'))?.host) reached.push({ ...last, subject: mask.text(last.subject) });
  for (const one of reached) {
    parts.activity?.note({ ...about, ...one, outcome: 'done', ...(one === reached.at(-1) && { result: String(status) }) });
    seen.hosts.set(one.subject, (seen.hosts.get(one.subject) ?? 0) + 1);
  }
}
