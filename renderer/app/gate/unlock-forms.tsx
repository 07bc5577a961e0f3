import { Button, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { CallError } from '../../bridge/procedures.ts';
import { useChange } from '../../bridge/use-call.ts';
import { adviceFor } from '../../lib/advice.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './unlock.module.css';
import { PasswordField } from '../../components/password-field/password-field.tsx';

/** An error as the sentence that stands at its field. */
export function useProblem(error: CallError | null): string | null {
  const t = useText();
  return error ? `${error.message} ${t(`${adviceFor(error.code)}.advice`)}` : null;
}

/** Opens a home by its passphrase. */
export function PassphraseForm() {
  const t = useText();
  const [passphrase, setPassphrase] = useState('');
  const unlock = useChange('credentials', 'unlock');
  const submit = (event: FormEvent): void => { event.preventDefault(); if (passphrase !== '') unlock.mutate({ passphrase }); };
  return (
    <form onSubmit={submit} className={classes.form}>
      <PasswordField autoFocus label={t('unlock.passphrase')} description={t('unlock.passphraseHelp')} autoComplete="current-password" value={passphrase}
        onChange={(event) => { setPassphrase(event.currentTarget.value); unlock.reset(); }} error={useProblem(unlock.error)} />
      <Button type="submit" loading={unlock.isPending} disabled={passphrase === ''} fullWidth><T id="unlock.open" /></Button>
      <Opening pending={unlock.isPending} />
    </form>
  );
}

/** Opens a home by the code that was shown when it was set up. */
export function RecoveryForm() {
  const t = useText();
  const [code, setCode] = useState('');
  const recover = useChange('credentials', 'recover');
  const submit = (event: FormEvent): void => { event.preventDefault(); if (code.trim() !== '') recover.mutate({ code: code.trim() }); };
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput autoFocus label={t('unlock.code')} description={t('unlock.codeHelp')} placeholder={t('unlock.codeExample')} autoComplete="off" spellCheck={false} value={code}
        onChange={(event) => { setCode(event.currentTarget.value); recover.reset(); }} error={useProblem(recover.error)} classNames={{ input: classes.code ?? '' }} />
      <Button type="submit" loading={recover.isPending} disabled={code.trim() === ''} fullWidth><T id="unlock.recover" /></Button>
      <Opening pending={recover.isPending} />
    </form>
  );
}

/** Deriving a key and opening the data take a second or two: a spinner alone would leave people guessing. */
export function Opening({ pending }: { pending: boolean }) {
  return <Text size="sm" c="dimmed" role="status" className={classes.opening ?? ''}>{pending && <T id="unlock.opening" />}</Text>;
}

/** Asks the keychain again, after the person unlocked or started it. */
export function RetryButton({ quiet = false }: { quiet?: boolean }) {
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
