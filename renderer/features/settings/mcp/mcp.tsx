import { Button, Skeleton } from '@mantine/core';
import { FileJson, Package, Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { readDeepLink } from '../../../../contract/model/deep-link.ts';
import type { McpServer } from '../../../../contract/model/mcp.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { DropHint } from '../../../components/drop-hint/drop-hint.tsx';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { useDroppedFiles } from '../../../lib/use-dropped-files.ts';
import { AddBundle } from './add-bundle.tsx';
import { AddFromFile } from './add-from-file.tsx';
import classes from './mcp.module.css';
import { ServerDialog, type Linked } from './server-dialog.tsx';
import { ServerRow } from './server-row.tsx';

/** Servers of the Model Context Protocol: how each stands, its tools, and the ways to add one. */
export function McpServers() {
  const t = useText();
  const servers = useCall('mcp', 'list', {});
  const [edited, setEdited] = useState<McpServer | 'new' | null>(null);
  const [pasting, setPasting] = useState(false);
  const [bundle, setBundle] = useState<File | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const over = useDroppedFiles(([file, ...others]) => { if (file) setBundle(others.length === 0 ? file : new File([], '')); });
  const [address, setAddress] = useSearchParams();
  // A link may bring what is to be filled in; adding stays with the person.
  const linked = linkedIn(address.get('add'));
  const close = (): void => { setEdited(null); if (address.has('add')) setAddress({}, { replace: true }); };
  const list = servers.data?.servers ?? [];
  const buttons = (
    <div className={classes.buttons}>
      <Button variant={list.length > 0 ? 'default' : 'filled'} leftSection={<Plus size={14} aria-hidden />} onClick={() => { setEdited('new'); }}><T id="settings.mcp.add" /></Button>
      <Button variant="default" leftSection={<FileJson size={14} aria-hidden />} onClick={() => { setPasting(true); }}><T id="settings.mcp.fromFile" /></Button>
      <Button variant="default" leftSection={<Package size={14} aria-hidden />} onClick={() => { picker.current?.click(); }}><T id="settings.mcp.bundle" /></Button>
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
      <ServerDialog server={linked ? 'new' : edited === 'new' ? edited : list.find(({ id }) => id === edited?.id) ?? edited} linked={linked} onClose={close} />
      <input ref={picker} type="file" hidden accept=".mcpb,.dxt" aria-label={t('settings.mcp.bundle')} onChange={(event) => {
        const [file] = event.currentTarget.files ?? [];
        event.currentTarget.value = '';
        if (file) setBundle(file);
      }} />
      {over && <DropHint><T id="settings.mcp.bundleDrop" /></DropHint>}
      <AddBundle file={bundle} onClose={() => { setBundle(null); }} />
      <AddFromFile opened={pasting} onClose={() => { setPasting(false); }} />
    </>
  );
}

function linkedIn(text: string | null): Linked | null {
  const read = text === null ? null : readDeepLink(text);
  return read !== null && 'link' in read && read.link.to === 'mcp' ? read.link : null;
}
