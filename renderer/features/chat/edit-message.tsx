import { ActionIcon, Button, Textarea, Tooltip } from '@mantine/core';
import { Paperclip } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Attachment } from '../../../contract/model/attachment.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { T, useText } from '../../lib/text.tsx';
import { LONGEST } from './composer.tsx';
import { DraftFileList } from './draft-file-list.tsx';
import { addFiles, NO_FILES, setFiles, useDraftFiles } from './draft-files.ts';
import { plainOf } from './merge-messages.ts';
import classes from './message.module.css';

interface Props { message: ChatMessage; agent: string; /** What is said instead, with its files; null when it was given up or nothing changed. */ onDone: (said: { text: string; attachments: readonly Attachment[] } | null) => void }

/** A message of the person opened for change, in its place: its words and its files. */
export function EditMessage({ message, agent, onDone }: Props) {
  const t = useText();
  const { client } = useBridge();
  const before = plainOf(message);
  const [text, setText] = useState(before);
  const picker = useRef<HTMLInputElement>(null);
  const draftKey = `edit:${message.id}`;
  const files = useDraftFiles(({ files: all }) => all[draftKey] ?? NO_FILES);
  const [kept] = useState(() => message.attachments ?? []);
  useEffect(() => {
    setFiles(draftKey, kept.map((attachment) => ({ key: crypto.randomUUID(), name: attachment.name, state: 'ready', attachment })));
    return () => { setFiles(draftKey, []); };
  }, [draftKey, kept]);
  const ready = text.trim() !== '' && !files.some(({ state }) => state === 'sending');
  const done = (): void => {
    const attachments = files.flatMap((one) => (one.state === 'ready' ? [one.attachment] : []));
    const same = text === before && attachments.length === kept.length && attachments.every(({ id, name }, at) => id === kept[at]?.id && name === kept[at].name);
    onDone(same ? null : { text, attachments });
  };
  return (
    <div className={classes.edit}>
      <DraftFileList draftKey={draftKey} files={files} agent={agent} hireId={null} model={null} />
      <Textarea autosize minRows={2} maxRows={14} maxLength={LONGEST} autoFocus value={text} aria-label={t('chat.editMessage')} onChange={(event) => { setText(event.currentTarget.value); }}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData('text/plain') === '' ? [...event.clipboardData.files] : [];
          if (pasted.length > 0) { event.preventDefault(); addFiles(client, draftKey, pasted); }
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing && ready) { event.preventDefault(); done(); }
          if (event.key === 'Escape') { event.stopPropagation(); onDone(null); }
        }} />
      <div className={classes.editFoot}>
        <Tooltip label={t('chat.attach')}><ActionIcon aria-label={t('chat.editAttach')} onClick={() => { picker.current?.click(); }}><Paperclip size={15} aria-hidden /></ActionIcon></Tooltip>
        <input ref={picker} type="file" hidden multiple aria-label={t('chat.editAttach')} onChange={(event) => {
          const given = [...event.currentTarget.files ?? []];
          event.currentTarget.value = '';
          addFiles(client, draftKey, given);
        }} />
        <span><T id="chat.editKeeps" /></span>
        <Button size="xs" variant="default" onClick={() => { onDone(null); }}><T id="chat.editCancel" /></Button>
        <Button size="xs" disabled={!ready} onClick={done}><T id="chat.send" /></Button>
      </div>
    </div>
  );
}
