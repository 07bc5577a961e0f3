import { ActionIcon, Autocomplete, Highlight, Menu, TextInput, Tooltip } from '@mantine/core';
import { Ellipsis, FolderInput, FolderOutput, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { NavLink } from 'react-router';
import type { Conversation } from '../../../contract/model/chat.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './conversations.module.css';

interface Props { conversation: Conversation; agent: string; avatar: Hire['avatar'] | undefined; /** What is looked for, to be marked. */ words: string; folders: readonly string[]; onRename: (title: string) => void; onPlace: (place: { pinned: boolean } | { folder: string | null }) => void; onRemove: () => void }

/** One conversation of the list: opens it, renames it in place, pins it, puts it into a folder, removes it. */
export function ConversationItem({ conversation, agent, avatar, words, folders, onRename, onPlace, onRemove }: Props) {
  const t = useText();
  const [editing, setEditing] = useState<'title' | 'folder' | null>(null);
  const [choosing, setChoosing] = useState(false);
  if (editing === 'folder') return <FolderField folder={conversation.folder ?? ''} folders={folders} onDone={(folder) => { setEditing(null); if (folder !== null && folder !== conversation.folder) onPlace({ folder }); }} />;
  if (editing) return <TitleField title={conversation.title} onDone={(title) => { setEditing(null); if (title !== null && title !== conversation.title) onRename(title); }} />;
  return (
    <li className={classes.item}>
      <NavLink to={`/chat/${conversation.id}`} className={classes.link ?? ''} onKeyDown={(event) => {
        if (event.key === 'F2') { event.preventDefault(); setEditing('title'); }
        if (event.key === 'Delete') { event.preventDefault(); onRemove(); }
      }}>
        <AgentAvatar name={agent} size={28} {...avatar} />
        <span className={classes.words}>
          <Highlight component="span" inherit className={classes.title ?? ''} highlight={words}>{conversation.title || t('chat.new')}</Highlight>
          <span className={classes.last}>{conversation.match !== undefined ? <Highlight component="span" inherit highlight={words}>{conversation.match}</Highlight> : conversation.activeRunId === null ? conversation.lastText : <T id="chat.answeringNow" values={{ agent }} />}</span>
        </span>
        {conversation.activeRunId === null ? null : <span className={classes.active} aria-hidden />}
      </NavLink>
      <Menu position="bottom-end" onChange={setChoosing} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Tooltip label={t('chat.more')} disabled={choosing}><ActionIcon className={classes.menu ?? ''} size="sm" aria-label={t('chat.moreOf', { title: conversation.title || t('chat.new') })}><Ellipsis size={15} aria-hidden /></ActionIcon></Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Pencil size={14} aria-hidden />} rightSection={<kbd className={classes.key}>{t('chat.renameKey')}</kbd>} onClick={() => { setEditing('title'); }}><T id="chat.rename" /></Menu.Item>
          <Menu.Item leftSection={conversation.pinned ? <PinOff size={14} aria-hidden /> : <Pin size={14} aria-hidden />} onClick={() => { onPlace({ pinned: !conversation.pinned }); }}><T id={conversation.pinned ? 'chat.unpin' : 'chat.pin'} /></Menu.Item>
          <Menu.Item leftSection={<FolderInput size={14} aria-hidden />} onClick={() => { setEditing('folder'); }}><T id="chat.toFolder" /></Menu.Item>
          {conversation.folder === null ? null : <Menu.Item leftSection={<FolderOutput size={14} aria-hidden />} onClick={() => { onPlace({ folder: null }); }}><T id="chat.outOfFolder" values={{ folder: conversation.folder }} /></Menu.Item>}
          <Menu.Item leftSection={<Trash2 size={14} aria-hidden />} rightSection={<kbd className={classes.key}>{t('chat.removeKey')}</kbd>} onClick={onRemove}><T id="chat.remove" /></Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

function TitleField({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const t = useText();
  const [text, setText] = useState(title);
  return (
    <li className={classes.item}>
      <TextInput className={classes.rename ?? ''} size="xs" maxLength={120} autoFocus aria-label={t('chat.newTitle')} value={text} onChange={(event) => { setText(event.currentTarget.value); }}
        onFocus={(event) => { event.currentTarget.select(); }} onBlur={() => { onDone(text.trim() || null); }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onDone(text.trim() || null);
          if (event.key === 'Escape') { event.stopPropagation(); onDone(null); }
        }} />
    </li>
  );
}

/** A folder by its name: one that is there, or a new one. */
function FolderField({ folder, folders, onDone }: { folder: string; folders: readonly string[]; onDone: (folder: string | null) => void }) {
  const t = useText();
  const [text, setText] = useState(folder);
  return (
    <li className={classes.item}>
      <Autocomplete className={classes.rename ?? ''} size="xs" maxLength={60} autoFocus aria-label={t('chat.folderName')} placeholder={t('chat.folderName')} data={[...folders]} value={text} onChange={setText}
        onOptionSubmit={(name) => { onDone(name); }} onBlur={() => { onDone(null); }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.defaultPrevented) onDone(text.trim() || null);
          if (event.key === 'Escape') { event.stopPropagation(); onDone(null); }
        }} />
    </li>
  );
}
