import { ActionIcon, Textarea, Tooltip } from '@mantine/core';
import { ArrowUp, Square } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { T, useText } from '../../lib/text.tsx';
import classes from './composer.module.css';
import type { Notice } from './composer-notice.tsx';
import { setDraft, useDrafts } from './drafts.ts';

interface Props {
  /** Under which the draft is kept. */
  draftKey: string;
  agent: string;
  notice: Notice | null;
  /** Something is answering: the button stops it. Null when nothing is. */
  onStop: (() => void) | null;
  answering: boolean;
  /** Sends; the draft is cleared at once and comes back when this answers false. */
  onSend: (text: string) => Promise<boolean>;
  foot?: ReactNode;
  autoFocus?: boolean;
  /** Where the caller puts the keyboard. */
  field?: RefObject<HTMLTextAreaElement | null>;
}

/** Characters that a message may have. */
export const LONGEST = 200_000;

/** Where the person writes. Enter sends, Shift+Enter begins a line; the draft is kept for each conversation. */
export function Composer({ draftKey, agent, notice, onStop, answering, onSend, foot, autoFocus = false, field: given }: Props) {
  const t = useText();
  const own = useRef<HTMLTextAreaElement>(null);
  const field = given ?? own;
  const text = useDrafts(({ drafts }) => drafts[draftKey] ?? '');
  useEffect(() => { if (autoFocus && window.matchMedia('(hover: hover)').matches) field.current?.focus(); }, [autoFocus, draftKey, field]);
  const closed = notice?.closed ?? false;
  const ready = text.trim() !== '' && !closed && !answering;
  const send = (): void => {
    if (!ready) return;
    setDraft(draftKey, '');
    void onSend(text).then((taken) => { if (!taken && (useDrafts.getState().drafts[draftKey] ?? '') === '') setDraft(draftKey, text); });
  };
  const onKey = (event: KeyboardEvent): void => {
    // Enter that chooses a word in an input method is not meant for us.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); send(); }
    if (event.key === 'Escape' && onStop) { event.preventDefault(); onStop(); }
  };
  return (
    <div className={classes.composer}>
      {notice === null ? null : <div className={classes.notice} role="status">{notice.words}</div>}
      <div className={classes.box} data-closed={closed || undefined}>
        <Textarea ref={field} classNames={{ root: classes.root, input: classes.input }} variant="unstyled" autosize minRows={1} maxRows={10} maxLength={LONGEST} value={text} disabled={closed}
          aria-label={t('chat.message', { agent })} placeholder={t('chat.message', { agent })} onChange={(event) => { setDraft(draftKey, event.currentTarget.value); }} onKeyDown={onKey} />
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
