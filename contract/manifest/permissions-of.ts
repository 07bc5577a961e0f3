import type { Permission } from '../model/permission.ts';
import type { Manifest } from './manifest-1-0.ts';
import { formatNetworkTarget, originOf, parseConfiguredHosts, parseNetworkTarget, type NetworkTarget } from './network-target.ts';
import { bytesOfSize } from './permissions-1-0.ts';

/** A host that the schema has accepted already. */
function targetOf(text: string): NetworkTarget {
  const target = parseNetworkTarget(text);
  if (typeof target === 'string') throw new TypeError(`${text} ${target}`);
  return target;
}

function network(target: NetworkTarget): Permission {
  const value = formatNetworkTarget(target);
  const { scheme, host, port, wildcard } = target;
  return { key: `network:${value}`, kind: 'network', value, danger: target.private ? 'high' : 'normal', detail: { scheme, host, port, wildcard, private: target.private } };
}

/** Hosts that nobody knows yet: the person enters them. Those of a local network are a permission of their own. */
function configured(entry: string): Permission | undefined {
  const asked = parseConfiguredHosts(entry);
  return asked && { key: `network:${entry}`, kind: 'network', value: entry, danger: asked.private ? 'high' : 'normal', detail: { config: asked.key, private: asked.private } };
}

/**
 * Everything a manifest asks for, one entry a grant, in a stable order and without repeats. A grant is bound to `key`, so
 * the same request always makes the same key, however it was written.
 */
export function permissionsOf(manifest: Manifest): Permission[] {
  const { permissions, capabilities } = manifest.plugin;
  // The host of an agent that lives elsewhere is a network permission like any other.
  const asked: Permission[] = [
    ...permissions.network.map((entry) => configured(entry) ?? network(targetOf(entry))),
    ...capabilities.agents.flatMap((agent) => (agent.remote ? [network(targetOf(originOf(agent.remote.url)))] : [])),
  ];
  for (const secret of permissions.secrets) {
    for (const entry of secret.hosts) {
      const target = targetOf(entry);
      const host = formatNetworkTarget(target);
      asked.push({ key: `secret:${secret.key}@${host}`, kind: 'secret', value: secret.key, danger: target.private ? 'high' : 'normal', detail: { secret: secret.key, host } });
    }
    if (secret.read) asked.push({ key: `secret_read:${secret.key}`, kind: 'secret_read', value: secret.key, danger: 'high', detail: { secret: secret.key } });
  }
  if (permissions.models) {
    const calls = permissions.models.calls_per_run;
    asked.push({ key: `models:${calls}`, kind: 'models', value: String(calls), danger: 'normal', detail: { calls_per_run: calls } });
  }
  for (const pattern of permissions.tools) asked.push({ key: `tools:${pattern}`, kind: 'tools', value: pattern, danger: 'normal', detail: { pattern } });
  for (const { key, access } of permissions.files.folders) asked.push({ key: `folder:${key}:${access}`, kind: 'folder', value: key, danger: 'normal', detail: { access } });
  const bytes = permissions.storage === undefined ? undefined : bytesOfSize(permissions.storage);
  if (bytes !== undefined) asked.push({ key: `storage:${bytes}`, kind: 'storage', value: String(bytes), danger: 'normal', detail: { bytes } });
  return [...new Map(asked.map((permission) => [permission.key, permission])).values()];
}
