import { projectRun } from '../../../../../contract/model/chat-projection.ts';
import type { ChatMessage, Conversation } from '../../../../../contract/model/chat.ts';
import type { QueryTable, Reader } from '../handles.ts';
import { ACTIVE, eventsToProject } from './runs.ts';

interface ConversationRow { id: string; hireId: string; title: string; createdAt: number; updatedAt: number; archivedAt: number | null; activeRunId: string | null; content: string | null }
interface MessageRow { id: string; conversation_id: string; run_id: string | null; seq: number; role: ChatMessage['role']; content: string; at: number; status: ChatMessage['status'] }

/** A line of a list shows no more of the last message. */
const LAST_TEXT = 200;
/** So many characters stand before the words that were found: a list cuts its lines at the end. */
const MATCH_BEFORE = 24;

const SELECT = `SELECT c.id, c.hire_id AS hireId, c.title, c.created_at AS createdAt, c.updated_at AS updatedAt, c.archived_at AS archivedAt,
  (SELECT r.id FROM runs r WHERE r.conversation_id = c.id AND r.status IN ${ACTIVE} LIMIT 1) AS activeRunId,
  (SELECT m.content FROM messages m WHERE m.conversation_id = c.id AND m.status <> 'streaming' ORDER BY m.seq DESC LIMIT 1) AS content FROM conversations c`;

const conversationOf = ({ content, archivedAt: _archivedAt, ...row }: ConversationRow): Conversation => ({ ...row, lastText: content === null ? '' : textOf(content) });

function textOf(content: string): string {
  const { blocks } = JSON.parse(content) as Pick<ChatMessage, 'blocks'>;
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ').replace(/\s+/g, ' ').trim().slice(0, LAST_TEXT);
}

const messageOf = (row: MessageRow): ChatMessage => ({
  ...(JSON.parse(row.content) as Pick<ChatMessage, 'blocks' | 'model' | 'usage'>), id: row.id, conversationId: row.conversation_id, runId: row.run_id ?? '', seq: row.seq, role: row.role, at: row.at, status: row.status,
});

/** A message under way is made from the log as far as it has come. */
function asFarAsItCame(db: Reader, message: ChatMessage): ChatMessage {
  if (message.status !== 'streaming') return message;
  return projectRun({ id: message.runId, conversationId: message.conversationId }, eventsToProject(db, message.runId)).find((one) => one.id === message.id) ?? message;
}

const like = (words: string): string => `%${words.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;

/** What stands around the words in the newest message that has them. */
function matchOf(db: Reader, conversationId: string, words: string): { match?: string } {
  const row = db.get<{ text: string }>(`SELECT json_extract(b.value, '$.text') AS text FROM messages m, json_each(m.content, '$.blocks') b
    WHERE m.conversation_id = @conversationId AND json_extract(b.value, '$.text') LIKE @words ESCAPE '\\' ORDER BY m.seq DESC LIMIT 1`, { conversationId, words: like(words) });
  if (!row) return {};
  const text = row.text.replace(/\s+/g, ' ').trim();
  const from = Math.max(0, text.toLowerCase().indexOf(words.toLowerCase()) - MATCH_BEFORE);
  return { match: `${from > 0 ? '…' : ''}${text.slice(from, from + LAST_TEXT)}` };
}

/** Named queries of the domain chat; each is a plain function that runs in a reader thread. */
export const chatQueries = {
  /** The one that changed last comes first; `words` are looked for in titles and texts. Hidden ones are left out. */
  conversationList: (db: Reader, input: { hireId?: string | undefined; words: string; limit: number }): Conversation[] => {
    const words = input.words.trim();
    const found = `(c.title LIKE @words ESCAPE '\\' OR EXISTS (SELECT 1 FROM messages m, json_each(m.content, '$.blocks') b
      WHERE m.conversation_id = c.id AND json_extract(b.value, '$.text') LIKE @words ESCAPE '\\'))`;
    const rows = db.all<ConversationRow>(`${SELECT} WHERE c.archived_at IS NULL ${input.hireId === undefined ? '' : 'AND c.hire_id = @hireId'} ${words === '' ? '' : `AND ${found}`} ORDER BY c.updated_at DESC, c.id DESC LIMIT @limit`,
      { limit: input.limit, ...(input.hireId === undefined ? {} : { hireId: input.hireId }), ...(words === '' ? {} : { words: like(words) }) });
    return rows.map((row) => (words === '' ? conversationOf(row) : { ...conversationOf(row), ...matchOf(db, row.id, words) }));
  },

  conversationById: (db: Reader, input: { id: string }): Conversation | undefined => {
    const row = db.get<ConversationRow>(`${SELECT} WHERE c.id = @id AND c.archived_at IS NULL`, input);
    return row && conversationOf(row);
  },

  /** The newest page before a message (`before` is its id), in order. */
  messagePage: (db: Reader, input: { conversationId: string; before?: string | undefined; limit: number }): { messages: ChatMessage[]; earlier: boolean } => {
    const end = input.before === undefined ? Number.MAX_SAFE_INTEGER : db.get<{ seq: number }>('SELECT seq FROM messages WHERE id = @id AND conversation_id = @conversationId', { id: input.before, conversationId: input.conversationId })?.seq ?? 0;
    const rows = db.all<MessageRow>('SELECT * FROM messages WHERE conversation_id = @conversationId AND seq < @end ORDER BY seq DESC LIMIT @limit', { conversationId: input.conversationId, end, limit: input.limit + 1 });
    return { messages: rows.slice(0, input.limit).reverse().map((row) => asFarAsItCame(db, messageOf(row))), earlier: rows.length > input.limit };
  },

  /** What was said before a message, oldest first, the newest `limit` of it. */
  messagesBefore: (db: Reader, input: { messageId: string; limit: number }): ChatMessage[] => db.all<MessageRow>(
    `SELECT m.* FROM messages m JOIN messages asked ON asked.conversation_id = m.conversation_id WHERE asked.id = @messageId AND m.seq < asked.seq ORDER BY m.seq DESC LIMIT @limit`, input).reverse().map(messageOf),
} satisfies QueryTable;
