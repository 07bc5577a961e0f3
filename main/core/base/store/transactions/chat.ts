import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { Attached, Attachment } from '../../../../../contract/model/attachment.ts';
import type { ChatMessage } from '../../../../../contract/model/chat.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { leafOf } from '../queries/chat.ts';
import { ACTIVE } from '../queries/runs.ts';
import { attachTo } from './attachments.ts';
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

interface Row { id: string; seq: number; parent_id: string; role: ChatMessage['role']; content: string; at: number; status: ChatMessage['status'] }

/** One message of a conversation. Errors: `chat/not-found`. */
function messageOf(db: Writer, conversationId: string, id: string): Row {
  const row = db.get<Row>('SELECT id, seq, parent_id, role, content, at, status FROM messages WHERE id = @id AND conversation_id = @conversationId', { id, conversationId });
  if (!row) throw new AppError('chat/not-found', 'This message is not in the conversation. Open the conversation anew.');
  return row;
}

const nextSeq = (db: Writer, conversationId: string): number => (db.get<{ last: number | null }>('SELECT max(seq) AS last FROM messages WHERE conversation_id = @conversationId', { conversationId })?.last ?? 0) + 1;

/** Stores the run with what it answers as its first event, and the messages as that makes them: they become the branch that is shown. */
function begin(db: Writer, turn: NewTurn, conversationId: string, first: { eventId: string; type: 'user_message_added' | 'answer_continued'; data: { messageId: string } & Record<string, unknown> }): void {
  insertRun(db, { ...turn, conversationId, parameters: { messageId: first.data.messageId, ...(first.type === 'answer_continued' && { continues: true }) } });
  insertEvents(db, turn.id, [{ id: first.eventId, parent: null, at: turn.createdAt, type: first.type, channel: 'messages', namespace: [], data: first.data }]);
  storeMessages(db, turn.id);
  db.run('UPDATE conversations SET updated_at = @at WHERE id = @id', { id: conversationId, at: turn.createdAt });
}

/** Of the messages that follow the same one, this is the one that is shown. */
export const pick = (db: Writer, conversationId: string, row: Pick<Row, 'id' | 'parent_id'>): unknown => db.run(
  `UPDATE messages SET picked = 1 + (SELECT coalesce(max(s.picked), 0) FROM messages s WHERE s.conversation_id = @conversationId AND s.parent_id = @parent AND s.id <> @id) WHERE id = @id`,
  { conversationId, parent: row.parent_id, id: row.id });

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

  /** Errors: `chat/not-found`, `chat/busy`. */
  handOverConversation(db: Writer, { id, hireId, at }: { id: string; hireId: string; at: number }): { id: string } {
    mustBeOpen(db, id);
    mustBeIdle(db, id);
    db.run('UPDATE conversations SET hire_id = @hireId, updated_at = @at WHERE id = @id', { id, hireId, at });
    return { id };
  },

  /** What is left out stays as it is. Errors: `chat/not-found`. */
  placeConversation(db: Writer, { id, pinned, folder, at }: { id: string; pinned?: boolean | undefined; folder?: string | null | undefined; at: number }): { id: string } {
    mustBeOpen(db, id);
    if (pinned !== undefined) db.run('UPDATE conversations SET pinned_at = @pinnedAt WHERE id = @id', { id, pinnedAt: pinned ? at : null });
    if (folder !== undefined) db.run('UPDATE conversations SET folder = @folder WHERE id = @id', { id, folder });
    return { id };
  },

  /** How much the conversation, or its agent, may cost in all. Errors: `chat/not-found`. */
  limitCost(db: Writer, { id, of, limit }: { id: string; of: 'conversation' | 'agent'; limit: number | null }): Record<string, never> {
    mustBeOpen(db, id);
    if (of === 'conversation') db.run('UPDATE conversations SET cost_limit = @limit WHERE id = @id', { id, limit });
    else db.run('UPDATE hires SET cost_limit = @limit WHERE id = (SELECT hire_id FROM conversations WHERE id = @id)', { id, limit });
    return {};
  },

  /** Hides it or brings it back. `active` are its runs that are under way as that becomes true. Errors: `chat/not-found`. */
  archiveConversation(db: Writer, input: { id: string; archivedAt: number | null }): { active: string[] } {
    if (db.run('UPDATE conversations SET archived_at = @archivedAt WHERE id = @id', input).changes === 0) throw notFound();
    return { active: db.all<{ id: string }>(`SELECT id FROM runs WHERE conversation_id = @id AND status IN ${ACTIVE}`, { id: input.id }).map(({ id }) => id) };
  },

  /**
   * The user's message, the run that answers it, and the conversation's title when it has none yet. It follows what is shown;
   * with `edits` it stands beside that message of the user instead, with its files when none are named. Errors: `chat/not-found`, `chat/busy`, `chat/bad-attachment`.
   */
  startChatTurn(db: Writer, input: { turn: NewTurn; conversationId: string; messageId: string; text: string; title: string; eventId: string; edits?: string | undefined; attachments?: readonly Attached[] | undefined }): { runId: string; attachments: Attachment[] } {
    const { conversationId, messageId, text, turn } = input;
    const { title } = mustBeOpen(db, conversationId);
    mustBeIdle(db, conversationId);
    const edited = input.edits === undefined ? undefined : messageOf(db, conversationId, input.edits);
    if (edited && edited.role !== 'user') throw new AppError('chat/not-found', 'Only a message of your own can be edited. Let the agent answer again instead.');
    const parentId = edited ? edited.parent_id || null : leafOf(db, conversationId) ?? null;
    const kept = edited && (JSON.parse(edited.content) as Pick<ChatMessage, 'attachments'>).attachments;
    const attachments = attachTo(db, messageId, input.attachments ?? kept ?? []);
    begin(db, turn, conversationId, { eventId: input.eventId, type: 'user_message_added', data: { messageId, seq: nextSeq(db, conversationId), parentId, text, at: turn.createdAt, ...(attachments.length > 0 && { attachments }) } });
    if (title === '') db.run('UPDATE conversations SET title = @title WHERE id = @id', { id: conversationId, title: input.title });
    return { runId: turn.id, attachments };
  },

  /**
   * A new run for something that the user said: `messageId` or what it answers, else the last. Its answer stands beside the
   * earlier ones. Errors: `chat/not-found`, `chat/busy`.
   */
  retryChatTurn(db: Writer, input: { turn: NewTurn; conversationId: string; eventId: string; messageId?: string | undefined }): { runId: string; messageId: string; text: string; attachments: Attachment[] } {
    const { conversationId, turn } = input;
    mustBeOpen(db, conversationId);
    mustBeIdle(db, conversationId);
    const from = input.messageId ?? leafOf(db, conversationId);
    if (from === undefined) throw new AppError('chat/not-found', 'There is nothing to answer again: this conversation has no message yet.');
    let asked = messageOf(db, conversationId, from);
    while (asked.role !== 'user') asked = messageOf(db, conversationId, asked.parent_id);
    const { blocks, attachments = [] } = JSON.parse(asked.content) as Pick<ChatMessage, 'blocks' | 'attachments'>;
    const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
    begin(db, turn, conversationId, { eventId: input.eventId, type: 'user_message_added', data: { messageId: asked.id, seq: asked.seq, parentId: asked.parent_id || null, answerSeq: nextSeq(db, conversationId), text, at: asked.at, ...(attachments.length > 0 && { attachments }) } });
    return { runId: turn.id, messageId: asked.id, text, attachments };
  },

  /** A run that goes on where the last answer was cut off; `text` is what the model is told. Errors: `chat/not-found`, `chat/busy`. */
  continueChatTurn(db: Writer, input: { turn: NewTurn; conversationId: string; eventId: string; text: string }): { runId: string; messageId: string } {
    const { conversationId, turn } = input;
    mustBeOpen(db, conversationId);
    mustBeIdle(db, conversationId);
    const leaf = leafOf(db, conversationId);
    const cut = leaf === undefined ? undefined : messageOf(db, conversationId, leaf);
    if (!cut || cut.role !== 'assistant' || cut.status === 'done') throw new AppError('chat/not-found', 'There is nothing to go on with: the last answer of this conversation is whole.');
    begin(db, turn, conversationId, { eventId: input.eventId, type: 'answer_continued', data: { messageId: cut.id, seq: nextSeq(db, conversationId), text: input.text } });
    return { runId: turn.id, messageId: cut.id };
  },

  /** Shows the branch that a message lies on, down to where it was left. Errors: `chat/not-found`, `chat/busy`. */
  chooseBranch(db: Writer, { conversationId, messageId }: { conversationId: string; messageId: string }): { id: string } {
    mustBeOpen(db, conversationId);
    mustBeIdle(db, conversationId);
    for (let row = messageOf(db, conversationId, messageId); ; row = messageOf(db, conversationId, row.parent_id)) {
      pick(db, conversationId, row);
      if (row.parent_id === '') break;
    }
    const leaf = db.get<{ id: string }>(
      `WITH RECURSIVE down (id, depth) AS (SELECT @messageId, 0 UNION ALL
         SELECT (SELECT m.id FROM messages m INDEXED BY messages_parent WHERE m.conversation_id = @conversationId AND m.parent_id = down.id ORDER BY m.picked DESC, m.seq DESC LIMIT 1), depth + 1 FROM down WHERE down.id IS NOT NULL)
       SELECT id FROM down WHERE id IS NOT NULL ORDER BY depth DESC LIMIT 1`, { messageId, conversationId })?.id;
    db.run('UPDATE conversations SET leaf_id = @leaf WHERE id = @conversationId', { leaf: leaf ?? messageId, conversationId });
    return { id: conversationId };
  },
} satisfies TransactionTable;
