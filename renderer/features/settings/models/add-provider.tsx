import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import type { FoundServer } from '../../../../contract/model/model-ref.ts';
import type { Output } from '../../../bridge/procedures.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { T, useText } from '../../../lib/text.tsx';
import { ProbeResult } from './probe-result.tsx';
import { ProviderFields } from './provider-fields.tsx';

/** Adds a provider: the core asks it for its models first and stores nothing that does not answer. `from` fills in the form. */
export function AddProvider({ opened, from, onClose }: { opened: boolean; from: FoundServer | null; onClose: () => void }) {
  const t = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={t('settings.models.add')} size={480} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {opened && <Body from={from} onClose={onClose} />}
    </Modal>
  );
}

function Body({ from, onClose }: { from: FoundServer | null; onClose: () => void }) {
  const [added, setAdded] = useState<Output<'models', 'add'> | null>(null);
  return added === null ? <Form from={from} onAdded={setAdded} onClose={onClose} /> : (
    <Stack gap={16}>
      <ProbeResult probe={added.probe} provider={added.provider} />
      <Group gap={8} justify="flex-end"><Button onClick={onClose}><T id="settings.models.done" /></Button></Group>
    </Stack>
  );
}

/** Asks for what a new provider needs and adds it. */
export function Form({ from, onAdded, onClose }: { from: FoundServer | null; onAdded: (added: Output<'models', 'add'>) => void; onClose: () => void }) {
  const add = useChange('models', 'add', { onDone: onAdded });
  return (
    <ProviderFields start={{ preset: from?.preset ?? null, address: from?.baseUrl ?? '', key: '', name: '' }} provider={null} send="settings.models.addAndTest" pending={add.isPending} error={add.error} onEdit={add.reset} onClose={onClose}
      onSend={({ preset, address, key, name }) => { add.mutate({ baseUrl: address, ...(key !== '' && { key }), ...(name !== '' && { name }), ...(preset !== null && { preset }) }); }} />
  );
}
