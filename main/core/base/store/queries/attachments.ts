import type { Attachment } from '../../../../../contract/model/attachment.ts';
import type { QueryTable, Reader } from '../handles.ts';

/** Named queries of the files of messages; each is a plain function that runs in a reader thread. */
export const attachmentsQueries = {
  /** Some of a file's bytes from `offset` on; `size` is that of all of them. */
  attachmentBytes: (db: Reader, input: { id: string; offset: number; limit: number }): { kind: Attachment['kind']; mediaType: string; size: number; data: Uint8Array } | undefined =>
    db.get('SELECT kind, media_type AS mediaType, bytes AS size, substr(data, @offset + 1, @limit) AS data FROM attachments WHERE id = @id', input),
} satisfies QueryTable;
