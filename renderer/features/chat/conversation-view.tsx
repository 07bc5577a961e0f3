import { ActionIcon, Button, Skeleton, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { ArrowLeft, SquarePen } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import { hasCode } from '../../../contract/errors/app-error.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import type { Hire } from '../../../contract/model/team.ts';
import type { CallError } from '../../bridge/procedures.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { useChange } from '../../bridge/use-call.ts';
import { useUnsigned } from '../../bridge/use-unsigned.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { AgentStatus } from '../../components/agent-status/agent-status.tsx';
import { describe, Failure } from '../../components/failure/failure.tsx';
import { UnsignedMark } from '../../components/unsigned-mark/unsigned-mark.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { useNotice } from './composer-notice.tsx';
import classes from './chat.module.css';
import { CompareAnswers } from './compare-answers.tsx';
import { Composer } from './composer.tsx';
import { ContextMeter } from './context-meter.tsx';
import { Costs } from './costs.tsx';
import { ConversationMenu } from './conversation-menu.tsx';
import { setDraft, useDrafts } from './drafts.ts';
import { HandOver } from './hand-over.tsx';
import { MessageList } from './message-list.tsx';
import type { MessageActions } from './message-view.tsx';
import { askToo, continueAnswer, editMessage, retryAnswer, sendMessage } from './turns.ts';
import { useAnnounceAnswers } from './use-announce-answers.ts';
import { useConversation } from './use-conversation.ts';
import { withQuote } from './use-quote.ts';

const NOBODY: readonly Hire[] = [];

/** One conversation: who, the messages, and where to write. `hires` null while the team is not known yet. */
export function ConversationView({ id, hires }: { id: string; hires: readonly Hire[] | null }) {
  const t = useText();
  const { client } = useBridge();
  const isUnsigned = useUnsigned();
  const queries = useQueryClient();
  const { head, pages, messages, turn, runId, answering, liveError } = useConversation(id);
  const cancel = useChange('runs', 'cancel');
  const [notTaken, setNotTaken] = useState<CallError | null>(null);
  const hire = hires?.find((candidate) => candidate.id === head.data?.hireId);
  const about = useNotice(hire);
  const notice = hires === null || !head.data ? null : about;
  const agent = hire?.name ?? (hires === null || !head.data ? '' : t('chat.formerAgent'));
  usePageTitle(head.data?.title ?? '');
  const [compared, setCompared] = useState<ChatMessage | null>(null);
  const [handing, setHanding] = useState(false);
  const choose = useChange('chat', 'choose');
  const { mutate: chooseNow } = choose;
  const closed = hires === null || (notice?.closed ?? false);
  const actions = useMemo<MessageActions | null>(() => (answering ? null : {
    choose: (messageId) => { chooseNow({ id, messageId }); },
    turn: closed ? null : {
      edit: (message, said) => { void editMessage(client, queries, message, said); },
      retry: (message) => { void retryAnswer(client, queries, message); },
      compare: setCompared,
      goOn: () => { void continueAnswer(client, queries, id); },
    },
  }), [answering, closed, client, queries, id, chooseNow]);
  const present = hires ?? NOBODY;
  const own = head.data?.hireId ?? '';
  const former = t('chat.formerAgent');
  const authorOf = useCallback((message: ChatMessage) => {
    if (message.author !== undefined) return { id: `author ${message.author}`, name: message.author, avatar: null };
    if (message.hireId === undefined || message.hireId === own) return undefined;
    return present.find((one) => one.id === message.hireId) ?? { id: message.hireId, name: former, avatar: null };
  }, [present, own, former]);
  const newest = messages.at(-1);
  useAnnounceAnswers(messages, (newest && authorOf(newest)?.name) ?? agent);
  const field = useRef<HTMLTextAreaElement>(null);
  const quote = (text: string): void => { setDraft(id, withQuote(useDrafts.getState().drafts[id] ?? '', text)); field.current?.focus(); };
  const { fetchNextPage } = pages;
  const load = useCallback(() => { void fetchNextPage(); }, [fetchNextPage]);
  const broken = head.error ?? pages.error;
  const gone = hasCode(broken, 'chat/not-found');
  if (broken) return <div className={classes.broken}><h1 className="unseen"><T id="chat.title" /></h1><Link to="/chat" className={classes.leave}><T id="chat.back" /></Link><Failure error={broken} {...(gone ? {} : { onRetry: () => { void head.refetch(); void pages.refetch(); } })} />{gone ? <Button className={classes.instead ?? ''} component={Link} to="/chat/new"><T id="chat.new" /></Button> : null}</div>;
  const trouble = turn?.error ?? liveError ?? cancel.error ?? choose.error ?? notTaken;
  return (
    <section className={classes.conversation} aria-label={head.data?.title ?? t('chat.title')}>
      <header className={classes.header}>
        <ActionIcon className={classes.back ?? ''} component={Link} to="/chat" aria-label={t('chat.back')}><ArrowLeft size={18} aria-hidden /></ActionIcon>
        {head.data && agent !== '' ? (
          <>
            <AgentAvatar name={agent} size={28} {...hire?.avatar} />
            <div className={classes.who}><h1 className={classes.name}>{head.data.title || t('chat.new')}</h1><div className={classes.sub}><span className={classes.agent}>{agent}</span>{isUnsigned(hire?.pluginId) ? <UnsignedMark /> : null}{head.data.importedFrom ? <><span aria-hidden>·</span><span><T id="chat.import.from" values={{ source: t(`chat.import.source.${head.data.importedFrom}`) }} /></span></> : null}{hire ? <><span aria-hidden>·</span><AgentStatus status={hire.status} /></> : null}</div></div>
            {hire ? <Tooltip label={t('chat.newWith', { agent })}><ActionIcon component={Link} to={`/chat/new?agent=${hire.id}`} aria-label={t('chat.newWith', { agent })}><SquarePen size={17} aria-hidden /></ActionIcon></Tooltip> : null}
            <Costs key={id} id={id} agent={hire?.name} />
            <ConversationMenu id={id} onHandOver={answering ? null : () => { setHanding(true); }} onError={setNotTaken} />
          </>
        ) : <Skeleton height={28} width={220} />}
      </header>
      {pages.isPending ? <LoadingMessages /> : (
        <MessageList messages={messages} agent={agent} avatar={hire?.avatar ?? null} authorOf={authorOf} actions={actions} sentAt={turn && turn.text !== null ? turn.at : 0} onQuote={quote} earlier={{ more: pages.hasNextPage, loading: pages.isFetchingNextPage, load }} />
      )}
      {trouble ? <p className={classes.trouble} role="alert">{describe(trouble).message} <T id={`${describe(trouble).words}.advice`} /></p> : null}
      <Composer draftKey={id} agent={agent} to={hire ?? null} notice={notice} answering={answering} autoFocus field={field}
        onStop={runId !== null && !cancel.isPending ? () => { cancel.mutate({ id: runId }); } : null}
        onSend={(text, attachments) => sendMessage(client, queries, id, text, attachments)}
        foot={hire ? <><ContextMeter messages={messages} draftKey={id} model={hire.model} /><span className={classes.model}>{hire.modelLabel}</span></> : null} />
      <HandOver opened={handing} id={id} hireId={own} hires={present} onClose={() => { setHanding(false); }} />
      <CompareAnswers message={compared} hires={present} hireId={own} shown={messages} answering={answering} nameOf={(message) => authorOf(message)?.name ?? agent}
        onAsk={(message, by) => { void askToo(client, queries, message, by); }} onKeep={(messageId) => { chooseNow({ id, messageId }); }} onClose={() => { setCompared(null); }} />
    </section>
  );
}

function LoadingMessages() {
  return <div className={classes.loading} aria-hidden><Skeleton height={40} width="45%" ml="auto" radius="lg" /><Skeleton height={16} mt={28} width="30%" /><Skeleton height={90} mt={10} width="80%" /></div>;
}
