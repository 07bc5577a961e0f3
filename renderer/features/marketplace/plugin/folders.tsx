import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './panel.module.css';

/** The folders that a plugin asks for. The person picks them in a dialog of the shell, never by a path in the page. */
export function Folders({ pluginId }: { pluginId: string }) {
  const t = useText();
  const folders = useCall('plugins', 'folders', { id: pluginId });
  const [elsewhere, setElsewhere] = useState<{ key: string; address: string } | null>(null);
  const open = (address: string): void => { window.open(address, '_blank', 'noopener'); };
  const pick = useChange('plugins', 'pickFolder', {
    onDone({ confirmAt }, { key }) {
      setElsewhere(confirmAt === null ? null : { key, address: confirmAt });
      if (confirmAt !== null) open(confirmAt);
    },
  });
  const revoke = useChange('plugins', 'revokeFolder');
  const error = pick.error && !hasCode(pick.error, 'host/cancelled') ? pick.error : revoke.error;
  return (
    <div>
      <h3 className={classes.heading}><T id="plugin.folders" /></h3>
      {(folders.data?.folders ?? []).map((folder) => (
        <div key={folder.key} className={classes.folder}>
          <strong>{folder.key}</strong>
          <span className={classes.quiet}>{t(folder.access === 'write' ? 'plugin.folderWrite' : 'plugin.folderRead')}</span>
          {folder.path === null ? <span className={classes.quiet}><T id="plugin.folderNone" /></span> : <span className={classes.path}>{folder.path}</span>}
          {elsewhere?.key === folder.key && folder.path === null && (
            <span role="status" className={classes.quiet}><T id="plugin.folderElsewhere" />{' '}<Button size="compact-xs" variant="subtle" onClick={() => { open(elsewhere.address); }}><T id="plugin.folderOpen" /></Button></span>
          )}
          <Group gap={8}>
            <Button size="xs" variant={folder.path === null ? 'filled' : 'default'} loading={pick.isPending && pick.variables.key === folder.key} aria-label={t(folder.path === null ? 'plugin.folderPickFor' : 'plugin.folderOtherFor', { folder: folder.key })}
              onClick={() => { pick.mutate({ id: pluginId, key: folder.key }); }}><T id={folder.path === null ? 'plugin.folderPick' : 'plugin.folderOther'} /></Button>
            {folder.path !== null && <Button size="xs" variant="subtle" color="gray" aria-label={t('plugin.folderRevokeFor', { folder: folder.key })} onClick={() => { revoke.mutate({ id: pluginId, key: folder.key }); }}><T id="plugin.folderRevoke" /></Button>}
          </Group>
        </div>
      ))}
      {error && <Failure error={error} compact />}
    </div>
  );
}
