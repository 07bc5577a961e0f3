import { Button, Group } from '@mantine/core';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { hasCode } from '../../../contract/errors/app-error.ts';
import type { ConfigurationField } from '../../../contract/model/configuration.ts';
import { changesOf, isEmpty, problemOf, type ConfigurationChanges, type ConfigurationDraft } from '../../lib/configuration-draft.ts';
import { T, useText } from '../../lib/text.tsx';
import { Failure } from '../failure/failure.tsx';
import { FieldControl, type ModelOption } from './field-control.tsx';
import classes from './configuration-form.module.css';

export interface ConfigurationFormProps {
  fields: readonly ConfigurationField[];
  models: readonly ModelOption[];
  /** Where a folder is picked; null where it cannot be. */
  folder: (key: string) => ReactNode;
  /** Resolves when the core has stored it. */
  onSave: (changes: ConfigurationChanges) => Promise<unknown>;
  onRemoveSecret: (key: string) => void;
  saving: boolean;
  error: unknown;
  saveWords: string;
  /** Buttons and results beside and below *Save*. */
  actions?: ReactNode;
  result?: ReactNode;
}

/** A form made from the manifest's entries. Each field is checked on leaving it, all of them on saving. */
export function ConfigurationForm({ fields, models, folder, onSave, onRemoveSecret, saving, error, saveWords, actions, result }: ConfigurationFormProps) {
  const t = useText();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<ConfigurationDraft>(new Map());
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const changes = changesOf(fields, draft);
  const refused = new Map(problemsIn(error).map(({ key, problem }) => [key, `configuration.problem.${problem}`]));
  const problemAt = (field: ConfigurationField): string | null => {
    const id = left.has(field.key) ? problemOf(field, draft) ?? (draft.has(field.key) ? refused.get(field.key) ?? null : null) : null;
    return id === null ? null : t(id, { options: field.options.join(', ') });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(new Set(fields.map(({ key }) => key)));
    const wrong = fields.find((field) => problemOf(field, draft) !== null);
    if (wrong) {
      form.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(wrong.key)}"] input, [data-field="${CSS.escape(wrong.key)}"] button`)?.focus();
      return;
    }
    if (isEmpty(changes)) return;
    // What was typed stays until it is stored; a secret is forgotten then.
    onSave(changes).then(() => { setDraft(new Map()); setLeft(new Set()); }, () => undefined);
  };
  return (
    <form ref={form} onSubmit={submit} noValidate className={classes.form}>
      {fields.map((field) => (
        <div key={field.key} data-field={field.key}>
          <FieldControl field={field} draft={draft} models={models} problem={problemAt(field)} folder={folder}
            onChange={(value) => { setDraft((before) => new Map([...before, [field.key, value]])); }}
            onForget={() => { setDraft((before) => new Map([...before].filter(([key]) => key !== field.key))); }}
            onLeave={() => { setLeft((before) => new Set([...before, field.key])); }} onRemoveSecret={() => { onRemoveSecret(field.key); }} />
        </div>
      ))}
      {error !== null && error !== undefined && <Failure error={error} compact kept="configuration.kept" />}
      <Group gap={8}>
        <Button type="submit" loading={saving} disabled={isEmpty(changes) && fields.every((field) => problemOf(field, draft) === null)}>{t(saveWords)}</Button>
        {!isEmpty(changes) && !saving && <Button variant="subtle" color="gray" onClick={() => { setDraft(new Map()); setLeft(new Set()); }}><T id="configuration.discard" /></Button>}
        {isEmpty(changes) && actions}
      </Group>
      {result}
    </form>
  );
}

/** The core's own word on single fields. */
function problemsIn(error: unknown): { key: string; problem: string }[] {
  if (!hasCode(error, 'plugins/bad-configuration')) return [];
  const { problems } = (error as { details?: { problems?: unknown } }).details ?? {};
  return Array.isArray(problems) ? (problems as { key: string; problem: string }[]) : [];
}
