import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { Provider } from '../../../../contract/model/model-ref.ts';
import type { CallError } from '../../../bridge/procedures.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { PasswordField } from '../../../components/password-field/password-field.tsx';
import { adviceFor } from '../../../lib/advice.ts';
import { T, useText } from '../../../lib/text.tsx';
import { checkDraft, fieldOf, keyAsked, type ProviderDraft } from './provider-form.ts';

interface Props {
  start: ProviderDraft;
  /** The one that is changed; null for a new one. */
  provider: Provider | null;
  /** What the button says. */
  send: string;
  pending: boolean;
  error: CallError | null;
  onEdit: () => void;
  onClose: () => void;
  /** Trimmed; `forgetKey`: the one that is there is to go. */
  onSend: (draft: ProviderDraft & { forgetKey: boolean }) => void;
}

/** The fields of a provider. Each is checked on leaving it and all of them on sending. */
export function ProviderFields({ start, provider, send, pending, error, onEdit, onClose, onSend }: Props) {
  const t = useText();
  const presets = useCall('models', 'presets', {}).data?.presets ?? [];
  const [draft, setDraft] = useState<ProviderDraft>(start);
  const [forgetKey, setForgetKey] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const known = presets.find(({ id }) => id === draft.preset);
  const problems = checkDraft(draft, known, provider);
  const refused = error ? fieldOf(error) : null;
  const change = (part: Partial<ProviderDraft>): void => { setDraft((before) => ({ ...before, ...part })); onEdit(); };
  const leave = (field: string) => (): void => { setLeft((before) => new Set([...before, field])); };
  const problemAt = (field: 'address' | 'key' | 'name'): string | null => {
    if (refused === field && error) return `${error.message} ${t(`${adviceFor(error.code)}.advice`)}`;
    const id = problems[field];
    return id !== undefined && left.has(field) ? t(id) : null;
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(new Set(['address', 'key', 'name']));
    if (Object.keys(problems).some((field) => field !== 'key' || !forgetKey)) return;
    onSend({ preset: draft.preset, address: draft.address.trim(), key: draft.key.trim(), name: draft.name.trim(), forgetKey });
  };
  const choose = (id: string | null): void => {
    const preset = presets.find((candidate) => candidate.id === id);
    change({ preset: id, address: preset?.baseUrl ?? '', name: '' });
    setLeft(new Set());
  };
  const keyHelp = keyAsked(draft, provider) === 'kept' ? 'settings.models.keyKept' : known && !known.needsKey ? 'settings.models.keyLocal' : 'settings.models.keyHelp';
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        {provider === null && (
          <Select data-autofocus label={t('settings.models.preset')} description={t('settings.models.presetHelp')} placeholder={t('settings.models.presetOther')} clearable value={draft.preset} onChange={choose}
            data={[{ group: t('settings.models.hosted'), items: presets.filter(({ needsKey }) => needsKey).map(({ id, name }) => ({ value: id, label: name })) }, { group: t('settings.models.localServers'), items: presets.filter(({ needsKey }) => !needsKey).map(({ id, name }) => ({ value: id, label: name })) }]} />
        )}
        <TextInput label={t('settings.models.address')} description={t('settings.models.addressHelp')} placeholder={t('settings.models.addressExample')} inputMode="url" autoComplete="off" spellCheck={false} required withAsterisk={false}
          value={draft.address} error={problemAt('address')} onBlur={leave('address')} onChange={(event) => { change({ address: event.currentTarget.value }); }} />
        <PasswordField {...(provider !== null && { 'data-autofocus': true })} label={t('settings.models.key')} description={t(keyHelp)} placeholder={t('settings.models.keyExample')} autoComplete="off" disabled={forgetKey}
          value={draft.key} error={problemAt('key')} onBlur={leave('key')} onChange={(event) => { change({ key: event.currentTarget.value }); }} />
        {provider?.hasKey && <Checkbox label={t('settings.models.keyForget')} checked={forgetKey} onChange={(event) => { setForgetKey(event.currentTarget.checked); change({ key: '' }); }} />}
        <TextInput label={t(provider === null ? 'settings.models.name' : 'settings.models.nameNow')} description={t('settings.models.nameHelp')} placeholder={known?.name ?? t('settings.models.nameExample')} maxLength={80}
          value={draft.name} error={problemAt('name')} onBlur={leave('name')} onChange={(event) => { change({ name: event.currentTarget.value }); }} />
        {error && refused === null && <Failure error={error} compact kept="settings.models.notStored" />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onClose}><T id="settings.models.cancel" /></Button>
          <Button type="submit" loading={pending}><T id={send} /></Button>
        </Group>
      </Stack>
    </form>
  );
}
