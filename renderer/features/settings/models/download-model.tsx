import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';

/** Where a model is downloaded from. The core judges the address; the download goes on when this is closed. */
export function DownloadModel({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={t('settings.models.files.downloadTitle')} size={520} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {opened && <Form onClose={onClose} />}
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [address, setAddress] = useState('');
  const [sha256, setSha256] = useState('');
  const [tried, setTried] = useState(false);
  const download = useChange('models', 'download', { onDone: onClose });
  const wrongAddress = !/^https?:\/\/\S+$/.test(address.trim());
  const wrongSum = sha256.trim() !== '' && !/^(sha256:)?[0-9a-f]{64}$/i.test(sha256.trim());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (wrongAddress || wrongSum) return;
    download.mutate({ address: address.trim(), ...(sha256.trim() !== '' && { sha256: sha256.trim() }) });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        <TextInput data-autofocus label={t('settings.models.files.address')} description={t('settings.models.files.addressHelp')} placeholder={t('settings.models.files.addressExample')} inputMode="url" autoComplete="off" spellCheck={false} required withAsterisk={false}
          value={address} error={tried && wrongAddress ? t('settings.models.files.addressWrong') : null} onChange={(event) => { setAddress(event.currentTarget.value); download.reset(); }} />
        <TextInput label={t('settings.models.files.sum')} description={t('settings.models.files.sumHelp')} autoComplete="off" spellCheck={false}
          value={sha256} error={tried && wrongSum ? t('settings.models.files.sumWrong') : null} onChange={(event) => { setSha256(event.currentTarget.value); download.reset(); }} />
        {download.error && <Failure error={download.error} compact />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onClose}><T id="settings.models.cancel" /></Button>
          <Button type="submit" loading={download.isPending}><T id="settings.models.files.begin" /></Button>
        </Group>
      </Stack>
    </form>
  );
}
