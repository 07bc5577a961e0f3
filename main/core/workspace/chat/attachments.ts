import { createHash } from 'node:crypto';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { ATTACHMENT_PART_BYTES, MOST_ATTACHED_BYTES, MOST_IMAGE_BYTES, MOST_IMAGE_PIXELS, MOST_TEXT_BYTES, type Attachment } from '../../../../contract/model/attachment.ts';
import type { ChatMessage } from '../../../../contract/model/chat.ts';
import type { Part } from '../../../../contract/model/message.ts';
import type { Store } from '../../base/store/index.ts';
import { createUploads, fileNameOf } from '../../engine/knowledge/index.ts';
import type { Clock } from '../../engine/runs/index.ts';
import { imageHead } from './image-head.ts';

/** Files of messages. Inputs are those of contract/api/chat.ts. */
export interface Attachments {
  /** Errors: `core/bad-input`, `chat/bad-attachment` with `details.reason`: `document` when it is one that can be added to the knowledge, else `type`, `too-large`, `empty`. */
  add(part: { upload: string; offset: number; base64: string; last: boolean; name: string }): Promise<{ attachment: Attachment | null }>;
  /** Errors: `chat/bad-attachment`. */
  read(input: { id: string; offset: number }): Promise<{ mediaType: string; base64: string; last: boolean }>;
  /** As a model takes them. One that is gone is told of in words. */
  partsOf(attachments: readonly Attachment[]): Promise<readonly Part[]>;
  /** Those of earlier messages, by message: the newest that fit one message together; of the others the model is told the names. */
  partsOfAll(messages: readonly ChatMessage[]): Promise<ReadonlyMap<string, readonly Part[]>>;
}

const refused = (reason: string, message: string): AppError => new AppError('chat/bad-attachment', message, { details: { reason } });
const inWords = (name: string, words: string): Part => ({ type: 'file', name, mediaType: 'text/plain', data: Buffer.from(words).toString('base64') });

export function createAttachments({ store, clock }: { store: Pick<Store, 'read' | 'write'>; clock: Clock }): Attachments {
  const uploads = createUploads(MOST_IMAGE_BYTES, () => refused('too-large', `An image has ${MOST_IMAGE_BYTES / 1e6} MB at most, a text ${MOST_TEXT_BYTES / 1e3} KB. Make it smaller, or give the agent a text as a document.`));

  const partOf = async ({ id, name, kind, mediaType }: Attachment): Promise<Part> => {
    const found = await store.read('attachmentBytes', { id, offset: 0, limit: MOST_IMAGE_BYTES });
    if (!found) return inWords(name, '(This file is no longer kept.)');
    const data = Buffer.from(found.data).toString('base64');
    return kind === 'image' ? { type: 'image', name, mediaType, data } : { type: 'file', name, mediaType, data };
  };
  const partsOf = (attachments: readonly Attachment[]): Promise<Part[]> => Promise.all(attachments.map(partOf));

  return {
    partsOf,
    async add({ name: given, ...part }) {
      const name = fileNameOf(given) || 'file';
      const whole = uploads.add(part);
      if (!whole) return { attachment: null };
      const { bytes, ...kind } = kindOf(name, whole);
      const known = { id: createHash('sha256').update(bytes).digest('hex'), ...kind, bytes: bytes.length };
      await store.write('insertAttachment', { ...known, data: bytes, at: clock.now() });
      return { attachment: { ...known, name } };
    },
    async read({ id, offset }) {
      const found = await store.read('attachmentBytes', { id, offset, limit: ATTACHMENT_PART_BYTES });
      if (!found) throw refused('gone', 'This file is no longer kept here. Attach it again.');
      return { mediaType: found.mediaType, base64: Buffer.from(found.data).toString('base64'), last: offset + found.data.length >= found.size };
    },
    async partsOfAll(messages) {
      const parts = new Map<string, readonly Part[]>();
      let room = MOST_ATTACHED_BYTES;
      for (const { id, attachments = [] } of messages.toReversed()) {
        room -= attachments.reduce((sum, { bytes }) => sum + bytes, 0);
        if (attachments.length > 0) parts.set(id, room >= 0 ? await partsOf(attachments) : attachments.map(({ name }) => inWords(name, '(This file came with an earlier message and is too far back to be read again. Ask for it when you need it.)')));
      }
      return parts;
    },
  };
}

/** What a file is by its bytes, whatever its name says. Text is kept as UTF-8 without a byte order mark. */
function kindOf(name: string, bytes: Buffer): Pick<Attachment, 'kind' | 'mediaType' | 'width' | 'height'> & { bytes: Buffer } {
  if (bytes.length === 0) throw refused('empty', `"${name}" is empty. Attach a file with something in it.`);
  const image = imageHead(bytes);
  if (image) {
    if (image.width === null || image.height === null || image.width === 0 || image.height === 0) throw refused('type', `"${name}" begins like an image but does not say how large it is: it is damaged. Save it anew and attach that.`);
    if (image.width * image.height > MOST_IMAGE_PIXELS) throw refused('too-large', `"${name}" has ${image.width} × ${image.height} pixels; at most ${MOST_IMAGE_PIXELS / 1e6} million in all are taken. Make it smaller.`);
    return { kind: 'image', ...image, bytes };
  }
  if (bytes.toString('latin1', 0, 5) === '%PDF-' || (bytes.toString('latin1', 0, 4) === 'PK\x03\x04' && /\.docx$/i.test(name))) throw refused('document', `"${name}" is a document of many pages. Give it to the agent as a document: it looks things up there and names its sources.`);
  const text = textIn(bytes);
  if (text === undefined) throw refused('type', `"${name}" is neither text nor an image that can be shown (PNG, JPEG, WebP, GIF).`);
  if (text.length > MOST_TEXT_BYTES) throw refused(/\.(md|markdown|csv|tsv|txt|html?)$/i.test(name) ? 'document' : 'too-large', `"${name}" has ${Math.ceil(text.length / 1e3)} KB; a text in a message has ${MOST_TEXT_BYTES / 1e3} KB at most. Attach the part that matters, or give it to the agent as a document.`);
  return { kind: 'text', mediaType: 'text/plain', width: null, height: null, bytes: text };
}

/** Undefined when it is no text: UTF-8, or UTF-16 that says so. */
function textIn(bytes: Buffer): Buffer | undefined {
  const marked = bytes.length % 2 === 0 && { fffe: 'utf-16le', feff: 'utf-16be' }[bytes.toString('hex', 0, 2)];
  try {
    const text = new TextDecoder(marked || 'utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : Buffer.from(text);
  } catch {
    return undefined;
  }
}
