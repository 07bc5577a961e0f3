import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { Memory, MemoryKind, MemoryScope } from '../../../../../contract/model/memory.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { tokensOf } from '../queries/catalog-tokens.ts';
import { memoryQueries } from '../queries/memory.ts';

/** A list that is longer is read by nobody, and finds less with each row. */
export const MOST_MEMORIES = 2000;
/** How long a forgetting can be taken back; after that its text is erased. */
export const UNDO_MS = 10 * 60_000;

const notFound = (): AppError => new AppError('memory/not-found', 'This is not remembered any more. It was forgotten; look at the list again.');

function memoryOf(db: Writer, id: string): Memory {
  const found = memoryQueries.memoryById(db, { id });
  if (!found) throw notFound();
  return found;
}

function mustHaveRoom(db: Writer, scope: MemoryScope, scopeId: string, more: number): void {
  const count = db.get<{ count: number }>('SELECT count(*) AS count FROM memories WHERE scope = @scope AND scope_id = @scopeId AND forgotten_at IS NULL', { scope, scopeId })?.count ?? 0;
  if (count + more > MOST_MEMORIES) throw new AppError('memory/full', `At most ${MOST_MEMORIES} things are remembered in one place, and here there are ${count}. Forget some that are no longer needed.`);
}

function mustBeThere(db: Writer, scope: MemoryScope, scopeId: string): void {
  if (scope === 'agent' && !db.get("SELECT 1 FROM hires WHERE id = @scopeId AND status <> 'dismissed'", { scopeId })) throw new AppError('team/not-found', 'This agent is not in your team. It may have been dismissed; look at the team.');
  if (scope === 'conversation' && !db.get('SELECT 1 FROM conversations WHERE id = @scopeId AND archived_at IS NULL', { scopeId })) throw new AppError('chat/not-found', 'There is no such conversation. It may have been removed; undo that, or choose another.');
}

const wordsOf = (text: string): string => tokensOf(text).join(' ');

function erase(db: Writer, before: number): void {
  db.run('DELETE FROM memory_words WHERE rowid IN (SELECT seq FROM memories WHERE forgotten_at < @before)', { before });
  db.run('DELETE FROM memories WHERE forgotten_at < @before', { before });
}

function forget(db: Writer, where: string, values: Record<string, string>, input: { batch: string; at: number }): { batch: string; forgotten: number } {
  erase(db, input.at - UNDO_MS);
  const { changes } = db.run(`UPDATE memories SET forgotten_in = @batch, forgotten_at = @at WHERE forgotten_at IS NULL AND ${where}`, { ...values, batch: input.batch, at: input.at });
  return { batch: input.batch, forgotten: changes };
}

/** Named transactions of the domain memory; each is a plain function that runs in the writer thread. */
export const memoryTransactions = {
  /** The same text in the same place is kept once: the row that is there is answered. Errors: `memory/full`, `team/not-found`, `chat/not-found`. */
  insertMemory(db: Writer, input: { id: string; scope: MemoryScope; scopeId: string; text: string; kind: MemoryKind; pinned: boolean; author: Memory['author']; runId: string | null; at: number }): Memory {
    mustBeThere(db, input.scope, input.scopeId);
    const same = db.get<{ id: string }>('SELECT id FROM memories WHERE scope = @scope AND scope_id = @scopeId AND text = @text AND forgotten_at IS NULL', { scope: input.scope, scopeId: input.scopeId, text: input.text });
    if (same) return memoryOf(db, same.id);
    mustHaveRoom(db, input.scope, input.scopeId, 1);
    const { lastInsertRowid } = db.run(`INSERT INTO memories (id, scope, scope_id, text, kind, pinned, author, run_id, message_id, created_at, updated_at) VALUES (@id, @scope, @scopeId, @text, @kind, @pinned, @author, @runId,
      (SELECT json_extract(r.parameters, '$.messageId') FROM runs r WHERE r.id = @runId), @at, @at)`, input);
    db.run('INSERT INTO memory_words (rowid, words) VALUES (@seq, @words)', { seq: lastInsertRowid, words: wordsOf(input.text) });
    return memoryOf(db, input.id);
  },

  /** Only what is given changes. Errors: `memory/not-found`. */
  updateMemory(db: Writer, { id, text, kind, pinned, at }: { id: string; text?: string | undefined; kind?: MemoryKind | undefined; pinned?: boolean | undefined; at: number }): Memory {
    memoryOf(db, id);
    if (text !== undefined) {
      db.run('UPDATE memories SET text = @text, updated_at = @at WHERE id = @id', { id, text, at });
      db.run('UPDATE memory_words SET words = @words WHERE rowid = (SELECT seq FROM memories WHERE id = @id)', { id, words: wordsOf(text) });
    }
    if (kind !== undefined) db.run('UPDATE memories SET kind = @kind, updated_at = @at WHERE id = @id', { id, kind, at });
    if (pinned !== undefined) db.run('UPDATE memories SET pinned = @pinned WHERE id = @id', { id, pinned });
    return memoryOf(db, id);
  },

  /** Errors: `memory/not-found`. */
  forgetMemory(db: Writer, input: { id: string; batch: string; at: number }): { batch: string; forgotten: number } {
    memoryOf(db, input.id);
    return forget(db, 'id = @id', { id: input.id }, input);
  },

  forgetMemories: (db: Writer, input: { scope: MemoryScope; scopeId: string; batch: string; at: number }): { batch: string; forgotten: number } =>
    forget(db, 'scope = @scope AND scope_id = @scopeId', { scope: input.scope, scopeId: input.scopeId }, input),

  /** Errors: `memory/not-found` when it was erased meanwhile, `memory/full`. */
  restoreMemories(db: Writer, { batch, at }: { batch: string; at: number }): { restored: number } {
    const place = db.get<{ scope: MemoryScope; scopeId: string; count: number }>('SELECT scope, scope_id AS scopeId, count(*) AS count FROM memories WHERE forgotten_in = @batch AND forgotten_at >= @after GROUP BY scope, scope_id', { batch, after: at - UNDO_MS });
    if (!place) throw new AppError('memory/not-found', 'This can no longer be taken back: what is forgotten is erased after ten minutes.');
    mustHaveRoom(db, place.scope, place.scopeId, place.count);
    return { restored: db.run('UPDATE memories SET forgotten_in = NULL, forgotten_at = NULL WHERE forgotten_in = @batch', { batch }).changes };
  },

  memoriesUsed(db: Writer, input: { ids: readonly string[]; at: number }): void {
    db.run('UPDATE memories SET used_at = @at WHERE id IN (SELECT value FROM json_each(@ids))', { ids: JSON.stringify(input.ids), at: input.at });
  },

  /** The writer thread calls this about once an hour. */
  eraseForgottenMemories: (db: Writer, input: { now: number }): void => { erase(db, input.now - UNDO_MS); },
} satisfies TransactionTable;
