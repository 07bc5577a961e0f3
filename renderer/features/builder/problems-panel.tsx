import { Button } from '@mantine/core';
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import type { DraftProblem } from '../../../contract/model/builder.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './builder.module.css';

/** What is wrong with the draft, each with what mends it when that is known. */
export function ProblemsPanel({ id, problems, onFix }: { id: string; problems: readonly DraftProblem[]; onFix: (change: Readonly<Record<string, unknown>>) => void }) {
  const t = useText();
  if (problems.length === 0) return <p className={classes.fine} role="status"><CircleCheck size={16} aria-hidden /> <T id="builder.noProblems" /></p>;
  return (
    <section className={classes.problems} aria-label={t('builder.problems')}>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`} data-severity={problem.severity}>
            {problem.severity === 'error' ? <CircleAlert size={16} aria-hidden /> : <TriangleAlert size={16} aria-hidden />}
            <span className={classes.problemWords}><span className="unseen"><T id={`builder.severity.${problem.severity}`} /> </span>{problem.message}</span>
            {problem.fix === null ? null : problem.fix.kind === 'connect' || problem.fix.kind === 'give'
              ? <Button size="compact-sm" variant="default" component={Link} to={problem.fix.kind === 'connect' ? `/settings/tools?connect=${problem.fix.connection ?? ''}&for=${id}` : '/settings/tools'} aria-label={t('builder.fixLabel', { fix: t(`builder.fix.${problem.fix.kind}`), problem: problem.message })}><T id={`builder.fix.${problem.fix.kind}`} /></Button>
              : problem.fix.kind === 'install' && problem.fix.pluginId !== null
              ? <Button size="compact-sm" variant="default" component={Link} to={`/marketplace/${problem.fix.pluginId}`}><T id="builder.fix.install" /></Button>
              : <Button size="compact-sm" variant="default" onClick={() => { if (problem.fix) onFix(problem.fix.set); }} aria-label={t('builder.fixLabel', { fix: t(`builder.fix.${problem.fix.kind}`), problem: problem.message })}><T id={`builder.fix.${problem.fix.kind}`} /></Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
