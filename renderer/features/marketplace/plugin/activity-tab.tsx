import { Skeleton } from '@mantine/core';
import { Activity, CircleCheck, CircleX } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import type { PluginCall } from '../../../../contract/model/plugin.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './activity.module.css';

/** What the plugin's tools did last: time, hosts, and the lines that they logged. */
export function ActivityTab({ pluginId }: { pluginId: string }) {
  const calls = useCall('plugins', 'calls', { id: pluginId });
  if (calls.isPending) return <div aria-busy>{Array.from({ length: 3 }, (_, at) => <Skeleton key={at} height={48} mb={12} />)}</div>;
  if (calls.error) return <Failure error={calls.error} onRetry={() => { void calls.refetch(); }} />;
  if (calls.data.calls.length === 0) return <EmptyState icon={<Activity size={22} />} title={<T id="activity.empty" />} line={<T id="activity.emptyLine" />} />;
  return <ul className={classes.list}>{calls.data.calls.map((call) => <Call key={call.id} call={call} />)}</ul>;
}

function Call({ call }: { call: PluginCall }) {
  const t = useText();
  const intl = useIntl();
  const Icon = call.error ? CircleX : CircleCheck;
  return (
    <li className={classes.call}>
      <div className={classes.head}>
        <span className={classes.tool} data-failed={call.error !== null || undefined}><Icon size={14} role="img" aria-label={t(call.error ? 'activity.failed' : 'activity.done')} />{call.toolId.slice(call.toolId.indexOf('/') + 1)}</span>
        <span className={classes.quiet}><RelativeTime at={call.at} /></span>
      </div>
      <span className={`${classes.quiet ?? ''} numbers`}>
        {t('activity.took', { ms: call.durationMs })}{call.cpuMs !== null && ` · ${t('activity.cpu', { ms: intl.formatNumber(call.cpuMs, { maximumFractionDigits: 0 }) })}`}{call.memoryBytes !== null && ` · ${t('activity.memory', { size: formatBytes(call.memoryBytes, intl.locale) })}`}{call.hostCalls !== null && ` · ${t('activity.hostCalls', { count: call.hostCalls })}`}
      </span>
      {call.hosts.length > 0 && <span className={classes.quiet}>{t('activity.hosts', { hosts: call.hosts.map(({ host, count }) => (count > 1 ? `${host} × ${count}` : host)).join(', ') })}</span>}
      {call.error && <span className={classes.bad}>{call.error.message}{call.error.code === 'permission/denied' && <>{' '}<Link to={`/plugins/permissions?plugin=${call.pluginId}`}><T id="activity.permissions" /></Link></>}</span>}
      {call.logs.length > 0 && <details className={classes.logs}><summary>{t('activity.lines', { count: call.logs.length })}</summary><pre tabIndex={0} aria-label={t('activity.lines', { count: call.logs.length })}>{call.logs.join('\n')}</pre></details>}
    </li>
  );
}
