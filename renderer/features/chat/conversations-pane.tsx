import { ActionIcon, Button, CloseButton, Skeleton, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { useDebouncedValue, useLocalStorage } from '@mantine/hooks';
import { FileUp, Folder, FolderOpen, Search, SquarePen } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { Link, useNavigate } from 'react-router';
import type { Conversation } from '../../../contract/model/chat.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { showUndo } from '../../components/undo-toast/undo-toast.tsx';
import { T, useText } from '../../lib/text.tsx';
import { ConversationItem } from './conversation-item.tsx';
import classes from './conversations.module.css';
import { groupByDay, type DayGroup } from './group-by-day.ts';
import { ImportConversations } from './import-conversations.tsx';

/** The conversations, newest first under the day of their last word, with search. `alone`: nothing else is on the screen. */
export function ConversationsPane({ selected, hires, alone }: { selected: string | null; hires: readonly Hire[]; alone: boolean }) {
  const t = useText();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed.trim(), 150);
  const list = useCall('chat', 'conversations', { words, limit: 200 }, { keepPrevious: true });
  const rename = useChange('chat', 'rename');
  const place = useChange('chat', 'place');
  const restore = useChange('chat', 'restore');
  const remove = useChange('chat', 'remove', {
    onDone: (_, { id }) => {
      if (id === selected) void navigate('/chat');
      showUndo(t('chat.removed'), () => { restore.mutate({ id }); });
    },
  });
  const [importing, setImporting] = useState<{ file: File | null } | null>(null);
  const [over, setOver] = useState(false);
  const hireOf = (conversation: Conversation): Hire | undefined => hires.find((hire) => hire.id === conversation.hireId);
  const conversations = list.data?.conversations ?? [];
  const folders = foldersOf(conversations);
  return (
    <nav className={classes.pane} aria-label={t('chat.conversations')} data-over={over || undefined}
      onDragOver={(event) => { if (event.dataTransfer.types.includes('Files')) { event.preventDefault(); setOver(true); } }}
      onDragLeave={(event) => { if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setOver(false); }}
      onDrop={(event) => { setOver(false); if (event.dataTransfer.types.includes('Files')) { event.preventDefault(); setImporting({ file: event.dataTransfer.files[0] ?? null }); } }}>
      <div className={classes.head}>
        {alone ? <h1><T id="chat.title" /></h1> : <h2><T id="chat.title" /></h2>}
        <div className={classes.acts}>
          <Tooltip label={t('chat.import')}><ActionIcon aria-label={t('chat.import')} onClick={() => { setImporting({ file: null }); }}><FileUp size={17} aria-hidden /></ActionIcon></Tooltip>
          <Tooltip label={t('chat.new')}><ActionIcon component={Link} to="/chat/new" aria-label={t('chat.new')}><SquarePen size={17} aria-hidden /></ActionIcon></Tooltip>
        </div>
      </div>
      <TextInput className={classes.search ?? ''} size="xs" type="search" aria-label={t('chat.search')} placeholder={t('chat.search')} leftSection={<Search size={14} aria-hidden />} value={typed} onChange={(event) => { setTyped(event.currentTarget.value); }}
        rightSection={typed === '' ? null : <CloseButton size="xs" aria-label={t('chat.clearSearch')} onClick={() => { setTyped(''); }} />} />
      <div className={classes.list}>
        {list.isPending ? [0, 1, 2, 3].map((row) => <Skeleton key={row} height={44} mb={6} radius="md" />) : null}
        {list.error ? <Failure compact error={list.error} onRetry={() => { void list.refetch(); }} /> : null}
        {list.data && conversations.length === 0 ? <div className={classes.none}><p><T id={words === '' ? 'chat.noConversations' : 'chat.noMatch'} /></p>{words === '' ? alone ? <Button size="xs" variant="default" component={Link} to="/chat/new"><T id="chat.new" /></Button> : null : <Button size="xs" variant="default" onClick={() => { setTyped(''); }}><T id="chat.clearSearch" /></Button>}</div> : null}
        <Groups conversations={conversations} level={alone ? 'h2' : 'h3'} open={words !== ''}>
          {(conversation) => <ConversationItem key={conversation.id} conversation={conversation} agent={hireOf(conversation)?.name ?? t('chat.formerAgent')} avatar={hireOf(conversation)?.avatar} words={words} folders={folders} onPlace={(where) => { place.mutate({ id: conversation.id, ...where }); }} onRename={(title) => { rename.mutate({ id: conversation.id, title }); }} onRemove={() => { remove.mutate({ id: conversation.id }); }} />}
        </Groups>
      </div>
      {over ? <p className={classes.drop}><T id="chat.import.dropHere" /></p> : null}
      <ImportConversations opened={importing !== null} file={importing?.file ?? null} hires={hires} onClose={() => { setImporting(null); }} />
    </nav>
  );
}

const foldersOf = (conversations: readonly Conversation[]): string[] => [...new Set(conversations.flatMap(({ folder }) => (folder === null ? [] : [folder])))].sort((a, b) => a.localeCompare(b));

interface GroupsProps { level: 'h2' | 'h3'; conversations: readonly Conversation[]; /** Folders are open whatever was chosen: something is looked for. */ open: boolean; children: (conversation: Conversation) => ReactNode }

/** Pinned ones, then folders by name, then the rest by day. */
function Groups({ conversations, level: Heading, open, children }: GroupsProps) {
  // Days turn while the page is open; the list is asked for anew at each change, so this is fresh enough.
  const [now] = useState(() => Date.now());
  const [closed, setClosed] = useLocalStorage<string[]>({ key: 'troupe-closed-folders', defaultValue: [], getInitialValueInEffect: false });
  const list = (items: readonly Conversation[]) => <ul className={classes.items}>{items.map(children)}</ul>;
  const pinned = conversations.filter((conversation) => conversation.pinned);
  const rest = conversations.filter((conversation) => !conversation.pinned && conversation.folder === null);
  return (
    <>
      {pinned.length === 0 ? null : <section><Heading className={classes.day}><T id="chat.pinned" /></Heading>{list(pinned)}</section>}
      {foldersOf(conversations.filter((conversation) => !conversation.pinned)).map((folder) => {
        const opened = open || !closed.includes(folder);
        return (
          <section key={`folder ${folder}`}>
            <Heading className={classes.day}>
              <UnstyledButton className={classes.folder} aria-expanded={opened} onClick={() => { setClosed((before) => (opened ? [...before, folder] : before.filter((one) => one !== folder))); }}>
                {opened ? <FolderOpen size={13} aria-hidden /> : <Folder size={13} aria-hidden />} <span className={classes.folderName}>{folder}</span>
              </UnstyledButton>
            </Heading>
            {opened ? list(conversations.filter((conversation) => !conversation.pinned && conversation.folder === folder)) : null}
          </section>
        );
      })}
      {groupByDay(rest, (conversation) => conversation.updatedAt, Math.max(now, ...rest.map((conversation) => conversation.updatedAt))).map(({ key, group, items }) => (
        <section key={key}><Heading className={classes.day}><DayName group={group} /></Heading>{list(items)}</section>
      ))}
    </>
  );
}

function DayName({ group }: { group: DayGroup }) {
  const intl = useIntl();
  return group.kind === 'month' ? intl.formatDate(group.at, { month: 'long', year: 'numeric' }) : <T id={`chat.day.${group.kind}`} />;
}
