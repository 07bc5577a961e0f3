import { ChevronRight, CircleCheck, Hand, KeyRound, PackageOpen, PackageX, Wrench } from 'lucide-react';
import { Link } from 'react-router';
import { T } from '../../lib/text.tsx';
import classes from './home.module.css';
import type { Need } from './needs.ts';

const ICONS = { approval: Hand, setup: Wrench, install: PackageX, recovery: KeyRound, updates: PackageOpen } as const;

/** What waits for the person, each line leading to where it is settled. `quiet` says nothing when there is nothing. */
export function NeedsYou({ needs, quiet }: { needs: readonly Need[]; quiet: boolean }) {
  if (needs.length === 0) return quiet ? null : <p className={classes.calm}><CircleCheck size={16} aria-hidden /> <T id="home.nothing" /></p>;
  return (
    <section className={classes.section}>
      <h2><T id="home.needsYou" /></h2>
      <ul className={classes.needs}>
        {needs.map((need) => {
          const Icon = ICONS[need.kind];
          return (
            <li key={need.key}>
              <Link to={need.to} className={classes.need}>
                <Icon size={18} aria-hidden data-kind={need.kind} />
                <span className={classes.needWords}>
                  <span className={classes.needTitle}><T id={`home.need.${need.kind}`} values={{ name: need.name || <T id="home.anAgent" /> }} /></span>
                  <span className={classes.needLine}><T id={`home.needLine.${need.kind}`} values={{ detail: need.detail || '…' }} /></span>
                </span>
                <ChevronRight size={16} aria-hidden />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
