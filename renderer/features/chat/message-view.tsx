import { Tooltip } from '@mantine/core';
import { ArrowRightLeft, CornerDownRight } from 'lucide-react';
import { memo, useState } from 'react';
import type { Attachment } from '../../../contract/model/attachment.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { T, useText } from '../../lib/text.tsx';
import { AttachedFiles } from './attached-files.tsx';
import { EditMessage } from './edit-message.tsx';
import { plainOf } from './merge-messages.ts';
import { MessageFoot } from './message-foot.tsx';
import { MessageParts } from './message-parts.tsx';
import classes from './message.module.css';
import { Sources } from './sources.tsx';
import { UsedMemories } from './used-memories.tsx';

/** What can be done with messages; `turn` null when nothing can be said to the agent. */
export interface MessageActions {
  choose(messageId: string): void;
  turn: { edit(message: ChatMessage, said: { text: string; attachments: readonly Attachment[] }): void; retry(message: ChatMessage): void; compare(message: ChatMessage): void; goOn(): void } | null;
}

export interface MessageViewProps {
  message: ChatMessage;
  agent: string;
  avatar: Hire['avatar'];
  /** Who answered before, when that was somebody else; null otherwise. */
  from: string | null;
  /** Null while an answer is under way. */
  actions: MessageActions | null;
  /** The newest one. */
  last: boolean;
}

/** One message. The same object renders once, so that only the message that grows is painted while it streams. */
export const MessageView = memo(function MessageView({ message, agent, avatar, from, actions, last }: MessageViewProps) {
  const [editing, setEditing] = useState(false);
  const mine = message.role === 'user';
  const turn = actions?.turn;
  return (
    <article className={classes.message} data-role={message.role} data-editing={editing || undefined}>
      {from === null ? null : <p className={classes.handed}><ArrowRightLeft size={13} aria-hidden /> <T id="chat.handedOver" values={{ from, to: agent }} /></p>}
      {mine ? <h2 className="unseen"><T id="chat.you" /></h2> : (
        <div className={classes.author}><AgentAvatar name={agent} size={24} {...avatar} /><h2>{agent}</h2><Model message={message} /></div>
      )}
      <div className={classes.content}>
        {message.continues ? <div className={classes.continues}><CornerDownRight size={13} aria-hidden /> <T id="chat.continues" /></div> : null}
        {message.memories ? <UsedMemories memories={message.memories} /> : null}
        {message.attachments && !(editing && turn) ? <AttachedFiles attachments={message.attachments} /> : null}
        {!mine ? <MessageParts message={message} agent={agent} />
          : editing && turn ? <EditMessage message={message} agent={agent} onDone={(said) => { setEditing(false); if (said) turn.edit(message, said); }} />
            : <div className={classes.mine}>{plainOf(message)}</div>}
        {message.citations && message.status !== 'streaming' ? <Sources citations={message.citations} text={plainOf(message)} /> : null}
      </div>
      {editing && turn ? null : <MessageFoot message={message} agent={agent} actions={actions} last={last} onEdit={() => { setEditing(true); }} />}
    </article>
  );
});

/** Which model answered; the tokens it took stand in the tooltip. */
export function Model({ message: { model, usage } }: { message: ChatMessage }) {
  const t = useText();
  if (model === null) return null;
  // A provider's id is a random word; what people know is the model's own name.
  const name = model.startsWith('practice/') ? t('frame.practice') : model.slice(model.indexOf('/') + 1);
  const shown = <span className={classes.model} tabIndex={usage ? 0 : undefined}>{name}</span>;
  return usage === null ? shown : <Tooltip label={t(usage.estimated ? 'chat.usageEstimated' : 'chat.usage', { sent: usage.promptTokens, received: usage.completionTokens })}>{shown}</Tooltip>;
}
