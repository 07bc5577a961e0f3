import { Link } from 'react-router';
import { useCall } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { useCatalogAge } from '../../../components/catalog-age/catalog-age.ts';
import classes from './marketplace-screen.module.css';

/** The age of what is searched, with the way to where it is synced. */
export function CatalogFreshness() {
  const { settings } = useSettings();
  const age = useCatalogAge(useCall('catalog', 'status', {}).data?.registries, settings?.offline ?? false);
  if (!age) return null;
  const { words, icon: Icon, troubled } = age;
  return <Link to="/settings/registries" className={classes.age} data-troubled={troubled || undefined}><Icon size={14} strokeWidth={1.75} aria-hidden />{words}</Link>;
}
