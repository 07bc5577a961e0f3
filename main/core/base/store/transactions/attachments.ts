import { AppError } from '../../../../../contract/errors/app-error.ts';
import { MOST_ATTACHED_BYTES, type Attached, type Attachment } from '../../../../../contract/model/attachment.ts';
import type { TransactionTable, Writer } from '../handles.ts';

/** So long a file waits in a draft for its message. */
const UNSENT_MS = 30 * 86_400_000;

/** Binds files to a message, in their order. Errors: `chat/bad-attachment`. */
export function attachTo(db: Writer, messageId: string, attached: readonly Attached[]): Attachment[] {
  const attachments = attached.map(({ id, name }, position): Attachment => {
    const row = db.get<Omit<Attachment, 'name'>>('SELECT id, kind, media_type AS mediaType, bytes, width, height FROM attachments WHERE id = @id', { id });
    if (!row) throw new AppError('chat/bad-attachment', `"${name}" is no longer kept here: files that are not sent are erased after thirty days. Attach it again.`, { details: { reason: 'gone' } });
    db.run('INSERT INTO message_attachments (message_id, position, attachment_id, name) VALUES (@messageId, @position, @id, @name)', { messageId, position, id, name });
    return { ...row, name };
  });
  if (attachments.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_ATTACHED_BYTES) throw new AppError('chat/bad-attachment', `The files of a message have ${MOST_ATTACHED_BYTES / 1e6} MB at most together. Send some of them with another message.`, { details: { reason: 'too-large' } });
  return attachments;
}

/** Named transactions of the files of messages; each is a plain function that runs in the writer thread. */
export const attachmentsTransactions = {
  /** The same bytes are kept once; they are waited for anew. */
  insertAttachment(db: Writer, input: Omit<Attachment, 'name'> & { data: Uint8Array; at: number }): Record<string, never> {
    db.run('INSERT INTO attachments (id, kind, media_type, bytes, width, height, added_at, data) VALUES (@id, @kind, @mediaType, @bytes, @width, @height, @at, @data) ON CONFLICT (id) DO UPDATE SET added_at = excluded.added_at', input);
    return {};
  },

  /** The writer thread calls this about once an hour. */
  eraseUnsentAttachments(db: Writer, { now }: { now: number }): void {
    db.run('DELETE FROM attachments WHERE added_at < @before AND NOT EXISTS (SELECT 1 FROM message_attachments m WHERE m.attachment_id = attachments.id)', { before: now - UNSENT_MS });
  },
} satisfies TransactionTable;
