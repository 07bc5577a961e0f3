import { Button, Loader } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, TextQuote } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './message-list.module.css';
import { keyOf } from './merge-messages.ts';
import { MessageView, type MessageActions } from './message-view.tsx';
import { useSelectedText } from './use-quote.ts';

interface Props {
  messages: ChatMessage[];
  agent: string;
  avatar: Hire['avatar'];
  /** Who of the team wrote an answer; undefined: who the conversation is with. */
  authorOf: (message: ChatMessage) => { id: string; name: string; avatar: Hire['avatar'] } | undefined;
  /** Null while an answer is under way. */
  actions: MessageActions | null;
  /** When the person last sent something here (ms), 0 for never: then the end comes into sight. */
  sentAt: number;
  /** Takes selected text along into what is being written. */
  onQuote: (text: string) => void;
  earlier: { more: boolean; loading: boolean; load: () => void };
}

/** Nearer to the end than this counts as reading along: new words then keep the end in sight. */
const NEAR = 60;

/**
 * The messages, only those in sight in the page. Sticks to the end while the person is there, keeps their place when they
 * scrolled up, and loads earlier pages as they come near the top.
 */
export function MessageList({ messages, agent, avatar, authorOf, actions, sentAt, onQuote, earlier }: Props) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: messages.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => estimate(messages[index]),
    getItemKey: (index) => keyOf(messages[index] as ChatMessage),
    overscan: 4,
    // The first rows that are made are the last ones: those at the top would be made for nothing, and ask for the page before them.
    initialOffset: () => Math.max(0, messages.reduce((size, message) => size + estimate(message), 0) - window.innerHeight),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR,
    paddingStart: 12,
    paddingEnd: 12,
  });
  const selected = useSelectedText(box);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index;
  // At first, and after sending: to the end, wherever the list stood.
  const some = messages.length > 0;
  useLayoutEffect(() => { virtual.scrollToEnd(); }, [virtual, some, sentAt]);
  // After a change of branch: what was asked for stays in sight and keeps the keyboard.
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const index = messages.findIndex((message) => message.id === wanted.current);
    if (index < 0) return;
    const row = box.current?.querySelector(`[data-index="${index}"]`);
    if (!row) { virtual.scrollToIndex(index, { align: 'center' }); return; }
    wanted.current = null;
    row.scrollIntoView({ block: 'nearest' });
    row.querySelector<HTMLElement>('[data-branch]')?.focus({ preventScroll: true });
  }, [messages, items, virtual]);
  const choose = useCallback((id: string) => { wanted.current = id; actions?.choose(id); }, [actions]);
  const given = useMemo<MessageActions | null>(() => actions && { ...actions, choose }, [actions, choose]);
  const { more, loading, load } = earlier;
  useEffect(() => { if (first !== undefined && first <= 2 && more && !loading) load(); }, [first, more, loading, load]);
  const atEnd = messages.length === 0 || virtual.isAtEnd(NEAR * 2);
  const last = messages.at(-1);
  return (
    <div className={classes.frame}>
      <div ref={box} className={classes.box} tabIndex={0} role="region" aria-label={t('chat.messages')}>
        {loading ? <div className={classes.loading}><Loader size="xs" /> <T id="chat.loadingEarlier" /></div> : null}
        <div className={classes.all} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const message = messages[item.index];
            const author = message && authorOf(message);
            const before = message?.role === 'assistant' ? answerBefore(messages, item.index) : undefined;
            const other = before && authorOf(before);
            return message ? (
              <div key={item.key} ref={virtual.measureElement} data-index={item.index} className={classes.row} style={{ transform: `translateY(${item.start}px)` }}>
                <MessageView message={message} agent={author?.name ?? agent} avatar={author ? author.avatar : avatar} from={before && other?.id !== author?.id ? other?.name ?? agent : null} actions={given} last={message === last} />
              </div>
            ) : null;
          })}
        </div>
      </div>
      {selected === '' ? null : (
        <Button className={classes.quote} size="xs" variant="default" radius="xl" leftSection={<TextQuote size={14} aria-hidden />} onMouseDown={(event) => { event.preventDefault(); }} onClick={() => { onQuote(selected); document.getSelection()?.removeAllRanges(); }}><T id="chat.quote" /></Button>
      )}
      {atEnd ? null : (
        <Button className={classes.jump} size="xs" variant="default" radius="xl" leftSection={<ArrowDown size={14} aria-hidden />} onClick={() => { virtual.scrollToEnd({ behavior: 'auto' }); }}><T id="chat.jump" /></Button>
      )}
    </div>
  );
}

/** The answer before the one at `index`. */
function answerBefore(messages: readonly ChatMessage[], index: number): ChatMessage | undefined {
  let at = index - 1;
  while (at >= 0 && messages[at]?.role !== 'assistant') at -= 1;
  return messages[at];
}

/** A first guess in pixels, so that the scroll bar hardly moves when a message is measured. */
function estimate(message: ChatMessage | undefined): number {
  let size = 70;
  for (const block of message?.blocks ?? []) size += block.type === 'text' ? Math.ceil(block.text.length / 90) * 22 : 36;
  return Math.min(size, 20_000);
}
