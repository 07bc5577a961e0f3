import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { LockKeyhole } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import type { KeyState } from '../../../contract/model/credentials.ts';
import type { CallError } from '../../bridge/procedures.ts';
import { useChange } from '../../bridge/use-call.ts';
import { adviceFor } from '../../lib/advice.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './unlock.module.css';

type Locked = Exclude<KeyState['state'], 'open' | 'plain'>;

/** The home's key is not open: each reason has its own words and its own way in. */
export function Unlock({ state }: { state: Locked }) {
  const t = useText();
  return (
    <main className={classes.root}>
      <Stack gap={12} className={classes.card}>
        <div className={classes.icon} aria-hidden><LockKeyhole size={22} /></div>
        <Title order={1} size="h2">{t(`unlock.${state}.title`)}</Title>
        <Text c="dimmed">{t(`unlock.${state}.line`)}</Text>
        {state === 'passphrase-needed' && <PassphraseForm />}
        {(state === 'key-missing' || state === 'key-changed') && <><RecoveryForm /><RetryButton quiet /></>}
        {(state === 'locked-keyring' || state === 'no-service') && <RetryButton />}
        <Text size="xs" c="dimmed">{t('unlock.kept')}</Text>
      </Stack>
    </main>
  );
}

function PassphraseForm() {
  const t = useText();
  const [passphrase, setPassphrase] = useState('');
  const unlock = useChange('credentials', 'unlock');
  const submit = (event: FormEvent): void => { event.preventDefault(); if (passphrase !== '') unlock.mutate({ passphrase }); };
  return (
    <form onSubmit={submit} className={classes.form}>
      <PasswordInput data-autofocus autoFocus label={t('unlock.passphrase')} description={t('unlock.passphraseHelp')} autoComplete="current-password" value={passphrase}
        onChange={(event) => { setPassphrase(event.currentTarget.value); unlock.reset(); }} error={useProblem(unlock.error)} />
      <Button type="submit" loading={unlock.isPending} disabled={passphrase === ''} fullWidth><T id="unlock.open" /></Button>
    </form>
  );
}

function RecoveryForm() {
  const t = useText();
  const [code, setCode] = useState('');
  const recover = useChange('credentials', 'recover');
  const submit = (event: FormEvent): void => { event.preventDefault(); if (code.trim() !== '') recover.mutate({ code: code.trim() }); };
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput autoFocus label={t('unlock.code')} description={t('unlock.codeHelp')} placeholder={t('unlock.codeExample')} autoComplete="off" spellCheck={false} value={code}
        onChange={(event) => { setCode(event.currentTarget.value); recover.reset(); }} error={useProblem(recover.error)} classNames={{ input: classes.code ?? '' }} />
      <Button type="submit" loading={recover.isPending} disabled={code.trim() === ''} fullWidth><T id="unlock.recover" /></Button>
    </form>
  );
}

function RetryButton({ quiet = false }: { quiet?: boolean }) {
  const retry = useChange('credentials', 'retry');
  const problem = useProblem(retry.error);
  return (
    <>
      <Button variant={quiet ? 'subtle' : 'filled'} onClick={() => { retry.mutate({}); }} loading={retry.isPending} fullWidth><T id="unlock.retry" /></Button>
      {retry.isSuccess && <Text size="sm" role="status"><T id="unlock.still" /></Text>}
      {problem !== null && <Text size="sm" c="var(--troupe-negative)" role="alert">{problem}</Text>}
    </>
  );
}

function useProblem(error: CallError | null): string | null {
  const t = useText();
  return error ? `${t(`${adviceFor(error.code)}.title`)}. ${t(`${adviceFor(error.code)}.advice`)}` : null;
}
