import { useIntl } from 'react-intl';
import type { PriceTiers } from '../../../../contract/model/catalog.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './overview-tab.module.css';

/** What its publisher takes for it, and what that is for. Nothing where it names no tiers. */
export function Prices({ pricing: { freeTier, tiers } }: { pricing: PriceTiers }) {
  const t = useText();
  const intl = useIntl();
  if (freeTier === null && tiers.length === 0) return null;
  const runs = (executions: number | 'unlimited', period: string): string => (executions === 'unlimited' ? t('prices.unlimited') : t(`prices.runs.${period}`, { count: executions }));
  const money = (price: number, currency: string): string => intl.formatNumber(price, { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' });
  return (
    <section>
      <h2 className={classes.heading}><T id="prices.title" /></h2>
      <table className={classes.prices}>
        <thead><tr><th scope="col"><T id="prices.tier" /></th><th scope="col"><T id="market.price" /></th><th scope="col"><T id="prices.includes" /></th></tr></thead>
        <tbody>
          {freeTier && <tr><th scope="row"><T id="prices.free" /></th><td>{t('market.price.free')}</td><td>{runs(freeTier.executions, freeTier.period)}</td></tr>}
          {tiers.map(({ name, price, currency, period, executions }, at) => <tr key={at}><th scope="row"><bdi>{name}</bdi></th><td className="numbers">{t(`prices.per.${period}`, { price: money(price, currency) })}</td><td>{runs(executions, period)}</td></tr>)}
        </tbody>
      </table>
      <p className={classes.line}><T id="prices.line" /></p>
    </section>
  );
}
