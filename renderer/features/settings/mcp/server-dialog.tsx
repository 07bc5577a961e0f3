import { ActionIcon, Alert, Button, Checkbox, Group, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { Plus, ShieldAlert, X } from 'lucide-react';
import { useId, useState, type FormEvent } from 'react';
import type { McpServer, McpTransport } from '../../../../contract/model/mcp.ts';
import type { Output } from '../../../bridge/procedures.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { PasswordField } from '../../../components/password-field/password-field.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { Elsewhere } from './elsewhere.tsx';
import { Folders } from './folders.tsx';
import classes from './mcp.module.css';

interface Entered { name: string; value: string; kept: boolean }
interface Draft { kind: 'stdio' | 'http'; name: string; command: string; args: string; url: string; privateNetwork: boolean; values: Entered[] }

/** What a link brought along: whoever made it may be anybody. */
export type Linked = Pick<McpServer, 'name' | 'transport'>;

function draftOf(server: McpServer | null, linked: Linked | null): Draft {
  const from = server ?? linked;
  const plain: Draft = { kind: 'stdio', name: from?.name ?? '', command: '', args: '', url: '', privateNetwork: false, values: [] };
  if (!from) return plain;
  const kept = (names: readonly string[]): Entered[] => names.map((name) => ({ name, value: '', kept: server !== null && !server.missing.includes(name) }));
  const { transport } = from;
  return transport.kind === 'stdio' ? { ...plain, command: transport.command, args: transport.args.join('\n'), values: kept(transport.environment) } : { ...plain, kind: 'http', url: transport.url, privateNetwork: transport.privateNetwork, values: kept(transport.headers) };
}

function transportOf(draft: Draft): McpTransport {
  const names = draft.values.map(({ name }) => name.trim()).filter((name) => name !== '');
  return draft.kind === 'stdio' ? { kind: 'stdio', command: draft.command.trim(), args: draft.args.split('\n').filter((line) => line.trim() !== ''), environment: names } : { kind: 'http', url: draft.url.trim(), headers: names, privateNetwork: draft.privateNetwork };
}

/** Adds a server (`new`) or changes one. A program is confirmed outside this page before anything is kept. */
export function ServerDialog({ server, linked, onClose }: { server: McpServer | 'new' | null; linked: Linked | null; onClose: () => void }) {
  const t = useText();
  const known = server === 'new' ? null : server;
  return (
    <Modal opened={server !== null} onClose={onClose} title={known ? t('settings.mcp.changeNamed', { name: known.name }) : t('settings.mcp.add')} size={520} closeButtonProps={{ 'aria-label': t('settings.mcp.close') }}>
      {server !== null && <Form key={known?.id ?? JSON.stringify(linked)} server={known} linked={linked} onClose={onClose} />}
    </Modal>
  );
}

function Form({ server, linked, onClose }: { server: McpServer | null; linked: Linked | null; onClose: () => void }) {
  const t = useText();
  const [draft, setDraft] = useState(() => draftOf(server, linked));
  const [tried, setTried] = useState(false);
  const [confirmAt, setConfirmAt] = useState<string | null>(null);
  const onDone = (answer: Output<'mcp', 'add'>): void => { if (answer.confirmAt === null) onClose(); else { setConfirmAt(answer.confirmAt); window.open(answer.confirmAt, '_blank', 'noopener'); } };
  const add = useChange('mcp', 'add', { onDone });
  const update = useChange('mcp', 'update', { onDone });
  const change = (part: Partial<Draft>): void => { setDraft((before) => ({ ...before, ...part })); add.reset(); update.reset(); };
  const isProgram = draft.kind === 'stdio';
  const missing = { name: draft.name.trim() === '', reached: isProgram ? draft.command.trim() === '' : !/^https?:\/\/./i.test(draft.url.trim()) };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (missing.name || missing.reached) return;
    const values = Object.fromEntries(draft.values.filter(({ name, value }) => name.trim() !== '' && value !== '').map(({ name, value }) => [name.trim(), value]));
    const input = { name: draft.name.trim(), transport: transportOf(draft), values };
    if (server) update.mutate({ id: server.id, ...input });
    else add.mutate(input);
  };
  if (confirmAt !== null) return <Elsewhere address={confirmAt} onClose={onClose} />;
  const error = add.error ?? update.error;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        {linked && <Alert color="orange" icon={<ShieldAlert size={16} />}><T id="settings.mcp.linked" /></Alert>}
        {!server && <SegmentedControl fullWidth aria-label={t('settings.mcp.kind')} value={draft.kind} data={[{ value: 'stdio', label: t('settings.mcp.program') }, { value: 'http', label: t('settings.mcp.address') }]} onChange={(kind) => { change({ kind: kind === 'http' ? 'http' : 'stdio', values: [] }); }} />}
        {isProgram && <Alert color="orange" icon={<ShieldAlert size={16} />}><T id="settings.mcp.rights" /></Alert>}
        <TextInput data-autofocus required label={t('settings.mcp.name')} placeholder={t('settings.mcp.nameExample')} maxLength={40} value={draft.name} error={tried && missing.name ? t('settings.mcp.nameMissing') : null} onChange={(event) => { change({ name: event.currentTarget.value }); }} />
        {isProgram ? <>
          <TextInput required label={t('settings.mcp.command')} placeholder={t('settings.mcp.commandExample')} spellCheck={false} autoComplete="off" dir="ltr" value={draft.command} error={tried && missing.reached ? t('settings.mcp.commandMissing') : null} onChange={(event) => { change({ command: event.currentTarget.value }); }} />
          <Textarea label={t('settings.mcp.arguments')} description={t('settings.mcp.argumentsHelp')} autosize minRows={2} maxRows={8} spellCheck={false} dir="ltr" value={draft.args} onChange={(event) => { change({ args: event.currentTarget.value }); }} />
        </> : <>
          <TextInput required label={t('settings.mcp.url')} placeholder={t('settings.mcp.urlExample')} spellCheck={false} autoComplete="off" dir="ltr" value={draft.url} error={tried && missing.reached ? t('settings.mcp.urlMissing') : null} onChange={(event) => { change({ url: event.currentTarget.value }); }} />
          <Checkbox label={t('settings.mcp.private')} description={t('settings.mcp.privateHelp')} checked={draft.privateNetwork} onChange={(event) => { change({ privateNetwork: event.currentTarget.checked }); }} />
        </>}
        <Values title={t(isProgram ? 'settings.mcp.variables' : 'settings.mcp.headers')} add={t(isProgram ? 'settings.mcp.addVariable' : 'settings.mcp.addHeader')} values={draft.values} onChange={(values) => { change({ values }); }} />
        {server && isProgram && server.transport.kind === 'stdio' && <Folders id={server.id} folders={server.folders} />}
        {error && <Failure error={error} compact kept="settings.mcp.notAdded" />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onClose}><T id="settings.mcp.cancel" /></Button>
          <Button type="submit" loading={add.isPending || update.isPending}>{t(server ? 'settings.mcp.save' : 'settings.mcp.add')}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Names with their values. What is kept is never shown; an empty field leaves it. */
function Values({ title, add, values, onChange }: { title: string; add: string; values: readonly Entered[]; onChange: (values: Entered[]) => void }) {
  const t = useText();
  const help = useId();
  const put = (at: number, part: Partial<Entered>): void => { onChange(values.map((one, index) => (index === at ? { ...one, ...part } : one))); };
  return (
    <fieldset className={classes.values} aria-describedby={help}>
      <Text component="legend" size="sm" fw={500}>{title}</Text>
      <Text id={help} size="xs" c="dimmed"><T id="settings.mcp.valuesHelp" /></Text>
      {values.map((one, index) => {
        const name = one.name.trim() || t('settings.mcp.thisValue');
        return (
          <div className={classes.value} key={index}>
            <TextInput aria-label={t('settings.mcp.valueName', { number: index + 1 })} spellCheck={false} autoComplete="off" dir="ltr" value={one.name} onChange={(event) => { put(index, { name: event.currentTarget.value, kept: false }); }} />
            <PasswordField aria-label={t('settings.mcp.value', { name })} autoComplete="off" placeholder={one.kept ? t('settings.mcp.valueKept') : ''} value={one.value} onChange={(event) => { put(index, { value: event.currentTarget.value }); }} />
            <ActionIcon aria-label={t('settings.mcp.removeValue', { name })} onClick={() => { onChange(values.filter((_, other) => other !== index)); }}><X size={16} aria-hidden /></ActionIcon>
          </div>
        );
      })}
      <div><Button size="compact-sm" variant="subtle" leftSection={<Plus size={14} aria-hidden />} onClick={() => { onChange([...values, { name: '', value: '', kept: false }]); }}>{add}</Button></div>
    </fieldset>
  );
}
