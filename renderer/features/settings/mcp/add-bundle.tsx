import { Alert, Button, Checkbox, Group, Loader, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { ShieldAlert } from 'lucide-react';
import { useEffect, useEffectEvent, useState, type FormEvent } from 'react';
import { useIntl } from 'react-intl';
import type { McpBundle, McpBundleField } from '../../../../contract/model/mcp.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { useUploadBundle } from '../../../bridge/use-upload-bundle.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { PasswordField } from '../../../components/password-field/password-field.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import { Elsewhere } from './elsewhere.tsx';
import classes from './mcp.module.css';

export const isBundleName = (name: string): boolean => /\.(mcpb|dxt)$/i.test(name);

/** A bundle that the person gave: brought to the core, shown with what it is and asks for, and added when they say so. */
export function AddBundle({ file, onClose }: { file: File | null; onClose: () => void }) {
  const t = useText();
  return <Modal opened={file !== null} onClose={onClose} title={t('settings.mcp.bundle')} size={560} closeButtonProps={{ 'aria-label': t('settings.mcp.close') }}>{file && <Body file={file} onClose={onClose} />}</Modal>;
}

function Body({ file, onClose }: { file: File; onClose: () => void }) {
  const t = useText();
  const look = useUploadBundle();
  const bring = useEffectEvent(() => { if (isBundleName(file.name)) look.mutate(file); });
  useEffect(() => { bring(); }, [file]);
  const close = <Group justify="flex-end"><Button variant="default" onClick={onClose}><T id="settings.mcp.close" /></Button></Group>;
  if (!isBundleName(file.name)) return <Stack gap={16}><Text role="alert"><T id="settings.mcp.bundleOne" /></Text>{close}</Stack>;
  if (look.error) return <Stack gap={16}><Failure error={look.error} compact />{close}</Stack>;
  if (look.data) return <Bundle key={look.data.id} bundle={look.data} onClose={onClose} />;
  return <Group gap={10} role="status"><Loader size="sm" /><Text>{t('settings.mcp.bundleReading', { name: file.name })}</Text></Group>;
}

const standardOf = ({ fields }: McpBundle): Record<string, string> => Object.fromEntries(fields.map(({ key, kind, default: standard }) => [key, standard ?? (kind === 'boolean' ? 'false' : '')]));

function Bundle({ bundle, onClose }: { bundle: McpBundle; onClose: () => void }) {
  const t = useText();
  const { locale } = useIntl();
  const [name, setName] = useState(bundle.name);
  const [entered, setEntered] = useState(() => standardOf(bundle));
  const [tried, setTried] = useState(false);
  const [confirmAt, setConfirmAt] = useState<string | null>(null);
  const add = useChange('mcp', 'addBundle', { onDone(answer) { if (answer.confirmAt === null) onClose(); else { setConfirmAt(answer.confirmAt); window.open(answer.confirmAt, '_blank', 'noopener'); } } });
  const problemOf = ({ key, kind, required, multiple }: McpBundleField): string | null => {
    const text = entered[key]?.trim() ?? '';
    if (required && text === '') return t('settings.mcp.fieldMissing');
    return kind === 'number' && text !== '' && (multiple ? text.split('\n') : [text]).some((one) => !Number.isFinite(Number(one))) ? t('settings.mcp.fieldNumber') : null;
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '' || bundle.fields.some((field) => problemOf(field) !== null)) return;
    add.mutate({ id: bundle.id, name: name.trim(), values: Object.fromEntries(Object.entries(entered).filter(([, text]) => text.trim() !== '')) });
  };
  if (confirmAt !== null) return <Elsewhere address={confirmAt} onClose={onClose} />;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        <div>
          <Text fw={600}>{t('settings.mcp.bundleNamed', { name: bundle.name, version: bundle.version })}</Text>
          <p className={classes.quiet}>{t('settings.mcp.bundleBy', { author: bundle.author, files: bundle.files, size: formatBytes(bundle.bytes, locale) })}</p>
          {bundle.description !== '' && <Text size="sm" mt={6}>{bundle.description}</Text>}
        </div>
        <div>
          <Text size="sm" fw={500}><T id="settings.mcp.bundleStarts" /></Text>
          <span className={classes.reached} dir="ltr">{bundle.command}</span>
        </div>
        {bundle.problem === null ? <>
          <Alert color="orange" icon={<ShieldAlert size={16} />}><T id="settings.mcp.bundleRights" /></Alert>
          <TextInput data-autofocus required label={t('settings.mcp.name')} maxLength={40} value={name} error={tried && name.trim() === '' ? t('settings.mcp.nameMissing') : null} onChange={(event) => { setName(event.currentTarget.value); }} />
          {bundle.fields.map((field) => <Field key={field.key} field={field} value={entered[field.key] ?? ''} problem={tried ? problemOf(field) : null} onChange={(value) => { setEntered((before) => ({ ...before, [field.key]: value })); add.reset(); }} />)}
        </> : <Alert role="alert" color="red" icon={<ShieldAlert size={16} />} title={t('settings.mcp.cannot', { name: bundle.name })}>{bundle.problem}</Alert>}
        {add.error && <Failure error={add.error} compact kept="settings.mcp.notAdded" />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onClose}>{t(bundle.problem === null ? 'settings.mcp.cancel' : 'settings.mcp.close')}</Button>
          {bundle.problem === null && <Button type="submit" loading={add.isPending}><T id="settings.mcp.bundleAdd" /></Button>}
        </Group>
      </Stack>
    </form>
  );
}

/** One thing that a bundle asks for. What is a secret is hidden, kept as one, and never comes back. */
function Field({ field, value, problem, onChange }: { field: McpBundleField; value: string; problem: string | null; onChange: (value: string) => void }) {
  const t = useText();
  const { title, kind, required, sensitive, multiple } = field;
  const hints = [field.description, ...(sensitive ? [t('settings.mcp.fieldSecret')] : []), ...(multiple ? [t('settings.mcp.fieldLines')] : kind === 'directory' ? [t('settings.mcp.fieldFolder')] : kind === 'file' ? [t('settings.mcp.fieldFile')] : [])].filter((hint) => hint !== '');
  const lines = hints.length > 0 && hints.map((hint) => <span key={hint} className={classes.hint}>{hint}</span>);
  if (kind === 'boolean') return <Checkbox label={title} description={lines} checked={value === 'true'} onChange={(event) => { onChange(String(event.currentTarget.checked)); }} />;
  const shared = { label: title, description: lines, required, error: problem, value, spellCheck: false, autoComplete: 'off', onChange: (event: { currentTarget: { value: string } }) => { onChange(event.currentTarget.value); } } as const;
  if (sensitive) return <PasswordField {...shared} />;
  if (multiple) return <Textarea {...shared} autosize minRows={2} maxRows={8} dir={kind === 'string' ? 'auto' : 'ltr'} />;
  return <TextInput {...shared} inputMode={kind === 'number' ? 'decimal' : 'text'} dir={kind === 'string' ? 'auto' : 'ltr'} />;
}
