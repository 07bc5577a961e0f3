import { ActionIcon, Button, Group, Modal, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CircleAlert, CircleCheck, CircleDashed, CirclePause, Trash2 } from 'lucide-react';
import type { Provider } from '../../../../contract/model/model-ref.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { Setting } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './models.module.css';
import { ChangeProvider } from './change-provider.tsx';
import { ProbeResult } from './probe-result.tsx';
import { ProviderLimit } from './provider-limit.tsx';

const MARKS = { ready: CircleCheck, untested: CircleDashed, failing: CircleAlert, open: CirclePause } as const;

/** One provider: how it stands, a test, and the way out. */
export function ProviderRow({ provider }: { provider: Provider }) {
  const t = useText();
  const [asked, { open, close }] = useDisclosure();
  const test = useChange('models', 'test');
  const remove = useChange('models', 'remove', { onDone: close });
  const { state, message, checkedAt } = provider.status;
  const Mark = MARKS[state];
  return (
    <div>
      <Setting icon={<Mark size={18} strokeWidth={1.75} className={classes[state]} role="img" aria-label={t(`settings.models.state.${state}`)} />} title={provider.name}
        line={<>
          {hostOf(provider.baseUrl)}{' · '}{t(provider.hasKey ? 'settings.models.withKey' : 'settings.models.withoutKey')}{' · '}{t(`settings.models.state.${state}`)}
          {provider.requestsPerMinute !== null && <>{' · '}<T id="settings.models.limit.shown" values={{ count: provider.requestsPerMinute }} /></>}
          {checkedAt !== null && <>{' · '}<RelativeTime at={checkedAt} /></>}
          {message !== null && <span className={classes.message}>{message}</span>}
        </>}
        control={<>
          <Button size="xs" variant="default" loading={test.isPending} aria-label={t('settings.models.testNamed', { name: provider.name })} onClick={() => { test.mutate({ id: provider.id }); }}><T id="settings.models.test" /></Button>
          <ChangeProvider provider={provider} />
          <ProviderLimit provider={provider} />
          <Tooltip label={t('settings.models.removeNamed', { name: provider.name })}><ActionIcon aria-label={t('settings.models.removeNamed', { name: provider.name })} onClick={open}><Trash2 size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
        </>} />
      {(test.data ?? test.error) && <div className={classes.probe}>{test.data ? <ProbeResult probe={test.data} provider={provider} /> : <Failure error={test.error} compact />}</div>}
      <Modal opened={asked} onClose={() => { close(); remove.reset(); }} title={t('settings.models.removeTitle', { name: provider.name })} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <Stack gap={16}>
          <Text>{t(provider.isDefault ? 'settings.models.removeDefault' : 'settings.models.removeLoses')} {provider.hasKey && t('settings.models.removeKey')}</Text>
          {remove.error && <Failure error={remove.error} compact />}
          <Group gap={8} justify="flex-end">
            <Button variant="default" data-autofocus onClick={close}><T id="settings.models.keep" /></Button>
            <Button color="red.8" loading={remove.isPending} onClick={() => { remove.mutate({ id: provider.id }); }}><T id="settings.models.remove" /></Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);
