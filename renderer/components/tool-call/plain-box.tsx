import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { T, useText } from '../../lib/text.tsx';
import classes from './tool-call.module.css';
import { visibleText } from './visible-text.ts';

const FIRST = 4_000;
const MOST = 200_000;

/** Text of a model or a tool, shown letter by letter: never Markdown, in a box that it cannot leave. Copies what came, whole. */
export function PlainBox({ label, text, tone }: { label: string; text: string; tone?: 'error' }) {
  const t = useText();
  const clipboard = useClipboard({ timeout: 1500 });
  const [limit, setLimit] = useState(FIRST);
  const { text: shown, cut } = visibleText(text, limit);
  const copyLabel = t(clipboard.copied ? 'toolCall.copied' : 'toolCall.copy', { what: label });
  return (
    <div className={classes.part}>
      <div className={classes.partHead}>
        <span>{label}</span>
        <Tooltip label={copyLabel}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={copyLabel} onClick={() => { clipboard.copy(text); }}>
            {clipboard.copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      </div>
      <pre className={classes.plain} data-tone={tone} tabIndex={0} role="region" aria-label={label} dir="ltr">{shown}</pre>
      {cut > 0 ? (
        <div className={classes.cut}>
          <T id="toolCall.cut" values={{ count: cut }} />{' '}
          {limit < MOST ? <UnstyledButton className={classes.more} onClick={() => { setLimit(MOST); }}><T id="toolCall.showMore" /></UnstyledButton> : null}
        </div>
      ) : null}
    </div>
  );
}
