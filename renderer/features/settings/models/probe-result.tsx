import { Button, Group, Stack, Text } from '@mantine/core';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { formatModelRef, type Probe, type Provider } from '../../../../contract/model/model-ref.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { adviceFor } from '../../../lib/advice.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './models.module.css';

/** What asking a provider found: its answer time and models, or why it failed. */
export function ProbeResult({ probe, provider }: { probe: Probe; provider: Provider }) {
  const t = useText();
  const models = useCall('models', 'list', {});
  const choose = useChange('models', 'setDefault');
  if (!probe.ok) {
    return (
      <Group gap={8} wrap="nowrap" align="flex-start" role="alert">
        <CircleAlert size={18} className={classes.failing} aria-hidden />
        <div><Text>{probe.message}</Text>{probe.code !== null && <Text c="dimmed" size="sm">{t(`${adviceFor(probe.code)}.advice`)}</Text>}</div>
      </Group>
    );
  }
  const [first] = probe.models;
  const chosen = models.data?.default.startsWith(`${provider.id}/`) ?? false;
  return (
    <Stack gap={12} role="status">
      <Group gap={8} wrap="nowrap">
        <CircleCheck size={18} className={classes.ready} aria-hidden />
        <Text>{t('settings.models.answered', { name: provider.name, count: probe.models.length, ms: probe.latencyMs ?? 0 })}</Text>
      </Group>
      {first && !chosen && <Button variant="default" style={{ alignSelf: 'flex-start' }} loading={choose.isPending} onClick={() => { choose.mutate({ model: formatModelRef({ provider: provider.id, model: first.model }) }); }}>{t('settings.models.use', { model: first.label })}</Button>}
      {chosen && <Text c="dimmed"><T id="settings.models.inUse" /></Text>}
    </Stack>
  );
}
