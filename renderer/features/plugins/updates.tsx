import { Button, Collapse, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ArrowRight, CircleCheck } from 'lucide-react';
import type { AvailableUpdate, InstalledPlugin, Operation } from '../../../contract/model/plugin.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useOperationOf, useOperations } from '../../bridge/use-operations.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Markdown } from '../../components/markdown/markdown.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { ConcernedLines } from '../../components/version-changes/concerned-lines.tsx';
import { PermissionDifference } from '../../components/version-changes/version-changes.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './plugins.module.css';

const CHOICES = ['off', 'patch', 'all'] as const;

interface Props { updates: readonly AvailableUpdate[]; plugins: readonly InstalledPlugin[]; busy: boolean; onUpdate: (ids: readonly string[]) => void }

/** What is newer, with what changed since, and the difference of what each asks for. */
export function Updates({ updates, plugins, busy, onUpdate }: Props) {
  const t = useText();
  const { settings, change } = useSettings();
  const free = updates.filter(({ pinned }) => pinned === null);
  return (
    <>
      <div className={classes.policy}>
        <Select label={t('updates.byThemselves')} description={t('versions.autoLine')} allowDeselect={false} disabled={!settings} value={settings?.autoUpdate ?? 'off'} data={CHOICES.map((value) => ({ value, label: t(`versions.auto.${value}`) }))}
          onChange={(value) => { const choice = CHOICES.find((one) => one === value); if (choice) change({ autoUpdate: choice }); }} />
        {free.length > 1 && <Button loading={busy} onClick={() => { onUpdate(free.map(({ id }) => id)); }}>{t('updates.all', { count: free.length })}</Button>}
      </div>
      {updates.length === 0 && <EmptyState icon={<CircleCheck size={22} />} title={<T id="updates.none" />} line={<T id="updates.noneLine" />} />}
      {updates.length > 0 && <ul className={classes.list}>{updates.map((update) => <Update key={update.id} update={update} plugin={plugins.find(({ id }) => id === update.id)} busy={busy} onUpdate={() => { onUpdate([update.id]); }} />)}</ul>}
      <Log plugins={plugins} />
    </>
  );
}

function Update({ update, plugin, busy, onUpdate }: { update: AvailableUpdate; plugin: InstalledPlugin | undefined; busy: boolean; onUpdate: () => void }) {
  const t = useText();
  const [open, { toggle }] = useDisclosure();
  const { show } = useOperations();
  const operation = useOperationOf(update.id);
  // Only where another plugin needs it is there anything that may not fit.
  const preview = useCall('plugins', 'preview', { id: update.id }, { enabled: (plugin?.neededBy.length ?? 0) > 0 && update.pinned === null });
  const concerned = preview.data ?? { dependants: [], agents: plugin ? [...plugin.hiredAs, ...plugin.usedBy] : [] };
  const comes = preview.data?.changes.find(({ id }) => id === update.id)?.to;
  const notes = update.changes.filter(({ changelog }) => changelog.trim() !== '');
  return (
    <li className={classes.update}>
      <div className={classes.words}>
        <span className={classes.name}><strong>{update.name}</strong><span className={`${classes.versions ?? ''} numbers`}>{update.installed}<ArrowRight size={13} role="img" aria-label={t('versions.becomes')} />{update.version}</span></span>
        <span className={classes.difference}><PermissionDifference added={update.added} /></span>
        <ConcernedLines concerned={concerned} />
        {preview.error && <span className={classes.bad} role="alert">{preview.error.message}</span>}
        {comes !== undefined && comes !== update.version && <span className={classes.line}>{t('updates.onlyTo', { version: comes })}</span>}
        {update.pinned !== null && <span className={classes.line}>{t('updates.pinned', { version: update.pinned })}</span>}
        {notes.length > 0 && <Button className={classes.notes ?? ''} variant="subtle" size="compact-xs" aria-expanded={open} onClick={toggle}>{t(open ? 'updates.hideNotes' : 'updates.notes', { name: update.name })}</Button>}
        <Collapse expanded={open} transitionDuration={0}>
          {open && notes.map(({ version, publishedAt, changelog }) => <div key={version} className={classes.note}><span className={classes.line}><span className="numbers">{version}</span><RelativeTime at={publishedAt} /></span><Markdown source={changelog} /></div>)}
        </Collapse>
      </div>
      {operation ? <Button size="xs" variant="light" onClick={() => { show(operation.id); }}><T id={operation.state === 'waiting_for_consent' ? 'operations.decide' : 'plugins.working'} /></Button>
        : <Button size="xs" variant="default" disabled={busy || update.pinned !== null || preview.error !== null} aria-label={t(update.added.length > 0 ? 'updates.reviewNamed' : 'updates.oneNamed', { name: update.name })} onClick={onUpdate}><T id={update.added.length > 0 ? 'updates.review' : 'updates.one'} /></Button>}
    </li>
  );
}

/** What came without being asked for. */
function Log({ plugins }: { plugins: readonly InstalledPlugin[] }) {
  const t = useText();
  const recent = useCall('plugins', 'operations', { recent: true });
  const own = (recent.data?.operations ?? []).flatMap((operation) => (operation.automatic ? [{ ...operation, automatic: operation.automatic }] : []));
  if (own.length === 0) return null;
  const line = ({ pluginId, automatic, state }: Operation & { automatic: { from: string; to: string } }): string =>
    t(state === 'finished' ? 'updates.came' : state === 'failed' || state === 'cancelled' ? 'updates.cameNot' : 'updates.comes', { name: plugins.find(({ id }) => id === pluginId)?.name ?? pluginId, from: automatic.from, to: automatic.to });
  return (
    <section className={classes.log}>
      <h2><T id="updates.log" /></h2>
      <ul className={classes.list}>{own.map((operation) => <li key={operation.id} className={classes.line}><span>{line(operation)}</span><RelativeTime at={operation.createdAt} /></li>)}</ul>
    </section>
  );
}
