import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, ChevronLeft, ChevronRight, Columns2, Copy, Pencil, Play, RotateCcw } from 'lucide-react';
import { useIntl } from 'react-intl';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { formatMoney } from '../../lib/format.ts';
import { T, useText } from '../../lib/text.tsx';
import { plainOf } from './merge-messages.ts';
import type { MessageViewProps } from './message-view.tsx';
import classes from './message.module.css';

/** Below a message: what became of it, what can be done with it, and the way to its other branches. */
export function MessageFoot({ message, agent, actions, last, onEdit }: Omit<MessageViewProps, 'avatar' | 'from'> & { onEdit: () => void }) {
  const t = useText();
  const intl = useIntl();
  const clipboard = useClipboard({ timeout: 1500 });
  if (message.status === 'streaming') return <div className={classes.foot}><Typing message={message} agent={agent} /></div>;
  const text = plainOf(message);
  const copy = t(clipboard.copied ? 'chat.copied' : 'chat.copyMessage');
  const mine = message.role === 'user';
  const cut = !mine && message.status !== 'done';
  const turn = actions?.turn;
  return (
    <div className={classes.foot}>
      {mine || message.usage === null ? null : <Spent usage={message.usage} />}
      {message.branch ? <Branches branch={message.branch} onChoose={actions?.choose ?? null} /> : null}
      {cut ? <span className={classes.ended}><T id={`chat.ended.${message.status}`} /></span> : null}
      {cut && last && turn && message.blocks.some(({ type }) => type !== 'notice') ? <button type="button" className={classes.act} data-strong onClick={turn.goOn}><Play size={13} aria-hidden /> <T id="chat.continue" /></button> : null}
      {turn && !mine ? <button type="button" className={classes.act} data-strong={(cut && last) || undefined} onClick={() => { turn.retry(message); }}><RotateCcw size={13} aria-hidden /> <T id="chat.retry" /></button> : null}
      {turn && !mine && !message.continues ? <button type="button" className={classes.act} onClick={() => { turn.compare(message); }}><Columns2 size={13} aria-hidden /> <T id="chat.compare" /></button> : null}
      <span className={classes.quiet}>
        {turn && mine ? <Tooltip label={t('chat.edit')}><ActionIcon size="sm" aria-label={t('chat.edit')} onClick={onEdit}><Pencil size={14} aria-hidden /></ActionIcon></Tooltip> : null}
        {text === '' ? null : (
          <Tooltip label={copy}>
            <ActionIcon size="sm" aria-label={copy} onClick={() => { clipboard.copy(text); }}>{clipboard.copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}</ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={intl.formatDate(message.at, { dateStyle: 'full', timeStyle: 'medium' })}><time dateTime={new Date(message.at).toISOString()}>{intl.formatTime(message.at)}</time></Tooltip>
      </span>
    </div>
  );
}

/** What an answer took. One from before costs were kept has its tokens alone; an unknown price is never shown as nothing. */
function Spent({ usage: { promptTokens, completionTokens, estimated, cost } }: { usage: NonNullable<ChatMessage['usage']> }) {
  const { locale } = useIntl();
  const values = { estimated: String(estimated), tokens: promptTokens + completionTokens };
  if (cost === undefined) return <span className={classes.spent}><T id="chat.spentTokens" values={values} /></span>;
  if (cost === null) return <span className={classes.spent}><T id="chat.spentUnknown" values={values} /></span>;
  return <span className={classes.spent}>{cost === 0 ? <T id="chat.spentFree" values={values} /> : <T id="chat.spent" values={{ ...values, cost: formatMoney(cost, locale) }} />}</span>;
}

/** `‹ 2 / 3 ›`: the ways that the conversation took from here. */
function Branches({ branch: { position, count, previous, next }, onChoose }: { branch: NonNullable<ChatMessage['branch']>; onChoose: ((messageId: string) => void) | null }) {
  const t = useText();
  const step = (to: string | null, label: string, icon: React.ReactNode) => (
    <ActionIcon size="sm" aria-label={t(label)} disabled={to === null || onChoose === null} data-branch={to === null ? undefined : ''} onClick={() => { if (to !== null) onChoose?.(to); }}>{icon}</ActionIcon>
  );
  return (
    <span className={classes.branches} role="group" aria-label={t('chat.branch', { position, count })}>
      {step(previous, 'chat.branchBefore', <ChevronLeft size={14} aria-hidden />)}
      <span className="numbers" aria-hidden>{`${position} / ${count}`}</span>
      {step(next, 'chat.branchNext', <ChevronRight size={14} aria-hidden />)}
    </span>
  );
}

/** Says what is going on until the answer is whole. Words arrive by the live region, not from here. */
function Typing({ message, agent }: { message: ChatMessage; agent: string }) {
  const last = message.blocks.at(-1);
  if (last?.type === 'tool' && last.call.state === 'waiting_for_approval') return <span className={classes.typing}><T id="chat.waitsForYou" values={{ agent }} /></span>;
  return <span className={classes.typing}><span className={classes.dots} aria-hidden><i /><i /><i /></span><T id={last?.type === 'tool' ? 'chat.working' : last === undefined ? 'chat.thinking' : 'chat.writing'} values={{ agent }} /></span>;
}
