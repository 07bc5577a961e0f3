import { Button, Group, Modal, Skeleton, Text } from '@mantine/core';
import { Link, useNavigate } from 'react-router';
import { OWN } from '../../../contract/model/ids.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { describe, Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import { FallbackChoice } from './fallback-choice.tsx';
import { FolderList } from './folder-list.tsx';
import { ModelChoice } from './model-choice.tsx';
import { OwnValues } from './own-values.tsx';
import classes from './team.module.css';

/** What an agent of the team still needs, and its model. Every change holds at once. */
export function SetupDialog({ hire }: { hire: Hire }) {
  const t = useText();
  const navigate = useNavigate();
  const folders = useCall('plugins', 'folders', { id: hire.pluginId }, { enabled: hire.pluginId !== OWN });
  const change = useChange('team', 'change');
  const close = (): void => { void navigate('/team'); };
  return (
    <Modal opened onClose={close} title={t('team.setupOf', { name: hire.name })} size="lg" closeButtonProps={{ 'aria-label': t('team.close') }} attributes={{ header: { role: 'presentation' } }}>
      <div className={classes.step}>
        {hire.needs.length > 0 ? <Text size="sm"><T id="team.needs" values={{ needs: hire.needs.join(' ') }} /> <Link to={hire.pluginId === OWN ? `/builder/${hire.agentId}` : `/marketplace/${hire.pluginId}?tab=configuration`} className={classes.textLink}><T id={hire.pluginId === OWN ? 'team.toBuilder' : 'team.toPlugin'} /></Link>{hire.connection ? <>{' · '}<Link to={`/settings/tools?connect=${hire.connection}&for=${hire.id}`} className={classes.textLink}><T id="team.toConnections" /></Link></> : null}</Text> : null}
        <ModelChoice value={hire.model} onChange={(model) => { change.mutate({ id: hire.id, model }); }} />
        <FallbackChoice value={hire.fallbackModel} first={hire.model} onChange={(fallbackModel) => { change.mutate({ id: hire.id, fallbackModel }); }} />
        {change.error ? <div className={classes.problem} role="alert">{describe(change.error).message}</div> : null}
        {folders.isLoading ? <Skeleton height={48} /> : null}
        {folders.error ? <Failure compact error={folders.error} onRetry={() => { void folders.refetch(); }} /> : null}
        {folders.data && folders.data.folders.length > 0 ? <div><h3 className={classes.stepTitle}><T id="team.folders" /></h3><p className={classes.help}><T id="team.foldersHelp" /></p><FolderList pluginId={hire.pluginId} folders={folders.data.folders} /></div> : null}
        {hire.pluginId === OWN ? null : <OwnValues hireId={hire.id} />}
      </div>
      <Group justify="flex-end" mt="lg"><Button data-autofocus onClick={close}><T id="team.done" /></Button></Group>
    </Modal>
  );
}
