import { Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { History } from 'lucide-react';
import type { AgentVersion, OwnAgentDetail } from '../../../contract/model/builder.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './builder.module.css';

interface Props { id: string; version: number; unsaved: boolean; onTaken: (detail: OwnAgentDetail) => void; flush: () => Promise<boolean> }

/** Every version that was saved, what the draft differs in from each, and the way back. */
export function Versions({ id, version, unsaved, onTaken, flush }: Props) {
  const list = useCall('builder', 'versions', { id });
  const takeBack = useChange('builder', 'takeBack', { onDone: onTaken });
  const [compared, setCompared] = useState<number | null>(null);
  if (list.error) return <Failure compact error={list.error} onRetry={() => { void list.refetch(); }} />;
  if (!list.data) return <><Skeleton height={44} mb={8} /><Skeleton height={44} mb={8} /></>;
  if (list.data.versions.length === 0) return <EmptyState icon={<History size={22} />} title={<T id="builder.noVersions" />} line={<T id="builder.noVersionsLine" />} />;
  return (
    <>
      {takeBack.error ? <Failure compact error={takeBack.error} /> : null}
      <ol className={classes.versions} reversed>
        {list.data.versions.map((each) => (
          <VersionRow key={each.version} id={id} each={each} isDraft={each.version === version && !unsaved} compared={compared === each.version} busy={takeBack.isPending}
            onCompare={() => { void flush().then(() => { setCompared(compared === each.version ? null : each.version); }); }}
            onTakeBack={() => { void flush().then(() => { takeBack.mutate({ id, version: each.version }); }); }} />
        ))}
      </ol>
    </>
  );
}

function VersionRow({ id, each, isDraft, compared, busy, onCompare, onTakeBack }: { id: string; each: AgentVersion; isDraft: boolean; compared: boolean; busy: boolean; onCompare: () => void; onTakeBack: () => void }) {
  const t = useText();
  const number = t('builder.version', { version: each.version });
  return (
    <li className={classes.version}>
      <div className={classes.versionHead}>
        <div className={classes.who}><h2 className={classes.name}>{number}</h2><div className={classes.quiet}><RelativeTime at={each.at} /> <span className={classes.digest} title={each.digest}>{each.digest.slice(0, 12)}</span></div></div>
        {isDraft ? <span className={classes.quiet}><T id="builder.isDraft" /></span> : (
          <>
            <Button size="xs" variant="default" aria-expanded={compared} onClick={onCompare} aria-label={t('builder.compareWith', { version: each.version })}><T id="builder.compare" /></Button>
            <Button size="xs" variant="default" disabled={busy} onClick={onTakeBack} aria-label={t('builder.takeBackVersion', { version: each.version })}><T id="builder.takeBack" /></Button>
          </>
        )}
      </div>
      {compared && !isDraft ? <Difference id={id} from={each.version} /> : null}
    </li>
  );
}

function Difference({ id, from }: { id: string; from: number }) {
  const t = useText();
  const difference = useCall('builder', 'difference', { id, from });
  if (difference.error) return <Failure compact error={difference.error} />;
  if (!difference.data) return <Skeleton height={80} mt={8} />;
  return (
    <div className={classes.difference} role="region" tabIndex={0} aria-label={t('builder.differenceOf', { version: from })}>
      {difference.data.lines.map((line, at) => <div key={at} data-kind={line.kind}><span aria-hidden>{line.kind === 'added' ? '+' : line.kind === 'removed' ? '−' : ' '}</span>{line.kind === 'same' ? null : <span className="unseen"><T id={`builder.line.${line.kind}`} /></span>}<code>{line.text}</code></div>)}
    </div>
  );
}
