import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { goesAlong, type InstalledPlugin } from '../../../contract/model/plugin.ts';
import { T, useText } from '../../lib/text.tsx';

interface Props { action: 'disable' | 'uninstall' | null; targets: readonly InstalledPlugin[]; plugins: readonly InstalledPlugin[]; onClose: () => void; onGo: (keepData: boolean) => void }

/** Who depends on several plugins, before they are switched off or taken away. Plugins that stay and need them forbid it. */
export function BulkDialog({ action, targets, plugins, onClose, onGo }: Props) {
  const t = useText();
  return (
    <Modal opened={action !== null} onClose={onClose} title={action === null ? '' : t(`plugins.bulk.${action}`, { count: targets.length })} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {action !== null && <Body action={action} targets={targets} plugins={plugins} onClose={onClose} onGo={onGo} />}
    </Modal>
  );
}

function Body({ action, targets, plugins, onClose, onGo }: Props & { action: 'disable' | 'uninstall' }) {
  const t = useText();
  const [keepData, setKeepData] = useState(false);
  const leaving = new Set<string>(targets.map(({ id }) => id));
  const along = action === 'uninstall' ? goesAlong([...leaving], plugins) : [];
  const agents = [...targets, ...along].flatMap(({ hiredAs }) => hiredAs);
  const users = [...new Set([...targets, ...along].flatMap(({ usedBy }) => usedBy))];
  const blocked = targets.flatMap(({ name, neededBy }) => {
    const by = plugins.filter((plugin) => neededBy.includes(plugin.id) && !leaving.has(plugin.id) && (action === 'uninstall' || plugin.status === 'active'));
    return by.length === 0 ? [] : [{ name, by: by.map((plugin) => plugin.name).join(', ') }];
  });
  return (
    <Stack gap={16}>
      <Text>{targets.map(({ name }) => name).join(', ')}</Text>
      {along.length > 0 && <Text>{t('plugin.uninstallAlong', { count: along.length, names: along.map(({ name }) => name).join(', ') })}</Text>}
      <Text>{agents.length === 0 ? t('plugins.bulk.nobody') : t('plugin.pausesTeam', { names: agents.join(', '), count: agents.length })}</Text>
      {users.length > 0 && <Text>{t('plugin.losesTools', { names: users.join(', '), count: users.length })}</Text>}
      {blocked.map(({ name, by }) => <Text key={name}>{t('plugins.bulk.blocked', { name, by })}</Text>)}
      {action === 'uninstall' && <Checkbox label={t('plugin.uninstallData')} checked={keepData} onChange={(event) => { setKeepData(event.currentTarget.checked); }} />}
      <Group gap={8} justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}><T id="plugins.bulk.keep" /></Button>
        <Button {...(action === 'uninstall' && { color: 'red.8' })} disabled={blocked.length > 0} onClick={() => { onGo(keepData); }}><T id={action === 'uninstall' ? 'plugin.uninstall' : 'plugin.switchOff'} /></Button>
      </Group>
    </Stack>
  );
}
