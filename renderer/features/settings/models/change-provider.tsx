import { ActionIcon, Modal, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Pencil } from 'lucide-react';
import type { Provider } from '../../../../contract/model/model-ref.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { useText } from '../../../lib/text.tsx';
import { ProviderFields } from './provider-fields.tsx';

/** Changes key, address and name; the provider stays the same one, so that agents keep their models. */
export function ChangeProvider({ provider }: { provider: Provider }) {
  const t = useText();
  const [opened, { open, close }] = useDisclosure();
  const change = useChange('models', 'change', { onDone: close });
  const label = t('settings.models.changeNamed', { name: provider.name });
  return (
    <>
      <Tooltip label={label}><ActionIcon aria-label={label} onClick={open}><Pencil size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
      <Modal opened={opened} onClose={() => { close(); change.reset(); }} title={label} size={480} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <ProviderFields start={{ preset: provider.preset, address: provider.baseUrl, key: '', name: provider.name }} provider={provider} send="settings.models.changeAndTest" pending={change.isPending} error={change.error} onEdit={change.reset} onClose={close}
          onSend={({ address, key, name, forgetKey }) => { change.mutate({ id: provider.id, name, ...(address !== provider.baseUrl && { baseUrl: address }), ...(forgetKey ? { key: null } : key !== '' && { key }) }); }} />
      </Modal>
    </>
  );
}
