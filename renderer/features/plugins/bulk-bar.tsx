import { Button, Checkbox } from '@mantine/core';
import type { BulkAction } from '../../bridge/use-bulk.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './plugins.module.css';

interface Props { chosen: number; shown: number; updatable: number; busy: boolean; onAll: (all: boolean) => void; onAct: (action: BulkAction) => void }

/** What can be done to all that are chosen. */
export function BulkBar({ chosen, shown, updatable, busy, onAll, onAct }: Props) {
  const t = useText();
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('plugins.chosenActions')}>
      <Checkbox checked={chosen === shown} indeterminate={chosen > 0 && chosen < shown} label={chosen === 0 ? t('plugins.chooseAll') : t('plugins.chosen', { count: chosen })} onChange={(event) => { onAll(event.currentTarget.checked); }} />
      {chosen > 0 && (
        <>
          <Button size="xs" variant="default" disabled={busy} onClick={() => { onAct('enable'); }}><T id="plugins.enable" /></Button>
          <Button size="xs" variant="default" disabled={busy} onClick={() => { onAct('disable'); }}><T id="plugins.disable" /></Button>
          <Button size="xs" variant="default" disabled={busy || updatable === 0} onClick={() => { onAct('update'); }}>{t('plugins.update', { count: updatable })}</Button>
          <Button size="xs" variant="default" disabled={busy} onClick={() => { onAct('uninstall'); }}><T id="plugins.uninstall" /></Button>
        </>
      )}
    </div>
  );
}
