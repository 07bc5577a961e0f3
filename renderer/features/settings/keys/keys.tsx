import { Button, Checkbox, Code, CopyButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Keyboard, KeyRound, LockOpen, RefreshCcw, ShieldCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { callKey, useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { ChangeKey } from './change-key.tsx';
import { ChangePassphrase } from './change-passphrase.tsx';
import classes from './keys.module.css';
import { Rekey } from './rekey.tsx';

/** How the data on this machine is protected, and the code that opens it when the keychain cannot. */
export function Keys() {
  const t = useText();
  const state = useCall('credentials', 'state', {});
  if (state.error) return <Failure error={state.error} onRetry={() => { void state.refetch(); }} />;
  const keys = state.data;
  const Icon = keys?.encrypted ? ShieldCheck : LockOpen;
  return (
    <>
      <SettingGroup title={<T id="settings.keys" />} line={<T id="settings.keysLine" />}>
        {keys ? <Setting icon={<Icon size={18} strokeWidth={1.75} aria-hidden />} title={t(`settings.keys.by.${keys.protectedBy}`)} line={t(`settings.keys.byLine.${keys.protectedBy}`)} control={keys.protectedBy === 'keychain' ? <ChangeKey what="rotate" /> : keys.protectedBy === 'passphrase' && <ChangePassphrase from="passphrase" />} /> : <Setting title={<Skeleton height={12} width={200} />} />}
        {keys && keys.protectedBy !== 'none' && !keys.recoveryCodePending && <Setting icon={<KeyRound size={18} strokeWidth={1.75} aria-hidden />} title={<T id="settings.keys.recovery" />} line={<T id="settings.keys.recoveryDone" />} control={<ChangeKey what="renewRecoveryCode" />} />}
        {keys?.protectedBy === 'keychain' && <Setting icon={<Keyboard size={18} strokeWidth={1.75} aria-hidden />} title={<T id="settings.keys.passphrase" />} line={<T id="settings.keys.passphraseLine" />} control={<ChangePassphrase from="keychain" />} />}
        {keys?.encrypted && <Setting icon={<RefreshCcw size={18} strokeWidth={1.75} aria-hidden />} title={<T id="settings.keys.rekeyTitle" />} line={<T id="settings.keys.rekeyLine" />} control={<Rekey keys={keys} />} />}
      </SettingGroup>
      {keys?.recoveryCodePending && <RecoveryCode />}
    </>
  );
}

/** Shown until the person says that it is written down; never again after that. */
function RecoveryCode() {
  const t = useText();
  const [asked, setAsked] = useState(false);
  const [written, setWritten] = useState(false);
  const code = useCall('credentials', 'takeRecoveryCode', {}, { enabled: asked });
  const queries = useQueryClient();
  // Forgotten with the component: a code that a later one replaced must not stand there for a moment, nor one that was confirmed.
  useEffect(() => () => { queries.removeQueries({ queryKey: callKey('credentials', 'takeRecoveryCode', {}) }); }, [queries]);
  const confirm = useChange('credentials', 'confirmRecoveryCode');
  return (
    <SettingGroup title={<T id="settings.keys.recovery" />} line={<T id="settings.keys.recoveryLine" />}>
      <Stack gap={12} p={16}>
        {!asked && <Button style={{ alignSelf: 'flex-start' }} onClick={() => { setAsked(true); }}><T id="settings.keys.show" /></Button>}
        {code.error && <Failure error={code.error} compact onRetry={() => { void code.refetch(); }} />}
        {code.data?.code === null && <Text c="dimmed"><T id="settings.keys.taken" /></Text>}
        {typeof code.data?.code === 'string' && (
          <>
            <Group gap={8}>
              <Code className={classes.code} aria-label={t('settings.keys.recovery')}>{code.data.code}</Code>
              <CopyButton value={code.data.code}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{t(copied ? 'failure.copied' : 'settings.keys.copy')}</Button>}</CopyButton>
            </Group>
            <Checkbox label={t('settings.keys.written')} description={t('settings.keys.writtenHelp')} checked={written} onChange={(event) => { setWritten(event.currentTarget.checked); }} />
            <Button style={{ alignSelf: 'flex-start' }} disabled={!written} loading={confirm.isPending} onClick={() => { confirm.mutate({}); }}><T id="settings.keys.confirm" /></Button>
          </>
        )}
        {confirm.error && <Failure error={confirm.error} compact />}
      </Stack>
    </SettingGroup>
  );
}
