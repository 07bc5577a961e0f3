import { Button, Divider, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useChange } from '../../bridge/use-call.ts';
import { T, useText } from '../../lib/text.tsx';
import { Opening, RetryButton, useProblem } from './unlock-forms.tsx';
import classes from './unlock.module.css';
import { PasswordField } from '../../components/password-field/password-field.tsx';

const SHORTEST = 8;

/** The first start on a system without a usable keychain: start one, choose a passphrase, or go without. Never silently. */
export function NewHome({ locked }: { locked: boolean }) {
  const t = useText();
  const plain = useChange('credentials', 'choosePlain');
  const [sure, setSure] = useState(false);
  return (
    <Stack gap={16}>
      <ChoosePassphrase />
      <Divider label={t('unlock.or')} />
      <div className={classes.form}>
        <Text size="sm" c="dimmed"><T id={locked ? 'unlock.retryLocked' : 'unlock.retryMissing'} /></Text>
        <RetryButton quiet />
      </div>
      <Divider label={t('unlock.or')} />
      {sure
        ? (
          <div className={classes.form}>
            <Text size="sm"><T id="unlock.plainLine" /></Text>
            <Button variant="default" fullWidth loading={plain.isPending} onClick={() => { plain.mutate({}); }}><T id="unlock.plainSure" /></Button>
            <Opening pending={plain.isPending} />
            {plain.error && <Text size="sm" c="var(--troupe-negative)" role="alert">{plain.error.message}</Text>}
          </div>
        )
        : <Button variant="subtle" color="gray" fullWidth onClick={() => { setSure(true); }}><T id="unlock.plain" /></Button>}
    </Stack>
  );
}

function ChoosePassphrase() {
  const t = useText();
  const [first, setFirst] = useState('');
  const [again, setAgain] = useState('');
  const [left, setLeft] = useState(false);
  const protect = useChange('credentials', 'protect');
  const refused = useProblem(protect.error);
  const short = first.length < SHORTEST;
  const differ = first !== again;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(true);
    if (!short && !differ) protect.mutate({ passphrase: first });
  };
  return (
    <form onSubmit={submit} className={classes.form} noValidate>
      <PasswordField autoFocus label={t('unlock.choose')} description={t('unlock.chooseHelp')} autoComplete="new-password" value={first} onBlur={() => { setLeft(first !== ''); }}
        error={left && short ? t('unlock.short') : refused} onChange={(event) => { setFirst(event.currentTarget.value); protect.reset(); }} />
      <PasswordField label={t('unlock.again')} autoComplete="new-password" value={again} error={again !== '' && differ ? t('unlock.differ') : null} onChange={(event) => { setAgain(event.currentTarget.value); }} />
      <Button type="submit" fullWidth loading={protect.isPending}><T id="unlock.protect" /></Button>
      <Opening pending={protect.isPending} />
    </form>
  );
}
