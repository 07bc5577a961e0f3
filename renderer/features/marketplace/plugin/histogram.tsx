import { Star } from 'lucide-react';
import { useIntl } from 'react-intl';
import { T, useText } from '../../../lib/text.tsx';
import classes from './figures.module.css';

/** How many gave how many stars, best first. `counts` from one star to five. */
export function Histogram({ counts }: { counts: readonly number[] }) {
  const t = useText();
  const intl = useIntl();
  const all = Math.max(1, counts.reduce((sum, count) => sum + count, 0));
  return (
    <table className={classes.histogram}>
      <caption className={classes.title}><T id="plugin.ratingsBy" /></caption>
      <thead className="unseen"><tr><th scope="col"><T id="plugin.stars" /></th><th scope="col"><T id="plugin.people" /></th></tr></thead>
      <tbody>
        {[5, 4, 3, 2, 1].map((stars) => {
          const count = counts[stars - 1] ?? 0;
          return (
            <tr key={stars}>
              <th scope="row" className="numbers"><span aria-hidden>{stars} <Star size={10} /></span><span className="unseen">{t('plugin.starsOf', { stars })}</span></th>
              <td><span className={classes.track} aria-hidden><span className={classes.bar} style={{ inlineSize: `${((count / all) * 100).toFixed(1)}%` }} /></span><span className="numbers">{intl.formatNumber(count)}</span></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
