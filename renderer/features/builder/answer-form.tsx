import { Switch, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Draft } from '../../../contract/model/builder.ts';
import { useText } from '../../lib/text.tsx';

const EXAMPLE = { type: 'object', properties: { title: { type: 'string' }, points: { type: 'array', items: { type: 'string' } } }, required: ['title', 'points'], additionalProperties: false };

const textOf = (schema: Draft['response_format']): string => (typeof schema === 'string' ? schema : JSON.stringify(schema, null, 2));

/** The form that every answer has to have, as a JSON Schema. While it is no JSON yet the text is kept as it is. */
export function AnswerForm({ schema, error, onChange }: { schema: Draft['response_format']; error: string | null; onChange: (schema: Draft['response_format'] | null) => void }) {
  const t = useText();
  const [typed, setTyped] = useState<string | null>(null);
  const on = schema !== undefined;
  // What was typed stands as long as it means what is kept; a version that was taken back shows itself.
  const shown = typed !== null && JSON.stringify(readJson(typed)) === JSON.stringify(schema) ? typed : textOf(schema);
  return (
    <>
      <Switch label={t('builder.field.response_format')} description={t('builder.help.response_format')} checked={on} onChange={(event) => { setTyped(null); onChange(event.currentTarget.checked ? EXAMPLE : null); }} />
      {on ? (
        <Textarea label={t('builder.field.schema')} autosize minRows={6} maxRows={20} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }} value={shown} error={typeof schema === 'string' ? t('builder.notJson') : error}
          onChange={(event) => { setTyped(event.currentTarget.value); onChange(readJson(event.currentTarget.value)); }} />
      ) : null}
    </>
  );
}

/** The map that the text is, or the text itself. */
export function readJson(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 ? (value as Record<string, unknown>) : text;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
