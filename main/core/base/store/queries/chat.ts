import { projectRun } from '../../../../../contract/model/chat-projection.ts';
import type { ChatImport } from '../../../../../contract/model/chat-import.ts';
import type { ChatMessage, Conversation } from '../../../../../contract/model/chat.ts';
import type { QueryTable, Reader } from '../handles.ts';
import { ACTIVE, eventsToProject } from './runs.ts';

interface ConversationRow { id: string; hireId: string; title: string; createdAt: number; updatedAt: number; archivedAt: number | null; activeRunId: string | null; pinnedAt: number | null; folder: string | null; importedFrom: Conversation['importedFrom'] | null; content: string | null }
interface MessageRow { id: string; conversation_id: string; run_id: string | null; seq: number; parent_id: string; role: ChatMessage['role']; content: string; at: number; status: ChatMessage['status']; hire_id: string | null }

/** A line of a list shows no more of the last message. */
const LAST_TEXT = 200;
/** So many characters stand before the words that were found: a list cuts its lines at the end. */
const MATCH_BEFORE = 24;

const SELECT = `SELECT c.id, c.hire_id AS hireId, c.title, c.created_at AS createdAt, c.updated_at AS updatedAt, c.archived_at AS archivedAt, c.pinned_at AS pinnedAt, c.folder,
  (SELECT i.source FROM imported_conversations o JOIN imports i ON i.id = o.import_id WHERE o.conversation_id = c.id) AS importedFrom,
  (SELECT r.id FROM runs r WHERE r.conversation_id = c.id AND r.status IN ${ACTIVE} LIMIT 1) AS activeRunId,
  (SELECT m.content FROM messages m WHERE m.conversation_id = c.id AND m.status <> 'streaming' ORDER BY m.seq DESC LIMIT 1) AS content FROM conversations c`;

const conversationOf = ({ content, archivedAt: _archivedAt, pinnedAt, importedFrom, ...row }: ConversationRow): Conversation => ({ ...row, ...(importedFrom && { importedFrom }), pinned: pinnedAt !== null, lastText: content === null ? '' : textOf(content) });

function textOf(content: string): string {
  const { blocks } = JSON.parse(content) as Pick<ChatMessage, 'blocks'>;
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ').replace(/\s+/g, ' ').trim().slice(0, LAST_TEXT);
}

const messageOf = (row: MessageRow): ChatMessage => ({
  ...(JSON.parse(row.content) as Pick<ChatMessage, 'blocks' | 'model' | 'usage' | 'continues' | 'attachments' | 'memories' | 'citations' | 'author' | 'hireId'>), id: row.id, conversationId: row.conversation_id, runId: row.run_id, seq: row.seq, parentId: row.parent_id === '' ? null : row.parent_id, role: row.role, at: row.at, status: row.status, ...(row.role === 'assistant' && row.hire_id !== null && { hireId: row.hire_id }),
});

/** A message with who answered. */
const MESSAGE = 'm.*, (SELECT r.hire_id FROM runs r WHERE r.id = m.run_id) AS hire_id';

/** A message under way is made from the log as far as it has come. */
function asFarAsItCame(db: Reader, message: ChatMessage): ChatMessage {
  if (message.status !== 'streaming' || message.runId === null) return message;
  const come = projectRun({ id: message.runId, conversationId: message.conversationId }, eventsToProject(db, message.runId)).find((one) => one.id === message.id);
  return come ? { ...come, ...(message.hireId !== undefined && { hireId: message.hireId }) } : message;
}

/** The end of the branch that is shown. A release that knew no branches may have taken that message away: the newest then. */
export const leafOf = (db: Reader, conversationId: string): string | undefined => db.get<{ id: string | null }>(
  `SELECT coalesce((SELECT m.id FROM conversations c JOIN messages m ON m.id = c.leaf_id WHERE c.id = @conversationId),
     (SELECT id FROM messages WHERE conversation_id = @conversationId ORDER BY seq DESC LIMIT 1)) AS id`, { conversationId })?.id ?? undefined;

/** The messages that lead to one, itself included, oldest first: the newest `limit` of them. A parent is always older, so that this ends whatever is stored. The plus signs keep the search by id: by conversation it would read all of it at each step. */
const pathTo = (db: Reader, id: string, limit: number): MessageRow[] => db.all<MessageRow>(
  `WITH RECURSIVE path (id, parent_id, conversation_id, seq, depth) AS (
     SELECT id, parent_id, conversation_id, seq, 1 FROM messages WHERE id = @id
     UNION ALL SELECT m.id, m.parent_id, m.conversation_id, m.seq, depth + 1 FROM path JOIN messages m ON m.id = path.parent_id AND +m.conversation_id = path.conversation_id AND +m.seq < path.seq WHERE depth < @limit)
   SELECT ${MESSAGE} FROM path JOIN messages m ON m.id = path.id ORDER BY m.seq`, { id, limit });

function branchOf(db: Reader, row: MessageRow): Pick<ChatMessage, 'branch'> {
  const siblings = db.all<{ id: string }>('SELECT id FROM messages INDEXED BY messages_parent WHERE conversation_id = @conversation AND parent_id = @parent ORDER BY seq', { conversation: row.conversation_id, parent: row.parent_id }).map(({ id }) => id);
  if (siblings.length < 2) return {};
  const at = siblings.indexOf(row.id);
  return { branch: { position: at + 1, count: siblings.length, previous: siblings[at - 1] ?? null, next: siblings[at + 1] ?? null } };
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
  /** Pinned ones first, then the one that changed last; `words` are looked for in titles and texts. Hidden ones are left out. */
  conversationList: (db: Reader, input: { hireId?: string | undefined; words: string; limit: number }): Conversation[] => {
    const words = input.words.trim();
    const found = `(c.title LIKE @words ESCAPE '\\' OR EXISTS (SELECT 1 FROM messages m, json_each(m.content, '$.blocks') b
      WHERE m.conversation_id = c.id AND json_extract(b.value, '$.text') LIKE @words ESCAPE '\\'))`;
    const rows = db.all<ConversationRow>(`${SELECT} WHERE c.archived_at IS NULL ${input.hireId === undefined ? '' : 'AND c.hire_id = @hireId'} ${words === '' ? '' : `AND ${found}`} ORDER BY c.pinned_at IS NULL, c.updated_at DESC, c.id DESC LIMIT @limit`,
      { limit: input.limit, ...(input.hireId === undefined ? {} : { hireId: input.hireId }), ...(words === '' ? {} : { words: like(words) }) });
    return rows.map((row) => (words === '' ? conversationOf(row) : { ...conversationOf(row), ...matchOf(db, row.id, words) }));
  },

  conversationById: (db: Reader, input: { id: string }): Conversation | undefined => {
    const row = db.get<ConversationRow>(`${SELECT} WHERE c.id = @id AND c.archived_at IS NULL`, input);
    return row && conversationOf(row);
  },

  /** The newest page before a message (`before` is its id), in order. */
  messagePage: (db: Reader, input: { conversationId: string; before?: string | undefined; limit: number }): { messages: ChatMessage[]; earlier: boolean } => {
    const { conversationId, before, limit } = input;
    const last = before === undefined ? leafOf(db, conversationId) : db.get<{ id: string }>('SELECT parent_id AS id FROM messages WHERE id = @before AND conversation_id = @conversationId', { before, conversationId })?.id;
    const rows = pathTo(db, last ?? '', limit + 1);
    return { messages: rows.slice(-limit).map((row) => ({ ...asFarAsItCame(db, messageOf(row)), ...branchOf(db, row) })), earlier: rows.length > limit };
  },

  /** All messages of all branches, in the order in which they were made; `leafId` is the end of the branch that is shown. */
  messageTree: (db: Reader, { conversationId }: { conversationId: string }): { messages: ChatMessage[]; leafId: string | null } => ({
    messages: db.all<MessageRow>(`SELECT ${MESSAGE} FROM messages m WHERE conversation_id = @conversationId ORDER BY seq`, { conversationId }).map((row) => asFarAsItCame(db, messageOf(row))),
    leafId: leafOf(db, conversationId) ?? null,
  }),

  /** The answers that stand beside one, itself among them; undefined when there is no such answer. */
  answersBeside: (db: Reader, { conversationId, messageId }: { conversationId: string; messageId: string }): ChatMessage[] | undefined => {
    const row = db.get<{ parent: string }>("SELECT parent_id AS parent FROM messages WHERE id = @messageId AND conversation_id = @conversationId AND role = 'assistant'", { messageId, conversationId });
    return row && db.all<MessageRow>(`SELECT ${MESSAGE} FROM messages m INDEXED BY messages_parent WHERE m.conversation_id = @conversationId AND m.parent_id = @parent AND m.role = 'assistant' ORDER BY m.seq`, { conversationId, parent: row.parent }).map((one) => asFarAsItCame(db, messageOf(one)));
  },

  /** Of digests and ids of conversations, those that are here: imported with that digest, or made here with that id. */
  knownConversations: (db: Reader, { digests, ids }: { digests: readonly string[]; ids: readonly string[] }): { digests: string[]; ids: string[] } => ({
    digests: db.all<{ digest: string }>('SELECT DISTINCT i.digest FROM imported_conversations i JOIN conversations c ON c.id = i.conversation_id WHERE c.archived_at IS NULL AND i.digest IN (SELECT value FROM json_each(@digests))', { digests: JSON.stringify(digests) }).map(({ digest }) => digest),
    ids: db.all<{ id: string }>('SELECT id FROM conversations WHERE archived_at IS NULL AND id IN (SELECT value FROM json_each(@ids))', { ids: JSON.stringify(ids) }).map(({ id }) => id),
  }),

  /** The imports of which something is still in the list, the newest first. */
  importList: (db: Reader, _input: Record<string, never>): ChatImport[] => db.all<ChatImport>(
    `SELECT i.id, i.source, i.file_name AS file, i.at, count(*) AS conversations FROM imports i JOIN imported_conversations o ON o.import_id = i.id JOIN conversations c ON c.id = o.conversation_id
     WHERE c.archived_at IS NULL GROUP BY i.id ORDER BY i.at DESC, i.id DESC LIMIT 100`),

  /** The branch up to a message, oldest first, the newest `limit` of it; the message itself only when it is `included`. */
  messagesUpTo: (db: Reader, input: { messageId: string; included: boolean; limit: number }): ChatMessage[] => {
    const last = input.included ? input.messageId : db.get<{ id: string }>('SELECT parent_id AS id FROM messages WHERE id = @messageId', { messageId: input.messageId })?.id;
    return pathTo(db, last ?? '', input.limit).map(messageOf);
  },
} satisfies QueryTable;
