import { useState } from 'react';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { useText } from '../../lib/text.tsx';
import { plainOf } from './merge-messages.ts';

interface Seen { key: string; status: ChatMessage['status']; waiting: boolean; words: string }

/** Tells a screen reader of an answer when it is whole, and of a question when it is asked; never of single words. */
export function AnswerAnnouncer({ messages, agent }: { messages: readonly ChatMessage[]; agent: string }) {
  const t = useText();
  const last = messages.at(-1);
  const [seen, setSeen] = useState<Seen>({ key: '', status: 'done', waiting: false, words: '' });
  if (last?.role === 'assistant') {
    const key = `${last.conversationId}:${last.seq}`;
    const waiting = last.blocks.some((block) => block.type === 'tool' && block.call.state === 'waiting_for_approval');
    if (key !== seen.key || last.status !== seen.status || waiting !== seen.waiting) {
      const words = waiting ? t('chat.announceWaits', { agent }) : key === seen.key && seen.status === 'streaming' && last.status !== 'streaming' ? t(`chat.announce.${last.status}`, { agent, words: plainOf(last).slice(0, 400) }) : '';
      setSeen({ key, status: last.status, waiting, words });
    }
  }
  return <div className="unseen" role="status">{seen.words}</div>;
}
