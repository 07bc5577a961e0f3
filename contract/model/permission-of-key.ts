import type { Permission } from './permission.ts';
import { parseConfiguredHosts, parseNetworkTarget } from '../manifest/network-target.ts';

const KINDS: readonly string[] = ['network', 'secret', 'secret_read', 'models', 'tools', 'folder', 'storage'] satisfies Permission['kind'][];

const isPrivate = (host: string): boolean => {
  const configured = parseConfiguredHosts(host);
  if (configured) return configured.private;
  const target = parseNetworkTarget(host);
  // A host that cannot be read is shown with more care, not with less.
  return typeof target === 'string' || target.private;
};

/** A permission from its key alone, as catalogs name those of versions that are not here; undefined for a key that is none. */
export function permissionOfKey(key: string): Permission | undefined {
  const [kind = '', ...rest] = key.split(':');
  if (!KINDS.includes(kind) || rest.length === 0) return undefined;
  const after = rest.join(':');
  const [name = '', host = ''] = kind === 'secret' ? after.split('@') : [];
  const high = kind === 'secret_read' || (kind === 'network' && isPrivate(after)) || (kind === 'secret' && isPrivate(host));
  return { key, kind: kind as Permission['kind'], value: kind === 'secret' ? name : kind === 'folder' ? after.replace(/:(read|write)$/, '') : after, danger: high ? 'high' : 'normal', detail: {} };
}
