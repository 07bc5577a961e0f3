import type { Permission } from '../../contract/model/permission.ts';

/** A sentence about a permission: a message id and what stands in it. */
export interface PermissionWords { id: string; values: Record<string, string | number> }

/** What a permission lets a plugin do, in plain words. Keys are parsed, since they are what a grant is bound to. */
export function permissionWords({ key, kind, value, detail }: Permission): PermissionWords {
  const [, ...rest] = key.split(':');
  const after = rest.join(':');
  switch (kind) {
    case 'network': {
      const [, local, key] = /^config(-private)?:(.+)$/.exec(after || value) ?? [];
      if (key !== undefined) return { id: local === undefined ? 'permission.networkOwn' : 'permission.networkOwnPrivate', values: { key } };
      return after.startsWith('*.') ? { id: 'permission.networkWildcard', values: { host: after.slice(2) } } : { id: 'permission.network', values: { host: after || value } };
    }
    case 'secret': {
      const [secret = value, hosts = ''] = after.split('@');
      return { id: 'permission.secret', values: { secret, hosts: hosts || listed(detail['hosts']) } };
    }
    case 'secret_read': return { id: 'permission.secretRead', values: { secret: after || value } };
    case 'models': return { id: 'permission.models', values: { calls: Number.parseInt(after || value, 10) || 0 } };
    case 'tools': return after.endsWith('*') ? { id: 'permission.toolsAll', values: { tools: after.replace(/\/?\*$/, '') } } : { id: 'permission.tools', values: { tools: after || value } };
    case 'folder': return { id: after.endsWith(':write') ? 'permission.folderWrite' : 'permission.folderRead', values: { folder: after.replace(/:(read|write)$/, '') || value } };
    case 'storage': return { id: 'permission.storage', values: { bytes: Number.parseInt(after || value, 10) || 0 } };
  }
}

const listed = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(', ') : '');

/** What a plugin with these permissions cannot do: message ids, the most reassuring first. */
export function cannotDo(permissions: readonly Permission[]): string[] {
  const has = (...kinds: Permission['kind'][]): boolean => permissions.some(({ kind }) => kinds.includes(kind));
  return [
    ...(has('folder') ? ['permission.not.otherFolders'] : ['permission.not.folder']),
    ...(has('network') ? ['permission.not.otherHosts'] : ['permission.not.network']),
    ...(has('secret_read') ? [] : ['permission.not.secrets']),
    ...(has('models') ? [] : ['permission.not.models']),
    'permission.not.programs', 'permission.not.others',
  ];
}
