import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { T, useText } from '../../lib/text.tsx';
import { LONGEST } from './composer.tsx';
import classes from './message.module.css';

/** A message of the person opened for change, in its place. Answers the new text, or null when it was given up. */
export function EditMessage({ text: before, onDone }: { text: string; onDone: (text: string | null) => void }) {
  const t = useText();
  const [text, setText] = useState(before);
  const ready = text.trim() !== '';
  return (
    <div className={classes.edit}>
      <Textarea autosize minRows={2} maxRows={14} maxLength={LONGEST} autoFocus value={text} aria-label={t('chat.editMessage')} onChange={(event) => { setText(event.currentTarget.value); }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing && ready) { event.preventDefault(); onDone(text); }
          if (event.key === 'Escape') { event.stopPropagation(); onDone(null); }
        }} />
      <div className={classes.editFoot}>
        <span><T id="chat.editKeeps" /></span>
        <Button size="xs" variant="default" onClick={() => { onDone(null); }}><T id="chat.editCancel" /></Button>
        <Button size="xs" disabled={!ready} onClick={() => { onDone(text); }}><T id="chat.send" /></Button>
      </div>
    </div>
  );
}
