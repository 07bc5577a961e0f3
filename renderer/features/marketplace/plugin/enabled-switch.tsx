import { Switch } from '@mantine/core';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './panel.module.css';

/** Switches an installed plugin on and off, and says whom that concerns. A withdrawn version cannot be switched on. */
export function EnabledSwitch({ plugin }: { plugin: InstalledPlugin }) {
  const t = useText();
  const change = useChange('plugins', 'setEnabled');
  const on = plugin.status === 'active';
  const withdrawn = plugin.disabledBy === 'registry';
  const refused = change.error?.code === 'plugins/needed-by-others';
  const team = { names: plugin.hiredAs.join(', '), count: plugin.hiredAs.length };
  return (
    <div>
      <Switch checked={on} disabled={withdrawn || change.isPending} label={t('plugin.switch')} onChange={(event) => { change.mutate({ id: plugin.id, enabled: event.currentTarget.checked }); }} />
      {withdrawn && <p className={classes.quiet}><T id="plugin.switchedOffBy" /></p>}
      {!on && team.count > 0 && <p className={classes.quiet}>{t('plugin.pausesTeam', team)}</p>}
      {refused && <p className={classes.quiet} role="alert">{t('plugin.switchNeeded', { names: plugin.neededBy.join(', '), count: plugin.neededBy.length })}</p>}
      {change.error && !refused && <Failure error={change.error} compact />}
    </div>
  );
}
