import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import type { FolderGrant } from '../../../../contract/model/plugin.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './panel.module.css';

/** The folders that a plugin asks for. */
export function Folders({ pluginId }: { pluginId: string }) {
  const folders = useCall('plugins', 'folders', { id: pluginId });
  return (
    <div>
      <h3 className={classes.heading}><T id="plugin.folders" /></h3>
      {(folders.data?.folders ?? []).map((folder) => <div key={folder.key} className={classes.folder}><strong>{folder.key}</strong><FolderField pluginId={pluginId} folder={folder} /></div>)}
    </div>
  );
}

/** One folder. The person picks it in a dialog of the shell, never by a path in the page. */
export function FolderField({ pluginId, folder }: { pluginId: string; folder: FolderGrant }) {
  const t = useText();
  const [elsewhere, setElsewhere] = useState<string | null>(null);
  const open = (address: string): void => { window.open(address, '_blank', 'noopener'); };
  const pick = useChange('plugins', 'pickFolder', {
    onDone({ confirmAt }) {
      setElsewhere(confirmAt);
      if (confirmAt !== null) open(confirmAt);
    },
  });
  const revoke = useChange('plugins', 'revokeFolder');
  const error = pick.error && !hasCode(pick.error, 'host/cancelled') ? pick.error : revoke.error;
  return (
    <div className={classes.folderBody}>
      <span className={classes.quiet}>{t(folder.access === 'write' ? 'plugin.folderWrite' : 'plugin.folderRead')}</span>
      {folder.path === null ? <span className={classes.quiet}><T id="plugin.folderNone" /></span> : <span className={classes.path}>{folder.path}</span>}
      {elsewhere !== null && folder.path === null && (
        <span role="status" className={classes.quiet}><T id="plugin.folderElsewhere" />{' '}<Button size="compact-xs" variant="subtle" onClick={() => { open(elsewhere); }}><T id="plugin.folderOpen" /></Button></span>
      )}
      <Group gap={8}>
        <Button size="xs" variant={folder.path === null ? 'filled' : 'default'} loading={pick.isPending} aria-label={t(folder.path === null ? 'plugin.folderPickFor' : 'plugin.folderOtherFor', { folder: folder.key })}
          onClick={() => { pick.mutate({ id: pluginId, key: folder.key }); }}><T id={folder.path === null ? 'plugin.folderPick' : 'plugin.folderOther'} /></Button>
        {folder.path !== null && <Button size="xs" variant="subtle" color="gray" aria-label={t('plugin.folderRevokeFor', { folder: folder.key })} onClick={() => { revoke.mutate({ id: pluginId, key: folder.key }); }}><T id="plugin.folderRevoke" /></Button>}
      </Group>
      {error && <Failure error={error} compact />}
    </div>
  );
}
