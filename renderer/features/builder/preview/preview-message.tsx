import { CircleAlert, Info } from 'lucide-react';
import { memo } from 'react';
import { isErrorCode } from '../../../../contract/errors/codes.ts';
import type { ChatMessage, ToolCallView } from '../../../../contract/model/chat.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { AgentAvatar } from '../../../components/agent-avatar/agent-avatar.tsx';
import { describe } from '../../../components/failure/failure.tsx';
import { Markdown } from '../../../components/markdown/markdown.tsx';
import { ApprovalCard } from '../../../components/tool-call/approval-card.tsx';
import { ToolCallLine } from '../../../components/tool-call/tool-call-line.tsx';
import { T } from '../../../lib/text.tsx';
import classes from './preview.module.css';

interface Props { message: ChatMessage; name: string; emoji: string | null; colour: string | null }

/** One message of the preview: what was asked, or the answer with its tool calls and questions. */
export const PreviewMessage = memo(function PreviewMessage({ message, name, emoji, colour }: Props) {
  if (message.role === 'user') return <article className={classes.mine}><h3 className="unseen"><T id="chat.you" /></h3>{message.blocks.map((block, at) => (block.type === 'text' ? <p key={at}>{block.text}</p> : null))}</article>;
  const last = message.blocks.at(-1);
  return (
    <article className={classes.answer}>
      <div className={classes.author}><AgentAvatar name={name} size={22} emoji={emoji} colour={colour} /><h3>{name}</h3></div>
      {message.blocks.map((block, at) => (block.type === 'text' ? <Markdown key={at} source={block.text} />
        : block.type === 'notice' ? <p key={at} className={classes.notice}>{isErrorCode(block.code) ? <CircleAlert size={15} aria-hidden /> : <Info size={15} aria-hidden />}<span>{block.message}</span></p>
          : block.type === 'summary' ? <details key={at}><summary><T id="chat.summedUp" values={{ count: block.messages }} /></summary><Markdown source={block.text} /></details>
          : block.call.state === 'waiting_for_approval' ? <Approval key={block.call.questionId} call={block.call} runId={message.runId ?? ''} name={name} /> : <ToolCallLine key={block.call.callId} call={block.call} />))}
      {message.status === 'streaming' && !(last?.type === 'tool' && last.call.state === 'waiting_for_approval') ? <p className={classes.quiet}><T id={last === undefined ? 'chat.thinking' : 'chat.writing'} values={{ agent: name }} /></p> : null}
      {message.status === 'done' || message.status === 'streaming' ? null : <p className={classes.quiet}><T id={`chat.ended.${message.status}`} /></p>}
    </article>
  );
});

function Approval({ call, runId, name }: { call: ToolCallView; runId: string; name: string }) {
  const approve = useChange('runs', 'approve');
  return <ApprovalCard call={call} agent={name} once error={approve.error ? describe(approve.error).message : null} onAnswer={(answer) => approve.mutateAsync({ id: runId, callId: call.callId, questionId: call.questionId ?? '', ...answer })} />;
}
