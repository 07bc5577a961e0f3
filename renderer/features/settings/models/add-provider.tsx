import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { FoundServer } from '../../../../contract/model/model-ref.ts';
import type { Output } from '../../../bridge/procedures.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { adviceFor } from '../../../lib/advice.ts';
import { T, useText } from '../../../lib/text.tsx';
import { ProbeResult } from './probe-result.tsx';
import { checkDraft, fieldOf, type ProviderDraft } from './provider-form.ts';
import { PasswordField } from '../../../components/password-field/password-field.tsx';

/** Adds a provider: the core asks it for its models first and stores nothing that does not answer. `from` fills in the form. */
export function AddProvider({ opened, from, onClose }: { opened: boolean; from: FoundServer | null; onClose: () => void }) {
  const t = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={t('settings.models.add')} size={480} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {opened && <Body from={from} onClose={onClose} />}
    </Modal>
  );
}

function Body({ from, onClose }: { from: FoundServer | null; onClose: () => void }) {
  const [added, setAdded] = useState<Output<'models', 'add'> | null>(null);
  return added === null ? <Form from={from} onAdded={setAdded} onClose={onClose} /> : (
    <Stack gap={16}>
      <ProbeResult probe={added.probe} provider={added.provider} />
      <Group gap={8} justify="flex-end"><Button onClick={onClose}><T id="settings.models.done" /></Button></Group>
    </Stack>
  );
}

/** The fields. Each is checked on leaving it and all of them on sending. */
export function Form({ from, onAdded, onClose }: { from: FoundServer | null; onAdded: (added: Output<'models', 'add'>) => void; onClose: () => void }) {
  const t = useText();
  const presets = useCall('models', 'presets', {}).data?.presets ?? [];
  const [draft, setDraft] = useState<ProviderDraft>({ preset: from?.preset ?? null, address: from?.baseUrl ?? '', key: '', name: '' });
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const add = useChange('models', 'add', { onDone: onAdded });
  const known = presets.find(({ id }) => id === draft.preset);
  const problems = checkDraft(draft, known);
  const refused = add.error ? fieldOf(add.error) : null;
  const change = (part: Partial<ProviderDraft>): void => { setDraft((before) => ({ ...before, ...part })); add.reset(); };
  const leave = (field: string) => (): void => { setLeft((before) => new Set([...before, field])); };
  const problemAt = (field: 'address' | 'key'): string | null => {
    if (refused === field && add.error) return `${add.error.message} ${t(`${adviceFor(add.error.code)}.advice`)}`;
    const id = problems[field];
    return id !== undefined && left.has(field) ? t(id) : null;
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(new Set(['address', 'key']));
    if (Object.keys(problems).length > 0) return;
    const key = draft.key.trim();
    const name = draft.name.trim();
    add.mutate({ baseUrl: draft.address.trim(), ...(key !== '' && { key }), ...(name !== '' && { name }), ...(draft.preset !== null && { preset: draft.preset }) });
  };
  const choose = (id: string | null): void => {
    const preset = presets.find((candidate) => candidate.id === id);
    change({ preset: id, address: preset?.baseUrl ?? '', name: '' });
    setLeft(new Set());
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        <Select data-autofocus label={t('settings.models.preset')} description={t('settings.models.presetHelp')} placeholder={t('settings.models.presetOther')} clearable value={draft.preset} onChange={choose}
          data={[{ group: t('settings.models.hosted'), items: presets.filter(({ needsKey }) => needsKey).map(({ id, name }) => ({ value: id, label: name })) }, { group: t('settings.models.localServers'), items: presets.filter(({ needsKey }) => !needsKey).map(({ id, name }) => ({ value: id, label: name })) }]} />
        <TextInput label={t('settings.models.address')} description={t('settings.models.addressHelp')} placeholder={t('settings.models.addressExample')} inputMode="url" autoComplete="off" spellCheck={false} required withAsterisk={false}
          value={draft.address} error={problemAt('address')} onBlur={leave('address')} onChange={(event) => { change({ address: event.currentTarget.value }); }} />
        <PasswordField label={t('settings.models.key')} description={t(known && !known.needsKey ? 'settings.models.keyLocal' : 'settings.models.keyHelp')} placeholder={t('settings.models.keyExample')} autoComplete="off"
          value={draft.key} error={problemAt('key')} onBlur={leave('key')} onChange={(event) => { change({ key: event.currentTarget.value }); }} />
        <TextInput label={t('settings.models.name')} description={t('settings.models.nameHelp')} placeholder={known?.name ?? t('settings.models.nameExample')} maxLength={80}
          value={draft.name} onChange={(event) => { change({ name: event.currentTarget.value }); }} />
        {add.error && refused === null && <Failure error={add.error} compact kept="settings.models.notStored" />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onClose}><T id="settings.models.cancel" /></Button>
          <Button type="submit" loading={add.isPending}><T id="settings.models.addAndTest" /></Button>
        </Group>
      </Stack>
    </form>
  );
}
