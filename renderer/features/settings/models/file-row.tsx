import { ActionIcon, Button, Group, Modal, Progress, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CircleAlert, CircleCheck, CirclePause, Cpu, Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import type { ModelFile } from '../../../../contract/model/model-file.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting } from '../../../components/setting/setting.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './models.module.css';

const MARKS = { ready: CircleCheck, downloading: Download, paused: CirclePause, failed: CircleAlert, missing: CircleAlert } as const;
const COLOURS = { ready: 'ready', downloading: 'untested', paused: 'open', failed: 'failing', missing: 'failing' } as const;

/** One model of this machine: what it is and takes, how far it is, a try, and the way out. */
export function FileRow({ file }: { file: ModelFile }) {
  const t = useText();
  const { locale } = useIntl();
  const size = (bytes: number): string => formatBytes(bytes, locale);
  const pause = useChange('models', 'pauseDownload');
  const resume = useChange('models', 'resumeDownload');
  const attempt = useChange('models', 'tryFile');
  const [asked, { open, close }] = useDisclosure();
  const { state, details } = file;
  const Mark = file.loaded ? Cpu : MARKS[state];
  const label = t(file.loaded ? 'settings.models.files.state.loaded' : `settings.models.files.state.${state}`);
  const isHere = state === 'ready' || state === 'missing';
  return (
    <div>
      <Setting icon={<Mark size={18} strokeWidth={1.75} className={classes[COLOURS[state]]} role="img" aria-label={label} />} title={file.name}
        line={<>
          {isHere ? <>{size(file.bytes ?? 0)}{' · '}</> : null}{label}{file.linked && <>{' · '}<T id="settings.models.files.linked" /></>}
          {details && isHere && <span className={classes.detail}>{t('settings.models.files.details', { architecture: details.architecture, quantisation: details.quantisation, parameters: new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(details.parameters), context: details.contextLength, memory: size(details.memory.total) })}</span>}
          {details && isHere && !details.fits && <span className={classes.message}><T id="settings.models.files.tooLarge" /></span>}
          {file.error && <span className={classes.message}>{file.error.message}</span>}
        </>}
        control={<>
          {state === 'ready' && <Button size="xs" variant="default" loading={attempt.isPending} aria-label={t('settings.models.files.tryNamed', { name: file.name })} onClick={() => { attempt.mutate({ id: file.id }); }}><T id="settings.models.files.try" /></Button>}
          {state === 'downloading' && <Button size="xs" variant="default" loading={pause.isPending} aria-label={t('settings.models.files.pauseNamed', { name: file.name })} onClick={() => { pause.mutate({ id: file.id }); }}><T id="settings.models.files.pause" /></Button>}
          {(state === 'paused' || state === 'failed') && <Button size="xs" variant="default" loading={resume.isPending} aria-label={t('settings.models.files.resumeNamed', { name: file.name })} onClick={() => { resume.mutate({ id: file.id }); }}><T id="settings.models.files.resume" /></Button>}
          <Tooltip label={t('settings.models.removeNamed', { name: file.name })}><ActionIcon aria-label={t('settings.models.removeNamed', { name: file.name })} onClick={open}><Trash2 size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
        </>} />
      {!isHere && state !== 'failed' && (
        <div className={classes.probe}>
          <Progress size={4} value={file.bytes ? (100 * file.received) / file.bytes : 100} animated={file.bytes === null} {...(state === 'paused' && { color: 'gray' })} aria-label={t('settings.models.files.progress', { name: file.name })} />
          <Text size="sm" c="dimmed" mt={4} className="numbers">{file.bytes === null ? t('settings.models.files.received', { received: size(file.received) }) : t('settings.models.files.receivedOf', { received: size(file.received), bytes: size(file.bytes) })}</Text>
        </div>
      )}
      {(attempt.data ?? attempt.error ?? pause.error ?? resume.error) && (
        <div className={classes.probe} role="status">
          {attempt.data && <><Text className={classes.said}>{attempt.data.text}</Text><Text size="sm" c="dimmed">{t('settings.models.files.tried', { tokens: attempt.data.tokens, speed: attempt.data.tokensPerSecond ?? 0, load: Math.round((attempt.data.loadMs ?? 0) / 100) / 10, loaded: attempt.data.loadMs === null ? 'yes' : 'no' })}</Text></>}
          {[attempt.error, pause.error, resume.error].map((error) => error && <Failure key={error.code} error={error} compact />)}
        </div>
      )}
      <Modal opened={asked} onClose={close} title={t('settings.models.removeTitle', { name: file.name })} closeButtonProps={{ 'aria-label': t('install.close') }}>
        {asked && <RemoveFile file={file} onClose={close} />}
      </Modal>
    </div>
  );
}

/** What was downloaded or copied is deleted for good, so its name is typed first. */
function RemoveFile({ file, onClose }: { file: ModelFile; onClose: () => void }) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const remove = useChange('models', 'removeFile', { onDone: onClose });
  const deletes = file.state === 'ready' && !file.linked;
  const what = file.linked ? 'settings.models.files.removeLinked' : deletes ? 'settings.models.files.removeFile' : 'settings.models.files.removeDownload';
  return (
    <Stack gap={16}>
      <Text>{t(what)} {file.isDefault && t('settings.models.files.removeDefault')}</Text>
      {deletes && <TextInput data-autofocus label={t('settings.models.files.typeName', { name: file.name })} autoComplete="off" spellCheck={false} value={typed} onChange={(event) => { setTyped(event.currentTarget.value); }} />}
      {remove.error && <Failure error={remove.error} compact />}
      <Group gap={8} justify="flex-end">
        <Button variant="default" data-autofocus={deletes ? undefined : true} onClick={onClose}><T id="settings.models.keep" /></Button>
        <Button color="red.8" disabled={deletes && typed.trim() !== file.name} loading={remove.isPending} onClick={() => { remove.mutate({ id: file.id }); }}><T id="settings.models.remove" /></Button>
      </Group>
    </Stack>
  );
}
