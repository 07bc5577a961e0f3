import { Alert, Button, Select, Skeleton, TextInput } from '@mantine/core';
import { Puzzle, Search, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { goesAlong } from '../../../contract/model/plugin.ts';
import { useBulk, type BulkAction } from '../../bridge/use-bulk.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useUninstall } from '../../bridge/use-operations.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { UninstallDialog } from '../../components/uninstall-dialog/uninstall-dialog.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { BulkDialog } from './bulk-dialog.tsx';
import { FromHere } from './from-here.tsx';
import { PluginRow } from './plugin-row.tsx';
import classes from './plugins.module.css';
import { isIn, shownOf, SORTS, VIEWS, type Sort, type View } from './shown.ts';
import { Updates } from './updates.tsx';

/** What is installed on this machine. */
export function PluginsScreen() {
  const t = useText();
  usePageTitle(t('frame.plugins'));
  const list = useCall('plugins', 'list', {});
  const available = useCall('plugins', 'updates', {});
  const team = useCall('team', 'list', {});
  const [address, setAddress] = useSearchParams();
  const [words, setWords] = useState('');
  const [sort, setSort] = useState<Sort>('name');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<string | null>(null);
  const [planned, setPlanned] = useState<'disable' | 'uninstall' | null>(null);
  const { uninstall, pending, error, reset } = useUninstall();
  const bulk = useBulk();

  const view: View = VIEWS.find((one) => one === address.get('show')) ?? 'all';
  const plugins = list.data?.plugins ?? [];
  const known = { plugins, updates: available.data?.updates ?? [], needSetup: new Set((team.data?.hires ?? []).filter(({ status }) => status === 'setup').map(({ pluginId }) => pluginId)) };
  const shown = shownOf(known, { view, words, sort });
  const targets = shown.filter(({ id }) => chosen.has(id));
  const updatable = targets.filter(({ id }) => known.updates.some((update) => update.id === id && update.pinned === null));
  const subject = plugins.find(({ id }) => id === asked) ?? null;
  const nameOf = (id: string): string => plugins.find((plugin) => plugin.id === id)?.name ?? id;
  const look = (next: View): void => { setChosen(new Set()); setAddress(next === 'all' ? {} : { show: next }, { replace: true }); };
  const act = (action: BulkAction, keepData = false): void => {
    bulk.run(action === 'update' ? updatable : targets, action, { keepData, onDone: () => { setChosen(new Set()); } });
  };
  const choose = (id: string, on: boolean): void => { setChosen((before) => { const next = new Set(before); if (on) next.add(id); else next.delete(id); return next; }); };
  return (
    <div className={classes.root}>
      <div className={classes.head}>
        <h1 className={classes.title}><T id="frame.plugins" />{list.data && plugins.length > 0 && <span className={`${classes.count ?? ''} numbers`}>{plugins.length}</span>}</h1>
        {plugins.length > 0 && <TextInput type="search" className={classes.search ?? ''} aria-label={t('plugins.filter')} placeholder={t('plugins.filter')} leftSection={<Search size={14} aria-hidden />} value={words} onChange={(event) => { setWords(event.currentTarget.value); }} />}
        {plugins.length > 0 && <Select className={classes.sort ?? ''} aria-label={t('market.sort')} allowDeselect={false} value={sort} data={SORTS.map((value) => ({ value, label: t(`plugins.sort.${value}`) }))} onChange={(value) => { setSort(SORTS.find((one) => one === value) ?? 'name'); }} />}
        {plugins.length > 0 && <Button component={Link} to="/plugins/permissions" variant="default"><T id="permissions.open" /></Button>}
        {list.data && <FromHere />}
        {plugins.length > 0 && <Button component={Link} to="/marketplace" variant="default"><T id="plugins.more" /></Button>}
      </div>
      {plugins.length > 0 && (
        <div className={classes.views} role="group" aria-label={t('plugins.views')}>
          {VIEWS.map((one) => <button key={one} type="button" className={classes.view} aria-pressed={view === one} onClick={() => { look(one); }}>{t(`plugins.view.${one}`)}<span className="numbers">{plugins.filter((plugin) => isIn(one, plugin, known)).length}</span></button>)}
        </div>
      )}
      {bulk.failures.length > 0 && (
        <Alert icon={<TriangleAlert size={16} />} color="red" withCloseButton closeButtonLabel={t('install.close')} onClose={bulk.clear} title={t('plugins.bulk.failed', { count: bulk.failures.length })} mb={12}>
          {bulk.failures.map(({ name, message }) => <div key={name}>{t('plugins.bulk.failure', { name, message })}</div>)}
        </Alert>
      )}
      {list.isPending && <div aria-busy>{Array.from({ length: 4 }, (_, at) => <div key={at} className={classes.row}><Skeleton width={36} height={36} /><div className={classes.words}><Skeleton height={12} width={180} /><Skeleton height={10} width="60%" /></div></div>)}</div>}
      {list.error && <Failure error={list.error} kept="plugins.failedKept" onRetry={() => { void list.refetch(); }} />}
      {list.data && plugins.length === 0 && <EmptyState icon={<Puzzle size={22} />} title={<T id="plugins.empty" />} line={<T id="plugins.emptyLine" />} action={<Button component={Link} to="/marketplace"><T id="plugins.browse" /></Button>} />}
      {plugins.length > 0 && view === 'updates' && (available.error ? <Failure error={available.error} onRetry={() => { void available.refetch(); }} />
        : <Updates updates={known.updates.filter(({ id }) => shown.some((plugin) => plugin.id === id))} plugins={plugins} busy={bulk.busy} onUpdate={(ids) => { bulk.run(plugins.filter(({ id }) => ids.includes(id)), 'update'); }} />)}
      {plugins.length > 0 && view !== 'updates' && shown.length === 0 && (words.trim() === ''
        ? <EmptyState title={<T id={`plugins.none.${view}`} />} action={<Button variant="default" onClick={() => { look('all'); }}><T id="market.showAll" /></Button>} />
        : <EmptyState title={<T id="market.nothingFor" values={{ words }} />} action={<Button variant="default" onClick={() => { setWords(''); }}><T id="market.showAll" /></Button>} />)}
      {view !== 'updates' && shown.length > 0 && (
        <>
          <BulkBar chosen={targets.length} shown={shown.length} updatable={updatable.length} busy={bulk.busy} onAll={(all) => { setChosen(new Set(all ? shown.map(({ id }) => id) : [])); }}
            onAct={(action) => { if (action === 'disable' || action === 'uninstall') setPlanned(action); else act(action); }} />
          <ul className={classes.list}>
            {shown.map((plugin) => <PluginRow key={plugin.id} plugin={plugin} neededBy={plugin.neededBy.map(nameOf)} update={known.updates.find(({ id }) => id === plugin.id)?.version ?? null} chosen={chosen.has(plugin.id)} onChoose={(on) => { choose(plugin.id, on); }} onUninstall={() => { setAsked(plugin.id); }} />)}
          </ul>
        </>
      )}
      <BulkDialog action={planned} targets={targets} plugins={plugins} onClose={() => { setPlanned(null); }} onGo={(keepData) => { if (planned) act(planned, keepData); setPlanned(null); }} />
      <UninstallDialog plugin={subject} neededBy={(subject?.neededBy ?? []).map(nameOf)} along={subject ? goesAlong([subject.id], plugins) : []} pending={pending} error={error} onClose={() => { setAsked(null); reset(); }}
        onUninstall={(keepData) => { if (subject) uninstall({ id: subject.id, name: subject.name, keepData }, () => { setAsked(null); }); }} />
    </div>
  );
}
