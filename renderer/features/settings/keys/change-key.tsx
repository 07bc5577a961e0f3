import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';

/** Replaces the keychain's key or the recovery code, after saying what that means for what opens the data now. */
export function ChangeKey({ what }: { what: 'rotate' | 'renewRecoveryCode' }) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState(false);
  const change = useChange('credentials', what, { onDone: () => { setAsked(false); setDone(true); } });
  const close = (): void => { setAsked(false); change.reset(); };
  return (
    <>
      <Text size="sm" c="dimmed" role="status">{done && what === 'rotate' && <T id="settings.keys.rotate.done" />}</Text>
      <Button variant="default" onClick={() => { setDone(false); setAsked(true); }}><T id={`settings.keys.${what}`} /></Button>
      <Modal opened={asked} onClose={close} title={t(`settings.keys.${what}.title`)} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <Stack gap={16}>
          <Text><T id={`settings.keys.${what}.line`} /></Text>
          {change.error && <Failure error={change.error} compact />}
          <Group gap={8} justify="flex-end">
            <Button variant="default" data-autofocus onClick={close}><T id="settings.keys.cancel" /></Button>
            <Button loading={change.isPending} onClick={() => { change.mutate({}); }}><T id={`settings.keys.${what}.sure`} /></Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
