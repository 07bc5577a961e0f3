import { Button, Stack, Text, Title } from '@mantine/core';
import { LockKeyhole } from 'lucide-react';
import { useState } from 'react';
import type { KeyState } from '../../../contract/model/credentials.ts';
import { T, useText } from '../../lib/text.tsx';
import { NewHome } from './new-home.tsx';
import { PassphraseForm, RecoveryForm, RetryButton } from './unlock-forms.tsx';
import classes from './unlock.module.css';

/** The home's key is not open: each reason has its own words and its own way in. */
export function Unlock({ keys }: { keys: KeyState }) {
  const t = useText();
  const [byCode, setByCode] = useState(false);
  // A home that is protected by nothing yet and cannot reach a keychain was never set up: the person decides how.
  const fresh = keys.protectedBy === 'none';
  const words = byCode ? 'unlock.byCode' : fresh ? 'unlock.new' : `unlock.${keys.state}`;
  const lost = keys.state === 'key-missing' || keys.state === 'key-changed';
  return (
    <main className={classes.root}>
      <Stack gap={12} className={classes.card}>
        <div className={classes.icon} aria-hidden><LockKeyhole size={22} /></div>
        <Title order={1} size="h2">{t(`${words}.title`)}</Title>
        <Text c="dimmed">{t(`${words}.line`)}</Text>
        {fresh && <NewHome locked={keys.state === 'locked-keyring'} />}
        {!fresh && (byCode || lost) && <RecoveryForm />}
        {!fresh && !byCode && (keys.state === 'passphrase-needed' ? <PassphraseForm /> : <RetryButton quiet={lost} />)}
        {!fresh && !lost && <Button variant="subtle" onClick={() => { setByCode(!byCode); }}><T id={byCode ? 'unlock.otherWay' : 'unlock.useCode'} /></Button>}
        {!fresh && <Text size="xs" c="dimmed"><T id="unlock.kept" /></Text>}
      </Stack>
    </main>
  );
}
