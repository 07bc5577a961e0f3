import { ActionIcon, Badge, Button, Menu, Skeleton, Tooltip } from '@mantine/core';
import { Copy, Download, Ellipsis, FileUp, Hammer, Plus, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { OwnAgent } from '../../../contract/model/builder.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { callProcedure } from '../../bridge/procedures.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { showUndo } from '../../components/undo-toast/undo-toast.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { saveText } from '../../lib/save-text.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './builder.module.css';
import { NewAgent } from './new-agent.tsx';

/** The agents of one's own, and the ways to a new one. */
export function AgentList() {
  const t = useText();
  usePageTitle(t('builder.title'));
  const navigate = useNavigate();
  const { client } = useBridge();
  const [search, setSearch] = useSearchParams();
  const list = useCall('builder', 'list', {});
  const restore = useChange('builder', 'restore');
  const remove = useChange('builder', 'remove');
  const open = ({ agent }: { agent: OwnAgent }): void => { void navigate(`/builder/${agent.id}`); };
  const duplicate = useChange('builder', 'duplicate', { onDone: open });
  const read = useChange('builder', 'import', { onDone: open });
  const file = useRef<HTMLInputElement>(null);
  const agents = list.data?.agents ?? [];
  const trouble = remove.error ?? restore.error ?? duplicate.error ?? read.error;
  const begin = (): void => { setSearch({ new: '1' }); };
  const ways = (
    <>
      <Button variant="default" leftSection={<FileUp size={16} aria-hidden />} loading={read.isPending} onClick={() => { file.current?.click(); }}><T id="builder.import" /></Button>
      <Button leftSection={<Plus size={16} aria-hidden />} onClick={begin}><T id="builder.new" /></Button>
    </>
  );
  return (
    <div className={classes.screen}>
      <header className={classes.head}><h1><T id="builder.title" /></h1>{agents.length > 0 ? <div className={classes.ways}>{ways}</div> : null}</header>
      <input ref={file} type="file" hidden accept=".yaml,.yml,application/yaml" aria-label={t('builder.importFile')}
        onChange={(event) => { const chosen = event.currentTarget.files?.[0]; event.currentTarget.value = ''; if (chosen) void chosen.text().then((text) => { read.mutate({ text }); }); }} />
      {trouble ? <Failure compact error={trouble} /> : null}
      {list.isPending ? <div>{[0, 1, 2].map((row) => <Skeleton key={row} height={60} radius="md" mb={8} />)}</div> : null}
      {list.error ? <Failure error={list.error} onRetry={() => { void list.refetch(); }} /> : null}
      {list.data && agents.length === 0 ? <EmptyState icon={<Hammer size={22} />} title={<T id="builder.empty" />} line={<T id="builder.emptyLine" />} action={ways} /> : null}
      <ul className={classes.list}>
        {agents.map((agent) => (
          <AgentRow key={agent.id} agent={agent} onDuplicate={() => { duplicate.mutate({ id: agent.id }); }}
            onExport={() => callProcedure(client, 'builder', 'export', { id: agent.id, draft: agent.unsaved })}
            onRemove={() => { remove.mutate({ id: agent.id }, { onSuccess: () => { showUndo(t('builder.removed', { name: agent.name || t('builder.unnamed') }), () => { restore.mutate({ id: agent.id }); }); } }); }} />
        ))}
      </ul>
      {search.has('new') ? <NewAgent onClose={() => { setSearch({}, { replace: true }); }} /> : null}
    </div>
  );
}

function AgentRow({ agent, onDuplicate, onExport, onRemove }: { agent: OwnAgent; onDuplicate: () => void; onExport: () => Promise<{ name: string; mediaType: string; text: string }>; onRemove: () => void }) {
  const t = useText();
  const name = agent.name || t('builder.unnamed');
  const [choosing, setChoosing] = useState(false);
  return (
    <li className={classes.row}>
      <AgentAvatar name={name} size={40} emoji={agent.emoji} colour={agent.colour} />
      <div className={classes.who}>
        <h2 className={classes.name}><Link to={`/builder/${agent.id}`} className={classes.link}>{name}</Link></h2>
        <div className={classes.quiet}>{agent.description || (agent.hiredAs.length > 0 ? t('builder.hiredAs', { names: agent.hiredAs.join(', ') }) : t('builder.noDescription'))}</div>
      </div>
      <div className={classes.badges}>
        <Badge variant="light" color="gray" radius="sm" tt="none" fw={500} autoContrast>{agent.version === 0 ? t('builder.draftOnly') : t('builder.version', { version: agent.version })}</Badge>
        {agent.version > 0 && agent.unsaved ? <Badge variant="default" radius="sm" tt="none" fw={500}><T id="builder.changed" /></Badge> : null}
      </div>
      <div className={classes.time}><RelativeTime at={agent.updatedAt} /></div>
      <Menu position="bottom-end" onChange={setChoosing} withInitialFocusPlaceholder={false}>
        <Menu.Target><Tooltip label={t('team.more')} disabled={choosing}><ActionIcon aria-label={t('team.moreOf', { name })}><Ellipsis size={16} aria-hidden /></ActionIcon></Tooltip></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Copy size={14} aria-hidden />} onClick={onDuplicate}><T id="builder.duplicate" /></Menu.Item>
          <Menu.Item leftSection={<Download size={14} aria-hidden />} onClick={() => { void onExport().then(saveText); }}><T id="builder.export" /></Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Trash2 size={14} aria-hidden />} onClick={onRemove}><T id="builder.remove" /></Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
