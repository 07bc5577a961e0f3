import { Link } from 'react-router';
import type { Citation } from '../../../contract/model/knowledge.ts';
import { placeWords } from '../../lib/place-words.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './message.module.css';

/** Where a citation leads: its document, at the place. */
export const sourceOf = ({ documentId, position }: Citation): string => `/knowledge/${documentId}?at=${position}`;

/** The passages that an answer cites, each opening its document at the place. */
export function Sources({ citations, text }: { citations: readonly Citation[]; text: string }) {
  const t = useText();
  const cited = citations.filter(({ number }) => text.includes(`[${number}]`));
  if (cited.length === 0) return null;
  return (
    <div className={classes.usedBox}>
      <h3 className={classes.usedTitle}><T id="knowledge.sources" /></h3>
      <ol className={classes.sources}>
        {cited.map((one) => { const where = placeWords(one.place, t); return <li key={one.number} value={one.number}><Link to={sourceOf(one)}>{where === '' ? one.name : t('frame.two', { one: one.name, two: where })}</Link></li>; })}
      </ol>
    </div>
  );
}
