import { Button, Menu, NativeSelect, Select, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { CircleAlert, CircleCheck, Download, ScrollText, Search } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useAuditList } from '../../../bridge/use-audit-list.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { saveText } from '../../../lib/save-text.ts';
import { T, useText } from '../../../lib/text.tsx';
import { AuditRows } from './audit-rows.tsx';
import classes from './audit.module.css';

const DAY = 86_400_000;
const TIMES = { day: 1, week: 7, month: 30 } as const;
const KEEP = ['30', '90', '365', '1825', 'always'] as const;
const OUTCOMES = ['done', 'failed', 'refused'] as const;

/** Who did what: searched, filtered, checked and taken along. */
export function Audit() {
  const t = useText();
  const intl = useIntl();
  const { settings, change } = useSettings();
  const [words, setWords] = useState('');
  const [settled] = useDebouncedValue(words.trim(), 200);
  const [actor, setActor] = useState<string | null>(null);
  const [action, setAction] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<typeof OUTCOMES[number] | null>(null);
  const [span, setSpan] = useState<{ time: keyof typeof TIMES; since: number } | null>(null);
  const [saving, setSaving] = useState<Error | 'busy' | null>(null);
  const [checking, setChecking] = useState(false);
  const filter = { ...(settled !== '' && { words: settled }), ...(actor !== null && { actor }), ...(action !== null && { action }), ...(outcome !== null && { outcome }), ...(span !== null && { since: span.since }) };
  const filtered = Object.keys(filter).length > 0;
  const list = useAuditList(filter);
  const verdict = useCall('audit', 'verify', {}, { enabled: checking });
  const clear = (): void => { setWords(''); setActor(null); setAction(null); setOutcome(null); setSpan(null); };
  const save = (format: 'jsonl' | 'csv'): void => {
    setSaving('busy');
    list.read(format).then((text) => { saveText({ name: `troupe-audit.${format}`, mediaType: format === 'csv' ? 'text/csv' : 'application/jsonl', text }); setSaving(null); }, (error: unknown) => { setSaving(error instanceof Error ? error : new Error(String(error))); });
  };
  const kept = settings?.auditDays === null ? 'always' : String(settings?.auditDays ?? 365);
  return (
    <>
      <SettingGroup title={<T id="settings.audit" />} line={<T id="settings.audit.line" />}>
        <Setting title={<T id="settings.audit.check" />}
          line={<span role="status" className={classes.verdict} data-bad={(verdict.data?.problem ?? null) !== null || undefined}>
            {!verdict.data && t('settings.audit.checkLine')}
            {verdict.data?.problem === null && <><CircleCheck size={14} aria-hidden />{t('settings.audit.sound', { rows: verdict.data.rows })}</>}
            {verdict.data?.problem && <><CircleAlert size={14} aria-hidden />{verdict.data.problem.message} {t('settings.audit.brokenAdvice')}</>}
          </span>}
          control={<Button variant="default" loading={verdict.isFetching} onClick={() => { if (checking) void verdict.refetch(); else setChecking(true); }}><T id="settings.audit.checkNow" /></Button>} />
        {verdict.error && <Failure error={verdict.error} compact />}
        <Setting title={<T id="settings.audit.keep" />} line={<T id="settings.audit.keepLine" />}
          control={<NativeSelect aria-label={t('settings.audit.keep')} value={kept} data={[...new Set([...KEEP, kept])].map((value) => ({ value, label: value === 'always' ? t('settings.audit.always') : t('settings.audit.days', { days: Number(value) }) }))}
            onChange={(event) => { const { value } = event.currentTarget; change({ auditDays: value === 'always' ? null : Number(value) }); }} />} />
      </SettingGroup>
      <section className={classes.list} aria-label={t('settings.audit')}>
        <div className={classes.filters}>
          <TextInput type="search" className={classes.search ?? ''} aria-label={t('settings.audit.search')} placeholder={t('settings.audit.search')} leftSection={<Search size={14} aria-hidden />} value={words} onChange={(event) => { setWords(event.currentTarget.value); }} />
          <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
            <Menu.Target><Button variant="default" loading={saving === 'busy'} disabled={list.total === 0} leftSection={<Download size={14} aria-hidden />}><T id="settings.audit.export" /></Button></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => { save('jsonl'); }}><T id="settings.audit.jsonl" /></Menu.Item>
              <Menu.Item onClick={() => { save('csv'); }}><T id="settings.audit.csv" /></Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Select clearable aria-label={t('settings.audit.actor')} placeholder={t('settings.audit.actor')} value={actor} data={list.actors.map((value) => ({ value, label: t(`audit.actor.${value}`) }))} onChange={setActor} />
          <Select clearable searchable aria-label={t('settings.audit.action')} placeholder={t('settings.audit.action')} value={action} data={list.actions.map((value) => ({ value, label: t(`audit.action.${value}`) }))} onChange={setAction} />
          <Select clearable aria-label={t('settings.audit.outcome')} placeholder={t('settings.audit.outcome')} value={outcome} data={OUTCOMES.map((value) => ({ value, label: t(`audit.outcome.${value}`) }))} onChange={(value) => { setOutcome(OUTCOMES.find((one) => one === value) ?? null); }} />
          <Select clearable aria-label={t('settings.audit.time')} placeholder={t('settings.audit.time')} value={span?.time ?? null} data={Object.keys(TIMES).map((value) => ({ value, label: t(`settings.audit.time.${value}`) }))} onChange={(value) => { setSpan(value === 'day' || value === 'week' || value === 'month' ? { time: value, since: Date.now() - TIMES[value] * DAY } : null); }} />
        </div>
        {saving instanceof Error && <Failure error={saving} compact />}
        {list.error && <Failure error={list.error} kept="settings.audit.kept" onRetry={list.retry} />}
        {!list.rows && !list.error && <div aria-busy>{Array.from({ length: 6 }, (_, at) => <Skeleton key={at} height={40} mb={12} />)}</div>}
        {list.rows && <p className={classes.count} role="status">{t('settings.audit.count', { count: list.total, shown: intl.formatNumber(list.total) })}</p>}
        {list.rows?.length === 0 && (filtered
          ? <EmptyState title={<T id="settings.audit.nothing" />} action={<Button variant="default" onClick={clear}><T id="settings.audit.showAll" /></Button>} />
          : <EmptyState icon={<ScrollText size={22} />} title={<T id="settings.audit.empty" />} line={<T id="settings.audit.emptyLine" />} />)}
        {list.rows && list.rows.length > 0 && <AuditRows rows={list.rows} total={list.total} onEnd={list.more} />}
      </section>
    </>
  );
}
