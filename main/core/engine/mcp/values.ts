import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import type { Credentials } from '../../base/credentials/index.ts';
import type { McpTransport } from '../../../../contract/model/mcp.ts';
import { namesOf, type StoredServer } from './stored.ts';

/** What this room needs of the credentials room. */
export type McpSecrets = Pick<Credentials, 'withSecret' | 'deleteSecret' | 'secretIds'> & {
  /** Keeps it under an id of the caller's own; where nothing can be kept, until the core ends. */
  set(id: string, label: string, value: string): Promise<void>;
};

/** Where a server's values and its sign-in are kept; ids hold letters, digits, `_` and `-` only. */
const PREFIX = 'mcp_';
export const secretId = (serverId: string, part: string): string => `${PREFIX}${serverId}_${part}`;
const valueId = (serverId: string, transport: McpTransport, name: string): string =>
  secretId(serverId, transport.kind === 'stdio' ? `env_${name}` : `header_${Buffer.from(name.toLowerCase()).toString('hex')}`);

/** Keeps the values that were given; the names of others are refused. */
export async function keepValues(secrets: McpSecrets, server: Pick<StoredServer, 'id' | 'name' | 'transport'>, values: Readonly<Record<string, string>>): Promise<void> {
  const names = namesOf(server.transport);
  for (const [name, value] of Object.entries(values)) {
    if (!names.includes(name)) throw new AppError('core/bad-input', `"${name}" is not among the names that this server gets values for. Add it to them, or leave the value out.`);
    if (/[\0\r\n]/.test(value) && server.transport.kind === 'http') throw new AppError('core/bad-input', `The value of the header "${name}" has a line break, which a header cannot hold.`);
    await secrets.set(valueId(server.id, server.transport, name), `${server.name}: ${name}`, value);
  }
}

/** The values of every name. @throws AppError `mcp/values-missing` */
export async function valuesOf(secrets: McpSecrets, server: Pick<StoredServer, 'id' | 'name' | 'transport'>): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const name of namesOf(server.transport)) {
    try {
      values[name] = await secrets.withSecret(valueId(server.id, server.transport, name), (value) => value);
    } catch (error) {
      if (!hasCode(error, 'credentials/not-found', 'credentials/key-changed', 'credentials/no-store')) throw error;
      throw new AppError('mcp/values-missing', `The MCP server "${server.name}" has no value for ${name}. Enter it in Settings → MCP servers.`, { cause: error });
    }
  }
  return values;
}

/** Names without a value, of those ids that have one. */
export const missingOf = (server: Pick<StoredServer, 'id' | 'transport'>, present: ReadonlySet<string>): string[] =>
  namesOf(server.transport).filter((name) => !present.has(valueId(server.id, server.transport, name)));

export const presentValues = async (secrets: McpSecrets, serverId?: string): Promise<Set<string>> => new Set(await secrets.secretIds(serverId === undefined ? PREFIX : secretId(serverId, '')));

/** Lets go of values whose names the server no longer has, and of a sign-in at another address; without a transport, of everything. */
export async function dropValues(secrets: McpSecrets, serverId: string, keep: McpTransport | null, keepSignIn: boolean): Promise<void> {
  const kept = new Set(keep === null ? [] : namesOf(keep).map((name) => valueId(serverId, keep, name)));
  if (keepSignIn) kept.add(secretId(serverId, 'oauth'));
  for (const id of await secrets.secretIds(secretId(serverId, ''))) if (!kept.has(id)) await secrets.deleteSecret(id);
}
