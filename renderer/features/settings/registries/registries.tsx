import { Button, Group, Skeleton, Switch } from '@mantine/core';
import { Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { AddRegistry } from './add-registry.tsx';
import { RegistryRow } from './registry-row.tsx';

/** Where plugins come from, and how fresh the copy on this machine is. */
export function Registries() {
  const t = useText();
  const status = useCall('catalog', 'status', {});
  const sync = useChange('catalog', 'sync');
  const { settings, change } = useSettings();
  const [address, setAddress] = useSearchParams();
  const [asked, setAsked] = useState(false);
  // A link may bring what is to be filled in; looking and trusting stay with the person.
  const linked = address.get('add');
  const close = (): void => { setAsked(false); if (linked !== null) setAddress({}, { replace: true }); };
  return (
    <>
      <SettingGroup title={<T id="settings.registries" />} line={<T id="settings.registriesLine" />}
        action={<Group gap={8}>
          <Button variant="default" leftSection={<RefreshCw size={14} aria-hidden />} loading={sync.isPending} onClick={() => { sync.mutate({}); }}><T id="settings.registries.sync" /></Button>
          <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => { setAsked(true); }}><T id="settings.registries.add" /></Button>
        </Group>}>
        {status.isPending && <Setting title={<Skeleton height={12} width={160} />} line={<Skeleton height={10} width={240} mt={6} />} />}
        {status.error && <Failure error={status.error} compact onRetry={() => { void status.refetch(); }} />}
        {(status.data?.registries ?? []).map((registry) => <RegistryRow key={registry.id} registry={registry} />)}
      </SettingGroup>
      {sync.error && <Failure error={sync.error} compact kept="settings.registries.kept" />}
      <SettingGroup title={<T id="settings.network" />}>
        <Setting title={<T id="settings.offline" />} line={<T id="settings.offlineLine" />} control={<Switch aria-label={t('settings.offline')} checked={settings?.offline ?? false} onChange={(event) => { change({ offline: event.currentTarget.checked }); }} />} />
      </SettingGroup>
      <AddRegistry key={linked} opened={asked || linked !== null} linked={linked === null ? null : { address: linked, fingerprint: address.get('fingerprint') ?? '' }} onClose={close} />
    </>
  );
}
