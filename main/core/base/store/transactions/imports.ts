import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { Attachment } from '../../../../../contract/model/attachment.ts';
import type { ImportSource } from '../../../../../contract/model/chat-import.ts';
import type { ChatMessage } from '../../../../../contract/model/chat.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { pick } from './chat.ts';

/** A message as it came out of a file; `content` is what is stored of it. `parentId` is '' for the first. */
export interface ImportedMessage { readonly id: string; readonly parentId: string; readonly role: ChatMessage['role']; readonly at: number; readonly status: ChatMessage['status']; readonly content: object; readonly attachments: readonly Attachment[] }
/** A conversation as it came out of a file, a parent before its children. `leafId`: the end of the branch that is shown. */
export interface ImportedConversation { readonly title: string; readonly createdAt: number; readonly updatedAt: number; readonly leafId: string; readonly messages: readonly ImportedMessage[] }

const HERE = 'FROM imported_conversations i JOIN conversations c ON c.id = i.conversation_id WHERE c.archived_at IS NULL AND';

/** Files whose bytes are here are bound to the message; of others it keeps the name. */
function filesOf(db: Writer, messageId: string, attachments: readonly Attachment[]): Attachment[] {
  return attachments.map((one, position) => {
    const row = db.get<Omit<Attachment, 'name'>>('SELECT id, kind, media_type AS mediaType, bytes, width, height FROM attachments WHERE id = @id', { id: one.id });
    if (!row) return one;
    db.run('INSERT INTO message_attachments (message_id, position, attachment_id, name) VALUES (@messageId, @position, @id, @name)', { messageId, position, id: one.id, name: one.name });
    return { ...row, name: one.name };
  });
}

const mustExist = (db: Writer, id: string): { removedAt: number | null } => {
  const row = db.get<{ removedAt: number | null }>('SELECT removed_at AS removedAt FROM imports WHERE id = @id', { id });
  if (!row) throw new AppError('chat/not-found', 'There is no such import. Look at the list of imports anew.');
  return row;
};

/** Named transactions of imported conversations; each is a plain function that runs in the writer thread. */
export const importsTransactions = {
  /**
   * A whole conversation (`rows` is an ImportedConversation as JSON in UTF-8: only this thread reads it), or nothing when the same was imported
   * before and is still here.
   */
  importConversation(db: Writer, input: { importId: string; source: ImportSource; file: string; at: number; conversationId: string; hireId: string; digest: string; rows: Uint8Array }): { imported: boolean } {
    const { conversationId, importId, digest } = input;
    if (db.get(`SELECT 1 ${HERE} i.digest = @digest`, { digest })) return { imported: false };
    const { messages, leafId, ...head } = JSON.parse(Buffer.from(input.rows.buffer, input.rows.byteOffset, input.rows.byteLength).toString('utf8')) as ImportedConversation;
    db.run('INSERT INTO imports (id, source, file_name, at) VALUES (@importId, @source, @file, @at) ON CONFLICT (id) DO NOTHING', { importId, source: input.source, file: input.file, at: input.at });
    db.run('INSERT INTO conversations (id, hire_id, title, created_at, updated_at) VALUES (@conversationId, @hireId, @title, @createdAt, @updatedAt)', { ...head, conversationId, hireId: input.hireId });
    db.run('INSERT INTO imported_conversations (conversation_id, import_id, digest) VALUES (@conversationId, @importId, @digest)', { conversationId, importId, digest });
    messages.forEach(({ id, parentId, role, at, status, content, attachments }, place) => {
      const files = filesOf(db, id, attachments);
      db.run('INSERT INTO messages (id, conversation_id, run_id, seq, parent_id, role, content, at, status) VALUES (@id, @conversationId, NULL, @seq, @parentId, @role, @content, @at, @status)',
        { id, conversationId, seq: place + 1, parentId, role, content: JSON.stringify({ ...content, ...(files.length > 0 && { attachments: files }) }), at, status });
    });
    // Each message that is stored becomes the end of what is shown: what was shown in the file comes last.
    db.run('UPDATE conversations SET leaf_id = @leafId WHERE id = @conversationId', { leafId, conversationId });
    const parents = new Map(messages.map(({ id, parentId }) => [id, parentId]));
    for (let id = leafId; id !== ''; id = parents.get(id) ?? '') pick(db, conversationId, { id, parent_id: parents.get(id) ?? '' });
    return { imported: true };
  },

  /** Hides what came with an import and is still in the list. Errors: `chat/not-found`. */
  removeImport(db: Writer, { id, at }: { id: string; at: number }): { conversations: number } {
    mustExist(db, id);
    const { changes } = db.run('UPDATE conversations SET archived_at = @at WHERE archived_at IS NULL AND id IN (SELECT conversation_id FROM imported_conversations WHERE import_id = @id)', { id, at });
    if (changes > 0) db.run('UPDATE imports SET removed_at = @at WHERE id = @id', { id, at });
    return { conversations: changes };
  },

  /** Brings back those that the last removal hid, and none that was removed by itself. Errors: `chat/not-found`. */
  restoreImport(db: Writer, { id }: { id: string }): { conversations: number } {
    const { removedAt } = mustExist(db, id);
    const { changes } = db.run('UPDATE conversations SET archived_at = NULL WHERE archived_at = @removedAt AND id IN (SELECT conversation_id FROM imported_conversations WHERE import_id = @id)', { id, removedAt });
    return { conversations: changes };
  },
} satisfies TransactionTable;
