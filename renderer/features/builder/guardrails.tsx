import { ActionIcon, Button, Menu, NumberInput, Select, Tooltip } from '@mantine/core';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { Draft, DraftProblem } from '../../../contract/model/builder.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './builder.module.css';
import { GuardrailFields } from './guardrail-fields.tsx';
import { actionsOf, NEW_RULES, readRule, rulesOf, writeRule, type DraftRule } from './guardrail-rule.ts';

const MOST = 20;
const RETRIES = 3;

interface Props { draft: Draft; problems: readonly DraftProblem[]; set: (change: Readonly<Record<string, unknown>>) => void }

/** What is checked of requests and answers, in the order in which it is. */
export function Guardrails({ draft, problems, set }: Props) {
  const t = useText();
  const rules = rulesOf(draft);
  const change = (next: readonly unknown[]): void => { set({ guardrails: next.length === 0 ? null : next, guardrail: null, ...(next.length === 0 && { guardrail_max_retries: null }) }); };
  const move = (from: number, to: number): void => { change(rules.with(from, rules[to]).with(to, rules[from])); };
  const errors = problems.filter(({ severity }) => severity === 'error');
  // A single `guardrail` is the first of a list of one.
  const errorsOf = (at: number): readonly DraftProblem[] => errors.flatMap((one) => { const rest = /^(?:guardrail|guardrails\[(\d+)\])(?:\.(.*))?$/.exec(one.path); return rest && Number(rest[1] ?? 0) === at ? [{ ...one, path: rest[2] ?? '' }] : []; });
  return (
    <>
      <p className={classes.quiet}><T id="builder.guardrails.help" /></p>
      {rules.length === 0 ? null : (
        <ol className={classes.rules} aria-label={t('builder.section.guardrails')}>
          {rules.map((value, at) => {
            const rule = readRule(value);
            const name = t('builder.guardrails.named', { number: at + 1, kind: t(`builder.guardrails.kind.${rule?.type ?? 'unknown'}`) });
            return (
              <li key={at} className={classes.rule} aria-label={name}>
                <div className={classes.ruleHead}>
                  <div className={classes.ruleName}>{name}</div>
                  <Act label={t('builder.guardrails.up', { name })} disabled={at === 0} onClick={() => { move(at, at - 1); }}><ArrowUp size={16} aria-hidden /></Act>
                  <Act label={t('builder.guardrails.down', { name })} disabled={at === rules.length - 1} onClick={() => { move(at, at + 1); }}><ArrowDown size={16} aria-hidden /></Act>
                  <Act label={t('builder.guardrails.remove', { name })} onClick={() => { change(rules.filter((_, index) => index !== at)); }}><X size={16} aria-hidden /></Act>
                </div>
                {rule === null ? <p className={classes.quiet}><T id="builder.guardrails.unknownLine" /></p> : <Rule rule={rule} errors={errorsOf(at)} onChange={(next) => { change(rules.with(at, writeRule(value, next))); }} />}
              </li>
            );
          })}
        </ol>
      )}
      <div className={classes.ruleFoot}>
        <Menu position="bottom-start" width={280} withInitialFocusPlaceholder={false}>
          <Menu.Target><Button size="xs" variant="default" disabled={rules.length >= MOST} leftSection={<Plus size={14} aria-hidden />}><T id="builder.guardrails.add" /></Button></Menu.Target>
          <Menu.Dropdown>
            {NEW_RULES.map((rule) => <Menu.Item key={rule.type} onClick={() => { change([...rules, rule]); }}>{t(`builder.guardrails.kind.${rule.type}`)}<span className={classes.kindLine}>{t(`builder.guardrails.line.${rule.type}`)}</span></Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      </div>
      {rules.some((value) => { const rule = readRule(value); return rule?.['on'] !== 'input' && (rule?.['action'] ?? 'retry') === 'retry'; }) ? (
        <NumberInput label={t('builder.field.guardrail_max_retries')} description={t('builder.help.guardrail_max_retries')} placeholder={String(RETRIES)} maw={280} allowDecimal={false} allowNegative={false} max={20} clampBehavior="none"
          value={typeof draft['guardrail_max_retries'] === 'number' ? draft['guardrail_max_retries'] : ''} error={errors.find(({ path }) => path === 'guardrail_max_retries')?.message ?? null} onChange={(value) => { set({ guardrail_max_retries: value === '' ? null : Number(value) }); }} />
      ) : null}
    </>
  );
}

function Act({ label, disabled = false, onClick, children }: { label: string; disabled?: boolean; onClick: () => void; children: React.ReactNode }) {
  return <Tooltip label={label} disabled={disabled}><ActionIcon aria-label={label} disabled={disabled} onClick={onClick}>{children}</ActionIcon></Tooltip>;
}

function Rule({ rule, errors, onChange }: { rule: DraftRule; errors: readonly DraftProblem[]; onChange: (rule: DraftRule) => void }) {
  const t = useText();
  const on = rule['on'] === 'input' ? 'input' : 'output';
  const actions = actionsOf(rule);
  const action = actions.find((one) => one === rule['action']) ?? actions[0];
  const errorAt = (...keys: readonly string[]): string | null => errors.find(({ path }) => keys.some((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`)))?.message ?? null;
  const setOn = (next: string | null): void => {
    const changed = { ...rule, on: next === 'input' ? 'input' : undefined };
    onChange({ ...changed, action: actionsOf(changed).find((one) => one === rule['action']) });
  };
  return (
    <>
      <div className={classes.ruleRow}>
        <Select label={t('builder.guardrails.on')} allowDeselect={false} value={on} data={(['input', 'output'] as const).map((value) => ({ value, label: t(`builder.guardrails.on.${value}`) }))} error={errorAt('on')} onChange={setOn} />
        <Select label={t('builder.guardrails.action')} allowDeselect={false} value={action ?? null} data={actions.map((value) => ({ value, label: t(`builder.guardrails.action.${value}`, { on }) }))} error={errorAt('action')} onChange={(value) => { onChange({ ...rule, action: value === actions[0] ? undefined : value }); }} />
      </div>
      <GuardrailFields rule={rule} errorAt={errorAt} onChange={onChange} />
      {errorAt('') === null ? null : <p className={classes.problemText} role="alert">{errorAt('')}</p>}
    </>
  );
}
