import { Alert, Button, Skeleton } from '@mantine/core';
import { ArrowLeft, Hand, ShieldCheck } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import type { PluginPermission } from '../../../contract/model/permission.ts';
import type { KeptApproval } from '../../../contract/model/run.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { useUnsigned } from '../../bridge/use-unsigned.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { GrantRow, PermissionRow, usePermissionText } from '../../components/permission-list/permission-list.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { showUndo } from '../../components/undo-toast/undo-toast.tsx';
import { UnsignedMark } from '../../components/unsigned-mark/unsigned-mark.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './permissions.module.css';

/** What every plugin may do, since when and last when, with the way back. `?plugin=` shows one alone. */
export function PermissionsScreen() {
  const t = useText();
  const [address] = useSearchParams();
  const only = address.get('plugin');
  usePageTitle(t('permissions.title'));
  const list = useCall('plugins', 'permissions', {});
  const approvals = useCall('runs', 'approvals', {});
  const sentence = usePermissionText();
  const isUnsigned = useUnsigned();
  const grant = useChange('plugins', 'grantPermission');
  const revoke = useChange('plugins', 'revokePermission', {
    onDone: ({ pluginId, name, permission }) => { showUndo(t('permissions.revoked', { name, what: sentence(permission) }), () => { grant.mutate({ id: pluginId, key: permission.key }); }); },
  });
  const all = list.data?.permissions ?? [];
  const shown = all.filter(({ pluginId }) => only === null || pluginId === only);
  const ids = [...new Set(shown.map(({ pluginId }) => pluginId))];
  const kept = only === null ? approvals.data?.approvals ?? [] : [];
  const failed = grant.error ?? revoke.error;
  return (
    <div className={classes.root}>
      <Link to="/plugins" className={classes.back}><ArrowLeft size={14} aria-hidden /><T id="frame.plugins" /></Link>
      <h1 className={classes.title}><T id="permissions.title" /></h1>
      <p className={classes.line}><T id="permissions.line" /></p>
      {only !== null && <Alert color="gray" p={8}><T id="permissions.only" />{' '}<Link to="/plugins/permissions"><T id="permissions.all" /></Link></Alert>}
      {failed && <Failure error={failed} compact />}
      {list.isPending && <div aria-busy>{Array.from({ length: 4 }, (_, at) => <Skeleton key={at} height={44} mb={12} />)}</div>}
      {list.error && <Failure error={list.error} kept="plugins.failedKept" onRetry={() => { void list.refetch(); }} />}
      {list.data && shown.length === 0 && kept.length === 0 && <EmptyState icon={<ShieldCheck size={22} />} title={<T id="permissions.empty" />} line={<T id="permissions.emptyLine" />} />}
      {ids.map((id) => {
        const own = shown.filter(({ pluginId }) => pluginId === id);
        return (
          <section key={id} className={classes.plugin}>
            <h2 className={classes.name}><Link to={`/marketplace/${id}?tab=activity`}>{own[0]?.name}</Link>{isUnsigned(id) ? <> <UnsignedMark /></> : null}</h2>
            <ul className={classes.list}>{own.map((one) => <Row key={one.permission.key} one={one} sentence={sentence(one.permission)} onRevoke={() => { revoke.mutate({ id, key: one.permission.key }); }} onGrant={() => { grant.mutate({ id, key: one.permission.key }); }} />)}</ul>
          </section>
        );
      })}
      {approvals.error && <Failure error={approvals.error} compact onRetry={() => { void approvals.refetch(); }} />}
      {kept.length > 0 && <Approvals approvals={kept} />}
    </div>
  );
}

function Row({ one, sentence, onRevoke, onGrant }: { one: PluginPermission; sentence: string; onRevoke: () => void; onGrant: () => void }) {
  const t = useText();
  const { permission, granted, grantedAt, lastUsedAt } = one;
  return (
    <PermissionRow permission={permission}
      line={granted ? <>
        {grantedAt !== null && <><T id="permissions.granted" /> <RelativeTime at={grantedAt} /> · </>}
        {lastUsedAt === null ? <T id="permissions.never" /> : <><T id="permissions.used" /> <RelativeTime at={lastUsedAt} /></>}. {t(`permissions.stops.${permission.kind}`)}
      </> : <T id="permissions.refused" />}
      control={granted
        ? <Button size="xs" variant="default" aria-label={t('permissions.revokeNamed', { name: one.name, what: sentence })} onClick={onRevoke}><T id="permissions.revoke" /></Button>
        : <Button size="xs" aria-label={t('permissions.grantNamed', { name: one.name, what: sentence })} onClick={onGrant}><T id="permissions.grant" /></Button>} />
  );
}

/** Answers about tools that were to hold. */
function Approvals({ approvals }: { approvals: readonly KeptApproval[] }) {
  const t = useText();
  const revoke = useChange('runs', 'revokeApproval');
  return (
    <section className={classes.plugin}>
      <h2 className={classes.name}><T id="permissions.approvals" /></h2>
      {revoke.error && <Failure error={revoke.error} compact />}
      <ul className={classes.list}>
        {approvals.map(({ hireId, hireName, toolId, decision, scope, at }) => (
          <GrantRow key={`${hireId} ${toolId} ${scope}`} icon={<Hand size={16} strokeWidth={1.75} aria-hidden />} what={t(`permissions.approval.${decision}`, { name: hireName, tool: toolId })}
            line={<>{t(scope === 'always' ? 'permissions.approval.always' : 'permissions.approval.conversation')} · <RelativeTime at={at} /></>}
            control={<Button size="xs" variant="default" aria-label={t('permissions.approval.revokeNamed', { name: hireName, tool: toolId })} onClick={() => { revoke.mutate({ hireId, toolId, scope }); }}><T id="permissions.approval.revoke" /></Button>} />
        ))}
      </ul>
    </section>
  );
}
