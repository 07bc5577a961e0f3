import type { Memory, MemoryOwner, MemoryScope } from '../../../../../contract/model/memory.ts';
import type { QueryTable, Reader } from '../handles.ts';
import { stemOf } from './catalog-words.ts';
import { FILLERS, isSpaceless, quoted, tokensOf } from './catalog-tokens.ts';
import { CANDIDATES, fused, nearest, type Meaning } from './vectors.ts';

/** One place where things are remembered. */
export interface MemoryPlace { readonly scope: MemoryScope; readonly scopeId: string }
type MemoryRow = Omit<Memory, 'pinned' | 'scopeId'> & { pinned: number; scopeId: string; seq: number };

/** More words than this find nothing better. */
const MOST_WORDS = 32;

const SELECT = `SELECT m.seq, m.id, m.scope, m.scope_id AS scopeId, m.text, m.kind, m.pinned, m.author, m.run_id AS runId, m.created_at AS createdAt, m.updated_at AS updatedAt, m.used_at AS usedAt,
  (SELECT r.conversation_id FROM runs r WHERE r.id = m.run_id) AS conversationId,
  coalesce(CASE m.scope WHEN 'agent' THEN (SELECT coalesce(json_extract(h.config, '$.dismissedName'), h.name) FROM hires h WHERE h.id = m.scope_id)
    WHEN 'conversation' THEN (SELECT c.title FROM conversations c WHERE c.id = m.scope_id) END, '') AS owner FROM memories m`;
const ORDER = 'ORDER BY m.pinned DESC, m.updated_at DESC, m.seq DESC';

const memoryOf = ({ pinned, scopeId, seq: _seq, ...row }: MemoryRow): Memory => ({ ...row, scopeId: scopeId === '' ? null : scopeId, pinned: pinned === 1 });
const within = ({ scope, scopeId }: { scope?: MemoryScope | undefined; scopeId?: string | undefined }): string =>
  `m.forgotten_at IS NULL ${scope === undefined ? '' : 'AND m.scope = @scope'} ${scopeId === undefined ? '' : 'AND m.scope_id = @scopeId'}`;

/** Every word of what was typed, the last one by its beginning; undefined when it has none. */
export function everyWord(text: string): string | undefined {
  const words = tokensOf(text).slice(0, MOST_WORDS);
  return words.length === 0 ? undefined : words.map((word, at) => quoted(word, at === words.length - 1 && !isSpaceless(word))).join(' ');
}

/** Any word of a request that says what it is about, each by the beginning that its forms share; undefined when none does. */
export function anyWord(text: string): string | undefined {
  const words = [...new Set(tokensOf(text))].filter((word) => !FILLERS.has(word) && (word.length > 1 || isSpaceless(word))).slice(0, MOST_WORDS);
  return words.length === 0 ? undefined : words.map((word) => quoted(stemOf(word), word.length > 3 && !isSpaceless(word))).join(' OR ');
}

/** What has the words and, with a meaning, what is near to it, as one list; the best first. `where` is about `m`. */
function found(db: Reader, match: string | undefined, where: string, values: Record<string, string>, { limit, meaning }: { limit: number; meaning?: Meaning | undefined }): MemoryRow[] {
  const byWords = match === undefined ? [] : db.all<{ seq: number }>(`SELECT m.seq FROM memories m JOIN memory_words w ON w.rowid = m.seq WHERE memory_words MATCH @match AND ${where} ORDER BY w.rank, m.seq DESC LIMIT @limit`, { match, limit: meaning ? CANDIDATES : limit, ...values }).map(({ seq }) => seq);
  const byMeaning = meaning ? nearest(db, `SELECT m.seq, v.vector FROM memories m JOIN memory_vectors v ON v.memory_seq = m.seq AND v.model = @model WHERE ${where}`, values, meaning) : [];
  return (meaning ? fused([byWords, byMeaning], limit) : byWords).flatMap((seq) => db.get<MemoryRow>(`${SELECT} WHERE m.seq = @seq`, { seq }) ?? []);
}

/** Named queries of the domain memory; each is a plain function that runs in a reader thread. */
export const memoryQueries = {
  memoryList: (db: Reader, input: { scope?: MemoryScope | undefined; scopeId?: string | undefined; offset: number; limit: number }): { memories: Memory[]; total: number } => {
    const { scope, scopeId, offset, limit } = input;
    const values = { ...(scope !== undefined && { scope }), ...(scopeId !== undefined && { scopeId }) };
    return {
      memories: db.all<MemoryRow>(`${SELECT} WHERE ${within(input)} ${ORDER} LIMIT @limit OFFSET @offset`, { ...values, offset, limit }).map(memoryOf),
      total: db.get<{ count: number }>(`SELECT count(*) AS count FROM memories m WHERE ${within(input)}`, values)?.count ?? 0,
    };
  },

  memoryById: (db: Reader, input: { id: string }): Memory | undefined => {
    const row = db.get<MemoryRow>(`${SELECT} WHERE m.id = @id AND m.forgotten_at IS NULL`, input);
    return row && memoryOf(row);
  },

  /** Best match first. Without a word in `words` nothing is found. */
  memorySearch: (db: Reader, input: { words: string; scope?: MemoryScope | undefined; scopeId?: string | undefined; limit: number; meaning?: Meaning | undefined }): Memory[] => {
    const match = everyWord(input.words);
    if (match === undefined) return [];
    const { scope, scopeId } = input;
    return found(db, match, within(input), { ...(scope !== undefined && { scope }), ...(scopeId !== undefined && { scopeId }) }, input).map(memoryOf);
  },

  /**
   * What fits a request, out of these places only: what is pinned, then what has most of its words or is nearest to its meaning, then preferences.
   * @param input.pinned whether pinned ones and preferences come although no word of the request is in them
   */
  memoriesFor: (db: Reader, input: { places: readonly MemoryPlace[]; words: string; pinned: boolean; limit: number; meaning?: Meaning | undefined }): Memory[] => {
    const { limit } = input;
    const places = JSON.stringify(input.places.map(({ scope, scopeId }) => `${scope}/${scopeId}`));
    const here = "m.forgotten_at IS NULL AND m.scope || '/' || m.scope_id IN (SELECT value FROM json_each(@places))";
    const kept = (what: string): MemoryRow[] => (input.pinned ? db.all<MemoryRow>(`${SELECT} WHERE ${here} AND ${what} ORDER BY m.updated_at DESC, m.seq DESC LIMIT @limit`, { places, limit }) : []);
    const fitting = found(db, anyWord(input.words), here, { places }, input);
    const all = new Map([...kept('m.pinned = 1'), ...fitting, ...kept("m.kind = 'preference'")].map((row) => [row.seq, row]));
    return [...all.values()].slice(0, limit).map(memoryOf);
  },

  /** Whom memories are for: what is shared, everybody in the team, and others that still have some. */
  memoryOwners: (db: Reader): MemoryOwner[] => {
    const rows = db.all<{ scope: MemoryScope; scopeId: string; count: number; owner: string | null; gone: number }>(
      `SELECT p.scope, p.scope_id AS scopeId, p.count, CASE p.scope WHEN 'agent' THEN (SELECT coalesce(json_extract(h.config, '$.dismissedName'), h.name) FROM hires h WHERE h.id = p.scope_id)
         WHEN 'conversation' THEN (SELECT c.title FROM conversations c WHERE c.id = p.scope_id) END AS owner,
         CASE p.scope WHEN 'agent' THEN NOT EXISTS (SELECT 1 FROM hires h WHERE h.id = p.scope_id AND h.status <> 'dismissed') WHEN 'conversation' THEN NOT EXISTS (SELECT 1 FROM conversations c WHERE c.id = p.scope_id AND c.archived_at IS NULL) ELSE 0 END AS gone
       FROM (SELECT scope, scope_id, count(*) AS count FROM memories WHERE forgotten_at IS NULL GROUP BY scope, scope_id
         UNION ALL SELECT 'agent', h.id, 0 FROM hires h WHERE h.status <> 'dismissed' AND NOT EXISTS (SELECT 1 FROM memories m WHERE m.scope = 'agent' AND m.scope_id = h.id AND m.forgotten_at IS NULL)) p
       ORDER BY p.scope = 'shared' DESC, p.scope, gone, owner COLLATE NOCASE LIMIT 500`);
    return rows.map(({ scopeId, owner, gone, ...row }) => ({ ...row, scopeId: scopeId === '' ? null : scopeId, owner: owner ?? '', gone: gone === 1 }));
  },
} satisfies QueryTable;
