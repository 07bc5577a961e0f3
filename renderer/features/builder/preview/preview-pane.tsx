import { ActionIcon, Button, Skeleton, Textarea, Tooltip, UnstyledButton } from '@mantine/core';
import { ArrowUp, RotateCcw, Square } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Draft } from '../../../../contract/model/builder.ts';
import { formatModelRef } from '../../../../contract/model/model-ref.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { describe, Failure } from '../../../components/failure/failure.tsx';
import { announce } from '../../../lib/announce.ts';
import { T, useText } from '../../../lib/text.tsx';
import { ModelSelect } from '../model-fields.tsx';
import classes from './preview.module.css';
import { PreviewMessage } from './preview-message.tsx';
import { usePreview } from './use-preview.ts';

interface Props { id: string; draft: Draft; name: string; blocked: boolean; flush: () => Promise<boolean> }

/** A talk with the agent as it is written now. It belongs to no conversation and can be begun anew at any time. */
export function PreviewPane({ id, draft, name, blocked, flush }: Props) {
  const t = useText();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const models = useCall('models', 'list', {});
  const practice = models.data?.models.find((model) => model.practice);
  const model = chosen ?? (practice ? formatModelRef(practice) : null);
  const { talk, messages, runId, answering, liveError, began } = usePreview(id);
  const send = useChange('builder', 'send', { onDone: (answer) => { began(answer.runId); } });
  const reset = useChange('builder', 'reset');
  const cancel = useChange('runs', 'cancel');
  const box = useRef<HTMLDivElement>(null);
  const last = messages.at(-1);
  useEffect(() => { const list = box.current; if (list) list.scrollTop = list.scrollHeight; }, [messages]);
  useEffect(() => { if (last?.role === 'assistant' && last.status === 'done') announce(t('builder.answered', { name })); }, [last?.id, last?.role, last?.status, name, t]);
  const busy = answering || send.isPending;
  const ready = text.trim() !== '' && !busy && !blocked;
  const ask = (words: string): void => {
    if (busy || blocked || words.trim() === '') return;
    setText('');
    void flush().then((kept) => { if (kept) send.mutate({ id, text: words, model: model === '' ? null : model }, { onError: () => { setText(words); } }); else setText(words); });
  };
  const onKey = (event: KeyboardEvent): void => { if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); ask(text); } };
  const trouble = send.error ?? reset.error ?? cancel.error ?? liveError;
  const prompts = (draft.prompts ?? []).filter((prompt) => prompt.trim() !== '');
  return (
    <section className={classes.pane} aria-label={t('builder.preview')}>
      <header className={classes.head}>
        <h2><T id="builder.preview" /></h2>
        <div className={classes.model}><ModelSelect bare label={t('builder.previewModel')} nothing={null} value={model} onChange={setChosen} /></div>
        <Tooltip label={t('builder.reset')}><ActionIcon aria-label={t('builder.reset')} disabled={messages.length === 0} loading={reset.isPending} onClick={() => { reset.mutate({ id }); }}><RotateCcw size={16} aria-hidden /></ActionIcon></Tooltip>
      </header>
      <div ref={box} className={classes.messages} role="region" tabIndex={0} aria-label={t('builder.previewMessages')}>
        {talk.isPending ? <><Skeleton height={32} width="50%" ml="auto" radius="lg" /><Skeleton height={80} mt={16} width="80%" /></> : null}
        {talk.error ? <Failure compact error={talk.error} onRetry={() => { void talk.refetch(); }} /> : null}
        {talk.data && messages.length === 0 && !send.isPending ? <Hello name={name} prompts={prompts} blocked={blocked} onAsk={ask} /> : null}
        {messages.map((message) => <PreviewMessage key={`${message.role} ${message.seq}`} message={message} name={name} emoji={draft.avatar?.emoji ?? null} colour={draft.avatar?.colour ?? null} />)}
        {send.isPending ? <p className={classes.quiet}><T id="builder.sending" /></p> : null}
      </div>
      {trouble ? <p className={classes.trouble} role="alert">{describe(trouble).message} <T id={`${describe(trouble).words}.advice`} /></p> : null}
      {blocked ? <p className={classes.quiet} role="status"><T id="builder.blocked" /></p> : null}
      <div className={classes.box}>
        <Textarea classNames={{ root: classes.root, input: classes.input }} variant="unstyled" autosize minRows={1} maxRows={6} maxLength={200_000} value={text} aria-label={t('chat.message', { agent: name })} placeholder={t('chat.message', { agent: name })} onChange={(event) => { setText(event.currentTarget.value); }} onKeyDown={onKey} />
        {busy ? <Tooltip label={t('chat.stop')}><ActionIcon variant="filled" color="gray" size={32} radius="xl" aria-label={t('chat.stop')} disabled={runId === null} onClick={() => { if (runId !== null) cancel.mutate({ id: runId }); }}><Square size={13} fill="currentColor" aria-hidden /></ActionIcon></Tooltip>
          : <Tooltip label={t('chat.sendKey')}><ActionIcon variant="filled" color="indigo" size={32} radius="xl" aria-label={t('chat.send')} disabled={!ready} onClick={() => { ask(text); }}><ArrowUp size={17} aria-hidden /></ActionIcon></Tooltip>}
      </div>
    </section>
  );
}

/** Before the first word: what this is for, and what to ask. */
function Hello({ name, prompts, blocked, onAsk }: { name: string; prompts: readonly string[]; blocked: boolean; onAsk: (words: string) => void }) {
  const t = useText();
  return (
    <div className={classes.hello}>
      <p><T id="builder.hello" values={{ name }} /></p>
      {prompts.length === 0 ? <Button size="xs" variant="default" disabled={blocked} onClick={() => { onAsk(t('builder.askWhoWords')); }}><T id="builder.askWho" /></Button> : null}
      {prompts.map((prompt) => <UnstyledButton key={prompt} className={classes.prompt} disabled={blocked} onClick={() => { onAsk(prompt); }}>{prompt}</UnstyledButton>)}
    </div>
  );
}
