import * as z from 'zod/mini';
import { idSchema, pluginIdSchema } from './ids.ts';
import { mcpNameSchema, mcpTransportSchema, type McpTransport } from './mcp.ts';

/** What a `troupe://` link leads to. A link names a place to look at; what is done there, the person does. */
export type DeepLink =
  | { to: 'plugin'; id: string; version: string | null; registry: string | null }
  | { to: 'run'; id: string }
  | { to: 'registry'; address: string; fingerprint: string | null }
  /** `text` is the link itself: the form reads it again. */
  | { to: 'mcp'; text: string; name: string; transport: McpTransport };

export type ReadLink = { link: DeepLink } | { problem: string };

export const LONGEST_LINK = 4_000;
const VERSION = /^\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][0-9A-Za-z.+-]{1,64})?$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;
const MCP = 'A link that adds an MCP server looks like troupe://mcp/add?name=…&address=https://…, or has command=… with arguments=["…"] and variables=["NAME"] in place of the address.';
const ADD = 'A link that adds a registry looks like troupe://registry/add?address=https://…&fingerprint=…';
/** Hosts of this machine, where a registry may be reached without TLS. */
const HERE = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Reads a link that a web page, a mail or a command line brought: hostile until shown otherwise. Never throws; what is no link of
 * ours is answered with a sentence for the person. Nothing of the link's own text is in that sentence.
 */
export function readDeepLink(text: string): ReadLink {
  if (text.length > LONGEST_LINK) return { problem: `A link has at most ${LONGEST_LINK} characters; this one has ${text.length}.` };
  // Printable ASCII alone: everything else comes percent-encoded, or to deceive the eye.
  if (!/^[\x21-\x7e]*$/.test(text)) return { problem: 'The link holds blanks, control characters or letters that an address does not have.' };
  const [, verb = '', path = '', query] = /^troupe:\/\/([a-z]{1,20})\/([^/?#]*)\/?(?:\?([^#]*))?$/i.exec(text) ?? [];
  if (verb === '') return { problem: 'A link to Troupe looks like troupe://plugin/dev.troupe.text-toolkit.' };
  const given = readQuery(query ?? '', verb.toLowerCase() === 'mcp');
  const name = decode(path);
  if (given === null || name === null) return { problem: 'The link is not encoded as an address is.' };
  switch (verb.toLowerCase()) {
    case 'install': case 'plugin': return readPlugin(verb.toLowerCase(), name, given);
    case 'run': return onlyHas(given, []) && z.safeParse(idSchema, name).success ? { link: { to: 'run', id: name } } : { problem: 'A link to a run names its id: troupe://run/b5sPia8qtAyFO78j.' };
    case 'registry': return name === 'add' ? readRegistry(given) : { problem: ADD };
    case 'mcp': return name === 'add' ? readServer(text, given) : { problem: MCP };
    default: return { problem: 'This version of Troupe knows links that begin with troupe://install/, troupe://plugin/, troupe://run/, troupe://registry/add and troupe://mcp/add.' };
  }
}

/** The page's address of what a link leads to; what a run belongs to, the core knows. */
export function pathOf(link: Exclude<DeepLink, { to: 'run' }>): string {
  const parts = new URLSearchParams();
  if (link.to === 'mcp') return `/settings/mcp?add=${encodeURIComponent(link.text)}`;
  if (link.to === 'registry') {
    parts.set('add', link.address);
    if (link.fingerprint !== null) parts.set('fingerprint', link.fingerprint);
    return `/settings/registries?${parts.toString()}`;
  }
  if (link.version !== null) parts.set('version', link.version);
  if (link.registry !== null) parts.set('registry', link.registry);
  return `/marketplace/${link.id}${parts.size > 0 ? `?${parts.toString()}` : ''}`;
}

function readPlugin(verb: string, name: string, given: ReadonlyMap<string, string>): ReadLink {
  const at = name.indexOf('@');
  const [id, version] = at < 0 ? [name, null] : [name.slice(0, at), name.slice(at + 1)];
  const registry = given.get('registry')?.toLowerCase() ?? null;
  if (!z.safeParse(pluginIdSchema, id).success) return { problem: 'The link names no plugin. A plugin\'s id looks like dev.troupe.text-toolkit.' };
  if (version !== null && (verb !== 'install' || !VERSION.test(version))) return { problem: 'A link may name one version to install, as in troupe://install/dev.troupe.text-toolkit@1.0.0.' };
  if (!onlyHas(given, ['registry']) || (registry !== null && !FINGERPRINT.test(registry))) return { problem: 'A link to a plugin may say from which registry, by the 64 letters and digits of its fingerprint, and nothing else.' };
  return { link: { to: 'plugin', id, version, registry } };
}

function readRegistry(given: ReadonlyMap<string, string>): ReadLink {
  const address = readAddress(given.get('address') ?? '');
  const fingerprint = given.get('fingerprint')?.replace(/[\s:]/g, '').toLowerCase() ?? null;
  if (!address || !onlyHas(given, ['address', 'fingerprint'])) return { problem: ADD };
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && HERE.has(address.hostname))) return { problem: 'A link adds a registry at an https address alone. A folder is picked under Settings › Registries.' };
  if (address.username !== '' || address.password !== '') return { problem: 'The address of the registry in this link holds a user name or a password, which can hide where it leads.' };
  if (fingerprint !== null && !FINGERPRINT.test(fingerprint)) return { problem: 'The fingerprint in this link is not one: it has 64 letters from a to f and digits.' };
  // As the browser would go there: a name in other letters shows in its ASCII form.
  return { link: { to: 'registry', address: address.href, fingerprint } };
}

/** Values of variables have no place here: a link is kept by whoever passes it on. */
function readServer(text: string, given: ReadonlyMap<string, string>): ReadLink {
  const name = z.safeParse(mcpNameSchema, given.get('name') ?? '');
  const isProgram = given.has('command');
  if (!name.success || !onlyHas(given, isProgram ? ['name', 'command', 'arguments', 'variables'] : ['name', 'address'])) return { problem: MCP };
  const address = isProgram ? null : readAddress(given.get('address') ?? '');
  const [args, environment] = [readList(given.get('arguments')), readList(given.get('variables'))];
  const transport = z.safeParse(mcpTransportSchema, isProgram ? { kind: 'stdio', command: given.get('command'), args, environment } : { kind: 'http', url: address?.href, headers: [], privateNetwork: false });
  if (!transport.success) return { problem: MCP };
  if (address && address.protocol !== 'https:' && !(address.protocol === 'http:' && HERE.has(address.hostname))) return { problem: 'A link adds an MCP server at an https address alone.' };
  if (address && (address.username !== '' || address.password !== '')) return { problem: 'The address of the MCP server in this link holds a user name or a password, which can hide where it leads.' };
  return { link: { to: 'mcp', text, name: name.data, transport: transport.data } };
}

/** A JSON list of texts; null, which no schema takes, for anything else. */
function readList(text = '[]'): string[] | null {
  try {
    const read = z.safeParse(z.array(z.string()), JSON.parse(text));
    return read.success ? read.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readAddress(text: string): URL | null {
  try { return new URL(text); } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

const onlyHas = (given: ReadonlyMap<string, string>, names: readonly string[]): boolean => [...given.keys()].every((name) => names.includes(name));

/** Names and values, each name once; null when a name comes twice or a part is encoded wrongly. */
function readQuery(query: string, blanks: boolean): Map<string, string> | null {
  const given = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = decode(equals < 0 ? '' : part.slice(equals + 1), blanks);
    if (name === null || value === null || given.has(name)) return null;
    given.set(name, value);
  }
  return given;
}

/** Percent-encoding undone; null when it is broken, or when it hid control characters, or blanks where none may be. */
function decode(text: string, blanks = false): string | null {
  try {
    const decoded = decodeURIComponent(text);
    return /[\p{C}\p{Z}]/u.test(blanks ? decoded.replaceAll(' ', '') : decoded) ? null : decoded;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
