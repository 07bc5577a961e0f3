import { ActionIcon, Badge, Tooltip } from '@mantine/core';
import { Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Memory } from '../../../contract/model/memory.ts';
import { useChange } from '../../bridge/use-call.ts';
import { describe } from '../../components/failure/failure.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { T, useText } from '../../lib/text.tsx';
import { MemoryEditor } from './memory-editor.tsx';
import classes from './memory.module.css';

interface Props { memory: Memory; showPlace: boolean; onForgotten: (batch: string) => void }

/** One thing that is remembered: what, for whom, where it came from, and what can be done with it. */
export function MemoryRow({ memory, showPlace, onForgotten }: Props) {
  const t = useText();
  const [editing, setEditing] = useState(false);
  const pin = useChange('memory', 'pin');
  const forget = useChange('memory', 'forget', { onDone: ({ batch }) => { onForgotten(batch); } });
  const error = pin.error ?? forget.error;
  if (editing) return <li className={classes.row}><MemoryEditor memory={memory} onClose={() => { setEditing(false); }} /></li>;
  const place = memory.scope === 'shared' ? t('memory.shared') : memory.scope === 'conversation' ? t('memory.ofConversation', { title: memory.owner || t('memory.untitled') }) : t('memory.ofAgent', { name: memory.owner });
  const named = { text: memory.text.slice(0, 60) };
  return (
    <li className={classes.row} data-pinned={memory.pinned || undefined}>
      <div className={classes.words}>
        <p className={classes.text}>{memory.text}</p>
        <div className={classes.facts}>
          {memory.pinned ? <Badge size="sm" variant="light" radius="sm" tt="none" fw={500}><T id="memory.pinned" /></Badge> : null}
          {showPlace ? <span>{place}</span> : null}
          <span>{t(`memory.kind.${memory.kind}`)}</span>
          <span>{memory.author === 'person' ? t('memory.byYou') : memory.conversationId ? <Link className={classes.textLink} to={`/chat/${memory.conversationId}`}><T id="memory.byAgent" /></Link> : t('memory.byAgent')}</span>
          <RelativeTime at={memory.updatedAt} />
          {memory.usedAt === null ? <span><T id="memory.neverUsed" /></span> : <span><T id="memory.used" values={{ when: <RelativeTime at={memory.usedAt} /> }} /></span>}
        </div>
        {error ? <p className={classes.problem} role="alert">{describe(error).message}</p> : null}
      </div>
      <div className={classes.actions}>
        <Act label={t(memory.pinned ? 'memory.unpin' : 'memory.pin')} name={t(memory.pinned ? 'memory.unpinThis' : 'memory.pinThis', named)} onClick={() => { pin.mutate({ id: memory.id, pinned: !memory.pinned }); }}>{memory.pinned ? <PinOff size={15} aria-hidden /> : <Pin size={15} aria-hidden />}</Act>
        <Act label={t('memory.edit')} name={t('memory.editThis', named)} onClick={() => { setEditing(true); }}><Pencil size={15} aria-hidden /></Act>
        <Act label={t('memory.forget')} name={t('memory.forgetThis', named)} onClick={() => { forget.mutate({ id: memory.id }); }}><Trash2 size={15} aria-hidden /></Act>
      </div>
    </li>
  );
}

function Act({ label, name, onClick, children }: { label: string; name: string; onClick: () => void; children: React.ReactNode }) {
  return <Tooltip label={label} portalProps={{ target: '#content' }}><ActionIcon aria-label={name} onClick={onClick}>{children}</ActionIcon></Tooltip>;
}
