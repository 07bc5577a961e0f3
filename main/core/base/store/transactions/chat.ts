import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { ChatMessage } from '../../../../../contract/model/chat.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { ACTIVE } from '../queries/runs.ts';
import { insertEvents, insertRun, storeMessages, type NewRun } from './runs.ts';

/** Who answers: the run without what this transaction finds out. */
export type NewTurn = Omit<NewRun, 'parameters' | 'conversationId'>;

const notFound = (): AppError => new AppError('chat/not-found', 'There is no such conversation. It may have been removed; undo that, or start a new one.');

function mustBeOpen(db: Writer, id: string): { title: string } {
  const row = db.get<{ title: string; archived_at: number | null }>('SELECT title, archived_at FROM conversations WHERE id = @id', { id });
  if (!row || row.archived_at !== null) throw notFound();
  return row;
}

function mustBeIdle(db: Writer, conversationId: string): void {
  if (db.get(`SELECT 1 FROM runs WHERE conversation_id = @conversationId AND status IN ${ACTIVE}`, { conversationId })) {
    throw new AppError('chat/busy', 'An answer is still being written in this conversation. Wait for it, or stop it first.');
  }
}

/** Stores the run with what it answers as its first event, and both messages as that makes them. */
function begin(db: Writer, turn: NewTurn, conversationId: string, asked: { messageId: string; seq: number; text: string; at: number }, eventId: string): void {
  insertRun(db, { ...turn, conversationId, parameters: { messageId: asked.messageId } });
  insertEvents(db, turn.id, [{ id: eventId, parent: null, at: turn.createdAt, type: 'user_message_added', channel: 'messages', namespace: [], data: asked }]);
  storeMessages(db, turn.id);
}

/** Named transactions of the domain chat; each is a plain function that runs in the writer thread. */
export const chatTransactions = {
  insertConversation(db: Writer, input: { id: string; hireId: string; at: number }): { id: string } {
    db.run('INSERT INTO conversations (id, hire_id, created_at, updated_at) VALUES (@id, @hireId, @at, @at)', input);
    return { id: input.id };
  },

  /** Errors: `chat/not-found`. */
  renameConversation(db: Writer, input: { id: string; title: string }): { id: string } {
    mustBeOpen(db, input.id);
    db.run('UPDATE conversations SET title = @title WHERE id = @id', input);
    return { id: input.id };
  },

  /** Hides it or brings it back. Errors: `chat/not-found`. */
  archiveConversation(db: Writer, input: { id: string; archivedAt: number | null }): { id: string } {
    if (db.run('UPDATE conversations SET archived_at = @archivedAt WHERE id = @id', input).changes === 0) throw notFound();
    return { id: input.id };
  },

  /** The user's message, the run that answers it, and the conversation's title when it has none yet. Errors: `chat/not-found`, `chat/busy`. */
  startChatTurn(db: Writer, input: { turn: NewTurn; conversationId: string; messageId: string; text: string; title: string; eventId: string }): { runId: string } {
    const { title } = mustBeOpen(db, input.conversationId);
    mustBeIdle(db, input.conversationId);
    const seq = (db.get<{ last: number | null }>('SELECT max(seq) AS last FROM messages WHERE conversation_id = @id', { id: input.conversationId })?.last ?? 0) + 1;
    begin(db, input.turn, input.conversationId, { messageId: input.messageId, seq, text: input.text, at: input.turn.createdAt }, input.eventId);
    db.run('UPDATE conversations SET title = @title, updated_at = @at WHERE id = @id', { id: input.conversationId, title: title === '' ? input.title : title, at: input.turn.createdAt });
    return { runId: input.turn.id };
  },

  /** A new run for the last thing the user said; the answer that stood there gives way (its run keeps it). Errors: `chat/not-found`, `chat/busy`. */
  retryChatTurn(db: Writer, input: { turn: NewTurn; conversationId: string; eventId: string }): { runId: string; messageId: string; text: string } {
    mustBeOpen(db, input.conversationId);
    mustBeIdle(db, input.conversationId);
    const asked = db.get<{ id: string; seq: number; content: string; at: number }>("SELECT id, seq, content, at FROM messages WHERE conversation_id = @id AND role = 'user' ORDER BY seq DESC LIMIT 1", { id: input.conversationId });
    if (!asked) throw new AppError('chat/not-found', 'There is nothing to answer again: this conversation has no message yet.');
    const { blocks } = JSON.parse(asked.content) as Pick<ChatMessage, 'blocks'>;
    const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
    db.run('DELETE FROM messages WHERE conversation_id = @id AND seq > @seq', { id: input.conversationId, seq: asked.seq });
    begin(db, input.turn, input.conversationId, { messageId: asked.id, seq: asked.seq, text, at: asked.at }, input.eventId);
    db.run('UPDATE conversations SET updated_at = @at WHERE id = @id', { id: input.conversationId, at: input.turn.createdAt });
    return { runId: input.turn.id, messageId: asked.id, text };
  },
} satisfies TransactionTable;
