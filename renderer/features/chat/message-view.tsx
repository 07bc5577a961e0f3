import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy, RotateCcw } from 'lucide-react';
import { memo } from 'react';
import { useIntl } from 'react-intl';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { T, useText } from '../../lib/text.tsx';
import { plainOf } from './merge-messages.ts';
import { MessageParts } from './message-parts.tsx';
import classes from './message.module.css';

export interface MessageViewProps {
  message: ChatMessage;
  agent: string;
  /** Given on the last answer when it may be answered again. */
  onRetry: (() => void) | null;
}

/** One message. The same object renders once, so that only the message that grows is painted while it streams. */
export const MessageView = memo(function MessageView({ message, agent, onRetry }: MessageViewProps) {
  const mine = message.role === 'user';
  return (
    <article className={classes.message} data-role={message.role}>
      {mine ? <h2 className="unseen"><T id="chat.you" /></h2> : (
        <div className={classes.author}><AgentAvatar name={agent} size={24} /><h2>{agent}</h2><Model message={message} /></div>
      )}
      <div className={classes.content}>
        {mine ? <div className={classes.mine}>{plainOf(message)}</div> : <MessageParts message={message} agent={agent} />}
      </div>
      <Foot message={message} agent={agent} onRetry={onRetry} />
    </article>
  );
});

/** Which model answered; the tokens it took stand in the tooltip. */
function Model({ message: { model, usage } }: { message: ChatMessage }) {
  const t = useText();
  if (model === null) return null;
  // A provider's id is a random word; what people know is the model's own name.
  const name = model.startsWith('practice/') ? t('frame.practice') : model.slice(model.indexOf('/') + 1);
  const shown = <span className={classes.model} tabIndex={usage ? 0 : undefined}>{name}</span>;
  return usage === null ? shown : <Tooltip label={t(usage.estimated ? 'chat.usageEstimated' : 'chat.usage', { sent: usage.promptTokens, received: usage.completionTokens })}>{shown}</Tooltip>;
}

function Foot({ message, agent, onRetry }: MessageViewProps) {
  const t = useText();
  const intl = useIntl();
  const clipboard = useClipboard({ timeout: 1500 });
  const text = plainOf(message);
  const copy = t(clipboard.copied ? 'chat.copied' : 'chat.copyMessage');
  if (message.status === 'streaming') return <div className={classes.foot}><Typing message={message} agent={agent} /></div>;
  return (
    <div className={classes.foot}>
      {message.role === 'assistant' && message.status !== 'done' ? <span className={classes.ended}><T id={`chat.ended.${message.status}`} /></span> : null}
      {onRetry ? <button type="button" className={classes.retry} data-strong={message.status !== 'done' || undefined} onClick={onRetry}><RotateCcw size={13} aria-hidden /> <T id="chat.retry" /></button> : null}
      <span className={classes.quiet}>
        {text === '' ? null : (
          <Tooltip label={copy}>
            <ActionIcon size="sm" aria-label={copy} onClick={() => { clipboard.copy(text); }}>{clipboard.copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}</ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={intl.formatDate(message.at, { dateStyle: 'full', timeStyle: 'medium' })}><time dateTime={new Date(message.at).toISOString()}>{intl.formatTime(message.at)}</time></Tooltip>
      </span>
    </div>
  );
}

/** Says what is going on until the answer is whole. Words arrive by the live region, not from here. */
function Typing({ message, agent }: { message: ChatMessage; agent: string }) {
  const last = message.blocks.at(-1);
  if (last?.type === 'tool' && last.call.state === 'waiting_for_approval') return <span className={classes.typing}><T id="chat.waitsForYou" values={{ agent }} /></span>;
  return <span className={classes.typing}><span className={classes.dots} aria-hidden><i /><i /><i /></span><T id={last?.type === 'tool' ? 'chat.working' : last === undefined ? 'chat.thinking' : 'chat.writing'} values={{ agent }} /></span>;
}
