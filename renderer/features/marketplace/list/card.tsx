import { Button } from '@mantine/core';
import { BadgeCheck, Check, Download, Star, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import type { CatalogCard } from '../../../../contract/model/catalog.ts';
import { useImage } from '../../../bridge/use-image.ts';
import { useInstall, useOperationOf, useOperations } from '../../../bridge/use-operations.ts';
import { PermissionIcon } from '../../../components/permission-list/permission-icon.tsx';
import { PluginIcon } from '../../../components/plugin-icon/plugin-icon.tsx';
import { formatCount } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import { CompareButton } from '../compare/compare-button.tsx';
import classes from './card.module.css';

/** One plugin in the list. The whole card leads to its page; the button installs. Those that stay in view are not made anew while the list is scrolled. */
export const Card = memo(function Card({ card }: { card: CatalogCard }) {
  const t = useText();
  const { locale } = useIntl();
  const icon = useImage(card.icon?.sha512);
  const asks = card.permissionKinds;
  const asked = t('market.asks', { what: asks.map((kind) => t(`permission.kind.${kind}`)).join(', ') });
  return (
    <article className={classes.root}>
      <div className={classes.head}>
        <PluginIcon id={card.id} name={card.name} source={icon} />
        <div className={classes.names}>
          <h2 className={classes.name}><Link to={`/marketplace/${card.id}`} className={classes.link} title={card.name}>{card.name}</Link></h2>
          <span className={classes.publisher}>
            <span className={classes.publisherName}>{card.publisher.name}</span>
            {card.publisher.verified && <BadgeCheck size={14} className={classes.verified} role="img" aria-label={t('market.verified')} />}
          </span>
        </div>
        <CompareButton plugin={card} size="card" />
      </div>
      <p className={classes.line}>{card.description}</p>
      <div className={classes.foot}>
        <span className={classes.facts}>
          {card.rating !== null && <span className="numbers" title={t('market.ratings', { rating: card.rating.toFixed(1), count: card.ratings })}><Star size={12} aria-hidden />{card.rating.toFixed(1)}<span className="unseen">{t('market.ofFive')}</span></span>}
          {card.installs > 0 && <span className="numbers" title={t('market.installs', { count: card.installs })}><Download size={12} aria-hidden />{formatCount(card.installs, locale)}<span className="unseen">{t('market.installsWord')}</span></span>}
          <span>{t(`market.price.${card.priceModel}`)}</span>
        </span>
        {asks.length > 0 && (
          <span className={classes.asks} role="img" aria-label={asked} title={asked}>{asks.slice(0, 4).map((kind) => <PermissionIcon key={kind} kind={kind} size={13} />)}</span>
        )}
        <CardButton card={card} />
      </div>
    </article>
  );
});

function CardButton({ card }: { card: CatalogCard }) {
  const t = useText();
  const { install, pending } = useInstall();
  const { show } = useOperations();
  const operation = useOperationOf(card.id);
  if (operation) return <Button size="compact-sm" variant="light" className={classes.button ?? ''} onClick={() => { show(operation.id); }}><T id={operation.state === 'waiting_for_consent' ? 'operations.decide' : 'market.installing'} /></Button>;
  if (card.installedVersion !== null) return <span className={classes.installed}><Check size={14} aria-hidden /><T id="market.installed" /></span>;
  if (!card.compatible) return <span className={classes.misfit} title={t('market.doesNotFit')}><TriangleAlert size={14} aria-hidden /><T id="market.misfit" /></span>;
  return <Button size="compact-sm" variant="default" className={classes.button ?? ''} loading={pending} aria-label={t('market.installNamed', { name: card.name })} onClick={() => { install({ id: card.id, name: card.name }); }}><T id="market.install" /></Button>;
}

/** The same shape while a page of cards is on its way, or flies past: many at once, so drawn by CSS alone. */
export function CardSkeleton() {
  return <div className={`${classes.root} ${classes.skeleton}`} aria-hidden data-skeleton />;
}
