import { Button, Modal, Select, Skeleton } from '@mantine/core';
import { Check } from 'lucide-react';
import { useState } from 'react';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { formatModelRef } from '../../../contract/model/model-ref.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { useCall } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './compare-answers.module.css';
import { MessageParts } from './message-parts.tsx';
import { Model } from './message-view.tsx';

/** Who answers once more: `model` null is the agent's own. */
export interface AskedToo { hireId: string; model: string | null }

interface Props {
  /** One of the answers; null: closed. */
  message: ChatMessage | null;
  hires: readonly Hire[];
  /** Who the conversation is with. */
  hireId: string;
  /** What the conversation shows now, with the answer that is being written. */
  shown: readonly ChatMessage[];
  answering: boolean;
  nameOf: (message: ChatMessage) => string;
  onAsk: (message: ChatMessage, by: AskedToo) => void;
  onKeep: (messageId: string) => void;
  onClose: () => void;
}

/** The answers to one question side by side; others of the team or other models can be asked the same, and one is kept. */
export function CompareAnswers({ message, onClose, ...props }: Props) {
  const t = useText();
  return (
    <Modal opened={message !== null} onClose={onClose} size="min(1180px, 96vw)" title={t('chat.compare.title')} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {message ? <Body key={message.parentId} message={message} {...props} /> : null}
    </Modal>
  );
}

function Body({ message, hires, hireId, shown, answering, nameOf, onAsk, onKeep }: Omit<Props, 'onClose'> & { message: ChatMessage }) {
  const t = useText();
  const stored = useCall('chat', 'answers', { id: message.conversationId, messageId: message.id }, { keepPrevious: true });
  const question = shown.find(({ id }) => id === message.parentId);
  const live = shown.filter((one) => one.role === 'assistant' && one.parentId === message.parentId);
  const all = [...(stored.data?.messages ?? []), ...live];
  // The page's own copy of an answer under way is further than the one that was asked for.
  const answers = [...new Map(all.map((one) => [one.id, one])).values()].toSorted((one, other) => one.seq - other.seq);
  return (
    <div className={classes.body}>
      {question ? <p className={classes.question}>{question.blocks.map((block) => (block.type === 'text' ? block.text : '')).join(' ').slice(0, 400)}</p> : null}
      {stored.error ? <Failure compact error={stored.error} onRetry={() => { void stored.refetch(); }} /> : null}
      {!stored.data && !stored.error ? <Skeleton height={120} radius="md" /> : null}
      <ul className={classes.answers} aria-label={t('chat.compare.title')}>
        {answers.map((answer) => {
          const name = nameOf(answer);
          const isShown = live.some(({ id }) => id === answer.id);
          return (
            <li key={answer.id} className={classes.answer} data-shown={isShown || undefined}>
              <div className={classes.author}><AgentAvatar name={name} size={24} {...hires.find(({ id }) => id === (answer.hireId ?? hireId))?.avatar} /><span className={classes.name}>{name}</span><Model message={answer} /></div>
              <div className={classes.words} tabIndex={0} role="region" aria-label={t('chat.compare.answerOf', { agent: name, number: answers.indexOf(answer) + 1 })}><MessageParts message={answer} agent={name} /></div>
              <div className={classes.foot}>
                {answer.status === 'streaming' ? <span role="status"><T id="chat.writing" values={{ agent: name }} /></span>
                  : isShown ? <span className={classes.kept}><Check size={14} aria-hidden /> <T id="chat.compare.kept" /></span>
                    : <Button size="xs" variant="default" disabled={answering} aria-label={t('chat.compare.keepOf', { agent: name, number: answers.indexOf(answer) + 1 })} onClick={() => { onKeep(answer.id); }}><T id="chat.compare.keep" /></Button>}
              </div>
            </li>
          );
        })}
      </ul>
      <AskAnother hires={hires} hireId={hireId} disabled={answering} onAsk={(by) => { onAsk(message, by); }} />
    </div>
  );
}

function AskAnother({ hires, hireId, disabled, onAsk }: { hires: readonly Hire[]; hireId: string; disabled: boolean; onAsk: (by: AskedToo) => void }) {
  const t = useText();
  const [chosen, setChosen] = useState(hireId);
  const [model, setModel] = useState('');
  const models = useCall('models', 'list', {}).data?.models ?? [];
  const open = hires.filter(({ status }) => status !== 'paused');
  return (
    <form className={classes.ask} onSubmit={(event) => { event.preventDefault(); onAsk({ hireId: chosen, model: model === '' ? null : model }); }}>
      <Select label={t('chat.compare.agent')} searchable allowDeselect={false} value={chosen} data={open.map(({ id, name }) => ({ value: id, label: name }))} onChange={(next) => { if (next !== null) setChosen(next); }} />
      <Select label={t('chat.compare.model')} searchable allowDeselect={false} limit={200} value={model} data={[{ value: '', label: t('chat.compare.ownModel') }, ...models.map((one) => ({ value: formatModelRef(one), label: t('frame.modelOf', { model: one.label, provider: one.provider }) }))]} onChange={(next) => { setModel(next ?? ''); }} />
      <Button type="submit" disabled={disabled || !open.some(({ id }) => id === chosen)}><T id="chat.compare.ask" /></Button>
    </form>
  );
}
