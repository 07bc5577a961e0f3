import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { Brain, Copy, Ellipsis, FileText, FolderOpen, Hammer, MessageSquare, Pause, Pencil, Play, SquarePen, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { OWN } from '../../../contract/model/ids.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { useChange } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { AgentStatus } from '../../components/agent-status/agent-status.tsx';
import { describe } from '../../components/failure/failure.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { UnsignedMark } from '../../components/unsigned-mark/unsigned-mark.tsx';
import { T, useText } from '../../lib/text.tsx';
import { NameField } from './name-field.tsx';
import classes from './team.module.css';

interface Props { hire: Hire; names: readonly string[]; plugin: string; unsigned: boolean; talkId: string | null; onDuplicate: () => void; onDismiss: () => void }

/** One agent of the team and what can be done with it. */
export function HireRow({ hire, names, plugin, unsigned, talkId, onDuplicate, onDismiss }: Props) {
  const t = useText();
  const [renaming, setRenaming] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const change = useChange('team', 'change');
  const paused = hire.status === 'paused';
  const chat = talkId === null ? `/chat/new?agent=${hire.id}` : `/chat/${talkId}`;
  return (
    <li className={classes.row}>
      <AgentAvatar name={hire.name} size={40} {...hire.avatar} />
      <div className={classes.who}>
        {renaming ? (
          <NameField name={hire.name} taken={names} onCancel={() => { setRenaming(false); }} onSave={(name) => change.mutateAsync({ id: hire.id, name }).then(() => { setRenaming(false); })} />
        ) : <h2 className={classes.name}>{hire.name}</h2>}
        <div className={classes.sub}><span className={classes.cut}>{hire.role || hire.description}</span><span className={classes.from}>{plugin}</span>{unsigned ? <UnsignedMark /> : null}</div>
        {change.error && !renaming ? <div className={classes.problem} role="alert">{describe(change.error).message}</div> : null}
        {hire.status === 'setup' ? <div className={classes.needs}><T id="team.needs" values={{ needs: hire.needs.join(' ') }} /> <Link to={`/team/${hire.id}/setup`} className={classes.textLink}><T id="team.setUp" /></Link></div> : null}
      </div>
      <div className={classes.state}><AgentStatus status={hire.status} /><span className={classes.model}>{hire.modelLabel}</span></div>
      <div className={classes.time}>{hire.lastActiveAt === null ? <T id="team.neverActive" /> : <RelativeTime at={hire.lastActiveAt} />}</div>
      <div className={classes.actions}>
        <Button size="xs" variant="default" component={Link} to={chat} leftSection={<MessageSquare size={14} aria-hidden />} aria-label={t('team.chatWith', { name: hire.name })}><T id="team.chat" /></Button>
        {/* Giving the focus back to the button would take it from the new name's field, which then closes. */}
        <Menu position="bottom-end" returnFocus={!renaming} onChange={setChoosing} withInitialFocusPlaceholder={false}>
          <Menu.Target><Tooltip label={t('team.more')} disabled={choosing}><ActionIcon aria-label={t('team.moreOf', { name: hire.name })}><Ellipsis size={16} aria-hidden /></ActionIcon></Tooltip></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} to={`/chat/new?agent=${hire.id}`} leftSection={<SquarePen size={14} aria-hidden />}><T id="team.newChat" /></Menu.Item>
            {hire.pluginId === OWN ? <Menu.Item component={Link} to={`/builder/${hire.agentId}`} leftSection={<Hammer size={14} aria-hidden />}><T id="team.edit" /></Menu.Item> : null}
            <Menu.Item leftSection={<Pencil size={14} aria-hidden />} onClick={() => { change.reset(); setRenaming(true); }}><T id="team.rename" /></Menu.Item>
            <Menu.Item leftSection={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />} onClick={() => { change.mutate({ id: hire.id, paused: !paused }); }}><T id={paused ? 'team.resume' : 'team.pause'} /></Menu.Item>
            <Menu.Item leftSection={<Copy size={14} aria-hidden />} onClick={onDuplicate}><T id="team.duplicate" /></Menu.Item>
            <Menu.Item component={Link} to={`/team/${hire.id}/setup`} leftSection={<FolderOpen size={14} aria-hidden />}><T id="team.setup" /></Menu.Item>
            <Menu.Item component={Link} to={`/memory?of=agent:${hire.id}`} leftSection={<Brain size={14} aria-hidden />}><T id="team.memory" /></Menu.Item>
            <Menu.Item component={Link} to={`/knowledge?of=agent:${hire.id}`} leftSection={<FileText size={14} aria-hidden />}><T id="team.knowledge" /></Menu.Item>
            <Menu.Divider />
            <Menu.Item leftSection={<UserMinus size={14} aria-hidden />} onClick={onDismiss}><T id="team.dismiss" /></Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </li>
  );
}
