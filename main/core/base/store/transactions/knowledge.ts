import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { KnowledgeDocument, KnowledgeKind, KnowledgePlace, KnowledgeScope } from '../../../../../contract/model/knowledge.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { tokensOf } from '../queries/catalog-tokens.ts';
import { knowledgeQueries } from '../queries/knowledge.ts';
import { UNDO_MS } from './memory.ts';

/** A place that holds more is a library, and is searched better by a tool made for one. */
const MOST_DOCUMENTS = 200;

const notFound = (): AppError => new AppError('knowledge/not-found', 'There is no such document. It was removed; look at the list again.');

function documentOf(db: Writer, id: string): KnowledgeDocument {
  const found = knowledgeQueries.knowledgeDocument(db, { id });
  if (!found) throw notFound();
  return found;
}

function mustHaveRoom(db: Writer, scope: string, scopeId: string): void {
  const count = db.get<{ count: number }>('SELECT count(*) AS count FROM knowledge_documents WHERE scope = @scope AND scope_id = @scopeId AND plugin_id IS NULL AND removed_at IS NULL', { scope, scopeId })?.count ?? 0;
  if (count >= MOST_DOCUMENTS) throw new AppError('knowledge/full', `At most ${MOST_DOCUMENTS} documents are kept in one place. Remove some that are no longer needed.`);
}

function mustBeThere(db: Writer, scope: KnowledgeScope, scopeId: string): void {
  if (scope === 'agent' && !db.get("SELECT 1 FROM hires WHERE id = @scopeId AND status <> 'dismissed'", { scopeId })) throw new AppError('team/not-found', 'This agent is not in your team. It may have been dismissed; look at the team.');
  if (scope === 'own' && !db.get('SELECT 1 FROM own_agents WHERE id = @scopeId AND removed_at IS NULL', { scopeId })) throw new AppError('builder/not-found', 'There is no such agent of yours. It may have been removed; undo that, or make a new one.');
}

/** Named transactions of the domain knowledge; each is a plain function that runs in the writer thread. */
export const knowledgeTransactions = {
  /** The same bytes in the same place are kept once: the document that is there is answered. Errors: `knowledge/full`, `team/not-found`, `builder/not-found`. */
  insertKnowledge(db: Writer, { passages, notes, ...document }: { id: string; scope: KnowledgeScope; scopeId: string; pluginId: string | null; name: string; kind: KnowledgeKind; digest: string; bytes: number; notes: readonly string[]; at: number; passages: readonly { place: KnowledgePlace; text: string }[] }): KnowledgeDocument {
    mustBeThere(db, document.scope, document.scopeId);
    const same = db.get<{ id: string }>('SELECT id FROM knowledge_documents WHERE scope = @scope AND scope_id = @scopeId AND digest = @digest AND name = @name AND removed_at IS NULL', { scope: document.scope, scopeId: document.scopeId, digest: document.digest, name: document.name });
    if (same) return documentOf(db, same.id);
    if (document.pluginId === null) mustHaveRoom(db, document.scope, document.scopeId);
    db.run(`INSERT INTO knowledge_documents (id, scope, scope_id, plugin_id, name, kind, digest, bytes, characters, notes, added_at) VALUES (@id, @scope, @scopeId, @pluginId, @name, @kind, @digest, @bytes, @characters, @notes, @at)`,
      { ...document, notes: JSON.stringify(notes), characters: passages.reduce((sum, { text }) => sum + text.length, 0) });
    const name = document.name.replace(/\.[^.]+$/, '');
    passages.forEach(({ place, text }, position) => {
      const { lastInsertRowid } = db.run('INSERT INTO knowledge_passages (document_id, position, place, text) VALUES (@id, @position, @place, @text)', { id: document.id, position, place: JSON.stringify(place), text });
      // A word of the document's name or of the heading leads to it as well.
      db.run('INSERT INTO knowledge_words (rowid, words) VALUES (@seq, @words)', { seq: lastInsertRowid, words: tokensOf(`${name} ${place.heading ?? ''} ${text}`).join(' ') });
    });
    return documentOf(db, document.id);
  },

  /** Errors: `knowledge/not-found`, `core/bad-input` for one that a plugin brings. */
  removeKnowledge(db: Writer, { id, at }: { id: string; at: number }): Record<string, never> {
    const { plugin } = documentOf(db, id);
    if (plugin) throw new AppError('core/bad-input', `This document comes with the plugin ${plugin.name} and goes with it. Uninstall the plugin, or dismiss the agent, when you do not want it.`);
    db.run('UPDATE knowledge_documents SET removed_at = @at WHERE id = @id', { id, at });
    return {};
  },

  /** Errors: `knowledge/not-found` when it was erased meanwhile, `knowledge/full`. */
  restoreKnowledge(db: Writer, { id, at }: { id: string; at: number }): KnowledgeDocument {
    const row = db.get<{ scope: string; scopeId: string }>('SELECT scope, scope_id AS scopeId FROM knowledge_documents WHERE id = @id AND removed_at >= @after', { id, after: at - UNDO_MS });
    if (!row) throw new AppError('knowledge/not-found', 'This can no longer be taken back: what is removed is erased after ten minutes. Add the file again.');
    mustHaveRoom(db, row.scope, row.scopeId);
    db.run('UPDATE knowledge_documents SET removed_at = NULL WHERE id = @id', { id });
    return documentOf(db, id);
  },

  /** Erases documents that plugins brought and do not bring any more. */
  dropPluginKnowledge(db: Writer, { ids }: { ids: readonly string[] }): void {
    for (const id of ids) {
      db.run('DELETE FROM knowledge_words WHERE rowid IN (SELECT p.seq FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id WHERE d.id = @id AND d.plugin_id IS NOT NULL)', { id });
      db.run('DELETE FROM knowledge_documents WHERE id = @id AND plugin_id IS NOT NULL', { id });
    }
  },

  /** The writer thread calls this about once an hour. */
  eraseRemovedKnowledge(db: Writer, { now }: { now: number }): void {
    const gone = 'SELECT p.seq FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id WHERE d.removed_at < @before';
    db.run(`DELETE FROM knowledge_words WHERE rowid IN (${gone})`, { before: now - UNDO_MS });
    db.run(`DELETE FROM knowledge_documents WHERE removed_at < @before`, { before: now - UNDO_MS });
  },
} satisfies TransactionTable;
