import { Loader, Progress } from '@mantine/core';
import { Check, Circle, CircleAlert, CircleSlash, ShieldQuestion } from 'lucide-react';
import { useIntl } from 'react-intl';
import { formatBytes } from '../../lib/format.ts';
import { stepRows, type StepRow } from '../../lib/install-steps.ts';
import type { OperationView } from '../../lib/operation-view.ts';
import { useText } from '../../lib/text.tsx';
import classes from './install-steps.module.css';

/** The step log of an install or uninstall: what is done, what goes on, what is to come. */
export function InstallSteps({ operation }: { operation: Pick<OperationView, 'kind' | 'lines' | 'state'> }) {
  const t = useText();
  const { locale } = useIntl();
  return (
    <ol className={classes.list} aria-label={t('install.steps')}>
      {stepRows(operation).map((row) => (
        <li key={row.step} className={classes.row} data-state={row.state} aria-current={row.state === 'running' || row.state === 'waiting' ? 'step' : undefined}>
          <Mark state={row.state} />
          <div className={classes.words}>
            <span>{t(`install.${operation.kind}.${row.step}`)}<span className="unseen">{t(`install.state.${row.state}`)}</span></span>
            {row.state === 'running' && row.unit !== null && (
              <>
                <span className={`${classes.progress ?? ''} numbers`}>{progressText(row, locale, t)}</span>
                <Progress size={4} value={row.total ? (100 * row.done) / row.total : 100} animated={row.total === null} aria-label={t(`install.${operation.kind}.${row.step}`)} />
              </>
            )}
          </div>
          {row.plugins > 1 && <span className={`${classes.count ?? ''} numbers`}>{t('install.plugins', { count: row.plugins })}</span>}
        </li>
      ))}
    </ol>
  );
}

function progressText({ done, total, unit }: StepRow, locale: string, t: ReturnType<typeof useText>): string {
  const show = (value: number): string => (unit === 'bytes' ? formatBytes(value, locale) : new Intl.NumberFormat(locale).format(value));
  return total === null ? show(done) : t('install.progress', { done: show(done), total: show(total) });
}

function Mark({ state }: { state: StepRow['state'] }) {
  const size = 16;
  if (state === 'done') return <Check size={size} className={classes.done} aria-hidden />;
  if (state === 'running') return <Loader size={14} aria-hidden />;
  if (state === 'waiting') return <ShieldQuestion size={size} className={classes.waiting} aria-hidden />;
  if (state === 'failed') return <CircleAlert size={size} className={classes.failed} aria-hidden />;
  if (state === 'cancelled') return <CircleSlash size={size} aria-hidden />;
  return <Circle size={size} className={classes.pending} strokeWidth={1.5} aria-hidden />;
}
