import { Collapse, UnstyledButton } from '@mantine/core';
import { Ban, Check, ChevronRight, CircleAlert, Hand, LoaderCircle } from 'lucide-react';
import { memo, useId, useState } from 'react';
import { T, useText } from '../../lib/text.tsx';
import type { ToolCallView } from '../../../contract/model/chat.ts';
import { PlainBox } from './plain-box.tsx';
import classes from './tool-call.module.css';
import { readable, summaryOf, visibleLine } from './visible-text.ts';

const ICONS = { waiting_for_approval: Hand, running: LoaderCircle, done: Check, failed: CircleAlert, denied: Ban } as const;

/** A tool call as one line (state, name, what about, how long) that opens to its arguments, result and log. */
export const ToolCallLine = memo(function ToolCallLine({ call }: { call: ToolCallView }) {
  const t = useText();
  const body = useId();
  const [opened, setOpened] = useState(false);
  const Icon = ICONS[call.state];
  const summary = summaryOf(call.arguments);
  return (
    <div className={classes.call} data-state={call.state}>
      <UnstyledButton className={classes.line} aria-expanded={opened} aria-controls={body} onClick={() => { setOpened((before) => !before); }}>
        <ChevronRight size={14} className={classes.chevron} data-opened={opened || undefined} aria-hidden />
        <Icon size={14} className={classes.icon} aria-hidden />
        <span className={classes.name}>{visibleLine(call.name, 60)}</span>
        <span className={classes.summary}>{summary}</span>
        <span className={classes.state}><T id={`toolCall.state.${call.state}`} /></span>
        {call.durationMs === null ? null : <span className={classes.time}>{durationOf(t, call.durationMs)}</span>}
      </UnstyledButton>
      <Collapse expanded={opened} id={body}>
        {opened ? (
          <div className={classes.body}>
            <div className={classes.origin}><T id="toolCall.tool" values={{ id: visibleLine(call.toolId, 200) }} /></div>
            <PlainBox label={t('toolCall.arguments')} text={readable(call.arguments)} />
            {call.error === null ? null : <PlainBox label={t('toolCall.error')} text={call.error} tone="error" />}
            {call.result === null ? null : <PlainBox label={t('toolCall.result')} text={call.result} />}
            {call.logs.length === 0 ? null : <PlainBox label={t('toolCall.logs')} text={call.logs.join('\n')} />}
          </div>
        ) : null}
      </Collapse>
    </div>
  );
});

/** Below a second in milliseconds, else in seconds with one decimal. */
function durationOf(t: ReturnType<typeof useText>, ms: number): string {
  return ms < 1000 ? t('toolCall.milliseconds', { ms: Math.round(ms) }) : t('toolCall.seconds', { seconds: ms / 1000 });
}
