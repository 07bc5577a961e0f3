import { Select } from '@mantine/core';
import type { AutoUpdate, Channel, InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { useText } from '../../../lib/text.tsx';
import classes from './panel.module.css';

const CHOICES: readonly AutoUpdate[] = ['off', 'patch', 'all'];
const CHANNELS: readonly Channel[] = ['stable', 'prerelease'];

/** Which updates it gets by itself, and whether pre-releases are updates. */
export function UpdatePolicy({ plugin }: { plugin: InstalledPlugin }) {
  const t = useText();
  const { settings } = useSettings();
  const change = useChange('plugins', 'setUpdatePolicy');
  const set = (next: Partial<{ autoUpdate: AutoUpdate | null; channel: Channel }>): void => { change.mutate({ id: plugin.id, autoUpdate: plugin.autoUpdate, channel: plugin.channel, ...next }); };
  return (
    <div className={classes.stack}>
      <Select label={t('versions.auto')} description={t('versions.autoLine')} allowDeselect={false} value={plugin.autoUpdate ?? 'default'} disabled={change.isPending}
        data={[{ value: 'default', label: t('versions.auto.default', { choice: t(`versions.auto.${settings?.autoUpdate ?? 'off'}`) }) }, ...CHOICES.map((value) => ({ value, label: t(`versions.auto.${value}`) }))]}
        onChange={(value) => { set({ autoUpdate: CHOICES.find((choice) => choice === value) ?? null }); }} />
      <Select label={t('versions.channel')} allowDeselect={false} value={plugin.channel} disabled={change.isPending} data={CHANNELS.map((value) => ({ value, label: t(`versions.channel.${value}`) }))}
        onChange={(value) => { set({ channel: value === 'prerelease' ? 'prerelease' : 'stable' }); }} />
      {change.error && <Failure error={change.error} compact />}
    </div>
  );
}
