import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { AppError } from '../../../contract/errors/app-error.ts';
import { MOST_ATTACHED_BYTES, MOST_ATTACHMENTS, MOST_IMAGE_BYTES, type Attachment } from '../../../contract/model/attachment.ts';
import type { Bridge } from '../../bridge/bridge.ts';
import { sendAttachment } from '../../bridge/use-attachment.ts';

/**
 * A file beside what is typed. `share`: how much of it was sent, 0 to 1. `refused`: `words` say why, and `document` that the
 * agent can be given it as one.
 */
export type DraftFile = { key: string; name: string; file?: File } & (
  | { state: 'sending'; share: number; stop: () => void }
  | { state: 'ready'; attachment: Attachment }
  | { state: 'refused'; document: boolean; words: { id: string; values?: Record<string, number> } | string }
  | { state: 'given' });

const MOST = 50;

/** Outlives the screen; what was sent in full is kept over a reload, of the newest fifty conversations. */
export const useDraftFiles = create<{ files: Record<string, readonly DraftFile[]> }>()(persist(() => ({ files: {} }) as { files: Record<string, readonly DraftFile[]> }, {
  name: 'troupe-draft-files', version: 1,
  partialize: ({ files }) => ({ files: Object.fromEntries(Object.entries(files).slice(-MOST).map(([draft, list]) => [draft, list.flatMap((one) => (one.state === 'ready' ? [{ key: one.key, name: one.name, state: one.state, attachment: one.attachment }] : []))])) }),
}));

export const NO_FILES: readonly DraftFile[] = [];
const filesOf = (draft: string): readonly DraftFile[] => useDraftFiles.getState().files[draft] ?? NO_FILES;

export function setFiles(draft: string, files: readonly DraftFile[]): void {
  useDraftFiles.setState(({ files: { [draft]: _, ...others } }) => ({ files: files.length === 0 ? others : { ...others, [draft]: files } }));
}

export const changeFile = (draft: string, key: string, next: DraftFile): void => { setFiles(draft, filesOf(draft).map((one) => (one.key === key ? next : one))); };

export function removeFile(draft: string, key: string): void {
  const gone = filesOf(draft).find((one) => one.key === key);
  if (gone?.state === 'sending') gone.stop();
  setFiles(draft, filesOf(draft).filter((one) => one.key !== key));
}

/** One after another: the core takes few at a time. */
let turn: Promise<unknown> = Promise.resolve();

/** Sends files to the core, to stand beside the draft until the message is sent. What cannot be taken says so in its place. */
export function addFiles(client: Bridge['client'], draft: string, given: readonly File[]): void {
  for (const file of given) {
    const base = { key: crypto.randomUUID(), name: file.name, file };
    const before = filesOf(draft).filter(({ state }) => state === 'ready' || state === 'sending');
    const bytes = before.reduce((sum, one) => sum + (one.state === 'ready' ? one.attachment.bytes : one.file?.size ?? 0), file.size);
    const document = /\.(pdf|docx)$/i.test(file.name);
    const refuse = (words: Extract<DraftFile, { state: 'refused' }>['words'], asDocument = document): DraftFile => ({ ...base, state: 'refused', document: asDocument, words });
    const add = (one: DraftFile): void => { setFiles(draft, [...filesOf(draft), one]); };
    if (document) { add(refuse({ id: 'chat.file.document' })); continue; }
    if (before.length >= MOST_ATTACHMENTS) { add(refuse({ id: 'chat.file.tooMany', values: { most: MOST_ATTACHMENTS } })); continue; }
    if (file.size > MOST_IMAGE_BYTES) { add(refuse({ id: 'chat.file.tooLarge', values: { most: MOST_IMAGE_BYTES / 1e6 } }, /\.(md|markdown|csv|tsv|txt|html?)$/i.test(file.name))); continue; }
    if (bytes > MOST_ATTACHED_BYTES) { add(refuse({ id: 'chat.file.together', values: { most: MOST_ATTACHED_BYTES / 1e6 } })); continue; }
    const stop = new AbortController();
    const sending = (share: number): DraftFile => ({ ...base, state: 'sending', share, stop: () => { stop.abort(); } });
    add(sending(0));
    turn = turn.then(() => sendAttachment(client, file, (share) => { changeFile(draft, base.key, sending(share)); }, stop.signal)).then(
      (attachment) => { changeFile(draft, base.key, { key: base.key, name: attachment.name, state: 'ready', attachment }); },
      (error: AppError) => { changeFile(draft, base.key, refuse(error.message, error.details?.['reason'] === 'document')); });
  }
}
