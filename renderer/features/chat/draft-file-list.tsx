import { ActionIcon, Button, Loader } from '@mantine/core';
import { CircleAlert, FileCheck, FileText, X } from 'lucide-react';
import { useIntl } from 'react-intl';
import { formatModelRef } from '../../../contract/model/model-ref.ts';
import { useAddDocuments } from '../../bridge/use-add-document.ts';
import { useCall } from '../../bridge/use-call.ts';
import { T, useText } from '../../lib/text.tsx';
import { ImageOf } from './attached-files.tsx';
import classes from './attachments.module.css';
import { changeFile, removeFile, setFiles, type DraftFile } from './draft-files.ts';

export interface FilesFor { draftKey: string; files: readonly DraftFile[]; agent: string; hireId: string | null; model: string | null }

/** The files that go with the next message, each with what became of it; what cannot go says why, and what can be done instead. */
export function DraftFileList({ draftKey, files, agent, hireId, model }: FilesFor) {
  const t = useText();
  if (files.length === 0) return null;
  return (
    <>
      <BlindNotice draftKey={draftKey} files={files} model={model} />
      <ul className={classes.list} aria-label={t('chat.files')}>
        {files.map((one) => (
          <li key={one.key} className={classes.chip} data-refused={one.state === 'refused' || undefined}>
            {one.state === 'ready' && one.attachment.kind === 'image' ? <ImageOf attachment={one.attachment} small /> : <Mark state={one.state} />}
            <div className={classes.words}>
              <span className={classes.name}>{one.name}</span>
              <Line one={one} agent={agent} />
              {one.state === 'refused' && one.document && one.file && hireId !== null ? <AsDocument draftKey={draftKey} one={one} file={one.file} hireId={hireId} agent={agent} /> : null}
            </div>
            <ActionIcon size="sm" aria-label={t('chat.file.remove', { name: one.name })} onClick={() => { removeFile(draftKey, one.key); }}><X size={14} aria-hidden /></ActionIcon>
          </li>
        ))}
      </ul>
    </>
  );
}

function Mark({ state }: { state: DraftFile['state'] }) {
  if (state === 'sending') return <Loader size={16} aria-hidden />;
  if (state === 'refused') return <CircleAlert size={18} aria-hidden />;
  return state === 'given' ? <FileCheck size={18} aria-hidden /> : <FileText size={18} aria-hidden />;
}

function Line({ one, agent }: { one: DraftFile; agent: string }) {
  const intl = useIntl();
  if (one.state === 'sending') return <span className={classes.line} role="status"><T id="chat.file.sending" values={{ percent: Math.round(one.share * 100) }} /></span>;
  if (one.state === 'given') return <span className={classes.line} role="status"><T id="chat.file.given" values={{ agent }} /></span>;
  if (one.state === 'ready') return <span className={classes.line}>{intl.formatMessage({ id: 'chat.file.size' }, { kilobytes: Math.max(1, Math.round(one.attachment.bytes / 1000)) })}</span>;
  return <span className={classes.line} role="alert">{typeof one.words === 'string' ? one.words : <T id={one.words.id} {...(one.words.values && { values: one.words.values })} />}</span>;
}

/** What is too long for a message can be looked things up in. */
function AsDocument({ draftKey, one, file, hireId, agent }: { draftKey: string; one: Extract<DraftFile, { state: 'refused' }>; file: File; hireId: string; agent: string }) {
  const add = useAddDocuments();
  const give = (): void => { add.mutate({ files: [file], scope: 'agent', scopeId: hireId }, { onSuccess: () => { changeFile(draftKey, one.key, { key: one.key, name: one.name, state: 'given' }); } }); };
  return (
    <>
      {add.error ? <span className={classes.line} role="alert">{add.error.message}</span> : null}
      <Button size="compact-xs" variant="default" loading={add.isPending} onClick={give}><T id="chat.file.giveAsDocument" values={{ agent }} /></Button>
    </>
  );
}

/** Said before sending: a model that cannot see, or of which that is not known. */
function BlindNotice({ draftKey, files, model }: Pick<FilesFor, 'draftKey' | 'files' | 'model'>) {
  const list = useCall('models', 'list', {});
  const ref = model ?? list.data?.default;
  const info = list.data?.models.find((one) => formatModelRef(one) === ref);
  const isImage = (one: DraftFile): boolean => one.state === 'ready' && one.attachment.kind === 'image';
  if (!files.some(isImage) || !info || info.capabilities.vision === true) return null;
  return (
    <div className={classes.blind} role="status">
      <T id={info.capabilities.vision === false ? 'chat.file.blind' : 'chat.file.perhapsBlind'} values={{ model: info.label }} />
      <Button size="compact-xs" variant="default" onClick={() => { setFiles(draftKey, files.filter((one) => !isImage(one))); }}><T id="chat.file.withoutImages" /></Button>
    </div>
  );
}
