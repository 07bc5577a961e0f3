import { Button, Skeleton } from '@mantine/core';
import { FileJson, Plus } from 'lucide-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { readDeepLink } from '../../../../contract/model/deep-link.ts';
import type { McpServer } from '../../../../contract/model/mcp.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T } from '../../../lib/text.tsx';
import { AddFromFile } from './add-from-file.tsx';
import classes from './mcp.module.css';
import { ServerDialog, type Linked } from './server-dialog.tsx';
import { ServerRow } from './server-row.tsx';

/** Servers of the Model Context Protocol: how each stands, its tools, and the ways to add one. */
export function McpServers() {
  const servers = useCall('mcp', 'list', {});
  const [edited, setEdited] = useState<McpServer | 'new' | null>(null);
  const [pasting, setPasting] = useState(false);
  const [address, setAddress] = useSearchParams();
  // A link may bring what is to be filled in; adding stays with the person.
  const linked = linkedIn(address.get('add'));
  const close = (): void => { setEdited(null); if (address.has('add')) setAddress({}, { replace: true }); };
  const list = servers.data?.servers ?? [];
  const buttons = (
    <div className={classes.buttons}>
      <Button variant={list.length > 0 ? 'default' : 'filled'} leftSection={<Plus size={14} aria-hidden />} onClick={() => { setEdited('new'); }}><T id="settings.mcp.add" /></Button>
      <Button variant="default" leftSection={<FileJson size={14} aria-hidden />} onClick={() => { setPasting(true); }}><T id="settings.mcp.fromFile" /></Button>
    </div>
  );
  return (
    <>
      <SettingGroup title={<T id="settings.mcp" />} line={<T id="settings.mcp.line" />} action={list.length > 0 && buttons}>
        {servers.isPending && <Setting title={<Skeleton height={12} width={140} />} line={<Skeleton height={10} width={220} mt={6} />} />}
        {servers.error && <Failure error={servers.error} compact onRetry={() => { void servers.refetch(); }} />}
        {servers.data && list.length === 0 && <EmptyState title={<T id="settings.mcp.none" />} line={<T id="settings.mcp.noneLine" />} action={buttons} />}
        {list.map((server) => <ServerRow key={server.id} server={server} onChange={() => { setEdited(server); }} />)}
      </SettingGroup>
      <ServerDialog server={linked ? 'new' : edited} linked={linked} onClose={close} />
      <AddFromFile opened={pasting} onClose={() => { setPasting(false); }} />
    </>
  );
}

function linkedIn(text: string | null): Linked | null {
  const read = text === null ? null : readDeepLink(text);
  return read !== null && 'link' in read && read.link.to === 'mcp' ? read.link : null;
}
