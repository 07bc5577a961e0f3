import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useState } from 'react';
import { MOST_MEMORY_TEXT, memoryKindSchema, type Memory, type MemoryKind } from '../../../contract/model/memory.ts';
import { useChange } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './memory.module.css';
import { placeOf } from './place.ts';

type Props = { onClose: () => void } & ({ memory: Memory } | { memory?: undefined; places: readonly { value: string; label: string }[]; place: string });

/** Writes something that is to be remembered, or changes the words of it. Escape leaves it as it was. */
export function MemoryEditor(props: Props) {
  const t = useText();
  const { memory, onClose } = props;
  const [text, setText] = useState(memory?.text ?? '');
  const [kind, setKind] = useState<MemoryKind>(memory?.kind ?? 'fact');
  const [chosen, setChosen] = useState(memory ? '' : props.place);
  const add = useChange('memory', 'add', { onDone: onClose });
  const update = useChange('memory', 'update', { onDone: onClose });
  const place = placeOf(chosen);
  const ready = text.trim() !== '' && (memory !== undefined || place !== undefined);
  const save = (): void => {
    if (!ready) return;
    if (memory) update.mutate({ id: memory.id, text: text.trim(), kind });
    else if (place) add.mutate({ ...place, text: text.trim(), kind });
  };
  const error = add.error ?? update.error;
  return (
    <form className={classes.editor} onSubmit={(event) => { event.preventDefault(); save(); }} onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); onClose(); } }}>
      <Textarea autosize minRows={2} maxRows={10} autoFocus maxLength={MOST_MEMORY_TEXT} label={t('memory.text')} description={t('memory.textHelp')} placeholder={t('memory.textExample')} value={text} onChange={(event) => { setText(event.currentTarget.value); }} />
      <div className={classes.editorFields}>
        <NativeSelect label={t('memory.kind')} value={kind} data={memoryKindSchema.options.map((value) => ({ value, label: t(`memory.kind.${value}`) }))} onChange={(event) => { setKind(memoryKindSchema.options.find((one) => one === event.currentTarget.value) ?? 'fact'); }} />
        {memory ? null : <NativeSelect label={t('memory.for')} value={chosen} data={[...props.places]} onChange={(event) => { setChosen(event.currentTarget.value); }} />}
        <div className={classes.editorActions}>
          <Button variant="default" onClick={onClose}><T id="memory.cancel" /></Button>
          <Button type="submit" disabled={!ready} loading={add.isPending || update.isPending}><T id="memory.save" /></Button>
        </div>
      </div>
      {error ? <Failure compact error={error} /> : null}
    </form>
  );
}
