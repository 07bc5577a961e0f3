import { useVirtualizer } from '@tanstack/react-virtual';
import { Bot, CalendarClock, CircleSlash, CircleX, Puzzle, Scale, User, type LucideIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import type { AuditRow } from '../../../../contract/model/audit.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './audit.module.css';

const ROW_HEIGHT = 60;
const ICONS: Record<AuditRow['actor']['kind'], LucideIcon> = { person: User, agent: Bot, plugin: Puzzle, schedule: CalendarClock, policy: Scale };

/** Rows in a virtual list: only those in view are in the document. `onEnd` asks for more. */
export function AuditRows({ rows, total, onEnd }: { rows: readonly AuditRow[]; total: number; onEnd: () => void }) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => document.getElementById('content'), estimateSize: () => ROW_HEIGHT, overscan: 8, scrollMargin: margin, initialRect: { width: 680, height: 720 } });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => { setMargin(box.current?.offsetTop ?? 0); }, []);
  useEffect(() => { if (last >= rows.length - 20 && rows.length < total) onEnd(); }, [last, rows.length, total, onEnd]);
  return (
    <div ref={box} role="list" aria-label={t('settings.audit')} className={classes.rows} style={{ height: virtual.getTotalSize() }}>
      {shown.map((item) => {
        const row = rows[item.index];
        return row && (
          <div key={row.seq} role="listitem" aria-setsize={total} aria-posinset={item.index + 1} data-index={item.index} ref={virtual.measureElement} className={classes.place} style={{ transform: `translateY(${item.start - margin}px)` }}>
            <Row row={row} />
          </div>
        );
      })}
    </div>
  );
}

function Row({ row }: { row: AuditRow }) {
  const t = useText();
  const intl = useIntl();
  const Icon = ICONS[row.actor.kind];
  const Outcome = row.outcome === 'failed' ? CircleX : row.outcome === 'refused' ? CircleSlash : null;
  const count = typeof row.details['count'] === 'number' ? row.details['count'] : 1;
  return (
    <details className={classes.row}>
      <summary className={classes.summary}>
        <span className={classes.icon}><Icon size={16} strokeWidth={1.75} role="img" aria-label={t(`audit.actor.${row.actor.kind}`)} /></span>
        <span className={classes.words}>
          <span className={classes.what}>{t(`audit.action.${row.action}`)}{Outcome && <span className={classes.outcome} data-outcome={row.outcome}><Outcome size={13} aria-hidden />{t(`audit.outcome.${row.outcome}`)}</span>}{count > 1 && <span className={classes.times}>{t('settings.audit.times', { count })}</span>}</span>
          <span className={classes.subject}>{row.pluginId === null || row.pluginId === row.subject ? row.subject : t('frame.two', { one: row.subject, two: row.pluginId })}</span>
        </span>
        <time className={classes.time} dateTime={new Date(row.at).toISOString()}>{intl.formatDate(row.at, { dateStyle: 'medium', timeStyle: 'short' })}</time>
      </summary>
      <dl className={classes.facts}>
        <div><dt><T id="settings.audit.by" /></dt><dd>{t(`audit.actor.${row.actor.kind}`)} · {row.actor.id}</dd></div>
        {Object.entries(row.details).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{(name === 'first' || name === 'last') && typeof value === 'number' ? intl.formatDate(value, { dateStyle: 'medium', timeStyle: 'medium' }) : typeof value === 'string' ? value : JSON.stringify(value)}</dd></div>)}
        <div><dt><T id="settings.audit.number" /></dt><dd className="numbers">{row.seq}</dd></div>
        <div><dt><T id="settings.audit.hash" /></dt><dd className={classes.hash}>{row.hash}</dd></div>
      </dl>
    </details>
  );
}
