import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { InstalledPlugin } from '../../../contract/model/plugin.ts';
import { T, useText } from '../../lib/text.tsx';
import { Failure } from '../failure/failure.tsx';

/** `neededBy` are names of plugins; `along`: what is taken away with it. */
interface Props { plugin: InstalledPlugin | null; neededBy: readonly string[]; along: readonly InstalledPlugin[]; pending: boolean; error: unknown; onClose: () => void; onUninstall: (keepData: boolean) => void }

/** Says what an uninstall takes away before it does. Not possible while another plugin needs it. */
export function UninstallDialog({ plugin, neededBy, along, pending, error, onClose, onUninstall }: Props) {
  const t = useText();
  return (
    <Modal opened={plugin !== null} onClose={onClose} title={plugin ? t('plugin.uninstallTitle', { name: plugin.name }) : ''} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {plugin && <Body key={plugin.id} plugin={plugin} neededBy={neededBy} along={along} pending={pending} error={error} onClose={onClose} onUninstall={onUninstall} />}
    </Modal>
  );
}

function Body({ plugin, neededBy, along, pending, error, onClose, onUninstall }: Props & { plugin: InstalledPlugin }) {
  const t = useText();
  const [keepData, setKeepData] = useState(false);
  const needed = neededBy.length > 0;
  const team = [plugin, ...along].flatMap(({ hiredAs }) => hiredAs);
  const users = [...new Set([plugin, ...along].flatMap(({ usedBy }) => usedBy))];
  return (
    <Stack gap={16}>
      {needed
        ? <Text>{t('plugin.uninstallNeeded', { names: neededBy.join(', '), count: neededBy.length })}</Text>
        : <Text>{t('plugin.uninstallLoses', { count: team.length, names: team.join(', ') })}</Text>}
      {!needed && users.length > 0 && <Text>{t('plugin.losesTools', { count: users.length, names: users.join(', ') })}</Text>}
      {!needed && along.length > 0 && <Text>{t('plugin.uninstallAlong', { count: along.length, names: along.map(({ name }) => name).join(', ') })}</Text>}
      {!needed && <Checkbox label={t('plugin.uninstallData')} checked={keepData} onChange={(event) => { setKeepData(event.currentTarget.checked); }} />}
      {error !== null && error !== undefined && <Failure error={error} compact />}
      <Group gap={8} justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}><T id="plugin.uninstallKeep" /></Button>
        {!needed && <Button color="red.8" loading={pending} onClick={() => { onUninstall(keepData); }}><T id="plugin.uninstall" /></Button>}
      </Group>
    </Stack>
  );
}
