import { Checkbox, Group, NumberInput, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { PERSONAL_DATA } from '../../../contract/model/builder.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useText } from '../../lib/text.tsx';
import { readJson } from './answer-form.tsx';
import classes from './builder.module.css';
import type { DraftRule } from './guardrail-rule.ts';
import { ModelSelect } from './model-fields.tsx';

interface Props { rule: DraftRule; errorAt: (...keys: readonly string[]) => string | null; onChange: (rule: DraftRule) => void }

const BOUNDS = ['min_words', 'max_words', 'min_characters', 'max_characters'] as const;
const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } };
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

/** What a rule of its kind needs to be told. */
export function GuardrailFields(props: Props) {
  switch (props.rule.type) {
    case 'length': return <Bounds {...props} />;
    case 'banned': return <Banned {...props} />;
    case 'personal_data': return <Kinds {...props} />;
    case 'schema': return <Schema {...props} />;
    case 'judge': return <Judge {...props} />;
    case 'tool': return <Tool {...props} />;
  }
}

function Bounds({ rule, errorAt, onChange }: Props) {
  const t = useText();
  return (
    <div className={classes.limits}>
      {BOUNDS.map((key) => (
        <NumberInput key={key} label={t(`builder.guardrails.${key}`)} allowDecimal={false} allowNegative={false} max={10_000_000} clampBehavior="none" value={typeof rule[key] === 'number' ? rule[key] : ''} error={errorAt(key)}
          onChange={(value) => { onChange({ ...rule, [key]: value === '' ? undefined : Number(value) }); }} />
      ))}
    </div>
  );
}

function Banned({ rule, errorAt, onChange }: Props) {
  const t = useText();
  return (['words', 'patterns'] as const).map((key) => (
    <Lines key={key} label={t(`builder.guardrails.${key}`)} description={t(`builder.guardrails.${key}Help`)} mono={key === 'patterns'} lines={textsOf(rule[key])} error={errorAt(key)}
      onChange={(lines) => { onChange({ ...rule, [key]: lines.length === 0 ? undefined : lines }); }} />
  ));
}

/** One on each line. What was typed stands as long as it means what is kept. */
function Lines({ label, description, mono, lines, error, onChange }: { label: string; description: string; mono: boolean; lines: readonly string[]; error: string | null; onChange: (lines: string[]) => void }) {
  const [typed, setTyped] = useState('');
  const read = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const kept = JSON.stringify(read(typed)) === JSON.stringify(lines);
  return (
    <Textarea label={label} description={description} autosize minRows={2} maxRows={8} spellCheck={!mono} {...(mono && { styles: MONO })} value={kept ? typed : lines.join('\n')} error={error}
      onChange={(event) => { setTyped(event.currentTarget.value); onChange(read(event.currentTarget.value)); }} />
  );
}

function Kinds({ rule, errorAt, onChange }: Props) {
  const t = useText();
  const chosen: readonly string[] = rule['kinds'] === undefined ? PERSONAL_DATA : textsOf(rule['kinds']);
  return (
    <Checkbox.Group label={t('builder.guardrails.kinds')} value={[...chosen]} error={errorAt('kinds')} onChange={(next) => { onChange({ ...rule, kinds: next.length === PERSONAL_DATA.length ? undefined : PERSONAL_DATA.filter((kind) => next.includes(kind)) }); }}>
      <Group gap={16} mt={6}>{PERSONAL_DATA.map((kind) => <Checkbox key={kind} value={kind} label={t(`builder.guardrails.data.${kind}`)} />)}</Group>
    </Checkbox.Group>
  );
}

function Schema({ rule, errorAt, onChange }: Props) {
  const t = useText();
  const [typed, setTyped] = useState<string | null>(null);
  const { schema } = rule;
  const shown = typed !== null && JSON.stringify(readJson(typed)) === JSON.stringify(schema) ? typed : typeof schema === 'string' ? schema : JSON.stringify(schema ?? {}, null, 2);
  return (
    <Textarea label={t('builder.field.schema')} description={t('builder.guardrails.schemaHelp')} autosize minRows={4} maxRows={16} spellCheck={false} styles={MONO} value={shown} error={typeof schema === 'string' ? t('builder.notJson') : errorAt('schema')}
      onChange={(event) => { setTyped(event.currentTarget.value); onChange({ ...rule, schema: readJson(event.currentTarget.value) }); }} />
  );
}

function Judge({ rule, errorAt, onChange }: Props) {
  const t = useText();
  const unavailable = ['stop', 'pass'] as const;
  return (
    <>
      <Textarea label={t('builder.guardrails.rule')} description={t('builder.guardrails.ruleHelp')} placeholder={t('builder.guardrails.ruleExample')} autosize minRows={2} maxRows={8} maxLength={4000} value={typeof rule['rule'] === 'string' ? rule['rule'] : ''} error={errorAt('rule')} onChange={(event) => { onChange({ ...rule, rule: event.currentTarget.value }); }} />
      <div className={classes.ruleRow}>
        <ModelSelect label={t('builder.guardrails.model')} nothing={t('builder.guardrails.ownModel')} value={typeof rule['model'] === 'string' ? rule['model'] : null} onChange={(model) => { onChange({ ...rule, model: model ?? undefined }); }} />
        <Select label={t('builder.guardrails.unavailable')} allowDeselect={false} value={rule['when_unavailable'] === 'pass' ? 'pass' : 'stop'} data={unavailable.map((value) => ({ value, label: t(`builder.guardrails.unavailable.${value}`) }))} onChange={(value) => { onChange({ ...rule, when_unavailable: value === 'pass' ? 'pass' : undefined }); }} />
      </div>
    </>
  );
}

/** Tools that only read; whether one gives a verdict is known when it is asked. */
function Tool({ rule, errorAt, onChange }: Props) {
  const t = useText();
  const list = useCall('builder', 'tools', {});
  const tools = (list.data?.tools ?? []).filter(({ effect, pluginId }) => effect === 'read' && pluginId !== null);
  const named = typeof rule['tool'] === 'string' && rule['tool'] !== '' ? rule['tool'] : null;
  const lost = named !== null && !tools.some(({ id }) => id === named) ? [{ value: named, label: named }] : [];
  return (
    <Select label={t('builder.guardrails.tool')} description={t('builder.guardrails.toolHelp')} placeholder={t('builder.guardrails.chooseTool')} searchable allowDeselect={false} limit={200} disabled={!list.data} nothingFoundMessage={t('builder.noTools')} value={named} error={list.error?.message ?? errorAt('tool')}
      data={[...lost, ...tools.map(({ id, title, pluginName }) => ({ value: id, label: t('frame.two', { one: title, two: pluginName }) }))]} onChange={(tool) => { onChange({ ...rule, tool: tool ?? '' }); }} />
  );
}
