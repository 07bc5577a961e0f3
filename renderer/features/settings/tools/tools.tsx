import { Button, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CirclePause, CircleAlert, Plus } from 'lucide-react';
import { useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import type { HostCircuit } from '../../../../contract/model/tool.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { AddConnection } from './add-connection.tsx';
import { ConnectionRow } from './connection-row.tsx';
import classes from './tools.module.css';

/** What the tools that come with Troupe are connected to, who may use it, and the hosts that fail. */
export function Tools() {
  const list = useCall('tools', 'list', {});
  // Who comes from an agent that lacks a connection finds the form of its kind open.
  const [wanted, setWanted] = useSearchParams();
  const kind = wanted.get('connect');
  const [adding, { open, close }] = useDisclosure(kind !== null);
  const connections = list.data?.connections ?? [];
  const add = <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={open}><T id="settings.tools.add" /></Button>;
  return (
    <>
      <SettingGroup title={<T id="settings.tools.connections" />} line={<T id="settings.tools.connectionsLine" />} action={connections.length > 0 && add}>
        {list.isPending && <Setting title={<Skeleton height={12} width={140} />} line={<Skeleton height={10} width={220} mt={6} />} />}
        {list.error && <Failure error={list.error} compact onRetry={() => { void list.refetch(); }} />}
        {list.data && connections.length === 0 && <EmptyState title={<T id="settings.tools.none" />} line={<T id="settings.tools.noneLine" />} action={add} />}
        {connections.map((connection) => <ConnectionRow key={connection.id} connection={connection} />)}
      </SettingGroup>
      {list.data && list.data.circuits.length > 0 && (
        <SettingGroup title={<T id="settings.tools.hosts" />} line={<T id="settings.tools.hostsLine" />}>
          {list.data.circuits.map((circuit) => <HostRow key={circuit.host} circuit={circuit} />)}
        </SettingGroup>
      )}
      <AddConnection opened={adding} kind={kind} agent={wanted.get('for')} onClose={() => { close(); if (kind !== null) setWanted({}, { replace: true }); }} />
    </>
  );
}

function HostRow({ circuit: { host, failures, retryAt, message } }: { circuit: HostCircuit }) {
  const t = useText();
  const intl = useIntl();
  const reset = useChange('tools', 'resetCircuit');
  const [Mark, state] = retryAt === null ? [CircleAlert, 'untested'] as const : [CirclePause, 'open'] as const;
  return (
    <>
      <Setting icon={<Mark size={18} strokeWidth={1.75} className={classes[state]} aria-hidden />} title={host}
        line={<>{retryAt === null ? t('settings.tools.hostFailed', { count: failures }) : t('settings.tools.hostHeld', { time: intl.formatTime(retryAt, { timeStyle: 'medium' }) })}<span className={classes.message}>{message}</span></>}
        control={<Button size="xs" variant="default" loading={reset.isPending} aria-label={t('settings.tools.askAgainNamed', { host })} onClick={() => { reset.mutate({ host }); }}><T id="settings.tools.askAgain" /></Button>} />
      {reset.error && <Failure error={reset.error} compact />}
    </>
  );
}
