import { sha256 } from './tool.ts';
import { MCP_PREFIX } from '../../../../contract/model/mcp.ts';

const LIMIT = 64;
const safe = (text: string): string => text.replace(/[^a-zA-Z0-9_-]+/g, '_').replace(/^_+|_+$/g, '');
const short = (text: string, id: string): string => (text !== '' && text.length <= LIMIT ? text : `${text.slice(0, LIMIT - 9)}_${sha256(id).slice(0, 8)}`);

/** The part of a tool's id that people say: `word_count` of `dev.troupe.text-toolkit/word_count`; one of an MCP server keeps its server's name before it. */
export const shortNameOf = (id: string): string => (id.startsWith(MCP_PREFIX) ? id.slice(MCP_PREFIX.length).replace('/', '__') : id.slice(Math.max(id.lastIndexOf('/'), id.startsWith('builtin.') ? 'builtin'.length : -1) + 1));

/**
 * Names that every provider takes (`[a-zA-Z0-9_-]{1,64}`), unique among these tools: the short name where it is unique,
 * else with its plugin before it. The same ids give the same names.
 * @returns name by id
 */
export function providerNames(ids: readonly string[]): Map<string, string> {
  const shorts = ids.map((id) => safe(shortNameOf(id)));
  const names = new Map<string, string>();
  const taken = new Set<string>();
  ids.forEach((id, index) => {
    const alone = shorts[index] as string;
    let name = short(shorts.filter((other) => other === alone).length === 1 ? alone : safe(id), id);
    if (taken.has(name)) name = `${name.slice(0, LIMIT - 9)}_${sha256(id).slice(0, 8)}`;
    taken.add(name);
    names.set(id, name);
  });
  return names;
}
