import { Alert, Button, Modal, Progress, Select } from '@mantine/core';
import { FileUp, TriangleAlert } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import type { ImportPreview } from '../../../contract/model/chat-import.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { useImport, type FileImport } from '../../bridge/use-import.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { showUndo } from '../../components/undo-toast/undo-toast.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './import-conversations.module.css';

interface Props { opened: boolean; /** Dropped on the list; else one is chosen here. */ file: File | null; hires: readonly Hire[]; onClose: () => void }

/** Takes conversations over out of a file: what is in it first, then who has them, then how it went and the way back. */
export function ImportConversations({ opened, onClose, ...props }: Props) {
  const t = useText();
  return (
    <Modal opened={opened} onClose={onClose} size="lg" title={t('chat.import')} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {opened ? <Body {...props} onClose={onClose} /> : null}
    </Modal>
  );
}

function Body({ file, hires, onClose }: Omit<Props, 'opened'>) {
  const work = useImport();
  const { phase } = work;
  const begin = useEffectEvent((given: File) => { work.read(given); });
  useEffect(() => { if (file) begin(file); }, [file]);
  if (phase.is === 'reading' || phase.is === 'storing') return <Moving phase={phase} onStop={work.stop} />;
  if (phase.is === 'read') return <Found key={phase.upload} preview={phase.preview} name={phase.name} hires={hires} work={work} />;
  if (phase.is === 'done') return <Done phase={phase} work={work} onClose={onClose} />;
  return (
    <>
      {phase.is === 'failed' ? <div className={classes.about}><Failure compact error={phase.error} /></div> : <p className={classes.about}><T id="chat.import.about" /></p>}
      <Choose onFile={work.read} />
      <Earlier />
    </>
  );
}

function Choose({ onFile }: { onFile: (file: File) => void }) {
  const t = useText();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button leftSection={<FileUp size={16} aria-hidden />} onClick={() => { picker.current?.click(); }}><T id="chat.import.choose" /></Button>
      <input ref={picker} type="file" accept=".json,application/json" hidden aria-label={t('chat.import.choose')} onChange={(event) => {
        const [given] = event.currentTarget.files ?? [];
        event.currentTarget.value = '';
        if (given) onFile(given);
      }} />
    </>
  );
}

function Moving({ phase, onStop }: { phase: { is: 'reading' | 'storing'; name: string; share: number }; onStop: () => void }) {
  const t = useText();
  const words = t(`chat.import.${phase.is}`, { name: phase.name, percent: Math.round(phase.share * 100) });
  return (
    <>
      <p className={classes.about} role="status">{words}</p>
      <Progress value={phase.share * 100} aria-label={words} transitionDuration={0} />
      <div className={classes.foot}><Button variant="default" onClick={onStop}><T id="chat.import.stop" /></Button></div>
    </>
  );
}

/** What is in the file, what of it does not come over, and who has it from now on. */
function Found({ preview, name, hires, work }: { preview: ImportPreview; name: string; hires: readonly Hire[]; work: FileImport }) {
  const t = useText();
  const intl = useIntl();
  const [hireId, setHireId] = useState(hires.find((hire) => preview.agents.includes(hire.name))?.id ?? hires[0]?.id ?? null);
  const [all, setAll] = useState(false);
  const listId = useId();
  const fresh = preview.conversations - preview.already;
  return (
    <>
      <p className={classes.about} role="status"><T id="chat.import.found" values={{ name, source: t(`chat.import.source.${preview.source}`), conversations: preview.conversations, messages: preview.messages }} /></p>
      {preview.titles.length === 0 ? null : <p className={classes.quiet}><T id={preview.conversations > preview.titles.length ? 'chat.import.someTitles' : 'chat.import.titles'} values={{ titles: intl.formatList(preview.titles.map((title) => title || t('chat.new')), { type: 'unit' }) }} /></p>}
      {preview.already === 0 ? null : <p className={classes.quiet}><T id="chat.import.already" values={{ count: preview.already }} /></p>}
      {preview.leftOut.length === 0 ? null : (
        <section><h3 className={classes.head}><T id="chat.import.leftOut" /></h3><ul className={classes.list}>{preview.leftOut.map(({ what, count }) => <li key={what}><T id={`chat.import.left.${what}`} values={{ count }} /></li>)}</ul></section>
      )}
      {preview.refusedCount === 0 ? null : (
        <section>
          <h3 className={classes.head}><T id="chat.import.refused" values={{ count: preview.refusedCount }} /></h3>
          <ul id={listId} className={classes.list}>{preview.refused.slice(0, all ? undefined : 3).map(({ where, why }) => <li key={where}><T id="chat.import.refusedOne" values={{ where, why }} /></li>)}</ul>
          {preview.refused.length > 3 && !all ? <Button size="compact-xs" variant="default" aria-controls={listId} onClick={() => { setAll(true); }}><T id="chat.import.showAll" /></Button> : null}
        </section>
      )}
      {fresh > 0 && hires.length > 0 ? <Select className={classes.who ?? ''} label={t('chat.import.who')} description={t('chat.import.whoHelp')} searchable allowDeselect={false} value={hireId} data={hires.map((hire) => ({ value: hire.id, label: hire.name }))} onChange={setHireId} /> : null}
      {fresh > 0 && hires.length === 0 ? <Alert color="yellow" variant="light" icon={<TriangleAlert size={16} aria-hidden />}><T id="chat.import.nobody" /></Alert> : null}
      <div className={classes.foot}>
        <Button variant="default" onClick={work.again}><T id="chat.import.another" /></Button>
        {fresh > 0 && hires.length > 0 ? <Button disabled={hireId === null} onClick={() => { if (hireId !== null) work.store(hireId); }}><T id="chat.import.store" values={{ count: fresh }} /></Button> : null}
      </div>
    </>
  );
}

function Done({ phase, work, onClose }: { phase: Extract<FileImport['phase'], { is: 'done' }>; work: FileImport; onClose: () => void }) {
  const remove = useRemoveImport();
  return (
    <>
      <p className={classes.about} role="status"><T id="chat.import.done" values={{ count: phase.imported }} /></p>
      {phase.left === 0 ? null : <p className={classes.quiet}><T id="chat.import.stopped" values={{ count: phase.left }} /></p>}
      {remove.error ? <Failure compact error={remove.error} /> : null}
      <div className={classes.foot}>
        {phase.imported > 0 ? <Button variant="default" loading={remove.isPending} onClick={() => { remove.mutate({ id: phase.importId }, { onSuccess: work.again }); }}><T id="chat.import.takeBack" /></Button> : null}
        <Button onClick={onClose}><T id="install.close" /></Button>
      </div>
    </>
  );
}

/** Imports of which something is in the list: each can be taken back in one go. */
function Earlier() {
  const t = useText();
  const intl = useIntl();
  const imports = useCall('chat', 'imports', {}).data?.imports ?? [];
  const remove = useRemoveImport();
  if (imports.length === 0) return null;
  return (
    <section>
      <h3 className={classes.head}><T id="chat.import.earlier" /></h3>
      {remove.error ? <Failure compact error={remove.error} /> : null}
      <ul className={classes.rows}>
        {imports.map((one) => (
          <li key={one.id} className={classes.row}>
            <span className={classes.words}><span className={classes.name}>{one.file}</span><span className={classes.quiet}><T id="chat.import.earlierOne" values={{ source: t(`chat.import.source.${one.source}`), count: one.conversations, at: intl.formatDate(one.at, { dateStyle: 'medium' }) }} /></span></span>
            <Button size="compact-sm" variant="default" aria-label={t('chat.import.removeOf', { name: one.file })} disabled={remove.isPending} onClick={() => { remove.mutate({ id: one.id }); }}><T id="chat.remove" /></Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useRemoveImport() {
  const t = useText();
  const restore = useChange('chat', 'restoreImport');
  return useChange('chat', 'removeImport', { onDone: ({ conversations }, { id }) => { showUndo(t('chat.import.removed', { count: conversations }), () => { restore.mutate({ id }); }); } });
}
