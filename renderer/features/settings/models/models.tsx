import { Button, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { FoundServer } from '../../../../contract/model/model-ref.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T } from '../../../lib/text.tsx';
import { AddProvider } from './add-provider.tsx';
import { FoundHere } from './found-here.tsx';
import { ModelList } from './model-list.tsx';
import { ProviderRow } from './provider-row.tsx';
import { SearchByMeaning } from './search-by-meaning.tsx';
import { ThisComputer } from './this-computer.tsx';

/** Who answers: providers, their models, and the one that is used unless an agent has its own. */
export function Models() {
  const providers = useCall('models', 'providers', {});
  const [adding, { open, close }] = useDisclosure();
  const [from, setFrom] = useState<FoundServer | null>(null);
  const add = (server: FoundServer | null): void => { setFrom(server); open(); };
  const list = providers.data?.providers ?? [];
  return (
    <>
      <SettingGroup title={<T id="settings.models.providers" />} line={<T id="settings.models.providersLine" />}
        action={list.length > 0 && <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => { add(null); }}><T id="settings.models.add" /></Button>}>
        {providers.isPending && <Setting title={<Skeleton height={12} width={140} />} line={<Skeleton height={10} width={220} mt={6} />} />}
        {providers.error && <Failure error={providers.error} compact onRetry={() => { void providers.refetch(); }} />}
        {providers.data && list.length === 0 && <EmptyState title={<T id="settings.models.none" />} line={<T id="settings.models.noneLine" />} action={<Button leftSection={<Plus size={14} aria-hidden />} onClick={() => { add(null); }}><T id="settings.models.add" /></Button>} />}
        {list.map((provider) => <ProviderRow key={provider.id} provider={provider} />)}
      </SettingGroup>
      <ThisComputer />
      <FoundHere onKeyNeeded={add} />
      <ModelList providers={list} />
      <SearchByMeaning providers={list} />
      <AddProvider opened={adding} from={from} onClose={close} />
    </>
  );
}
