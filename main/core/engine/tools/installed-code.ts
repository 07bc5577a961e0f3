import { formatNetworkTarget, parseConfiguredHosts, readHosts, type Manifest } from '../../../../contract/manifest/index.ts';

/** An installed plugin as far as running it needs to know. */
export interface InstalledCode {
  readonly pluginId: string;
  readonly version: string;
  readonly sha512: string;
  readonly publisherId: string;
  readonly manifest: Manifest;
  readonly status: 'active' | 'disabled';
  /** It came from this machine, signed by nobody. */
  readonly sideLoaded: boolean;
  /** The permissions that the person granted, by their keys (`network:api.example.com`). Nothing else is allowed. */
  readonly grants: ReadonlySet<string>;
  /** Values of the configuration, defaults filled in, secrets left out. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** A file of the archive by its path in it. */
  readFile(path: string): Promise<Uint8Array>;
}

/** What the engine needs of the installed plugins; app.ts passes it in. */
export interface PluginSource {
  get(pluginId: string): Promise<InstalledCode | undefined>;
  list(): Promise<readonly InstalledCode[]>;
  /** The folder that the person picked for a key, or undefined when none was. `path` is absolute. */
  folder(pluginId: string, key: string): Promise<{ readonly path: string; readonly access: 'read' | 'write' } | undefined>;
  /** Keys of the required configuration that has nothing yet, secrets and folders included. */
  missingConfiguration(pluginId: string): Promise<readonly string[]>;
  /** Keeps the unpacked files of a digest while a run uses them; call what it answers when done. */
  pin(sha512: string): () => void;
}

/** What the engine needs of the credentials: the value is never kept outside `use`. Throws `credentials/not-found` when it was not entered. */
export interface PluginSecrets {
  withSecret<T>(owner: Pick<InstalledCode, 'pluginId' | 'publisherId'>, key: string, use: (value: string) => Promise<T> | T): Promise<T>;
}

/** The values after a prefix of the granted permission keys: `network:` gives the hosts. */
export const granted = (code: InstalledCode, prefix: string): string[] =>
  [...code.grants].flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));

/**
 * Where it may connect, each host with the permission that allows it. Hosts of the configuration are those that stand there now:
 * one that was taken out is no longer allowed. Those of a local network need the permission of their own.
 */
export function grantedHosts(code: InstalledCode): { host: string; permission: string }[] {
  return granted(code, 'network:').flatMap((value) => {
    const permission = `network:${value}`;
    const asked = parseConfiguredHosts(value);
    if (!asked) return [{ host: value, permission }];
    const entered = code.config?.[asked.key];
    const targets = typeof entered === 'string' ? readHosts(entered) ?? [] : [];
    return targets.filter((target) => target.private === asked.private).map((target) => ({ host: formatNetworkTarget(target), permission }));
  });
}

/** The largest number granted for `storage:` or `models:`; undefined when nothing was. */
export function grantedNumber(code: InstalledCode, prefix: 'storage:' | 'models:'): number | undefined {
  const numbers = granted(code, prefix).map(Number).filter(Number.isSafeInteger);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** `builtin.sqlite_query@Shop` → the tool, and the connection that is meant; the permission is for the tool. */
export const splitConnection = (name: string): [string, string?] => { const at = name.startsWith('builtin.') ? name.indexOf('@') : -1; return at === -1 ? [name] : [name.slice(0, at), name.slice(at + 1)]; };

/** Whether a plugin may use a tool that is not its own: the exact id or `<plugin>/*` was granted. */
export function mayUseTool(code: InstalledCode, toolId: string): boolean {
  return code.grants.has(`tools:${toolId}`) || (toolId.includes('/') && code.grants.has(`tools:${toolId.slice(0, toolId.indexOf('/'))}/*`));
}
