import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { hasCode } from '../../../contract/errors/app-error.ts';
import { describe } from '../../components/failure/failure.tsx';
import { useText } from '../../lib/text.tsx';
import { nameProblem } from '../../lib/suggest-name.ts';

/** Renames in place: Enter or leaving saves, Escape keeps the old name. A name that will not do stays, with its reason. */
export function NameField({ name, taken, onSave, onCancel }: { name: string; taken: readonly string[]; onSave: (name: string) => Promise<unknown>; onCancel: () => void }) {
  const t = useText();
  const [text, setText] = useState(name);
  const [problem, setProblem] = useState<string | null>(null);
  const save = (): void => {
    const wrong = nameProblem(text, taken, name);
    if (wrong !== null) { setProblem(t(wrong)); return; }
    if (text.trim() === name) { onCancel(); return; }
    onSave(text.trim()).catch((error: unknown) => { setProblem(hasCode(error, 'team/name-taken') ? t('team.nameTaken') : describe(error).message); });
  };
  return (
    <TextInput size="xs" autoFocus maxLength={60} aria-label={t('team.newName')} value={text} error={problem} maw={280}
      onChange={(event) => { setText(event.currentTarget.value); setProblem(null); }} onFocus={(event) => { event.currentTarget.select(); }} onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') onCancel();
      }} />
  );
}
