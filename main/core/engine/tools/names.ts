import { sha256 } from './tool.ts';
import { MCP_PREFIX } from '../../../../contract/model/mcp.ts';

const LIMIT = 64;
const safe = (text: string): string => text.replace(/[^a-zA-Z0-9_-]+/g, '_').replace(/^_+|_+$/g, '');
const short = (text: string, id: string): string => (text !== '' && text.length <= LIMIT ? text : `${text.slice(0, LIMIT - 9)}_${sha256(id).slice(0, 8)}`);

/** The part of a tool's id that people say: `word_count` of `dev.troupe.text-toolkit/word_count`; one of an MCP server keeps its server's name before it. */
export const shortNameOf = (id: string): string => (id.startsWith(MCP_PREFIX) ? id.slice(MCP_PREFIX.length).replace('/', '__') : id.slice(Math.max(id.lastIndexOf('/'), id.startsWith('builtin.') ? 'builtin'.length : -1) + 1));

/** What looks the same to whoever reads it fast: case and the two dashes tell nothing apart. */
const look = (name: string): string => name.toLowerCase().replaceAll('-', '_');
/** How names begin that belong to this tool's owner: its plugin, its server, or the app. */
function ownerLook(id: string): string {
  if (id.startsWith('builtin.')) return 'builtin_';
  const owner = id.slice(0, Math.max(0, id.lastIndexOf('/')));
  return owner.startsWith(MCP_PREFIX) ? `${look(safe(owner.slice(MCP_PREFIX.length)))}__` : `${look(safe(owner))}_`;
}

/**
 * Names that every provider takes (`[a-zA-Z0-9_-]{1,64}`), unique among these tools: the short name where it is unique
 * and looks like no other owner's, else with its plugin before it. The same ids give the same names.
 * @returns name by id
 */
export function providerNames(ids: readonly string[]): Map<string, string> {
  const shorts = ids.map((id) => safe(shortNameOf(id)));
  const counts = new Map<string, number>();
  for (const one of shorts) counts.set(look(one), (counts.get(look(one)) ?? 0) + 1);
  const owners = new Set(ids.map(ownerLook).filter((owner) => owner.length > 1));
  const isOwn = (id: string, alone: string): boolean => counts.get(look(alone)) === 1 && [...owners].every((owner) => owner === ownerLook(id) || !look(alone).startsWith(owner));
  const names = new Map<string, string>();
  const taken = new Set<string>();
  ids.forEach((id, index) => {
    const alone = shorts[index] as string;
    let name = short(isOwn(id, alone) ? alone : safe(id), id);
    if (taken.has(name)) name = `${name.slice(0, LIMIT - 9)}_${sha256(id).slice(0, 8)}`;
    taken.add(name);
    names.set(id, name);
  });
  return names;
}
