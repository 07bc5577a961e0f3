import { T, useText } from '../../lib/text.tsx';
import classes from './unsigned-mark.module.css';

/** Stands wherever code of this machine that nobody signed, or an agent of it, appears. */
export function UnsignedMark() {
  const t = useText();
  return <span className={classes.mark} title={t('fromHere.markLine')}><T id="plugin.sideLoaded" /></span>;
}
