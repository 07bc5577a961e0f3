import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { environmentNameSchema, headerNameSchema, mcpTransportSchema, type McpPreview, type McpTransport } from '../../../../contract/model/mcp.ts';
import { parseBounded } from '../../../../sandbox/host/index.ts';
import { readAddress } from './address.ts';

/** A server of a file, with the values that stand in it; these never leave the core. */
export interface FileServer { readonly preview: McpPreview; readonly values: Readonly<Record<string, string>> }

const BOUNDS = { bytes: 256 * 1024, depth: 12, values: 5_000 };
const MOST = 50;
const textMap = z.catch(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])), {});
const entrySchema = z.looseObject({
  type: z.optional(z.string()), command: z.optional(z.string()), args: z.optional(z.array(z.union([z.string(), z.number()]))), env: z.optional(textMap),
  url: z.optional(z.string()), serverUrl: z.optional(z.string()), headers: z.optional(textMap), disabled: z.optional(z.boolean()),
});
const KNOWN = new Set(['type', 'command', 'args', 'env', 'url', 'serverUrl', 'headers', 'disabled', 'name', 'description']);
/** What stands for something that is asked for or looked up when other programs read the file. */
const PLACEHOLDER = /\$\{[^}]*\}|^<[^>]*>$|^(YOUR|your)[_-]/;

/**
 * Reads a file of servers as Claude Desktop (`mcpServers`), VS Code (`servers`) and others write it. Nothing in it is run or
 * looked up. Comments and commas after the last value are allowed, as VS Code does.
 * @throws AppError `core/bad-input`
 */
export function readServersFile(text: string): FileServer[] {
  const parsed = parseBounded(withoutComments(text), BOUNDS);
  if ('refused' in parsed) throw new AppError('core/bad-input', parsed.refused === 'not-json' ? 'This is not JSON. Paste the whole file with its outermost braces.' : 'This is too large for a file of MCP servers.');
  const top = objectOf(parsed.value);
  const nested = objectOf(top?.['mcp'])?.['servers'];
  const list = objectOf(top?.['mcpServers']) ?? objectOf(top?.['servers']) ?? objectOf(nested);
  if (!list) throw new AppError('core/bad-input', 'Expected an object "mcpServers" (or "servers") with one entry for each server, and found none.');
  const entries = Object.entries(list);
  if (entries.length === 0) throw new AppError('core/bad-input', 'The file names no server.');
  if (entries.length > MOST) throw new AppError('core/bad-input', `The file names ${entries.length} servers; at most ${MOST} can be taken at once.`);
  return entries.map(([key, value]) => readEntry(key.slice(0, 200), value));
}

const objectOf = (value: unknown): Record<string, unknown> | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined);

function readEntry(key: string, value: unknown): FileServer {
  const name = key.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, ' ').trim().slice(0, 40) || 'Server';
  const refuse = (problem: string): FileServer => ({ preview: { key, name, transport: null, values: [], wanted: [], problem, notes: [] }, values: {} });
  const entry = z.safeParse(entrySchema, value);
  if (!entry.success) return refuse('It does not have the form of a server: a "command" with "args", or a "url".');
  const { command, args = [], env = {}, headers = {}, type } = entry.data;
  const url = entry.data.url ?? entry.data.serverUrl;
  const notes = [
    ...Object.keys(entry.data).filter((field) => !KNOWN.has(field)).map((field) => `"${field.slice(0, 40)}" is not taken over.`),
    ...(entry.data.disabled === true ? ['It is switched off in the file.'] : []),
  ];
  if (type === 'sse') return refuse('It uses the older transport with server-sent events, which Troupe does not speak. Many servers offer the newer one at an address that ends in /mcp.');
  if (command === undefined && url === undefined) return refuse('It has neither a "command" nor a "url".');
  const isProgram = command !== undefined;
  const given = Object.entries(isProgram ? env : headers).flatMap(([field, text]): [string, string][] => (text === null ? [] : [[field, String(text)]]));
  const bad = given.find(([field]) => !z.safeParse(isProgram ? environmentNameSchema : headerNameSchema, field).success);
  if (bad) return refuse(`"${bad[0].slice(0, 60)}" is not a name for ${isProgram ? 'an environment variable' : 'a header'}.`);
  const names = given.map(([field]) => field);
  const wanted: McpTransport = isProgram ? { kind: 'stdio', command, args: args.map(String), environment: names } : { kind: 'http', url: url ?? '', headers: names, privateNetwork: false };
  const transport = z.safeParse(mcpTransportSchema, wanted);
  if (!transport.success) return refuse('Its command, arguments or address are too long or hold characters that they may not hold.');
  if (transport.data.kind === 'stdio' && [transport.data.command, ...transport.data.args].some((word) => /\$\{[^}]*\}/.test(word))) notes.push('Its command has places such as ${…} that another program fills in. Put the real words there after you added it.');
  if (transport.data.kind === 'http') {
    try { readAddress(transport.data); } catch (error) { return refuse(error instanceof Error ? error.message : String(error)); }
  }
  const filled = given.filter(([, text]) => text.trim() !== '' && !PLACEHOLDER.test(text));
  return {
    preview: { key, name, transport: transport.data, values: filled.map(([field]) => field), wanted: names.filter((field) => !filled.some(([other]) => other === field)), problem: null, notes },
    values: Object.fromEntries(filled),
  };
}

/** A text of JSON. One without an end goes to the end of the file, so that each character is looked at once whatever the file holds. */
const LITERAL = String.raw`("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))`;
const COMMENTS = new RegExp(String.raw`${LITERAL}|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`, 'g');
const LAST_COMMAS = new RegExp(String.raw`${LITERAL}|,(\s*[}\]])`, 'g');

/** JSON with comments and trailing commas as JSON. Texts are left as they are. */
function withoutComments(text: string): string {
  return text.replace(/^\ufeff/, '').replace(COMMENTS, (_whole, literal: string | undefined) => literal ?? ' ')
    .replace(LAST_COMMAS, (_whole, literal: string | undefined, end: string | undefined) => literal ?? end ?? '');
}
