import { Button, Group, Skeleton, Textarea, UnstyledButton } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './onboarding.module.css';
import { useProgress } from './progress.ts';

const IDEAS = ['onboarding.idea.hello', 'onboarding.idea.can', 'onboarding.idea.try'] as const;

/** The first message, with ideas to begin with. Sending it ends the tour in the chat. */
export function MessageStep({ onBack, onSent }: { onBack: () => void; onSent: (conversationId: string) => void }) {
  const t = useText();
  const hireId = useProgress((progress) => progress.hireId);
  const team = useCall('team', 'list', {});
  const [text, setText] = useState('');
  const start = useChange('chat', 'start');
  const send = useChange('chat', 'send');
  const hire = team.data?.hires.find(({ id }) => id === hireId) ?? team.data?.hires[0];
  const submit = async (): Promise<void> => {
    if (!hire || text.trim() === '') return;
    // A conversation that was made and could not be written to is used again.
    const conversation = start.data ?? await start.mutateAsync({ hireId: hire.id });
    await send.mutateAsync({ id: conversation.id, text: text.trim() });
    onSent(conversation.id);
  };
  // What went wrong is shown from the two calls below.
  const onSubmit = (event: FormEvent): void => { event.preventDefault(); submit().catch(() => { setText(text); }); };
  const broken = start.error ?? send.error ?? team.error;
  if (team.isPending) return <Skeleton height={160} />;
  return (
    <form onSubmit={onSubmit}>
      {hire ? <div className={classes.met}><AgentAvatar name={hire.name} size={48} /><h1 className={classes.title}><T id="onboarding.messageTitle" values={{ name: hire.name }} /></h1></div> : <h1 className={classes.title}><T id="onboarding.nobody" /></h1>}
      <div className={classes.ideas}>{IDEAS.map((idea) => <UnstyledButton key={idea} className={classes.idea} onClick={() => { setText(t(idea)); }}><T id={idea} /></UnstyledButton>)}</div>
      <Textarea autosize minRows={2} maxRows={8} maxLength={20_000} aria-label={t('onboarding.message')} placeholder={t('onboarding.message')} value={text} onChange={(event) => { setText(event.currentTarget.value); }}
        onKeyDown={(event) => { if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) onSubmit(event); }} />
      {broken ? <Failure compact error={broken} kept="onboarding.kept" /> : null}
      <Group justify="space-between" mt="lg">
        <Button variant="subtle" color="gray" onClick={onBack}><T id="onboarding.back" /></Button>
        <Button type="submit" disabled={!hire || text.trim() === ''} loading={start.isPending || send.isPending}><T id="onboarding.send" /></Button>
      </Group>
    </form>
  );
}
