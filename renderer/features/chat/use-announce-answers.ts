import { useEffect, useRef } from 'react';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { announce } from '../../lib/announce.ts';
import { useText } from '../../lib/text.tsx';
import { plainOf } from './merge-messages.ts';

interface Seen { seq: number; status: ChatMessage['status']; waiting: boolean }

/** Tells a screen reader of an answer when it is whole, and of a question when it is asked; never of single words. */
export function useAnnounceAnswers(messages: readonly ChatMessage[], agent: string): void {
  const t = useText();
  const seen = useRef<Seen | null>(null);
  const last = messages.at(-1);
  useEffect(() => {
    if (last?.role !== 'assistant') return;
    const before = seen.current;
    const waiting = last.blocks.some((block) => block.type === 'tool' && block.call.state === 'waiting_for_approval');
    seen.current = { seq: last.seq, status: last.status, waiting };
    if (waiting && !before?.waiting) announce(t('chat.announceWaits', { agent }));
    else if (before?.seq === last.seq && before.status === 'streaming' && last.status !== 'streaming') announce(t(`chat.announce.${last.status}`, { agent, words: plainOf(last).slice(0, 400) }));
  }, [last, agent, t]);
}
