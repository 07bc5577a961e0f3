import { ActionIcon, Button, NativeSelect, Skeleton, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Download, FileText, FileUp, Search, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { Link, useSearchParams } from 'react-router';
import type { KnowledgeDocument } from '../../../contract/model/knowledge.ts';
import { useAddDocuments } from '../../bridge/use-add-document.ts';
import { useSaveDocuments } from '../../bridge/use-save-documents.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { KnowTabs } from '../../components/know-tabs/know-tabs.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { showUndo } from '../../components/undo-toast/undo-toast.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { placeWords } from '../../lib/place-words.ts';
import { saveText } from '../../lib/save-text.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './knowledge.module.css';

const ACCEPT = '.pdf,.docx,.html,.htm,.md,.markdown,.csv,.tsv,.txt';

/** The documents that agents look into: given here, searched, opened, removed. */
export function KnowledgeList() {
  const t = useText();
  usePageTitle(t('knowledge.title'));
  const [params, setParams] = useSearchParams();
  const [words, setWords] = useState('');
  const [settled] = useDebouncedValue(words.trim(), 200);
  const picker = useRef<HTMLInputElement>(null);
  const [scope, scopeId] = (params.get('of') ?? 'shared').split(':');
  const own = scope === 'own' && scopeId !== undefined;
  const place = own ? { scope: 'own' as const, scopeId } : scope === 'agent' && scopeId !== undefined ? { scope: 'agent' as const, scopeId } : { scope: 'shared' as const };
  const key = place.scope === 'shared' ? 'shared' : `${place.scope}:${place.scopeId}`;
  const team = useCall('team', 'list', {});
  const agents = useCall('builder', 'list', {});
  const list = useCall('knowledge', 'list', place, { keepPrevious: true });
  const found = useCall('knowledge', 'search', { words: settled, ...place, limit: 20 }, { enabled: settled !== '', keepPrevious: true });
  const add = useAddDocuments();
  const restore = useChange('knowledge', 'restore');
  const save = useSaveDocuments((text) => { saveText({ name: 'documents.json', mediaType: 'application/json', text }); });
  const choices = [
    { value: 'shared', label: t('knowledge.shared') },
    ...(team.data?.hires ?? []).map(({ id, name }) => ({ value: `agent:${id}`, label: name })),
    ...(agents.data?.agents ?? []).map(({ id, name }) => ({ value: `own:${id}`, label: t('knowledge.ofOwn', { name: name || t('memory.untitled') }) })),
  ];
  const pick = <Button leftSection={<FileUp size={16} aria-hidden />} loading={add.isPending} onClick={() => { picker.current?.click(); }}><T id="knowledge.add" /></Button>;
  const documents = list.data?.documents;
  return (
    <div className={classes.screen}>
      <KnowTabs />
      <header className={classes.head}>
        <div><h1><T id="knowledge.title" /></h1><p className={classes.quiet}><T id="knowledge.line" /></p></div>
        {pick}
        <input ref={picker} type="file" hidden multiple accept={ACCEPT} aria-label={t('knowledge.add')} onChange={(event) => {
          const files = [...event.currentTarget.files ?? []];
          event.currentTarget.value = '';
          if (files.length > 0) add.mutate({ files, ...place });
        }} />
      </header>
      <div className={classes.filters}>
        <TextInput type="search" aria-label={t('knowledge.search')} placeholder={t('knowledge.search')} leftSection={<Search size={14} aria-hidden />} value={words} maxLength={200} onChange={(event) => { setWords(event.currentTarget.value); }} />
        <NativeSelect aria-label={t('knowledge.whose')} value={key} data={choices} onChange={(event) => { setParams({ of: event.currentTarget.value }, { replace: true }); }} />
      </div>
      {add.error ? <Failure error={add.error} compact /> : null}
      {restore.error ? <Failure error={restore.error} compact /> : null}
      {save.error ? <Failure error={save.error} compact /> : null}
      {add.isPending ? <p className={classes.quiet} role="status"><T id="knowledge.reading" /></p> : null}
      {settled !== '' ? (
        <>
          {found.error ? <Failure error={found.error} onRetry={() => { void found.refetch(); }} /> : null}
          {found.data?.note ? <p className={classes.quiet} role="status">{found.data.note}</p> : null}
          {found.data?.passages.length === 0 ? <EmptyState title={<T id="knowledge.nothing" />} line={<T id="knowledge.nothingLine" />} /> : null}
          <ul className={classes.list}>{found.data?.passages.map(({ documentId, position, name, place: at, text }) => (
            <li key={`${documentId}/${position}`} className={classes.hit}>
              <Link className={classes.name} to={`/knowledge/${documentId}?at=${position}`}>{name}</Link> <span className={classes.quiet}>{placeWords(at, t)}</span>
              <p className={classes.excerpt}>{text}</p>
            </li>
          ))}</ul>
        </>
      ) : (
        <>
          {list.error ? <Failure error={list.error} onRetry={() => { void list.refetch(); }} /> : null}
          {!documents && !list.error ? <div aria-busy>{[0, 1, 2].map((row) => <Skeleton key={row} height={48} radius="md" mb={8} />)}</div> : null}
          {documents?.length === 0 ? <EmptyState icon={<FileText size={22} />} title={<T id="knowledge.empty" />} line={<T id="knowledge.emptyLine" />} /> : null}
          {documents && documents.length > 0 ? <Button size="compact-sm" variant="subtle" loading={save.isPending} leftSection={<Download size={14} aria-hidden />} onClick={() => { save.mutate(documents); }}><T id="knowledge.save" /></Button> : null}
          <ul className={classes.list}>{documents?.map((document) => <DocumentRow key={document.id} document={document} onRemoved={() => { showUndo(t('knowledge.removed', { name: document.name }), () => { restore.mutate({ id: document.id }); }); }} />)}</ul>
        </>
      )}
    </div>
  );
}

function DocumentRow({ document, onRemoved }: { document: KnowledgeDocument; onRemoved: () => void }) {
  const t = useText();
  const intl = useIntl();
  const remove = useChange('knowledge', 'remove', { onDone: onRemoved });
  return (
    <li className={classes.row}>
      <FileText size={18} strokeWidth={1.75} aria-hidden />
      <div className={classes.words}>
        <Link className={classes.name} to={`/knowledge/${document.id}`}>{document.name}</Link>
        <div className={classes.quiet}><T id="knowledge.facts" values={{ kind: t(`knowledge.kind.${document.kind}`), characters: intl.formatNumber(document.characters), when: <RelativeTime at={document.addedAt} /> }} /></div>
        {document.plugin === null ? null : <div className={classes.quiet}><T id="knowledge.ofPlugin" values={{ plugin: <Link to={`/marketplace/${document.plugin.id}`}>{document.plugin.name}</Link> }} /></div>}
        {document.notes.map((note) => <div key={note} className={classes.note}>{note}</div>)}
        {remove.error ? <Failure compact error={remove.error} /> : null}
      </div>
      {document.plugin !== null ? null : <Tooltip label={t('knowledge.remove')} portalProps={{ target: '#content' }}><ActionIcon aria-label={t('knowledge.removeThis', { name: document.name })} onClick={() => { remove.mutate({ id: document.id }); }}><Trash2 size={15} aria-hidden /></ActionIcon></Tooltip>}
    </li>
  );
}
