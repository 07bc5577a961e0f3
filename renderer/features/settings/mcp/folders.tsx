import { ActionIcon, Button, Text } from '@mantine/core';
import { Folder, Plus, X } from 'lucide-react';
import { useId } from 'react';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './mcp.module.css';

/** The folders that a program is told of. The person picks each in a dialog of the shell, never here; what is changed holds at once. */
export function Folders({ id, folders }: { id: string; folders: readonly string[] }) {
  const t = useText();
  const help = useId();
  const pick = useChange('mcp', 'pickFolder', { onDone({ confirmAt }) { if (confirmAt !== null) window.open(confirmAt, '_blank', 'noopener'); } });
  const remove = useChange('mcp', 'removeFolder');
  const failed = (pick.error && !hasCode(pick.error, 'host/cancelled') ? pick.error : null) ?? remove.error;
  return (
    <fieldset className={classes.values} aria-describedby={help}>
      <Text component="legend" size="sm" fw={500}><T id="settings.mcp.folders" /></Text>
      <Text id={help} size="xs" c="dimmed"><T id="settings.mcp.foldersHelp" /></Text>
      {folders.length > 0 && (
        <ul className={classes.folders}>
          {folders.map((folder) => (
            <li key={folder} className={classes.folder}>
              <Folder size={16} aria-hidden />
              <span className={classes.reached} dir="ltr">{folder}</span>
              <ActionIcon aria-label={t('settings.mcp.takeFolder', { folder })} onClick={() => { remove.mutate({ id, path: folder }); }}><X size={16} aria-hidden /></ActionIcon>
            </li>
          ))}
        </ul>
      )}
      {pick.data?.confirmAt != null && <Text size="xs" role="status"><T id="settings.mcp.folderElsewhere" /></Text>}
      {failed && <Failure error={failed} compact />}
      <div><Button size="compact-sm" variant="subtle" loading={pick.isPending} leftSection={<Plus size={14} aria-hidden />} onClick={() => { pick.mutate({ id }); }}><T id="settings.mcp.addFolder" /></Button></div>
    </fieldset>
  );
}
