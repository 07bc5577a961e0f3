import { Button } from '@mantine/core';
import { ExternalLink, Folder, FolderCheck } from 'lucide-react';
import { hasCode } from '../../../contract/errors/app-error.ts';
import type { FolderGrant } from '../../../contract/model/plugin.ts';
import { useChange } from '../../bridge/use-call.ts';
import { describe } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './team.module.css';

/** The folders that a plugin asks for. The person picks each in a dialog of the shell, never here: no path comes from the page. */
export function FolderList({ pluginId, folders }: { pluginId: string; folders: readonly FolderGrant[] }) {
  return <ul className={classes.folders}>{folders.map((folder) => <FolderLine key={folder.key} pluginId={pluginId} folder={folder} />)}</ul>;
}

function FolderLine({ pluginId, folder }: { pluginId: string; folder: FolderGrant }) {
  const t = useText();
  const pick = useChange('plugins', 'pickFolder', { onDone: ({ confirmAt }) => { if (confirmAt !== null) window.open(confirmAt, '_blank', 'noopener'); } });
  const revoke = useChange('plugins', 'revokeFolder');
  const waiting = pick.data?.confirmAt ?? null;
  const action = t(folder.path !== null ? 'team.change' : waiting !== null ? 'team.openAgain' : 'team.pick');
  const failed = pick.error && !hasCode(pick.error, 'host/cancelled') ? describe(pick.error) : revoke.error ? describe(revoke.error) : null;
  return (
    <li className={classes.folder}>
      {folder.path === null ? <Folder size={18} aria-hidden /> : <FolderCheck size={18} aria-hidden className={classes.granted} />}
      <div className={classes.folderWords}>
        <div className={classes.folderName}>{folder.key} <span className={classes.access}><T id={`team.access.${folder.access}`} /></span></div>
        <div className={classes.path}>{folder.path ?? <T id={waiting === null ? 'team.noFolder' : 'team.pickOutside'} />}</div>
        {failed ? <div className={classes.problem} role="alert">{failed.message} <T id={`${failed.words}.advice`} /></div> : null}
      </div>
      {folder.path !== null ? <Button size="xs" variant="subtle" color="gray" loading={revoke.isPending} onClick={() => { pick.reset(); revoke.mutate({ id: pluginId, key: folder.key }); }} aria-label={t('team.forFolder', { action: t('team.revoke'), key: folder.key })}><T id="team.revoke" /></Button> : null}
      <Button size="xs" variant="default" loading={pick.isPending} leftSection={waiting !== null && folder.path === null ? <ExternalLink size={14} aria-hidden /> : undefined} onClick={() => { pick.mutate({ id: pluginId, key: folder.key }); }}
        aria-label={t('team.forFolder', { action, key: folder.key })}>{action}</Button>
    </li>
  );
}
