import { ActionIcon, Button, Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { ArrowLeft, Users } from 'lucide-react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { Attachment } from '../../../contract/model/attachment.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { useChange } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { AgentStatus } from '../../components/agent-status/agent-status.tsx';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { describe } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import { useNotice } from './composer-notice.tsx';
import classes from './chat.module.css';
import { Composer } from './composer.tsx';
import { newDraft } from './drafts.ts';
import { sendMessage } from './turns.ts';

/** Chooses whom to write to. The conversation is made with its first message, so that none stays empty. */
export function NewConversation({ hires }: { hires: readonly Hire[] }) {
  const t = useText();
  const { client } = useBridge();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const start = useChange('chat', 'start');
  const asked = search.get('agent');
  const hire = hires.find((candidate) => candidate.id === asked) ?? (hires.length === 1 ? hires[0] : hires.find((candidate) => candidate.status === 'ready')) ?? hires[0];
  const notice = useNotice(hire);
  if (!hire) {
    return (
      <>
        <h1 className="unseen"><T id="chat.new" /></h1>
        <EmptyState icon={<Users size={22} />} title={<T id="chat.nobody" />} line={<T id="chat.nobodyLine" />} action={<Button component={Link} to="/marketplace?kind=agent"><T id="chat.findAgents" /></Button>} />
      </>
    );
  }
  const send = async (text: string, attachments: readonly Attachment[]): Promise<boolean> => {
    const conversation = await start.mutateAsync({ hireId: hire.id }).catch(() => null);
    if (!conversation) return false;
    const sent = sendMessage(client, queries, conversation.id, text, attachments);
    void navigate(`/chat/${conversation.id}`, { replace: true });
    return sent;
  };
  return (
    <section className={classes.conversation} aria-label={t('chat.new')}>
      <header className={classes.header}>
        <ActionIcon className={classes.back ?? ''} component={Link} to="/chat" aria-label={t('chat.back')}><ArrowLeft size={18} aria-hidden /></ActionIcon>
        <div className={classes.who}><h1 className={classes.name}><T id="chat.new" /></h1></div>
      </header>
      <div className={classes.choose}>
        <Radio.Group value={hire.id} onChange={(id) => { setSearch({ agent: id }, { replace: true }); }} label={t('chat.withWhom')} classNames={{ label: classes.question ?? '' }}>
          <div className={classes.cards}>
            {hires.map((candidate) => (
              <Radio.Card key={candidate.id} value={candidate.id} className={classes.card ?? ''}>
                <AgentAvatar name={candidate.name} size={36} {...candidate.avatar} />
                <span className={classes.who}><span className={classes.name}>{candidate.name}</span><span className={classes.role}>{candidate.role || candidate.description}</span><span className={classes.state}><AgentStatus status={candidate.status} /></span></span>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
      </div>
      {start.error ? <p className={classes.trouble} role="alert">{describe(start.error).message} <T id={`${describe(start.error).words}.advice`} /></p> : null}
      <Composer key={hire.id} draftKey={newDraft(hire.id)} agent={hire.name} to={hire} notice={notice} answering={start.isPending} onStop={null} onSend={send} autoFocus foot={<span className={classes.model}>{hire.modelLabel}</span>} />
    </section>
  );
}
