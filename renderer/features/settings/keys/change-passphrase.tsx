import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { PasswordField } from '../../../components/password-field/password-field.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { strengthOf } from './passphrase-strength.ts';

const SHORTEST = 8;

/** Another passphrase, after the present one; or one in the place of the keychain. */
export function ChangePassphrase({ from }: { from: 'keychain' | 'passphrase' }) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState(false);
  const words = `settings.keys.passphrase.${from}`;
  return (
    <>
      <Text size="sm" c="dimmed" role="status">{done && <T id="settings.keys.passphrase.done" />}</Text>
      <Button variant="default" onClick={() => { setDone(false); setAsked(true); }}>{t(words)}</Button>
      <Modal opened={asked} onClose={() => { setAsked(false); }} title={t(`${words}.title`)} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <PassphraseForm from={from} onDone={() => { setAsked(false); setDone(true); }} onCancel={() => { setAsked(false); }} />
      </Modal>
    </>
  );
}

function PassphraseForm({ from, onDone, onCancel }: { from: 'keychain' | 'passphrase'; onDone(): void; onCancel(): void }) {
  const t = useText();
  const [current, setCurrent] = useState('');
  const [first, setFirst] = useState('');
  const [again, setAgain] = useState('');
  const [left, setLeft] = useState(false);
  const protect = useChange('credentials', 'protect', { onDone });
  const wrong = protect.error?.code === 'credentials/wrong-passphrase';
  const short = first.length < SHORTEST;
  const differ = first !== again;
  const known = from === 'passphrase';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(true);
    if (!short && !differ && (!known || current !== '')) protect.mutate({ passphrase: first, ...(known && { current }) });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        <Text><T id={`settings.keys.passphrase.${from}.line`} /></Text>
        {known && (
          <PasswordField data-autofocus label={t('settings.keys.passphrase.current')} autoComplete="current-password" value={current} onChange={(event) => { setCurrent(event.currentTarget.value); protect.reset(); }}
            error={wrong ? protect.error?.message : left && current === '' ? t('settings.keys.passphrase.needed') : null} />
        )}
        <PasswordField data-autofocus={!known} label={t('settings.keys.passphrase.new')} description={t('unlock.chooseHelp')} autoComplete="new-password" value={first} onBlur={() => { setLeft(first !== ''); }}
          error={left && short ? t('unlock.short') : null} onChange={(event) => { setFirst(event.currentTarget.value); }} />
        <Text size="sm" c="dimmed" role="status">{!short && t(`settings.keys.passphrase.${strengthOf(first)}`)}</Text>
        <PasswordField label={t('unlock.again')} autoComplete="new-password" value={again} error={again !== '' && differ ? t('unlock.differ') : null} onChange={(event) => { setAgain(event.currentTarget.value); }} />
        {protect.error && !wrong && <Failure error={protect.error} compact />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onCancel}><T id="settings.keys.cancel" /></Button>
          <Button type="submit" loading={protect.isPending}><T id="settings.keys.passphrase.sure" /></Button>
        </Group>
      </Stack>
    </form>
  );
}
