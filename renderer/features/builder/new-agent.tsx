import { Modal, Skeleton, UnstyledButton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useMediaQuery } from '@mantine/hooks';
import type { Input } from '../../bridge/procedures.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { useText } from '../../lib/text.tsx';
import classes from './builder.module.css';

type From = Input<'builder', 'create'>['from'];

/** What a new agent begins with: nothing, a template, an agent of the team or of an installed plugin. */
export function NewAgent({ onClose }: { onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false });
  const templates = useCall('builder', 'templates', {});
  const hireable = useCall('team', 'hireable', {});
  const team = useCall('team', 'list', {});
  const create = useChange('builder', 'create', { onDone: ({ agent }) => { void navigate(`/builder/${agent.id}`, { replace: true }); } });
  const begin = (from: From): void => { if (!create.isPending) create.mutate({ from }); };
  const loading = templates.isPending || hireable.isPending || team.isPending;
  return (
    <Modal opened onClose={onClose} title={t('builder.newTitle')} size="lg" fullScreen={narrow} closeButtonProps={{ 'aria-label': t('team.close') }} attributes={{ header: { role: 'presentation' } }}>
      {create.error ? <Failure compact error={create.error} /> : null}
      <ul className={classes.choices}>
        <Choice name={t('builder.nothing')} line={t('builder.nothingLine')} emoji="✨" first onChoose={() => { begin({ kind: 'nothing' }); }} />
      </ul>
      {loading ? <><Skeleton height={48} mt={8} /><Skeleton height={48} mt={8} /><Skeleton height={48} mt={8} /></> : null}
      {templates.data ? <Group title={t('builder.templates')}>{templates.data.templates.map((template) => <Choice key={template.id} name={template.name} line={template.description} emoji={template.emoji} onChoose={() => { begin({ kind: 'template', id: template.id }); }} />)}</Group> : null}
      {team.data && team.data.hires.length > 0 ? <Group title={t('builder.fromTeam')}>{team.data.hires.map((hire) => <Choice key={hire.id} name={hire.name} line={hire.role || hire.description} onChoose={() => { begin({ kind: 'hire', id: hire.id }); }} />)}</Group> : null}
      {hireable.data && hireable.data.agents.length > 0 ? <Group title={t('builder.fromPlugins')}>{hireable.data.agents.map((agent) => <Choice key={`${agent.pluginId}/${agent.agentId}`} name={agent.name} line={agent.description || agent.role} onChoose={() => { begin({ kind: 'agent', pluginId: agent.pluginId, agentId: agent.agentId }); }} />)}</Group> : null}
    </Modal>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return <section><h3 className={classes.group}>{title}</h3><ul className={classes.choices}>{children}</ul></section>;
}

function Choice({ name, line, emoji, first = false, onChoose }: { name: string; line: string; emoji?: string; first?: boolean; onChoose: () => void }) {
  return (
    <li>
      <UnstyledButton className={classes.choice} data-autofocus={first || undefined} onClick={onChoose}>
        <AgentAvatar name={name} size={32} emoji={emoji ?? null} />
        <span className={classes.who}><span className={classes.name}>{name}</span><span className={classes.quiet}>{line}</span></span>
        <ChevronRight size={16} aria-hidden />
      </UnstyledButton>
    </li>
  );
}
