import { useIntl } from 'react-intl';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './figures.module.css';
import { Histogram } from './histogram.tsx';

const DAY_MS = 86_400_000;
const WIDTH = 240;
const HEIGHT = 44;

/** How often it is installed, day by day, and, unless the reviews beside it say so, how it is rated. Left out where the registry says nothing of either. */
export function Figures({ detail, ratings }: { detail: CatalogDetail; ratings: boolean }) {
  const t = useText();
  const intl = useIntl();
  const { trend, histogram, installs, figuresOf } = detail;
  const rated = ratings && histogram !== null && histogram.some((count) => count > 0);
  if (figuresOf === null || (trend.length < 2 && !rated)) return null;
  const last = Date.parse(`${figuresOf}T00:00:00Z`);
  const day = (at: number): string => intl.formatDate(at, { dateStyle: 'medium', timeZone: 'UTC' });
  return (
    <section className={classes.root}>
      <h2 className={classes.heading}><T id="plugin.figures" /></h2>
      {trend.length > 1 && (
        <div>
          <div className={classes.title}>{t('plugin.installsADay', { days: trend.length })}<span className="numbers">{t('plugin.installsTotal', { count: installs })}</span></div>
          <Sparkline values={trend} />
          <div className={classes.ends} aria-hidden><span>{day(last - (trend.length - 1) * DAY_MS)}</span><span>{day(last)}</span></div>
          <table className="unseen">
            <caption>{t('plugin.installsADay', { days: trend.length })}</caption>
            <thead><tr><th scope="col"><T id="plugin.day" /></th><th scope="col"><T id="plugin.installations" /></th></tr></thead>
            <tbody>{trend.map((count, at) => <tr key={at}><th scope="row">{day(last - (trend.length - 1 - at) * DAY_MS)}</th><td>{intl.formatNumber(count)}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      {rated && <Histogram counts={histogram} />}
      <p className={classes.quiet}>{t('plugin.figuresOf', { day: day(last) })}</p>
    </section>
  );
}

/** From zero, so that a small change does not look like a large one. */
function Sparkline({ values }: { values: readonly number[] }) {
  const most = Math.max(1, ...values);
  const points = values.map((value, at) => `${((at / (values.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={classes.spark} aria-hidden>
      <polygon className={classes.area} points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
      <polyline className={classes.line} points={points.join(' ')} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
