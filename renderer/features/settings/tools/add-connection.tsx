import { Checkbox, Modal, Select, Skeleton, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ConnectionForm } from '../../../../contract/model/tool.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { ConfigurationForm } from '../../../components/configuration-form/configuration-form.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import type { ConfigurationChanges } from '../../../lib/configuration-draft.ts';
import { T, useText } from '../../../lib/text.tsx';
import { ToolOffers } from './tool-offers.tsx';

/** Sets a connection up. Nobody has it yet, but for the agent that it is for: others are chosen in its row. @param kind what is wanted, when that is known @param agent the hire or own agent that lacks it */
export function AddConnection({ opened, kind, agent, onClose }: { opened: boolean; kind: string | null; agent: string | null; onClose: () => void }) {
  const t = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={t('settings.tools.add')} size={480} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {opened && <Body wanted={kind} agent={agent} onClose={onClose} />}
    </Modal>
  );
}

function Body({ wanted, agent, onClose }: { wanted: string | null; agent: string | null; onClose: () => void }) {
  const t = useText();
  const list = useCall('tools', 'forms', {});
  const [kind, setKind] = useState(wanted);
  if (list.error) return <Failure error={list.error} compact onRetry={() => { void list.refetch(); }} />;
  if (!list.data) return <Skeleton height={36} />;
  const form = list.data.forms.find((one) => one.kind === kind);
  return (
    <Stack gap={16}>
      <Select data-autofocus label={t('settings.tools.kind')} placeholder={t('settings.tools.chooseKind')} allowDeselect={false} value={kind} onChange={setKind} data={list.data.forms.map((one) => ({ value: one.kind, label: t(`settings.tools.kind.${one.kind}`) }))} />
      {form && <Fields key={form.kind} form={form} agent={agent} onClose={onClose} />}
    </Stack>
  );
}

function Fields({ form, agent, onClose }: { form: ConnectionForm; agent: string | null; onClose: () => void }) {
  const t = useText();
  const [name, setName] = useState('');
  const [left, setLeft] = useState(false);
  const [gives, setGives] = useState(true);
  const [own, team] = [useCall('builder', 'list', {}, { enabled: agent !== null }), useCall('team', 'list', {}, { enabled: agent !== null })];
  const given = [...own.data?.agents ?? [], ...team.data?.hires ?? []].find(({ id }) => id === agent);
  const connect = useChange('tools', 'connect', { onDone: ({ confirmAt }) => { if (confirmAt !== null) window.open(confirmAt, '_blank', 'noopener'); onClose(); } });
  const save = async ({ set, secrets }: ConfigurationChanges): Promise<void> => {
    setLeft(true);
    if (name.trim() === '') throw new Error('The connection has no name yet.');
    await connect.mutateAsync({ kind: form.kind, name: name.trim(), set, secrets, ...(given && gives && { agents: [given.id] }) });
    // The mutation would hold the secret as long as the page is open.
    connect.reset();
  };
  return (
    <>
      <ToolOffers tools={form.tools} />
      <TextInput label={t('settings.tools.name')} description={t('settings.tools.nameHelp')} required withAsterisk={false} maxLength={60} value={name} error={left && name.trim() === '' ? t('settings.tools.nameMissing') : null} onBlur={() => { setLeft(true); }} onChange={(event) => { setName(event.currentTarget.value); }} />
      {given && <Checkbox label={t('settings.tools.giveTo', { name: given.name })} checked={gives} onChange={(event) => { setGives(event.currentTarget.checked); }} />}
      {form.picks && <p><T id="settings.tools.picks" /></p>}
      <ConfigurationForm fields={form.fields.map((field) => ({ ...field, value: null, isSet: field.default !== null }))} models={[]} folder={() => null} saving={connect.isPending} error={connect.error} saveWords="settings.tools.connect" onSave={save} onRemoveSecret={() => undefined} />
    </>
  );
}
