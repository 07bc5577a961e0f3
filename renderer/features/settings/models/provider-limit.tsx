import { ActionIcon, Button, Group, Modal, NumberInput, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Gauge } from 'lucide-react';
import { useState } from 'react';
import type { Provider } from '../../../../contract/model/model-ref.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';

const MOST = 100_000;

/** How many requests a minute a provider is sent at most. */
export function ProviderLimit({ provider }: { provider: Provider }) {
  const t = useText();
  const [opened, { open, close }] = useDisclosure();
  const name = t('settings.models.limit.change', { name: provider.name });
  return (
    <>
      <Tooltip label={name}><ActionIcon aria-label={name} onClick={open}><Gauge size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
      <Modal opened={opened} onClose={close} title={t('settings.models.limit.title', { name: provider.name })} closeButtonProps={{ 'aria-label': t('install.close') }}><LimitForm provider={provider} onDone={close} /></Modal>
    </>
  );
}

function LimitForm({ provider, onDone }: { provider: Provider; onDone: () => void }) {
  const t = useText();
  const change = useChange('models', 'setLimit', { onDone });
  const [value, setValue] = useState<number | string>(provider.requestsPerMinute ?? '');
  const fits = value === '' || (Number(value) >= 1 && Number(value) <= MOST);
  return (
    <Stack gap={16} component="form" onSubmit={(event: React.FormEvent) => { event.preventDefault(); if (fits) change.mutate({ id: provider.id, requestsPerMinute: value === '' ? null : Number(value) }); }}>
      <Text size="sm"><T id="settings.models.limit.help" /></Text>
      <NumberInput label={t('settings.models.limit.field')} placeholder={t('settings.models.limit.none')} allowDecimal={false} allowNegative={false} clampBehavior="none" hideControls value={value} onChange={setValue} data-autofocus
        error={fits ? null : t('settings.models.limit.wrong', { most: MOST })} />
      {change.error && <Failure error={change.error} compact />}
      <Group gap={8} justify="flex-end"><Button type="submit" disabled={!fits} loading={change.isPending}><T id="settings.models.limit.save" /></Button></Group>
    </Stack>
  );
}
