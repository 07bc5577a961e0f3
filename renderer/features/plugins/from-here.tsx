import { Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { Download, FileSliders, FileUp, FolderCode, HardDriveUpload, ListChecks } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { hasCode } from '../../../contract/errors/app-error.ts';
import { useOpenings } from '../../bridge/openings.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useExport, useInstallSet, useSideLoad } from '../../bridge/use-side-load.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { DropHint } from '../../components/drop-hint/drop-hint.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { ConcernedLines } from '../../components/version-changes/concerned-lines.tsx';
import { VersionChanges } from '../../components/version-changes/version-changes.tsx';
import { saveText } from '../../lib/save-text.ts';
import { T, useText } from '../../lib/text.tsx';
import { useDroppedFiles } from '../../lib/use-dropped-files.ts';
import { ConfigurationDialog } from './configuration-dialog.tsx';

/** What a lockfile and a configuration may have. One byte more is read, so that the core says what is wrong with it. */
const MOST_BYTES = { set: 262_144, configuration: 131_072 };

/** What comes from this computer and goes to it: unsigned plugins, the set of what is installed, and its configuration. */
export function FromHere() {
  const t = useText();
  const { settings } = useSettings();
  const [asking, setAsking] = useState(false);
  const [lockfile, setLockfile] = useState<string | null>(null);
  const sideLoad = useSideLoad();
  const save = useExport('lockfile', (text) => { saveText({ name: 'troupe.lock.yaml', mediaType: 'application/yaml', text }); });
  const [configuration, setConfiguration] = useState<string | null>(null);
  const saveConfiguration = useExport('exportConfiguration', (text) => { saveText({ name: 'troupe.config.yaml', mediaType: 'application/yaml', text }); });
  const archives = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const configurations = useRef<HTMLInputElement>(null);
  const inDeveloperMode = (act: () => void): void => { if (settings?.developerMode) act(); else setAsking(true); };
  const [wrong, setWrong] = useState(false);
  const over = useDroppedFiles((files) => {
    const [file] = files;
    if (file && files.length === 1 && file.name.endsWith('.troupe')) inDeveloperMode(() => { sideLoad.give(file); }); else setWrong(true);
  });
  /** What another program opened with Troupe: the person says here that they meant it. */
  const [brought, setBrought] = useState<File | null>(null);
  useOpenings(({ kind }) => kind === 'archive' && settings !== undefined && brought === null && !sideLoad.pending, (opened) => {
    if (opened.kind === 'archive') inDeveloperMode(() => { setBrought(opened.file); });
  });
  const error = sideLoad.error && !hasCode(sideLoad.error, 'host/cancelled') ? sideLoad.error : save.error ?? saveConfiguration.error;
  return (
    <>
      <Menu position="bottom-end" width={260} withInitialFocusPlaceholder={false}>
        <Menu.Target><Button variant="default" loading={sideLoad.pending} leftSection={<HardDriveUpload size={15} aria-hidden />}><T id="fromHere.title" /></Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Label><T id="fromHere.unsigned" /></Menu.Label>
          <Menu.Item leftSection={<FileUp size={15} />} onClick={() => { inDeveloperMode(() => { archives.current?.click(); }); }}><T id="fromHere.file" /></Menu.Item>
          <Menu.Item leftSection={<FolderCode size={15} />} onClick={() => { inDeveloperMode(() => { sideLoad.pickFolder(); }); }}><T id="fromHere.folder" /></Menu.Item>
          <Menu.Label><T id="fromHere.set" /></Menu.Label>
          <Menu.Item leftSection={<ListChecks size={15} />} onClick={() => { picker.current?.click(); }}><T id="fromHere.installSet" /></Menu.Item>
          <Menu.Item leftSection={<Download size={15} />} onClick={save.run}><T id="fromHere.saveSet" /></Menu.Item>
          <Menu.Label><T id="fromHere.configuration" /></Menu.Label>
          <Menu.Item leftSection={<FileSliders size={15} />} onClick={() => { configurations.current?.click(); }}><T id="fromHere.loadConfiguration" /></Menu.Item>
          <Menu.Item leftSection={<Download size={15} />} onClick={saveConfiguration.run}><T id="fromHere.saveConfiguration" /></Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input ref={archives} type="file" hidden accept=".troupe" aria-label={t('fromHere.file')} onChange={(event) => {
        const [file] = event.currentTarget.files ?? [];
        event.currentTarget.value = '';
        if (file) sideLoad.give(file);
      }} />
      {over && <DropHint><T id="fromHere.drop" /></DropHint>}
      <Modal opened={wrong} onClose={() => { setWrong(false); }} title={t('fromHere.title')} closeButtonProps={{ 'aria-label': t('install.close') }}><Text role="alert"><T id="fromHere.dropOne" /></Text></Modal>
      <input ref={picker} type="file" hidden accept=".yaml,.yml" aria-label={t('fromHere.installSet')} onChange={(event) => { readPicked(event.currentTarget, MOST_BYTES.set, setLockfile); }} />
      <input ref={configurations} type="file" hidden accept=".yaml,.yml" aria-label={t('fromHere.loadConfiguration')} onChange={(event) => { readPicked(event.currentTarget, MOST_BYTES.configuration, setConfiguration); }} />
      <Modal opened={asking} onClose={() => { setAsking(false); }} title={t('fromHere.needsMode')} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <Stack gap={16}>
          <Text><T id="fromHere.needsModeLine" /></Text>
          <Group gap={8} justify="flex-end"><Button variant="default" data-autofocus onClick={() => { setAsking(false); }}><T id="install.close" /></Button><Button component={Link} to="/settings/about"><T id="fromHere.toSettings" /></Button></Group>
        </Stack>
      </Modal>
      <Modal opened={error !== null || sideLoad.elsewhere !== null} onClose={() => { sideLoad.reset(); save.reset(); saveConfiguration.reset(); }} title={t('fromHere.title')} closeButtonProps={{ 'aria-label': t('install.close') }}>
        {error ? <Failure error={error} compact /> : <Text role="status"><T id="plugin.folderElsewhere" /></Text>}
      </Modal>
      <Modal opened={brought !== null} onClose={() => { setBrought(null); }} title={t('fromHere.brought', { name: brought?.name })} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <Stack gap={16}>
          <Text><T id="fromHere.broughtLine" /></Text>
          <Group gap={8} justify="flex-end"><Button variant="default" data-autofocus onClick={() => { setBrought(null); }}><T id="settings.models.cancel" /></Button><Button onClick={() => { if (brought) sideLoad.give(brought); setBrought(null); }}><T id="fromHere.broughtInstall" /></Button></Group>
        </Stack>
      </Modal>
      <SetDialog lockfile={lockfile} onClose={() => { setLockfile(null); }} />
      <ConfigurationDialog text={configuration} onClose={() => { setConfiguration(null); }} />
    </>
  );
}

/** The text of a picked file; the same one may be picked again. */
function readPicked(input: HTMLInputElement, most: number, onText: (text: string) => void): void {
  const [file] = input.files ?? [];
  input.value = '';
  if (file) void file.slice(0, most + 1).text().then(onText);
}

/** The difference of a lockfile, before it is made true. */
function SetDialog({ lockfile, onClose }: { lockfile: string | null; onClose: () => void }) {
  const t = useText();
  const compared = useCall('plugins', 'compareSet', { lockfile: lockfile ?? '' }, { enabled: lockfile !== null });
  const { installSet, pending, error } = useInstallSet();
  const changes = compared.data?.changes ?? [];
  return (
    <Modal opened={lockfile !== null} onClose={onClose} title={t('fromHere.installSet')} closeButtonProps={{ 'aria-label': t('install.close') }}>
      <Stack gap={16}>
        {compared.isPending && <Text c="dimmed"><T id="frame.loading" /></Text>}
        {compared.data && (changes.length === 0 ? <Text><T id="fromHere.same" /></Text> : <VersionChanges changes={changes} />)}
        {compared.data && <ConcernedLines concerned={compared.data} />}
        {compared.data && changes.length > 0 && compared.data.others.length > 0 && <Text size="sm" c="dimmed">{t('fromHere.others', { count: compared.data.others.length })}</Text>}
        {(compared.error ?? error) && <Failure error={compared.error ?? error} compact />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}><T id="install.close" /></Button>
          {changes.length > 0 && <Button loading={pending} onClick={() => { if (lockfile !== null) installSet(lockfile, t('fromHere.setName'), onClose); }}>{t('fromHere.install', { count: changes.length })}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}
