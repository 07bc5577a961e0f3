import { NavLink } from 'react-router';
import { T, useText } from '../../lib/text.tsx';
import classes from './know-tabs.module.css';

/** The two halves of what agents know: what they remember, and the documents that they look into. */
export function KnowTabs() {
  const t = useText();
  return (
    <nav className={classes.tabs} aria-label={t('knowledge.parts')}>
      <NavLink to="/memory" className={classes.tab ?? ''}><T id="memory.title" /></NavLink>
      <NavLink to="/knowledge" className={classes.tab ?? ''}><T id="knowledge.title" /></NavLink>
    </nav>
  );
}
