import { Anchor, UnstyledButton } from '@mantine/core';
import { ChevronRight, CircleAlert, Info } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import { isErrorCode } from '../../../contract/errors/codes.ts';
import type { ChatMessage, ToolCallView } from '../../../contract/model/chat.ts';
import type { CitedPlace } from '../../components/markdown/citations.tsx';
import { Markdown } from '../../components/markdown/markdown.tsx';
import { ApprovalCard } from '../../components/tool-call/approval-card.tsx';
import { ToolCallLine } from '../../components/tool-call/tool-call-line.tsx';
import { describe } from '../../components/failure/failure.tsx';
import { useChange } from '../../bridge/use-call.ts';
import { adviceFor } from '../../lib/advice.ts';
import { T } from '../../lib/text.tsx';
import classes from './message.module.css';
import { sourceOf } from './sources.tsx';
import { partsOf, type Part } from './tool-blocks.ts';

/** What an answer is made of, in the order it happened. */
export function MessageParts({ message, agent }: { message: ChatMessage; agent: string }) {
  const intl = useIntl();
  const cited = useMemo(() => message.citations?.map((one) => ({ number: one.number, to: sourceOf(one), label: intl.formatMessage({ id: 'knowledge.source' }, { number: one.number, name: one.name }) })), [message.citations, intl]);
  return partsOf(message.blocks).map((part, index) => <PartView key={index} part={part} runId={message.runId ?? ''} agent={agent} cited={cited} />);
}

function PartView({ part, runId, agent, cited }: { part: Part; runId: string; agent: string; cited: readonly CitedPlace[] | undefined }) {
  if (part.type === 'text') return <Markdown source={part.text} {...(cited && { citations: cited })} />;
  if (part.type === 'notice') return <Notice code={part.code} message={part.message} />;
  if (part.type === 'summary') return <Summary text={part.text} messages={part.messages} />;
  return (
    <div className={classes.tools}>
      {part.folded.length > 0 ? <FoldedCalls calls={part.folded} /> : null}
      {part.calls.map((call) => (call.state === 'waiting_for_approval' ? <Approval key={call.questionId} call={call} runId={runId} agent={agent} /> : <ToolCallLine key={call.callId} call={call} />))}
    </div>
  );
}

function FoldedCalls({ calls }: { calls: ToolCallView[] }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <UnstyledButton className={classes.fold} aria-expanded={opened} onClick={() => { setOpened((before) => !before); }}>
        <ChevronRight size={14} aria-hidden data-opened={opened || undefined} /> <T id="chat.earlierCalls" values={{ count: calls.length }} />
      </UnstyledButton>
      {opened ? calls.map((call) => <ToolCallLine key={call.callId} call={call} />) : null}
    </>
  );
}

/** What the model reads in place of the oldest messages; folded, since the messages themselves are still there. */
function Summary({ text, messages }: { text: string; messages: number }) {
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.tools}>
      <UnstyledButton className={classes.fold} aria-expanded={opened} onClick={() => { setOpened((before) => !before); }}>
        <ChevronRight size={14} aria-hidden data-opened={opened || undefined} /> <T id="chat.summedUp" values={{ count: messages }} />
      </UnstyledButton>
      {opened ? <Markdown source={text} /> : null}
    </div>
  );
}

function Approval({ call, runId, agent }: { call: ToolCallView; runId: string; agent: string }) {
  const approve = useChange('runs', 'approve');
  return (
    <ApprovalCard call={call} agent={agent} error={approve.error ? describe(approve.error).message : null}
      onAnswer={(answer) => approve.mutateAsync({ id: runId, callId: call.callId, questionId: call.questionId ?? '', ...answer })} />
  );
}

/** Something that the app says inside an answer. A known error code brings its advice, and a model's trouble the way to the models. */
function Notice({ code, message }: { code: string; message: string }) {
  const failed = isErrorCode(code);
  return (
    <div className={classes.notice} data-failed={failed || undefined}>
      {failed ? <CircleAlert size={16} aria-hidden /> : <Info size={16} aria-hidden />}
      <div>
        <div>{message}</div>
        {failed ? <div className={classes.advice}><T id={`${adviceFor(code)}.advice`} />{code.startsWith('models/') ? <>{' '}<Anchor component={Link} to="/settings/models" size="sm" underline="always"><T id="chat.openModels" /></Anchor></> : null}</div> : null}
      </div>
    </div>
  );
}
