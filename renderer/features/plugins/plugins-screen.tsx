import { Button, Skeleton, TextInput } from '@mantine/core';
import { Puzzle, Search } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { useUninstall } from '../../bridge/use-operations.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { UninstallDialog } from '../../components/uninstall-dialog/uninstall-dialog.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { PluginRow } from './plugin-row.tsx';
import classes from './plugins.module.css';

/** What is installed on this machine. */
export function PluginsScreen() {
  const t = useText();
  usePageTitle(t('frame.plugins'));
  const list = useCall('plugins', 'list', {});
  const [words, setWords] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  const { uninstall, pending, error, reset } = useUninstall();
  const plugins = list.data?.plugins ?? [];
  const nameOf = (id: string): string => plugins.find((plugin) => plugin.id === id)?.name ?? id;
  const wanted = words.trim().toLowerCase();
  const shown = plugins.filter((plugin) => wanted === '' || `${plugin.name} ${plugin.description} ${plugin.publisher.name}`.toLowerCase().includes(wanted)).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div className={classes.root}>
      <div className={classes.head}>
        <h1 className={classes.title}><T id="frame.plugins" />{list.data && plugins.length > 0 && <span className={`${classes.count ?? ''} numbers`}>{plugins.length}</span>}</h1>
        {plugins.length > 5 && <TextInput type="search" aria-label={t('plugins.filter')} placeholder={t('plugins.filter')} leftSection={<Search size={14} aria-hidden />} value={words} onChange={(event) => { setWords(event.currentTarget.value); }} />}
        {plugins.length > 0 && <Button component={Link} to="/marketplace" variant="default"><T id="plugins.more" /></Button>}
      </div>
      {list.isPending && <div aria-busy>{Array.from({ length: 4 }, (_, at) => <div key={at} className={classes.row}><Skeleton width={36} height={36} /><div className={classes.words}><Skeleton height={12} width={180} /><Skeleton height={10} width="60%" /></div></div>)}</div>}
      {list.error && <Failure error={list.error} kept="plugins.failedKept" onRetry={() => { void list.refetch(); }} />}
      {list.data && plugins.length === 0 && <EmptyState icon={<Puzzle size={22} />} title={<T id="plugins.empty" />} line={<T id="plugins.emptyLine" />} action={<Button component={Link} to="/marketplace"><T id="plugins.browse" /></Button>} />}
      {plugins.length > 0 && shown.length === 0 && <EmptyState title={<T id="market.nothingFor" values={{ words }} />} action={<Button variant="default" onClick={() => { setWords(''); }}><T id="market.showAll" /></Button>} />}
      {shown.length > 0 && <ul className={classes.list}>{shown.map((plugin) => <PluginRow key={plugin.id} plugin={plugin} neededBy={plugin.neededBy.map(nameOf)} onUninstall={() => { setAsked(plugin.id); }} />)}</ul>}
      <UninstallDialog plugin={plugins.find(({ id }) => id === asked) ?? null} neededBy={(plugins.find(({ id }) => id === asked)?.neededBy ?? []).map(nameOf)} pending={pending} error={error} onClose={() => { setAsked(null); reset(); }}
        onUninstall={(keepData) => { const plugin = plugins.find(({ id }) => id === asked); if (plugin) uninstall({ id: plugin.id, name: plugin.name, keepData }, () => { setAsked(null); }); }} />
    </div>
  );
}
