import { Button, Skeleton, Switch } from '@mantine/core';
import { CircleAlert, CircleCheck, Folder, Globe, Package, RefreshCw } from 'lucide-react';
import { useIntl } from 'react-intl';
import type { RegistryStatus } from '../../../../contract/model/catalog.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { adviceFor } from '../../../lib/advice.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './registries.module.css';

const ICONS = { embedded: Package, folder: Folder, hosted: Globe } as const;

/** Where plugins come from, and how fresh the copy on this machine is. */
export function Registries() {
  const t = useText();
  const status = useCall('catalog', 'status', {});
  const sync = useChange('catalog', 'sync');
  const { settings, change } = useSettings();
  return (
    <>
      <SettingGroup title={<T id="settings.registries" />} line={<T id="settings.registriesLine" />}
        action={<Button variant="default" leftSection={<RefreshCw size={14} aria-hidden />} loading={sync.isPending} onClick={() => { sync.mutate({}); }}><T id="settings.registries.sync" /></Button>}>
        {status.isPending && <Setting title={<Skeleton height={12} width={160} />} line={<Skeleton height={10} width={240} mt={6} />} />}
        {status.error && <Failure error={status.error} compact onRetry={() => { void status.refetch(); }} />}
        {(status.data?.registries ?? []).map((registry) => <Registry key={registry.id} registry={registry} />)}
      </SettingGroup>
      {sync.error && <Failure error={sync.error} compact kept="settings.registries.kept" />}
      <SettingGroup title={<T id="settings.network" />}>
        <Setting title={<T id="settings.offline" />} line={<T id="settings.offlineLine" />} control={<Switch aria-label={t('settings.offline')} checked={settings?.offline ?? false} onChange={(event) => { change({ offline: event.currentTarget.checked }); }} />} />
      </SettingGroup>
    </>
  );
}

function Registry({ registry }: { registry: RegistryStatus }) {
  const t = useText();
  const intl = useIntl();
  const Icon = ICONS[registry.kind];
  return (
    <Setting icon={<Icon size={18} strokeWidth={1.75} aria-hidden />} title={registry.name}
      line={<>
        {t('settings.registries.entries', { count: registry.entries })}{' · '}
        {registry.syncing ? t('settings.registries.syncing') : registry.syncedAt === null ? t('settings.registries.never') : <RelativeTime at={registry.syncedAt} />}
        {registry.expiresAt !== null && ` · ${t('settings.registries.expires', { date: intl.formatDate(registry.expiresAt, { dateStyle: 'medium' }) })}`}
        {registry.error && <span className={classes.problem}>{registry.error.message} {t(`${adviceFor(registry.error.code)}.advice`)}</span>}
      </>}
      control={registry.error ? <CircleAlert size={16} className={classes.bad} role="img" aria-label={t('settings.registries.failed')} /> : <CircleCheck size={16} className={classes.good} role="img" aria-label={t('settings.registries.fresh')} />} />
  );
}
