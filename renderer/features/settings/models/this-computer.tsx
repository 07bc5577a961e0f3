import { Button, Group, Menu, NativeSelect, Skeleton, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Download, FileDown, Plus } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import { DownloadModel } from './download-model.tsx';
import { FileRow } from './file-row.tsx';

/** Minutes that one chooses from. */
const IDLE = [1, 5, 10, 30, 60, 240, 1440];

/** How long a model that nobody asks keeps its memory. */
function Idle() {
  const t = useText();
  const { settings, change } = useSettings();
  const chosen = settings?.modelIdleMinutes ?? 10;
  return (
    <Setting title={<T id="settings.models.files.idle" />} line={<T id="settings.models.files.idleLine" />}
      control={<NativeSelect aria-label={t('settings.models.files.idle')} value={String(chosen)} data={[...new Set([...IDLE, chosen])].sort((a, b) => a - b).map((minutes) => ({ value: String(minutes), label: t('settings.models.files.minutes', { minutes }) }))}
        onChange={(event) => { change({ modelIdleMinutes: Number(event.currentTarget.value) }); }} />} />
  );
}

/** Models that this machine runs by itself: those that are here, and those on their way. */
export function ThisComputer() {
  const t = useText();
  const { locale } = useIntl();
  const listed = useCall('models', 'files', {});
  const [downloading, { open, close }] = useDisclosure();
  const [elsewhere, setElsewhere] = useState<string | null>(null);
  const show = (address: string): void => { window.open(address, '_blank', 'noopener'); };
  const pick = useChange('models', 'pickFile', { onDone({ confirmAt }) { setElsewhere(confirmAt); if (confirmAt !== null) show(confirmAt); } });
  const { files = [], engine } = listed.data ?? {};
  const can = engine?.available === true;
  const add = (
    <Menu position="bottom-end">
      <Menu.Target><Button variant={files.length > 0 ? 'default' : 'filled'} leftSection={<Plus size={14} aria-hidden />} loading={pick.isPending}><T id="settings.models.files.add" /></Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Download size={16} aria-hidden />} onClick={open}><T id="settings.models.files.download" /></Menu.Item>
        <Menu.Item leftSection={<FileDown size={16} aria-hidden />} onClick={() => { pick.mutate({ copy: false }); }}><T id="settings.models.files.link" /></Menu.Item>
        <Menu.Item leftSection={<FileDown size={16} aria-hidden />} onClick={() => { pick.mutate({ copy: true }); }}><T id="settings.models.files.copy" /></Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <SettingGroup title={<T id="settings.models.files.title" />} action={can && files.length > 0 && add}
      line={can ? t('settings.models.files.line', { memory: formatBytes(engine.memory, locale), disk: formatBytes(engine.disk, locale), threads: engine.threads }) : <T id="settings.models.files.lineShort" />}>
      {listed.isPending && <Setting title={<Skeleton height={12} width={160} />} line={<Skeleton height={10} width={240} mt={6} />} />}
      {listed.error && <Failure error={listed.error} compact onRetry={() => { void listed.refetch(); }} />}
      {pick.error && !hasCode(pick.error, 'host/cancelled') && <Failure error={pick.error} compact />}
      {elsewhere !== null && <Group gap={8} px={16} py={10} role="status"><Text size="sm" c="dimmed"><T id="settings.models.files.elsewhere" /></Text><Button size="compact-xs" variant="subtle" onClick={() => { show(elsewhere); }}><T id="plugin.folderOpen" /></Button></Group>}
      {engine?.available === false && <Setting title={<T id="settings.models.files.unavailable" />} line={<T id="settings.models.files.unavailableLine" />} />}
      {can && files.length === 0 && <EmptyState title={<T id="settings.models.files.none" />} line={<T id="settings.models.files.noneLine" />} action={add} />}
      {files.map((file) => <FileRow key={file.id} file={file} />)}
      {can && files.length > 0 && <Idle />}
      <DownloadModel opened={downloading} onClose={close} />
    </SettingGroup>
  );
}
