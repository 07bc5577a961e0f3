import { Button, Group, Input, Select, Switch, TextInput } from '@mantine/core';
import { KeyRound } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ConfigurationField } from '../../../contract/model/configuration.ts';
import { textOf, type ConfigurationDraft } from '../../lib/configuration-draft.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './configuration-form.module.css';
import { PasswordField } from '../password-field/password-field.tsx';

export interface ModelOption { value: string; label: string }

interface Props {
  field: ConfigurationField;
  draft: ConfigurationDraft;
  models: readonly ModelOption[];
  problem: string | null;
  folder: (key: string) => ReactNode;
  onChange: (value: string | boolean | null) => void;
  /** Takes back what was typed. */
  onForget: () => void;
  onLeave: () => void;
  onRemoveSecret: () => void;
}

/** The control of one entry, by its type, with the way back to its default. */
export function FieldControl(props: Props) {
  const { field, draft } = props;
  if (field.type === 'secret') return <SecretControl {...props} />;
  if (field.type === 'folder') return <FolderControl {...props} />;
  const own = draft.has(field.key) ? draft.get(field.key) !== null && draft.get(field.key) !== '' : field.value !== null;
  return (
    <div className={classes.field}>
      <ValueControl {...props} />
      {own && <div><Button size="compact-xs" variant="subtle" color="gray" onClick={() => { props.onChange(null); props.onLeave(); }}><Reset field={field} /></Button></div>}
    </div>
  );
}

const nameOf = ({ label, key }: ConfigurationField): string => label ?? key;
const hasDefault = ({ default: standard }: ConfigurationField): boolean => standard !== null && standard !== undefined;

function useDefaultText(): (field: ConfigurationField) => string {
  const t = useText();
  return ({ default: standard }) => (typeof standard === 'boolean' ? t(standard ? 'configuration.yes' : 'configuration.no') : typeof standard === 'string' ? standard : JSON.stringify(standard));
}

function Reset({ field }: { field: ConfigurationField }) {
  const t = useText();
  const textOfDefault = useDefaultText();
  const words = hasDefault(field) ? t('configuration.reset', { value: textOfDefault(field) }) : t('configuration.clear');
  return <>{words}<span className="unseen">{t('configuration.of', { name: nameOf(field) })}</span></>;
}

function Label({ field }: { field: ConfigurationField }) {
  return <>{nameOf(field)}{!field.required && <span className={classes.optional}> <T id="configuration.optional" /></span>}</>;
}

function ValueControl({ field, draft, models, problem, onChange, onLeave }: Props) {
  const t = useText();
  const textOfDefault = useDefaultText();
  const text = textOf(field, draft);
  const common = { label: <Label field={field} />, description: field.description, error: problem, required: field.required, withAsterisk: false, onBlur: onLeave };
  if (field.type === 'boolean') {
    const typed = draft.get(field.key);
    const checked = typeof typed === 'boolean' ? typed : typed === null ? field.default === true : (field.value ?? field.default) === true;
    return <Switch label={common.label} description={field.description} error={problem} checked={checked} onBlur={onLeave} onChange={(event) => { onChange(event.currentTarget.checked); }} />;
  }
  const placeholder = hasDefault(field) ? t('configuration.default', { value: textOfDefault(field) }) : field.example === null ? '' : t('configuration.example', { value: field.example });
  if (field.type === 'enum' || field.type === 'model') {
    const data = field.type === 'enum' ? field.options.map((option) => ({ value: option, label: option })) : withKnown(models, text);
    return <Select {...common} placeholder={placeholder === '' ? t('configuration.choose') : placeholder} data={data} searchable={data.length > 8} limit={200} nothingFoundMessage={t('configuration.noOption')} value={text === '' ? null : text} onChange={(value) => { onChange(value); }} />;
  }
  return <TextInput {...common} placeholder={placeholder} value={text} autoComplete="off" spellCheck={field.type === 'string'} inputMode={field.type === 'number' ? 'decimal' : field.type === 'url' ? 'url' : 'text'} onChange={(event) => { onChange(event.currentTarget.value); }} />;
}

/** A model that was chosen stays shown when its provider is gone. */
const withKnown = (models: readonly ModelOption[], chosen: string): ModelOption[] => (chosen === '' || models.some(({ value }) => value === chosen) ? [...models] : [{ value: chosen, label: chosen }, ...models]);

/** A secret never comes back to the page: it is there or not, and can be replaced or removed. */
function SecretControl({ field, draft, problem, onChange, onForget, onLeave, onRemoveSecret }: Props) {
  const t = useText();
  const [removing, setRemoving] = useState(false);
  const typing = draft.has(field.key);
  const name = nameOf(field);
  if (field.isSet && !typing) {
    return (
      <Input.Wrapper label={<Label field={field} />} description={field.description} labelElement="div">
        <Group gap={8} mt={6} role="group" aria-label={name}>
          <span className={classes.stored}><KeyRound size={14} aria-hidden /><T id="configuration.stored" /></span>
          {removing ? (
            <>
              <Button size="xs" color="red" variant="light" data-autofocus onClick={() => { setRemoving(false); onRemoveSecret(); }} aria-label={t('configuration.removeSecret', { name })}><T id="configuration.removeNow" /></Button>
              <Button size="xs" variant="subtle" color="gray" onClick={() => { setRemoving(false); }}><T id="configuration.keep" /></Button>
            </>
          ) : (
            <>
              <Button size="xs" variant="default" onClick={() => { onChange(''); }} aria-label={t('configuration.replaceSecret', { name })}><T id="configuration.replace" /></Button>
              <Button size="xs" variant="subtle" color="gray" onClick={() => { setRemoving(true); }} aria-label={t('configuration.askRemoveSecret', { name })}><T id="configuration.remove" /></Button>
            </>
          )}
        </Group>
      </Input.Wrapper>
    );
  }
  const typed = draft.get(field.key);
  return (
    <div className={classes.field}>
      <PasswordField label={<Label field={field} />} description={field.description} error={problem} required={field.required} withAsterisk={false} autoComplete="off" autoFocus={field.isSet}
        placeholder={field.example === null ? '' : t('configuration.example', { value: field.example })} value={typeof typed === 'string' ? typed : ''} onBlur={onLeave} onChange={(event) => { onChange(event.currentTarget.value); }} />
      {field.isSet && <div><Button size="compact-xs" variant="subtle" color="gray" onClick={onForget}><T id="configuration.keepStored" /></Button></div>}
    </div>
  );
}

function FolderControl({ field, folder }: Props) {
  const picker = folder(field.key);
  return (
    <Input.Wrapper label={<Label field={field} />} description={field.description} labelElement="div">
      <div className={classes.folder}>{picker ?? <span className={classes.optional}><T id="configuration.noFolder" /></span>}</div>
    </Input.Wrapper>
  );
}
