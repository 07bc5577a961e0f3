import { Badge, Button, Group, Menu, Textarea } from '@mantine/core';
import { ChevronDown, Pencil, ShieldQuestion, Undo2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { T, useText } from '../../lib/text.tsx';
import type { ToolCallView } from '../../../contract/model/chat.ts';
import { UnsignedMark } from '../unsigned-mark/unsigned-mark.tsx';
import { PlainBox } from './plain-box.tsx';
import classes from './tool-call.module.css';
import { editable, readable, visibleLine, writtenArguments } from './visible-text.ts';

export interface ApprovalAnswer { decision: 'allow' | 'deny'; scope: 'once' | 'conversation' | 'always'; arguments?: Record<string, unknown> }
/** A card that appears under a moving pointer must not take the click that was meant for what stood there. */
export const ARMED_AFTER_MS = 400;

const EFFECT_COLOR = { read: 'gray', write: 'yellow', destructive: 'red' } as const;

/**
 * Asks the person whether a tool may run. What the model wrote stands in its own plain, capped box; the words, the
 * tool's id and the buttons are the card's own and stand below it, where no content reaches. Nothing is focused by itself,
 * so that a key pressed while typing answers nothing. The person may write other arguments; the core checks them, and an
 * allowed call uses them in place of the model's.
 */
export function ApprovalCard({ call, agent, error, once = false, onAnswer }: { call: ToolCallView; agent: string; error: string | null;
  /** No answer is kept for later: where nobody is there to keep it for. */
  once?: boolean; onAnswer: (answer: ApprovalAnswer) => Promise<unknown> }) {
  const t = useText();
  const [armed, setArmed] = useState(false);
  const [answering, setAnswering] = useState<ApprovalAnswer | null>(null);
  /** What the person wrote in place of the arguments; null while they stand as they came. */
  const [draft, setDraft] = useState<string | null>(null);
  const toEdit = useMemo(() => editable(call.arguments), [call.arguments]);
  const written = draft === null || draft === toEdit ? null : writtenArguments(draft);
  const unreadable = written && 'why' in written ? t('approval.notAnObject', { why: written.why }) : null;
  useEffect(() => {
    const timer = setTimeout(() => { setArmed(true); }, ARMED_AFTER_MS);
    return () => { clearTimeout(timer); };
  }, []);
  const slash = call.toolId.lastIndexOf('/');
  const plugin = slash > 0 ? call.toolId.slice(0, slash) : call.toolId;
  const tool = slash > 0 ? call.toolId.slice(slash + 1) : call.name;
  const answer = (decision: ApprovalAnswer['decision'], scope: ApprovalAnswer['scope']) => (): void => {
    if (!armed || answering || (decision === 'allow' && unreadable !== null)) return;
    setAnswering({ decision, scope });
    onAnswer({ decision, scope, ...(decision === 'allow' && written && 'value' in written && { arguments: written.value }) }).catch(() => { setAnswering(null); });
  };
  const busy = (decision: ApprovalAnswer['decision'], scope: ApprovalAnswer['scope']): { loading: boolean; disabled: boolean } => {
    const mine = answering?.decision === decision && answering.scope === scope;
    return { loading: mine, disabled: (answering !== null && !mine) || (decision === 'allow' && unreadable !== null) };
  };
  return (
    <section className={classes.approval} data-effect={call.effect} aria-label={t('approval.label', { tool: visibleLine(tool, 60) })}>
      <div className={classes.approvalHead}>
        <ShieldQuestion size={18} aria-hidden />
        <div className={classes.question}><T id="approval.question" values={{ agent: visibleLine(agent, 60), tool: <strong>{visibleLine(tool, 60)}</strong> }} /></div>
        <Badge variant="light" color={EFFECT_COLOR[call.effect]} radius="sm" tt="none" autoContrast><T id={`approval.effect.${call.effect}`} /></Badge>
      </div>
      <dl className={classes.facts}>
        <dt><T id="approval.plugin" /></dt><dd>{visibleLine(plugin, 128)}{call.unsigned ? <> <UnsignedMark /></> : null}</dd>
        <dt><T id="approval.tool" /></dt><dd>{visibleLine(call.toolId, 200)}</dd>
      </dl>
      <div className={classes.content}>
        {draft === null ? <PlainBox label={t('approval.arguments')} text={readable(call.arguments)} /> : (
          <Textarea mt="xs" size="xs" autosize minRows={2} maxRows={12} autoFocus spellCheck={false} dir="ltr" disabled={answering !== null} label={t('approval.editing')} error={unreadable} value={draft}
            classNames={{ input: classes.written ?? '' }} onChange={(event) => { setDraft(event.currentTarget.value); }} />
        )}
      </div>
      {toEdit === null ? null : draft === null
        ? <Button mt={4} size="compact-xs" variant="subtle" color="gray" disabled={answering !== null} leftSection={<Pencil size={12} aria-hidden />} onClick={() => { setDraft(toEdit); }}><T id="approval.edit" /></Button>
        : <Button mt={4} size="compact-xs" variant="subtle" color="gray" disabled={answering !== null} leftSection={<Undo2 size={12} aria-hidden />} onClick={() => { setDraft(null); }}><T id="approval.asAsked" /></Button>}
      {error === null ? null : <p role="alert" className={classes.approvalError}>{error}</p>}
      <Group gap="xs" className={classes.answers}>
        <Button size="xs" {...busy('allow', 'once')} onClick={answer('allow', 'once')}><T id="approval.once" /></Button>
        {once ? null : <><Button size="xs" variant="default" {...busy('allow', 'conversation')} onClick={answer('allow', 'conversation')}><T id="approval.conversation" /></Button>
        <Button size="xs" variant="default" {...busy('allow', 'always')} onClick={answer('allow', 'always')}><T id="approval.always" /></Button></>}
        <Button.Group ml="auto">
          <Button size="xs" variant="default" {...busy('deny', 'once')} onClick={answer('deny', 'once')}><T id="approval.deny" /></Button>
          {once ? null : <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
            <Menu.Target><Button size="xs" variant="default" px={6} disabled={answering !== null} aria-label={t('approval.moreWays')}><ChevronDown size={14} aria-hidden /></Button></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={answer('deny', 'conversation')}><T id="approval.denyConversation" /></Menu.Item>
              <Menu.Item onClick={answer('deny', 'always')}><T id="approval.denyAlways" /></Menu.Item>
            </Menu.Dropdown>
          </Menu>}
        </Button.Group>
      </Group>
    </section>
  );
}
