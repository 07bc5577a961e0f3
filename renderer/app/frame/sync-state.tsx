import { Tooltip } from '@mantine/core';
import { CircleAlert, CloudCheck, CloudOff, RefreshCw } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { useNow } from '../../components/relative-time/relative-time.tsx';
import { formatAgo } from '../../lib/format.ts';
import { useText } from '../../lib/text.tsx';
import classes from './top-bar.module.css';

/** How fresh the catalog on this machine is. */
export function SyncState() {
  const t = useText();
  const { locale } = useIntl();
  const now = useNow();
  const { settings } = useSettings();
  const status = useCall('catalog', 'status', {});
  if (!status.data) return null;
  const { registries } = status.data;
  const failed = registries.some(({ error }) => error !== null);
  const syncing = registries.some((registry) => registry.syncing);
  const synced = registries.map(({ syncedAt }) => syncedAt).filter((at) => at !== null);
  const words = settings?.offline ? t('frame.offline') : syncing ? t('frame.syncing') : failed ? t('frame.syncFailed')
    : synced.length === 0 ? t('frame.neverSynced') : t('frame.synced', { ago: formatAgo(Math.min(now, ...synced), now, locale) });
  const Icon = settings?.offline ? CloudOff : syncing ? RefreshCw : failed ? CircleAlert : CloudCheck;
  return (
    <Tooltip label={words} multiline maw={280}>
      <Link to="/settings/registries" className={classes.chip} aria-label={words} data-tone={failed && !settings?.offline ? 'warning' : undefined}><Icon size={16} strokeWidth={1.75} aria-hidden /></Link>
    </Tooltip>
  );
}
