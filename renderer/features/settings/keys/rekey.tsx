import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { KeyState } from '../../../../contract/model/credentials.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { PasswordField } from '../../../components/password-field/password-field.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './keys.module.css';

const LOOK_MS = 500;

/** Writes everything anew under another key, after saying what that means; shows how far it is, also after a reload. */
export function Rekey({ keys }: { keys: KeyState }) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState(false);
  if (keys.rekeying && !asked) return <Rekeying />;
  return (
    <>
      <Text size="sm" c="dimmed" role="status">{done && <T id="settings.keys.rekey.done" />}</Text>
      <Button variant="default" onClick={() => { setDone(false); setAsked(true); }}><T id="settings.keys.rekey" /></Button>
      <Modal opened={asked} onClose={() => { setAsked(false); }} title={t('settings.keys.rekey.title')} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <RekeyForm asksPassphrase={keys.protectedBy === 'passphrase'} onDone={() => { setAsked(false); setDone(true); }} onCancel={() => { setAsked(false); }} />
      </Modal>
    </>
  );
}

function RekeyForm({ asksPassphrase, onDone, onCancel }: { asksPassphrase: boolean; onDone(): void; onCancel(): void }) {
  const t = useText();
  const [passphrase, setPassphrase] = useState('');
  const rekey = useChange('credentials', 'rekey', { onDone });
  const wrong = rekey.error?.code === 'credentials/wrong-passphrase';
  const submit = (event: FormEvent): void => { event.preventDefault(); rekey.mutate(asksPassphrase ? { passphrase } : {}); };
  return (
    <form onSubmit={submit}>
      <Stack gap={16}>
        <Text><T id="settings.keys.rekey.line" /></Text>
        <Text><T id="settings.keys.rekey.code" /></Text>
        {asksPassphrase && (
          <PasswordField data-autofocus label={t('unlock.passphrase')} description={t('settings.keys.rekey.passphrase')} autoComplete="current-password" value={passphrase} disabled={rekey.isPending}
            onChange={(event) => { setPassphrase(event.currentTarget.value); rekey.reset(); }} error={wrong ? rekey.error?.message : null} />
        )}
        {rekey.error && !wrong && <Failure error={rekey.error} kept="settings.keys.rekey.kept" compact />}
        {rekey.isPending && <Rekeying />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" data-autofocus={!asksPassphrase} onClick={onCancel}>{t(rekey.isPending ? 'install.close' : 'settings.keys.cancel')}</Button>
          <Button type="submit" loading={rekey.isPending} disabled={asksPassphrase && passphrase === ''}><T id="settings.keys.rekey.sure" /></Button>
        </Group>
      </Stack>
    </form>
  );
}

function Rekeying() {
  const t = useText();
  const { data } = useCall('credentials', 'state', {}, { every: LOOK_MS });
  const { step, percent } = data?.rekeying ?? { step: 'copying', percent: 0 };
  const words = t(`settings.keys.rekey.${step}`);
  return (
    <div className={classes.rekeying}>
      <Text size="sm" role="status">{words}</Text>
      <Progress.Root size="sm"><Progress.Section value={percent ?? 100} animated={percent === null} striped={percent === null} aria-label={words} /></Progress.Root>
    </div>
  );
}
