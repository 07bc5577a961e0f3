import { Button } from '@mantine/core';
import { BadgeCheck, Check, Download, Settings2, Star } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import { isHireable, type BlobReference, type CatalogDetail, type Publisher } from '../../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useImage } from '../../../bridge/use-image.ts';
import { useInstall, useOperationOf, useOperations } from '../../../bridge/use-operations.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { PluginIcon } from '../../../components/plugin-icon/plugin-icon.tsx';
import { formatCount } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import { CompareButton } from '../compare/compare-button.tsx';
import type { Linked } from './linked.tsx';
import classes from './plugin-screen.module.css';

interface Shown { id: string; name: string; description: string; version: string; publisher: Publisher; icon: BlobReference | null }

/** Name, price and the one thing to do next. */
export function PluginHeader({ plugin, detail, installed, linked }: { plugin: Shown; detail: CatalogDetail | undefined; installed: InstalledPlugin | undefined; linked: Linked }) {
  const t = useText();
  const { locale } = useIntl();
  const icon = useImage(plugin.icon?.sha512);
  return (
    <header className={classes.header}>
      <PluginIcon id={plugin.id} name={plugin.name} source={icon} size={64} />
      <div className={classes.headerWords}>
        <h1 className={classes.name}>{plugin.name}</h1>
        <div className={classes.facts}>
          <span>{t('plugin.by', { publisher: plugin.publisher.name })}{plugin.publisher.verified && <BadgeCheck size={14} className={classes.verified} role="img" aria-label={t('market.verified')} />}</span>
          <span className="numbers">{plugin.version}</span>
          {detail && detail.rating !== null && <span className="numbers"><Star size={12} aria-hidden />{t('market.ratings', { rating: detail.rating.toFixed(1), count: detail.ratings })}</span>}
          {detail && detail.installs > 0 && <span className="numbers" title={t('market.installs', { count: detail.installs })}><Download size={12} aria-hidden />{formatCount(detail.installs, locale)}<span className="unseen">{t('market.installsWord')}</span></span>}
          {detail && <span>{t(`market.price.${detail.priceModel}`)}</span>}
          {installed && <span><Check size={12} aria-hidden /><T id="market.installed" /></span>}
        </div>
        <p className={classes.line}>{plugin.description}</p>
      </div>
      <div className={classes.actions}>
        {detail && <CompareButton plugin={plugin} size="page" />}
        <PrimaryAction plugin={plugin} detail={detail} installed={installed} linked={linked} />
      </div>
    </header>
  );
}

function PrimaryAction({ plugin, detail, installed, linked }: { plugin: Shown; detail: CatalogDetail | undefined; installed: InstalledPlugin | undefined; linked: Linked }) {
  const t = useText();
  const { install, pending, error } = useInstall();
  const { show } = useOperations();
  const operation = useOperationOf(plugin.id);
  const agents = installed?.capabilities.filter(isHireable) ?? [];
  if (operation) return <Button variant="light" onClick={() => { show(operation.id); }}><T id={operation.state === 'waiting_for_consent' ? 'operations.decide' : 'market.installing'} /></Button>;
  if (installed) {
    const [agent] = agents;
    if (installed.missing.length > 0) return <Button component={Link} to={`/marketplace/${plugin.id}?tab=configuration`} leftSection={<Settings2 size={16} aria-hidden />}><T id="configuration.setUp" /></Button>;
    return agent ? <Button component={Link} to={`/team/hire?plugin=${plugin.id}&agent=${agent.id}`}><T id={agents.length === 1 ? 'plugin.hireNamed' : 'plugin.hire'} values={{ name: agent.name }} /></Button> : null;
  }
  if (!detail) return null;
  return (
    <>
      <Button loading={pending} disabled={!detail.compatible || linked.otherRegistry !== null} onClick={() => { install({ id: plugin.id, name: plugin.name, registry: detail.registry, ...(linked.version !== null && { range: linked.version }) }); }}>
        {linked.version === null ? t('market.install') : t('plugin.link.install', { version: linked.version })}
      </Button>
      {error && <Failure error={error} compact />}
    </>
  );
}
