import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './panel.module.css';

/** Switches an installed plugin on and off; whom that concerns is said before. A withdrawn version cannot be switched on. */
export function EnabledSwitch({ plugin, neededBy }: { plugin: InstalledPlugin; neededBy: readonly string[] }) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  const change = useChange('plugins', 'setEnabled', { onDone: () => { setAsked(false); } });
  const on = plugin.status === 'active';
  const withdrawn = plugin.disabledBy === 'registry';
  const instead = plugin.withdrawn?.useInstead;
  const team = { names: plugin.hiredAs.join(', '), count: plugin.hiredAs.length };
  const users = { names: plugin.usedBy.join(', '), count: plugin.usedBy.length };
  const set = (enabled: boolean): void => {
    if (!enabled && team.count + users.count + neededBy.length > 0) setAsked(true);
    else change.mutate({ id: plugin.id, enabled });
  };
  return (
    <div>
      <Switch checked={on} disabled={withdrawn || change.isPending} label={t('plugin.switch')} onChange={(event) => { set(event.currentTarget.checked); }} />
      {withdrawn && <p className={classes.quiet}>{plugin.withdrawn && `${t('plugin.withdrawn', { why: plugin.withdrawn.reason })} `}<T id="plugin.switchedOffBy" /></p>}
      {instead && instead.id !== plugin.id && <p className={classes.quiet}><Link to={`/marketplace/${instead.id}`}>{t('plugin.useInstead', { name: instead.id })}</Link></p>}
      {instead && instead.id === plugin.id && instead.version !== null && <p className={classes.quiet}>{t('plugin.useInstead', { name: instead.version })}</p>}
      {!on && team.count > 0 && <p className={classes.quiet}>{t('plugin.pausesTeam', team)}</p>}
      {change.error && !asked && <Failure error={change.error} compact />}
      <Modal opened={asked} onClose={() => { setAsked(false); change.reset(); }} title={t('plugin.switchOffTitle', { name: plugin.name })} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <Stack gap={16}>
          {neededBy.length > 0 && <Text>{t('plugin.switchNeeded', { names: neededBy.join(', '), count: neededBy.length })}</Text>}
          {team.count > 0 && <Text>{t('plugin.pausesTeam', team)}</Text>}
          {users.count > 0 && <Text>{t('plugin.losesTools', users)}</Text>}
          {change.error && <Failure error={change.error} compact />}
          <Group gap={8} justify="flex-end">
            <Button variant="default" data-autofocus onClick={() => { setAsked(false); change.reset(); }}><T id="plugin.switchKeep" /></Button>
            <Button loading={change.isPending} onClick={() => { change.mutate({ id: plugin.id, enabled: false }); }}><T id="plugin.switchOff" /></Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}
