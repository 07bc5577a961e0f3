import { Progress, Tooltip } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { formatModelRef } from '../../../contract/model/model-ref.ts';
import { useCall } from '../../bridge/use-call.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './context-meter.module.css';
import { contextUse } from './context-use.ts';
import { useDrafts } from './drafts.ts';

/**
 * How much of what the model can read at once the next message will take; from where on the oldest messages are left out
 * stands in words, before it happens. Nothing when the length is not known, or nothing was said yet.
 */
export function ContextMeter({ messages, draftKey, model }: { messages: readonly ChatMessage[]; draftKey: string; model: string | null }) {
  const t = useText();
  const list = useCall('models', 'list', {});
  const draft = useDrafts(({ drafts }) => drafts[draftKey] ?? '');
  const ref = model ?? list.data?.default;
  const length = list.data?.models.find((one) => formatModelRef(one) === ref)?.contextLength ?? null;
  const use = contextUse(messages, draft, length);
  if (use === null) return null;
  const values = { used: use.tokens, length: use.length, percent: Math.round(use.share * 100) };
  return (
    <>
      {use.full ? <span className={classes.full} role="status"><TriangleAlert size={13} aria-hidden /> <T id="chat.contextFull" /></span> : null}
      <Tooltip label={t(use.full ? 'chat.contextFullLong' : 'chat.contextLong', values)} multiline w={280}>
        <span className={classes.meter} tabIndex={0} role="img" aria-label={t('chat.contextLong', values)}>
          <Progress className={classes.bar ?? ''} value={Math.min(100, values.percent)} size={4} color={use.full ? 'yellow' : 'gray'} aria-hidden />
          <span className="numbers">{t('chat.context', values)}</span>
        </span>
      </Tooltip>
    </>
  );
}
