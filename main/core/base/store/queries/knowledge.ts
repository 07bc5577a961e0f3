import type { KnowledgeDocument, KnowledgePassage, KnowledgePlace, KnowledgeScope } from '../../../../../contract/model/knowledge.ts';
import type { QueryTable, Reader } from '../handles.ts';
import { anyWord } from './memory.ts';
import { CANDIDATES, fused, nearest, type Meaning } from './vectors.ts';

/** Whose documents are meant. */
export interface KnowledgePlaceOf { readonly scope: KnowledgeScope; readonly scopeId: string }
type DocumentRow = Omit<KnowledgeDocument, 'notes' | 'scopeId' | 'plugin'> & { notes: string; scopeId: string; pluginId: string | null; pluginName: string | null };
/** A document that a plugin brought for a hired agent. */
export interface KnowledgeOfPluginRow { readonly id: string; readonly hireId: string; readonly pluginId: string; readonly name: string; readonly digest: string }
type PassageRow = Omit<KnowledgePassage, 'place'> & { place: string };
type Filter = { readonly scope?: KnowledgeScope | undefined; readonly scopeId?: string | undefined };

const MOST_LISTED = 500;

const SELECT = `SELECT d.id, d.scope, d.scope_id AS scopeId, d.name, d.kind, d.bytes, d.characters, d.notes, d.added_at AS addedAt, d.plugin_id AS pluginId, (SELECT json_extract(i.manifest, '$.plugin.name') FROM installations i WHERE i.plugin_id = d.plugin_id) AS pluginName, (SELECT count(*) FROM knowledge_passages p WHERE p.document_id = d.id) AS passages,
  coalesce(CASE d.scope WHEN 'agent' THEN (SELECT coalesce(json_extract(h.config, '$.dismissedName'), h.name) FROM hires h WHERE h.id = d.scope_id) WHEN 'own' THEN (SELECT json_extract(a.draft, '$.name') FROM own_agents a WHERE a.id = d.scope_id) END, '') AS owner
  FROM knowledge_documents d`;
const PASSAGE = 'SELECT p.document_id AS documentId, p.position, d.name, p.place, p.text FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id';

const documentOf = ({ notes, scopeId, pluginId, pluginName, ...row }: DocumentRow): KnowledgeDocument => ({ ...row, scopeId: scopeId === '' ? null : scopeId, notes: JSON.parse(notes) as string[], plugin: pluginId === null ? null : { id: pluginId, name: pluginName ?? pluginId } });
const passageOf = ({ place, ...row }: PassageRow): KnowledgePassage => ({ ...row, place: JSON.parse(place) as KnowledgePlace });
const within = ({ scope, scopeId }: Filter): string => `d.removed_at IS NULL ${scope === undefined ? '' : 'AND d.scope = @scope'} ${scopeId === undefined ? '' : 'AND d.scope_id = @scopeId'}`;
const valuesOf = ({ scope, scopeId }: Filter): Record<string, string> => ({ ...(scope !== undefined && { scope }), ...(scopeId !== undefined && { scopeId }) });
const HERE = "d.removed_at IS NULL AND d.scope || '/' || d.scope_id IN (SELECT value FROM json_each(@places))";
const namesOf = (places: readonly KnowledgePlaceOf[]): string => JSON.stringify(places.map(({ scope, scopeId }) => `${scope}/${scopeId}`));

/** What has words of a request and, with its meaning, what is near to it, as one list; the best first. `where` is about `d`. */
function found(db: Reader, where: string, values: Record<string, string>, { words, limit, meaning }: { words: string; limit: number; meaning?: Meaning | undefined }): KnowledgePassage[] {
  const match = anyWord(words);
  const byWords = match === undefined ? [] : db.all<{ seq: number }>(`SELECT p.seq FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id JOIN knowledge_words w ON w.rowid = p.seq
    WHERE knowledge_words MATCH @match AND ${where} ORDER BY w.rank, p.seq LIMIT @limit`, { match, limit: meaning ? CANDIDATES : limit, ...values }).map(({ seq }) => seq);
  const byMeaning = meaning ? nearest(db, `SELECT p.seq, v.vector FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id JOIN knowledge_vectors v ON v.passage_seq = p.seq AND v.model = @model WHERE ${where}`, values, meaning) : [];
  return (meaning ? fused([byWords, byMeaning], limit) : byWords).flatMap((seq) => { const row = db.get<PassageRow>(`${PASSAGE} WHERE p.seq = @seq`, { seq }); return row ? [passageOf(row)] : []; });
}

/** Named queries of the domain knowledge; each is a plain function that runs in a reader thread. */
export const knowledgeQueries = {
  knowledgeList: (db: Reader, input: Filter): KnowledgeDocument[] => db.all<DocumentRow>(`${SELECT} WHERE ${within(input)} ORDER BY d.added_at DESC, d.seq DESC LIMIT ${MOST_LISTED}`, valuesOf(input)).map(documentOf),

  knowledgeDocument: (db: Reader, input: { id: string }): KnowledgeDocument | undefined => {
    const row = db.get<DocumentRow>(`${SELECT} WHERE d.id = @id AND d.removed_at IS NULL`, input);
    return row && documentOf(row);
  },

  /** Those that plugins brought, of all agents. */
  knowledgeOfPlugins: (db: Reader): KnowledgeOfPluginRow[] => db.all<KnowledgeOfPluginRow>('SELECT id, scope_id AS hireId, plugin_id AS pluginId, name, digest FROM knowledge_documents WHERE plugin_id IS NOT NULL'),

  knowledgeText: (db: Reader, input: { id: string; from: number; limit: number }): KnowledgePassage[] =>
    db.all<PassageRow>(`${PASSAGE} WHERE p.document_id = @id AND p.position >= @from ORDER BY p.position LIMIT @limit`, input).map(passageOf),

  knowledgeSearch: (db: Reader, input: Filter & { words: string; limit: number; meaning?: Meaning | undefined }): KnowledgePassage[] => found(db, within(input), valuesOf(input), input),

  /** What fits a request, out of the documents of these places only; the best match first. */
  knowledgeFor: (db: Reader, input: { places: readonly KnowledgePlaceOf[]; words: string; limit: number; meaning?: Meaning | undefined }): KnowledgePassage[] => found(db, HERE, { places: namesOf(input.places) }, input),

  /** Names of the documents of these places, so that a model knows whether there is anything to look into. */
  knowledgeNames: (db: Reader, input: { places: readonly KnowledgePlaceOf[]; limit: number }): string[] =>
    db.all<{ name: string }>(`SELECT d.name FROM knowledge_documents d WHERE ${HERE} ORDER BY d.added_at DESC LIMIT @limit`, { places: namesOf(input.places), limit: input.limit }).map(({ name }) => name),
} satisfies QueryTable;
