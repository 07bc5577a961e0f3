import { Alert } from '@mantine/core';
import { BadgeCheck, Files } from 'lucide-react';
import { Link } from 'react-router';
import type { CatalogDetail, RegistryStatus } from '../../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './also-from.module.css';
import screen from './plugin-screen.module.css';

const nameOf = (registries: readonly RegistryStatus[] | undefined, id: string): string => registries?.find((one) => one.id === id)?.name ?? id;

/** Other registries that have a plugin of this id, with who publishes it there: the same name is no promise of the same thing. */
export function AlsoFrom({ detail }: { detail: CatalogDetail }) {
  const t = useText();
  const { data } = useCall('catalog', 'status', {});
  if (detail.alsoFrom.length === 0) return null;
  return (
    <section className={classes.root}>
      <h2 className={classes.heading}><T id="plugin.alsoFrom" /></h2>
      <p className={classes.quiet}><T id="plugin.alsoFromLine" /></p>
      <ul className={classes.list}>
        {detail.alsoFrom.map(({ registry, version, publisher }) => {
          const fingerprint = data?.registries.find((one) => one.id === registry)?.fingerprint ?? null;
          return (
            <li key={registry}>
              <Link to={`/marketplace/${detail.id}?registry=${fingerprint ?? registry}`} className={classes.link}>{t('plugin.alsoFromShow', { registry: nameOf(data?.registries, registry) })}</Link>
              <div className={classes.quiet}>{t('plugin.alsoFromBy', { publisher: publisher.name, version })}{publisher.verified && <BadgeCheck size={13} role="img" aria-label={t('market.verified')} />}</div>
              {fingerprint !== null && <div className={classes.quiet}>{t('settings.registries.fingerprint')} <code className={classes.fingerprint}>{fingerprint.slice(0, 16)}…</code></div>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What is installed came from elsewhere than what this page shows: updates go on coming from there. */
export function OtherSource({ detail, installed }: { detail: CatalogDetail; installed: InstalledPlugin }) {
  const t = useText();
  const { data } = useCall('catalog', 'status', {});
  if (installed.sideLoaded || installed.registry === detail.registry) return null;
  const from = data?.registries.find(({ id }) => id === installed.registry);
  return (
    <Alert icon={<Files size={16} />} color="orange" title={<T id="plugin.otherSource" />} classNames={{ title: screen.misfit ?? '' }}>
      <div>{from ? t('plugin.otherSourceLine', { installed: from.name, shown: nameOf(data?.registries, detail.registry) }) : t('plugin.otherSourceGone', { shown: nameOf(data?.registries, detail.registry) })}</div>
    </Alert>
  );
}
