import { Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { UserPlus, Users } from 'lucide-react';
import { Link } from 'react-router';
import type { CallError, Output } from '../../bridge/procedures.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { useUnsigned } from '../../bridge/use-unsigned.ts';
import { isHireable } from '../../../contract/model/catalog.ts';
import { OWN } from '../../../contract/model/ids.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { showUndo } from '../../components/undo-toast/undo-toast.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { HireRow } from './hire-row.tsx';
import classes from './team.module.css';

/** Everybody on the team, who does what and how they are. */
export function TeamList({ team }: { team: UseQueryResult<Output<'team', 'list'>, CallError> }) {
  const t = useText();
  usePageTitle(t('team.title'));
  const plugins = useCall('plugins', 'list', {});
  const isUnsigned = useUnsigned();
  const talks = useCall('chat', 'conversations', { limit: 200 });
  const restore = useChange('team', 'restore');
  const dismiss = useChange('team', 'dismiss');
  const duplicate = useChange('team', 'duplicate');
  const hires = team.data?.hires ?? [];
  return (
    <div className={classes.screen}>
      <header className={classes.head}>
        <h1><T id="team.title" /></h1>
        {hires.length > 0 ? <Button component={Link} to="/team/hire" leftSection={<UserPlus size={16} aria-hidden />}><T id="team.hire" /></Button> : null}
      </header>
      {team.isPending ? <div className={classes.list}>{[0, 1, 2].map((row) => <Skeleton key={row} height={64} radius="md" mb={8} />)}</div> : null}
      {team.error ? <Failure error={team.error} onRetry={() => { void team.refetch(); }} /> : null}
      {team.data && hires.length === 0 ? <NobodyYet installed={plugins.data?.plugins.some((plugin) => plugin.capabilities.some(isHireable)) ?? false} /> : null}
      {restore.error ? <Failure compact error={restore.error} /> : null}
      {duplicate.error ? <Failure compact error={duplicate.error} /> : null}
      {dismiss.error ? <Failure compact error={dismiss.error} /> : null}
      <ul className={classes.list}>
        {hires.map((hire) => (
          <HireRow key={hire.id} hire={hire} names={hires.map(({ name }) => name)} plugin={hire.pluginId === OWN ? t('team.yours') : plugins.data?.plugins.find(({ id }) => id === hire.pluginId)?.name ?? hire.pluginId} unsigned={isUnsigned(hire.pluginId)}
            talkId={talks.data?.conversations.find((talk) => talk.hireId === hire.id)?.id ?? null}
            onDuplicate={() => { duplicate.mutate({ id: hire.id }, { onSuccess: (copy) => { showUndo(t('team.duplicated', { name: hire.name, copy: copy.name }), () => { dismiss.mutate({ id: copy.id }); }); } }); }}
            onDismiss={() => { dismiss.mutate({ id: hire.id }, { onSuccess: () => { showUndo(t('team.dismissed', { name: hire.name }), () => { restore.mutate({ id: hire.id }); }); } }); }} />
        ))}
      </ul>
    </div>
  );
}

/** No agent yet: what a team is for, and the way to the first one. */
function NobodyYet({ installed }: { installed: boolean }) {
  return (
    <EmptyState icon={<Users size={22} />} title={<T id="team.empty" />} line={<T id={installed ? 'team.emptyInstalled' : 'team.emptyLine'} />}
      action={installed ? <Button component={Link} to="/team/hire" leftSection={<UserPlus size={16} aria-hidden />}><T id="team.hire" /></Button> : <Button component={Link} to="/marketplace?kind=agent"><T id="team.toMarket" /></Button>} />
  );
}
