import { ActionIcon, ColorSwatch, NumberInput, Switch, Textarea, TextInput, Tooltip } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import type { Draft, DraftProblem } from '../../../contract/model/builder.ts';
import { COLOURS } from '../../components/agent-avatar/agent-avatar.tsx';
import { T, useText } from '../../lib/text.tsx';
import { AnswerForm } from './answer-form.tsx';
import classes from './builder.module.css';
import { Guardrails } from './guardrails.tsx';
import { ModelFields } from './model-fields.tsx';
import { OwnDocuments } from './own-documents.tsx';
import { ToolPicker } from './tool-picker.tsx';

interface Props { id: string; draft: Draft; problems: readonly DraftProblem[]; set: (change: Readonly<Record<string, unknown>>) => void }
type TextKey = 'name' | 'description' | 'role' | 'goal' | 'backstory' | 'instructions';

const LIMITS = [['max_iter', 1000], ['max_tokens', 10_000_000], ['max_execution_time', 86_400], ['max_rpm', 100_000]] as const;
const VARIABLE = /\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;

/** Every field of an agent. Each has its label, a line of help and an example; what is wrong stands at the field. */
export function AgentForm({ id, draft, problems, set }: Props) {
  const t = useText();
  const errorAt = (key: string): string | null => problems.find(({ path, severity }) => severity === 'error' && (path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`)))?.message ?? null;
  const field = (key: TextKey) => ({
    label: t(`builder.field.${key}`), description: t(`builder.help.${key}`), placeholder: t(`builder.example.${key}`), value: draft[key] ?? '', error: errorAt(key),
    onChange: (event: { currentTarget: { value: string } }) => { set({ [key]: event.currentTarget.value }); },
  });
  return (
    <form className={classes.form} onSubmit={(event) => { event.preventDefault(); }}>
      <Section title={t('builder.section.who')}>
        <TextInput {...field('name')} maxLength={100} autoComplete="off" />
        <TextInput {...field('description')} maxLength={1000} autoComplete="off" />
        <Avatar draft={draft} set={set} error={errorAt('avatar')} />
      </Section>
      <Section title={t('builder.section.work')}>
        <Textarea {...field('role')} autosize minRows={1} maxRows={4} maxLength={1000} required withAsterisk />
        <Textarea {...field('goal')} autosize minRows={2} maxRows={8} />
        <Textarea {...field('backstory')} autosize minRows={2} maxRows={10} />
        <Textarea {...field('instructions')} autosize minRows={4} maxRows={18} />
        <Variables draft={draft} set={set} />
      </Section>
      <Section title={t('builder.section.tools')}><ToolPicker chosen={draft.tools ?? []} onChange={(tools) => { set({ tools }); }} /></Section>
      <Section title={t('builder.section.knows')}>
        <Switch label={t('builder.field.memory')} description={t('builder.help.memory')} checked={draft['memory'] === true} onChange={(event) => { set({ memory: event.currentTarget.checked ? true : null }); }} />
        <OwnDocuments id={id} />
      </Section>
      <Section title={t('builder.section.model')}>
        <ModelFields model={typeof draft.model === 'string' ? draft.model : null} fallback={draft.fallback_model ?? null} onChange={set} />
        <div className={classes.limits}>
          {LIMITS.map(([key, most]) => (
            <NumberInput key={key} label={t(`builder.field.${key}`)} description={t(`builder.help.${key}`)} placeholder={t(`builder.example.${key}`)} allowDecimal={false} allowNegative={false} max={most} clampBehavior="none" value={draft[key] ?? ''} error={errorAt(key)}
              onChange={(value) => { set({ [key]: value === '' ? null : Number(value) }); }} />
          ))}
        </div>
      </Section>
      <Section title={t('builder.section.answer')}>
        <AnswerForm schema={draft.response_format} error={errorAt('response_format')} onChange={(schema) => { set({ response_format: schema }); }} />
        <Prompts prompts={draft.prompts ?? []} onChange={(prompts) => { set({ prompts }); }} error={errorAt('prompts')} />
      </Section>
      <Section title={t('builder.section.guardrails')}><Guardrails draft={draft} problems={problems} set={set} /></Section>
    </form>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <fieldset className={classes.section}><legend className={classes.sectionTitle}>{title}</legend>{children}</fieldset>;
}

/** A character of its own and a colour; without, the initials on a colour made of the name. */
function Avatar({ draft, set, error }: { draft: Draft; set: Props['set']; error: string | null }) {
  const t = useText();
  const { emoji = '', colour } = draft.avatar ?? {};
  const change = (next: { emoji?: string | undefined; colour?: string | undefined }): void => {
    const kept = Object.fromEntries(Object.entries({ emoji, colour, ...next }).filter(([, value]) => value !== undefined && value !== ''));
    set({ avatar: Object.keys(kept).length === 0 ? null : kept });
  };
  return (
    <div className={classes.avatarFields}>
      <TextInput label={t('builder.field.emoji')} description={t('builder.help.emoji')} placeholder={t('builder.example.emoji')} value={emoji} error={error} maxLength={16} autoComplete="off" onChange={(event) => { change({ emoji: event.currentTarget.value }); }} />
      <div role="group" aria-label={t('builder.field.colour')}>
        <div className={classes.label}><T id="builder.field.colour" /></div>
        <div className={classes.swatches}>
          {COLOURS.map((each, at) => (
            <ColorSwatch key={each} component="button" type="button" color={each} size={26} aria-label={t('builder.colour', { number: at + 1 })} aria-pressed={colour === each} className={classes.swatch ?? ''} onClick={() => { change({ colour: colour === each ? undefined : each }); }} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** One field for each `{variable}` that the texts use. */
function Variables({ draft, set }: { draft: Draft; set: Props['set'] }) {
  const t = useText();
  const names = [...new Set([draft.role, draft.goal, draft.backstory, draft.instructions].flatMap((text) => [...(text ?? '').matchAll(VARIABLE)].map(([, name]) => name as string)))];
  if (names.length === 0) return <p className={classes.quiet}><T id="builder.noVariables" values={{ example: '{topic}' }} /></p>;
  return names.map((name) => (
    <TextInput key={name} label={t('builder.variable', { name: `{${name}}` })} description={t('builder.variableHelp')} value={draft.inputs?.[name] ?? ''} autoComplete="off"
      onChange={(event) => { const { [name]: _, ...others } = draft.inputs ?? {}; set({ inputs: event.currentTarget.value === '' ? others : { ...others, [name]: event.currentTarget.value } }); }} />
  ));
}

/** Questions to begin with; they stand above an empty preview. */
function Prompts({ prompts, onChange, error }: { prompts: readonly string[]; onChange: (prompts: string[]) => void; error: string | null }) {
  const t = useText();
  return (
    <div role="group" aria-label={t('builder.field.prompts')}>
      <div className={classes.label}><T id="builder.field.prompts" /></div>
      <p className={classes.quiet}><T id="builder.help.prompts" /></p>
      {prompts.map((prompt, at) => (
        <div key={at} className={classes.prompt}>
          <TextInput flex={1} aria-label={t('builder.promptNumber', { number: at + 1 })} placeholder={t('builder.example.prompts')} value={prompt} maxLength={2000} onChange={(event) => { onChange(prompts.map((other, index) => (index === at ? event.currentTarget.value : other))); }} />
          <Tooltip label={t('builder.removePrompt', { number: at + 1 })}><ActionIcon aria-label={t('builder.removePrompt', { number: at + 1 })} onClick={() => { onChange(prompts.filter((_, index) => index !== at)); }}><X size={16} aria-hidden /></ActionIcon></Tooltip>
        </div>
      ))}
      {error === null ? null : <p className={classes.problemText} role="alert">{error}</p>}
      {prompts.length < 20 ? <Button mt={6} size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => { onChange([...prompts, '']); }}><T id="builder.addPrompt" /></Button> : null}
    </div>
  );
}
