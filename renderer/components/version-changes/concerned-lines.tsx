import { CircleAlert } from 'lucide-react';
import type { Concerned } from '../../../contract/model/plugin.ts';
import { useText } from '../../lib/text.tsx';
import classes from './version-changes.module.css';

/** Who needs and who uses what changes, and whom it would leave without what they need. Nothing where nobody is concerned. */
export function ConcernedLines({ concerned: { dependants, agents } }: { concerned: Concerned }) {
  const t = useText();
  if (dependants.length + agents.length === 0) return null;
  return (
    <ul className={classes.list} aria-label={t('versions.concerned')}>
      {dependants.map(({ id, name, needs, needsName, range, becomes, fits }) => {
        const words = { name, needs: needsName, range: range === '' || range === '*' ? t('versions.anyRange') : range, version: becomes };
        return <li key={`${id} ${needs}`} className={fits ? classes.quiet : classes.misfit}>{!fits && <CircleAlert size={14} aria-hidden />}<span>{t(fits ? 'versions.fits' : becomes === null ? 'versions.gone' : 'versions.misfits', words)}</span></li>;
      })}
      {agents.length > 0 && <li className={classes.quiet}>{t('versions.usedBy', { names: agents.join(', '), count: agents.length })}</li>}
    </ul>
  );
}
