import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** Pairs of a name and a value. Values that are null are left out. */
export function Facts({ facts }: { facts: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className={classes.root}>
      {facts.filter(([, value]) => value !== null && value !== '').map(([name, value], at) => <div key={at} className={classes.pair}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}
