import { ActionIcon, Textarea, Tooltip } from '@mantine/core';
import { ArrowUp, Paperclip, Square } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import type { Attachment } from '../../../contract/model/attachment.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './composer.module.css';
import type { Notice } from './composer-notice.tsx';
import { DraftFileList } from './draft-file-list.tsx';
import { addFiles, NO_FILES, setFiles, useDraftFiles } from './draft-files.ts';
import { setDraft, useDrafts } from './drafts.ts';
import { useDroppedFiles } from '../../lib/use-dropped-files.ts';

interface Props {
  /** Under which the draft is kept. */
  draftKey: string;
  agent: string;
  /** Who is written to, and the model of their own (null: the default); null when nobody is. */
  to: { id: string; model: string | null } | null;
  notice: Notice | null;
  /** Something is answering: the button stops it. Null when nothing is. */
  onStop: (() => void) | null;
  answering: boolean;
  /** Sends; the draft is cleared at once and comes back when this answers false. */
  onSend: (text: string, attachments: readonly Attachment[]) => Promise<boolean>;
  foot?: ReactNode;
  autoFocus?: boolean;
  /** Where the caller puts the keyboard. */
  field?: RefObject<HTMLTextAreaElement | null>;
}

/** Characters that a message may have. */
export const LONGEST = 200_000;

/** Where the person writes. Enter sends, Shift+Enter begins a line; the draft is kept for each conversation. */
export function Composer({ draftKey, agent, to, notice, onStop, answering, onSend, foot, autoFocus = false, field: given }: Props) {
  const t = useText();
  const own = useRef<HTMLTextAreaElement>(null);
  const field = given ?? own;
  const text = useDrafts(({ drafts }) => drafts[draftKey] ?? '');
  useEffect(() => { if (autoFocus && window.matchMedia('(hover: hover)').matches) field.current?.focus(); }, [autoFocus, draftKey, field]);
  const { client } = useBridge();
  const picker = useRef<HTMLInputElement>(null);
  const files = useDraftFiles(({ files: all }) => all[draftKey] ?? NO_FILES);
  const closed = notice?.closed ?? false;
  const add = (given: readonly File[]): void => { if (!closed && given.length > 0) addFiles(client, draftKey, given); };
  const over = useDroppedFiles(add);
  const ready = text.trim() !== '' && !closed && !answering && !files.some(({ state }) => state === 'sending');
  const send = (): void => {
    if (!ready) return;
    setDraft(draftKey, '');
    setFiles(draftKey, []);
    void onSend(text, files.flatMap((one) => (one.state === 'ready' ? [one.attachment] : []))).then((taken) => {
      if (!taken && (useDrafts.getState().drafts[draftKey] ?? '') === '') setDraft(draftKey, text);
      if (!taken && useDraftFiles.getState().files[draftKey] === undefined) setFiles(draftKey, files);
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    // Enter that chooses a word in an input method is not meant for us.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send(); }
    if (event.key === 'Escape' && onStop) { event.preventDefault(); onStop(); }
  };
  return (
    <div className={classes.composer}>
      {notice === null ? null : <div className={classes.notice} role="status">{notice.words}</div>}
      <DraftFileList draftKey={draftKey} files={files} agent={agent} hireId={to?.id ?? null} model={to?.model ?? null} />
      <div className={classes.box} data-closed={closed || undefined} data-over={(over && !closed) || undefined}>
        <Tooltip label={t('chat.attach')}><ActionIcon size={32} radius="xl" aria-label={t('chat.attach')} disabled={closed} onClick={() => { picker.current?.click(); }}><Paperclip size={16} aria-hidden /></ActionIcon></Tooltip>
        <input ref={picker} type="file" hidden multiple aria-label={t('chat.attach')} onChange={(event) => {
          const given = [...event.currentTarget.files ?? []];
          event.currentTarget.value = '';
          add(given);
          field.current?.focus();
        }} />
        <Textarea ref={field} classNames={{ root: classes.root, input: classes.input }} variant="unstyled" autosize minRows={1} maxRows={10} maxLength={LONGEST} value={text} disabled={closed}
          aria-label={t('chat.message', { agent })} placeholder={t(over ? 'chat.dropHere' : files.some(({ state }) => state === 'ready') ? 'chat.sayWithFiles' : 'chat.message', { agent })} onChange={(event) => { setDraft(draftKey, event.currentTarget.value); }} onKeyDown={onKey} onPaste={(event) => {
            // Text that was copied with a picture of itself (from a table, say) is meant as text.
            const pasted = event.clipboardData.getData('text/plain') === '' ? [...event.clipboardData.files] : [];
            if (pasted.length > 0) { event.preventDefault(); add(pasted); }
          }} />
        {answering ? (
          <Tooltip label={t('chat.stopKey')}><ActionIcon variant="filled" color="gray" size={32} radius="xl" aria-label={t('chat.stop')} disabled={onStop === null} onClick={() => { onStop?.(); }}><Square size={13} fill="currentColor" aria-hidden /></ActionIcon></Tooltip>
        ) : (
          <Tooltip label={t('chat.sendKey')}><ActionIcon variant="filled" color="indigo" size={32} radius="xl" aria-label={t('chat.send')} disabled={!ready} onClick={send}><ArrowUp size={17} aria-hidden /></ActionIcon></Tooltip>
        )}
      </div>
      <div className={classes.foot}><span className={classes.hint}><T id="chat.keys" /></span>{foot}</div>
    </div>
  );
}
