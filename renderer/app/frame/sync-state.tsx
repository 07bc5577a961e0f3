import { Tooltip } from '@mantine/core';
import { Link } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { useCatalogAge } from '../../components/catalog-age/catalog-age.ts';
import classes from './top-bar.module.css';

/** How fresh the catalog on this machine is. */
export function SyncState() {
  const { settings } = useSettings();
  const age = useCatalogAge(useCall('catalog', 'status', {}).data?.registries, settings?.offline ?? false);
  if (!age) return null;
  const { words, icon: Icon, troubled } = age;
  return (
    <Tooltip label={words} multiline maw={280}>
      <Link to="/settings/registries" className={classes.chip} aria-label={words} data-tone={troubled ? 'warning' : undefined}><Icon size={16} strokeWidth={1.75} aria-hidden /></Link>
    </Tooltip>
  );
}
