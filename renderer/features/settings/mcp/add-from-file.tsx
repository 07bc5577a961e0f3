import { Alert, Button, Checkbox, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { ShieldAlert } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import type { McpPreview } from '../../../../contract/model/mcp.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { Elsewhere } from './elsewhere.tsx';
import classes from './mcp.module.css';

/** Servers of another program's file: pasted, looked at, chosen, added. */
export function AddFromFile({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useText();
  return <Modal opened={opened} onClose={onClose} title={t('settings.mcp.fromFile')} size={560} closeButtonProps={{ 'aria-label': t('settings.mcp.close') }}>{opened && <Body onClose={onClose} />}</Modal>;
}

function Body({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const look = useChange('mcp', 'previewImport');
  if (look.data) return <Choose text={text} found={look.data.servers} onBack={() => { look.reset(); }} onClose={onClose} />;
  const submit = (event: FormEvent): void => { event.preventDefault(); setTried(true); if (text.trim() !== '') look.mutate({ text }); };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        <Textarea data-autofocus label={t('settings.mcp.fileLabel')} description={t('settings.mcp.fileHelp')} autosize minRows={8} maxRows={16} spellCheck={false} dir="ltr" value={text} error={tried && text.trim() === '' ? t('settings.mcp.fileMissing') : null} onChange={(event) => { setText(event.currentTarget.value); look.reset(); }} />
        {look.error && <Failure error={look.error} compact />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onClose}><T id="settings.mcp.cancel" /></Button>
          <Button type="submit" loading={look.isPending}><T id="settings.mcp.look" /></Button>
        </Group>
      </Stack>
    </form>
  );
}

function Choose({ text, found, onBack, onClose }: { text: string; found: readonly McpPreview[]; onBack: () => void; onClose: () => void }) {
  const t = useText();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(found.filter(({ transport }) => transport !== null).map(({ key }) => key)));
  const [confirmAt, setConfirmAt] = useState<string | null>(null);
  const add = useChange('mcp', 'import', { onDone(answer) { if (answer.confirmAt === null) onClose(); else { setConfirmAt(answer.confirmAt); window.open(answer.confirmAt, '_blank', 'noopener'); } } });
  if (confirmAt !== null) return <Elsewhere address={confirmAt} onClose={onClose} />;
  const hasProgram = found.some(({ key, transport }) => transport?.kind === 'stdio' && chosen.has(key));
  return (
    <Stack gap={16}>
      <ul className={classes.found}>{found.map((one) => <li key={one.key}><Found found={one} checked={chosen.has(one.key)} onChange={(on) => { setChosen((before) => new Set(on ? [...before, one.key] : [...before].filter((key) => key !== one.key))); }} /></li>)}</ul>
      {hasProgram && <Alert color="orange" icon={<ShieldAlert size={16} />}><T id="settings.mcp.rights" /></Alert>}
      {add.error && <Failure error={add.error} compact kept="settings.mcp.notAdded" />}
      <Group gap={8} justify="flex-end">
        <Button variant="default" onClick={onBack}><T id="settings.mcp.back" /></Button>
        <Button disabled={chosen.size === 0} loading={add.isPending} onClick={() => { add.mutate({ text, keys: [...chosen] }); }}>{t('settings.mcp.addChosen', { count: chosen.size })}</Button>
      </Group>
    </Stack>
  );
}

function Found({ found, checked, onChange }: { found: McpPreview; checked: boolean; onChange: (on: boolean) => void }) {
  const t = useText();
  const { name, transport, values, wanted, notes, problem } = found;
  if (transport === null) return <div><Text size="sm" fw={500}>{t('settings.mcp.cannot', { name })}</Text><p className={classes.problem}>{problem}</p></div>;
  return (
    <div>
      <Checkbox label={name} checked={checked} onChange={(event) => { onChange(event.currentTarget.checked); }} />
      <span className={classes.reached}>{transport.kind === 'http' ? transport.url : t('settings.mcp.commandLine', { command: transport.command, arguments: transport.args.join(' ') })}</span>
      {values.length > 0 && <p className={classes.quiet}>{t('settings.mcp.keptSecret', { names: values.join(', ') })}</p>}
      {wanted.length > 0 && <p className={classes.look}>{t('settings.mcp.wanted', { names: wanted.join(', ') })}</p>}
      {notes.map((note) => <p key={note} className={classes.quiet}>{note}</p>)}
    </div>
  );
}
