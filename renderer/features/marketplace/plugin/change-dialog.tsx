import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { useVersionChange } from '../../../bridge/use-operations.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { Markdown } from '../../../components/markdown/markdown.tsx';
import { ConcernedLines } from '../../../components/version-changes/concerned-lines.tsx';
import { VersionChanges } from '../../../components/version-changes/version-changes.tsx';
import { T, useText } from '../../../lib/text.tsx';

interface Props { plugin: InstalledPlugin; version: string | null; changelog: string; onClose: () => void }

/** Before another version is taken: who depends on it, what moves along, and the difference of what is asked for. */
export function ChangeDialog({ plugin, version, changelog, onClose }: Props) {
  const t = useText();
  return (
    <Modal opened={version !== null} onClose={onClose} title={version === null ? '' : t('versions.changeTitle', { name: plugin.name, version })} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {version !== null && <Body plugin={plugin} version={version} changelog={changelog} onClose={onClose} />}
    </Modal>
  );
}

function Body({ plugin, version, changelog, onClose }: Props & { version: string }) {
  const t = useText();
  const preview = useCall('plugins', 'preview', { id: plugin.id, version });
  const { update, pending, error } = useVersionChange();
  return (
    <Stack gap={16}>
      {preview.isPending && <div aria-busy><Skeleton height={14} mb={8} /><Skeleton height={14} width="70%" /></div>}
      {preview.data && <VersionChanges changes={preview.data.changes} />}
      {preview.data && <ConcernedLines concerned={preview.data} />}
      {preview.data?.changes.some(({ added }) => added.length > 0) && <Text size="sm" c="dimmed"><T id="versions.asksFirst" /></Text>}
      {changelog !== '' && <div><Markdown source={changelog} /></div>}
      {(preview.error ?? error) && <Failure error={preview.error ?? error} compact />}
      <Group gap={8} justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}>{t('versions.keep', { version: plugin.version })}</Button>
        <Button loading={pending} disabled={!preview.data} onClick={() => { update({ id: plugin.id, name: plugin.name, range: version }, onClose); }}>{t('versions.changeTo', { version })}</Button>
      </Group>
    </Stack>
  );
}
