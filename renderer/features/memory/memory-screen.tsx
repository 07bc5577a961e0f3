import { Button, Select, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Brain, Download, Plus, Search, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import type { MemoryOwner } from '../../../contract/model/memory.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { callProcedure, type CallError } from '../../bridge/procedures.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { KnowTabs } from '../../components/know-tabs/know-tabs.tsx';
import { showUndo } from '../../components/undo-toast/undo-toast.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { saveText } from '../../lib/save-text.ts';
import { T, useText } from '../../lib/text.tsx';
import { MemoryEditor } from './memory-editor.tsx';
import { MemoryRow } from './memory-row.tsx';
import classes from './memory.module.css';
import { keyOf, placeOf } from './place.ts';

const FIRST = 50;
const MOST = 200;

/** `/memory?of=shared|agent:<hire>|conversation:<id>`: what agents remember, to see, search, change and forget. */
export function MemoryScreen() {
  const t = useText();
  const intl = useIntl();
  usePageTitle(t('memory.title'));
  const [params, setParams] = useSearchParams();
  const [words, setWords] = useState('');
  const [settled] = useDebouncedValue(words.trim(), 200);
  const [limit, setLimit] = useState(FIRST);
  const [adding, setAdding] = useState(params.get('add') === '1');
  const place = placeOf(params.get('of'));
  const searching = settled !== '';
  const owners = useCall('memory', 'owners', {});
  const list = useCall('memory', 'list', { ...place, limit }, { keepPrevious: true, enabled: !searching });
  const found = useCall('memory', 'search', { words: settled, ...place, limit }, { keepPrevious: true, enabled: searching });
  const shown = searching ? found : list;
  const memories = shown.data?.memories;
  const total = searching ? memories?.length ?? 0 : list.data?.total ?? 0;
  const restore = useChange('memory', 'restore');
  const forgetAll = useChange('memory', 'forgetAll', { onDone: ({ batch, forgotten }) => { undo(batch, t('memory.forgotAll', { count: forgotten })); } });
  const undo = (batch: string, message: string): void => { showUndo(message, () => { restore.mutate({ batch }); }); };

  const { client } = useBridge();
  const [notSaved, setNotSaved] = useState<CallError | null>(null);
  const save = (): void => {
    setNotSaved(null);
    callProcedure(client, 'memory', 'export', { ...place }).then(saveText, (error: unknown) => { setNotSaved(error as CallError); });
  };

  const labelOf = ({ scope, owner, gone }: MemoryOwner): string => (scope === 'shared' ? t('memory.shared')
    : scope === 'conversation' ? t('memory.ofConversation', { title: owner || t('memory.untitled') }) : t(gone ? 'memory.ofGone' : 'memory.ofAgent', { name: owner }));
  const known = owners.data?.owners ?? [];
  // A place that is named by an address may have nothing yet.
  const unlisted = place?.scope === 'conversation' && !known.some((one) => keyOf(one) === keyOf(place)) ? [{ ...place, scopeId: place.scopeId ?? null, owner: '', count: 0, gone: false }] : [];
  const shared = known.some(({ scope }) => scope === 'shared') ? [] : [{ scope: 'shared' as const, scopeId: null, owner: '', count: 0, gone: false }];
  const choices = [...shared, ...known, ...unlisted].map((one) => ({ value: keyOf(one), label: one.count === 0 ? labelOf(one) : t('memory.withCount', { place: labelOf(one), count: one.count }) }));
  const here = [...shared, ...known, ...unlisted].find((one) => place && keyOf(one) === keyOf(place));
  const choose = (value: string | null): void => { setLimit(FIRST); setParams(value === null ? {} : { of: value }, { replace: true }); };

  return (
    <div className={classes.screen}>
      <KnowTabs />
      <header className={classes.head}>
        <div><h1><T id="memory.title" /></h1><p className={classes.quiet}><T id="memory.line" /></p></div>
        {adding ? null : <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => { setAdding(true); }}><T id="memory.add" /></Button>}
      </header>
      {adding ? <MemoryEditor places={choices} place={place ? keyOf(place) : 'shared'} onClose={() => { setAdding(false); }} /> : null}
      <div className={classes.filters}>
        <TextInput type="search" aria-label={t('memory.search')} placeholder={t('memory.search')} leftSection={<Search size={14} aria-hidden />} value={words} maxLength={200} onChange={(event) => { setLimit(FIRST); setWords(event.currentTarget.value); }} />
        <Select clearable aria-label={t('memory.whose')} placeholder={t('memory.everything')} value={place ? keyOf(place) : null} data={choices} onChange={choose} />
      </div>
      {shown.error ? <Failure error={shown.error} onRetry={() => { void shown.refetch(); }} /> : null}
      {searching && found.data?.note ? <p className={classes.quiet} role="status">{found.data.note}</p> : null}
      {owners.error && !shown.error ? <Failure compact error={owners.error} onRetry={() => { void owners.refetch(); }} /> : null}
      {[restore.error, forgetAll.error, notSaved].map((error, at) => (error ? <Failure key={at} compact error={error} /> : null))}
      {!memories && !shown.error ? <div aria-busy>{[0, 1, 2, 3].map((row) => <Skeleton key={row} height={56} radius="md" mb={8} />)}</div> : null}
      {memories && memories.length > 0 ? (
        <div className={classes.summary}>
          <p className={classes.quiet} role="status"><T id="memory.count" values={{ count: total, shown: intl.formatNumber(total) }} /></p>
          {searching ? null : <Button size="compact-sm" variant="subtle" leftSection={<Download size={14} aria-hidden />} onClick={save}><T id="memory.export" /></Button>}
          {here && !searching ? <Button size="compact-sm" variant="subtle" color="red" leftSection={<Trash2 size={14} aria-hidden />} loading={forgetAll.isPending} onClick={() => { forgetAll.mutate({ scope: here.scope, ...(here.scopeId !== null && { scopeId: here.scopeId }) }); }}><T id="memory.forgetAll" values={{ place: labelOf(here) }} /></Button> : null}
        </div>
      ) : null}
      {memories?.length === 0 ? (searching
        ? <EmptyState title={<T id="memory.nothing" />} line={<T id="memory.nothingLine" />} action={<Button variant="default" onClick={() => { setWords(''); choose(null); }}><T id="memory.showAll" /></Button>} />
        : <EmptyState icon={<Brain size={22} />} title={<T id="memory.empty" />} line={<T id="memory.emptyLine" />} />) : null}
      <ul className={classes.list}>
        {memories?.map((memory) => <MemoryRow key={memory.id} memory={memory} showPlace={!place} onForgotten={(batch) => { undo(batch, t('memory.forgotten')); }} />)}
      </ul>
      {!searching && memories && total > memories.length && limit < MOST ? <Button mt={12} variant="default" onClick={() => { setLimit(MOST); }}><T id="memory.more" /></Button> : null}
      {!searching && memories && total > memories.length && limit >= MOST ? <p className={classes.quiet}><T id="memory.searchOlder" values={{ count: total - memories.length }} /></p> : null}
    </div>
  );
}
