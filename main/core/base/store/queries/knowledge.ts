import type { KnowledgeDocument, KnowledgePassage, KnowledgePlace, KnowledgeScope } from '../../../../../contract/model/knowledge.ts';
import type { QueryTable, Reader } from '../handles.ts';
import { anyWord } from './memory.ts';

/** Whose documents are meant. */
export interface KnowledgePlaceOf { readonly scope: KnowledgeScope; readonly scopeId: string }
type DocumentRow = Omit<KnowledgeDocument, 'notes' | 'scopeId'> & { notes: string; scopeId: string };
type PassageRow = Omit<KnowledgePassage, 'place'> & { place: string };
type Filter = { readonly scope?: KnowledgeScope | undefined; readonly scopeId?: string | undefined };

const MOST_LISTED = 500;

const SELECT = `SELECT d.id, d.scope, d.scope_id AS scopeId, d.name, d.kind, d.bytes, d.characters, d.notes, d.added_at AS addedAt, (SELECT count(*) FROM knowledge_passages p WHERE p.document_id = d.id) AS passages,
  coalesce(CASE d.scope WHEN 'agent' THEN (SELECT coalesce(json_extract(h.config, '$.dismissedName'), h.name) FROM hires h WHERE h.id = d.scope_id) WHEN 'own' THEN (SELECT json_extract(a.draft, '$.name') FROM own_agents a WHERE a.id = d.scope_id) END, '') AS owner
  FROM knowledge_documents d`;
const PASSAGE = 'SELECT p.document_id AS documentId, p.position, d.name, p.place, p.text FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id';

const documentOf = ({ notes, scopeId, ...row }: DocumentRow): KnowledgeDocument => ({ ...row, scopeId: scopeId === '' ? null : scopeId, notes: JSON.parse(notes) as string[] });
const passageOf = ({ place, ...row }: PassageRow): KnowledgePassage => ({ ...row, place: JSON.parse(place) as KnowledgePlace });
const within = ({ scope, scopeId }: Filter): string => `d.removed_at IS NULL ${scope === undefined ? '' : 'AND d.scope = @scope'} ${scopeId === undefined ? '' : 'AND d.scope_id = @scopeId'}`;
const valuesOf = ({ scope, scopeId }: Filter): Record<string, string> => ({ ...(scope !== undefined && { scope }), ...(scopeId !== undefined && { scopeId }) });
const HERE = "d.removed_at IS NULL AND d.scope || '/' || d.scope_id IN (SELECT value FROM json_each(@places))";
const namesOf = (places: readonly KnowledgePlaceOf[]): string => JSON.stringify(places.map(({ scope, scopeId }) => `${scope}/${scopeId}`));

/** Named queries of the domain knowledge; each is a plain function that runs in a reader thread. */
export const knowledgeQueries = {
  knowledgeList: (db: Reader, input: Filter): KnowledgeDocument[] => db.all<DocumentRow>(`${SELECT} WHERE ${within(input)} ORDER BY d.added_at DESC, d.seq DESC LIMIT ${MOST_LISTED}`, valuesOf(input)).map(documentOf),

  knowledgeDocument: (db: Reader, input: { id: string }): KnowledgeDocument | undefined => {
    const row = db.get<DocumentRow>(`${SELECT} WHERE d.id = @id AND d.removed_at IS NULL`, input);
    return row && documentOf(row);
  },

  knowledgeText: (db: Reader, input: { id: string; from: number; limit: number }): KnowledgePassage[] =>
    db.all<PassageRow>(`${PASSAGE} WHERE p.document_id = @id AND p.position >= @from ORDER BY p.position LIMIT @limit`, input).map(passageOf),

  knowledgeSearch: (db: Reader, input: Filter & { words: string; limit: number }): KnowledgePassage[] => {
    const match = anyWord(input.words);
    if (match === undefined) return [];
    return db.all<PassageRow>(`${PASSAGE} JOIN knowledge_words w ON w.rowid = p.seq WHERE knowledge_words MATCH @match AND ${within(input)} ORDER BY w.rank, p.seq LIMIT @limit`, { match, limit: input.limit, ...valuesOf(input) }).map(passageOf);
  },

  /** What fits a request, out of the documents of these places only; the best match first. */
  knowledgeFor: (db: Reader, input: { places: readonly KnowledgePlaceOf[]; words: string; limit: number }): KnowledgePassage[] => {
    const match = anyWord(input.words);
    if (match === undefined) return [];
    return db.all<PassageRow>(`${PASSAGE} JOIN knowledge_words w ON w.rowid = p.seq WHERE knowledge_words MATCH @match AND ${HERE} ORDER BY w.rank, p.seq LIMIT @limit`, { match, places: namesOf(input.places), limit: input.limit }).map(passageOf);
  },

  /** Names of the documents of these places, so that a model knows whether there is anything to look into. */
  knowledgeNames: (db: Reader, input: { places: readonly KnowledgePlaceOf[]; limit: number }): string[] =>
    db.all<{ name: string }>(`SELECT d.name FROM knowledge_documents d WHERE ${HERE} ORDER BY d.added_at DESC LIMIT @limit`, { places: namesOf(input.places), limit: input.limit }).map(({ name }) => name),
} satisfies QueryTable;
