import { Alert, Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { FolderOpen, ShieldAlert } from 'lucide-react';
import { useEffect, useEffectEvent, useState, type FormEvent } from 'react';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { registryPrefixSchema } from '../../../../contract/model/catalog.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { Fingerprint } from './fingerprint.tsx';

interface Draft { address: string; name: string; prefix: string; priority: number }
/** What a link brought along: whoever made it may be anybody. */
interface Linked { address: string; fingerprint: string }
const NEW: Draft = { address: '', name: '', prefix: '', priority: 100 };

/** Adds a registry in two steps: where it is, then whether the key it shows is the one that its operator published. */
export function AddRegistry({ opened, linked = null, onClose }: { opened: boolean; linked?: Linked | null; onClose: () => void }) {
  const t = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={t('settings.registries.add')} size={520} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {opened && <Body linked={linked} onClose={onClose} />}
    </Modal>
  );
}

function Body({ linked, onClose }: { linked: Linked | null; onClose: () => void }) {
  const [draft, setDraft] = useState({ ...NEW, address: linked?.address ?? '' });
  const [found, setFound] = useState<string | null>(null);
  return found === null
    ? <Place draft={draft} linked={linked !== null} onChange={setDraft} onFound={setFound} onClose={onClose} />
    : <Trust draft={draft} given={linked?.fingerprint ?? ''} fingerprint={found} onBack={() => { setFound(null); }} onClose={onClose} />;
}

function Place({ draft, linked, onChange, onFound, onClose }: { draft: Draft; linked: boolean; onChange: (draft: Draft) => void; onFound: (fingerprint: string) => void; onClose: () => void }) {
  const t = useText();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const look = useChange('catalog', 'addRegistry', { onDone: ({ fingerprint }) => { onFound(fingerprint); } });
  const change = (part: Partial<Draft>): void => { onChange({ ...draft, ...part }); look.reset(); };
  const leave = (field: string): void => { setLeft((before) => new Set([...before, field])); };
  const problems = {
    address: draft.address.trim() === '' ? 'settings.registries.addressMissing' : null,
    prefix: draft.prefix.trim() === '' || registryPrefixSchema.safeParse(draft.prefix.trim()).success ? null : 'settings.registries.prefixWrong',
  };
  const problemAt = (field: 'address' | 'prefix'): string | null => (problems[field] !== null && left.has(field) ? t(problems[field]) : null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(new Set(['address', 'prefix']));
    if (problems.address === null && problems.prefix === null) look.mutate({ address: draft.address.trim() });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={16}>
        <Text size="sm" c="dimmed"><T id="settings.registries.addLine" /></Text>
        {linked && <Alert color="orange" icon={<ShieldAlert size={16} />}><T id="settings.registries.linked" /></Alert>}
        <TextInput data-autofocus label={t('settings.registries.address')} description={t('settings.registries.addressHelp')} placeholder={t('settings.registries.addressExample')} inputMode="url" autoComplete="off" spellCheck={false}
          value={draft.address} error={problemAt('address')} onBlur={() => { if (draft.address !== '') leave('address'); }} onChange={(event) => { change({ address: event.currentTarget.value }); }} />
        <PickFolder onPicked={(address) => { change({ address }); }} />
        <TextInput label={t('settings.registries.nameOptional')} description={t('settings.registries.nameHelp')} placeholder={t('settings.registries.nameExample')} maxLength={80} value={draft.name} onChange={(event) => { change({ name: event.currentTarget.value }); }} />
        <TextInput label={t('settings.registries.prefixOptional')} description={t('settings.registries.prefixHelp')} placeholder={t('settings.registries.prefixExample')} spellCheck={false} autoComplete="off" maxLength={128}
          value={draft.prefix} error={problemAt('prefix')} onBlur={() => { leave('prefix'); }} onChange={(event) => { change({ prefix: event.currentTarget.value }); }} />
        <NumberInput label={t('settings.registries.priority')} description={t('settings.registries.priorityHelp')} min={1} max={1000} allowDecimal={false} clampBehavior="strict" value={draft.priority}
          hideControls onChange={(value) => { change({ priority: typeof value === 'number' ? value : 100 }); }} />
        {look.error && <Failure error={look.error} compact kept="settings.registries.notAdded" />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onClose}><T id="settings.models.cancel" /></Button>
          <Button type="submit" loading={look.isPending}><T id="settings.registries.look" /></Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The folder of a registry, picked in the shell's dialog or on the core's own page; this page names none. */
function PickFolder({ onPicked }: { onPicked: (address: string) => void }) {
  /** Where else it is picked, and since when: an answer of before is about another time. */
  const [elsewhere, setElsewhere] = useState<{ address: string; since: number } | null>(null);
  const picked = useCall('catalog', 'pickedRegistry', {}, { enabled: elsewhere !== null, every: 1_000 });
  const open = (address: string): void => { window.open(address, '_blank', 'noopener'); };
  const pick = useChange('catalog', 'pickRegistry', { onDone({ address, confirmAt }) {
    if (address !== null) onPicked(address);
    setElsewhere(confirmAt === null ? null : { address: confirmAt, since: Date.now() });
    if (confirmAt !== null) open(confirmAt);
  } });
  const address = elsewhere !== null && picked.dataUpdatedAt >= elsewhere.since ? picked.data?.address ?? null : null;
  const take = useEffectEvent(onPicked);
  useEffect(() => { if (address !== null) take(address); }, [address]);
  return (
    <div>
      <Button variant="default" size="xs" leftSection={<FolderOpen size={14} aria-hidden />} loading={pick.isPending} onClick={() => { pick.mutate({}); }}><T id="settings.registries.pick" /></Button>
      {elsewhere !== null && address === null && <Text role="status" size="sm" c="dimmed" mt={8}><T id="plugin.folderElsewhere" />{' '}<Button size="compact-xs" variant="subtle" onClick={() => { open(elsewhere.address); }}><T id="plugin.folderOpen" /></Button></Text>}
      {pick.error && !hasCode(pick.error, 'host/cancelled') && <Failure error={pick.error} compact />}
    </div>
  );
}

function Trust({ draft, given: linked, fingerprint, onBack, onClose }: { draft: Draft; given: string; fingerprint: string; onBack: () => void; onClose: () => void }) {
  const t = useText();
  const [given, setGiven] = useState(linked);
  const add = useChange('catalog', 'addRegistry', { onDone: onClose });
  const compared = given.replace(/[\s:]/g, '').toLowerCase();
  const differs = compared !== '' && compared !== fingerprint;
  const [name, prefix] = [draft.name.trim(), draft.prefix.trim()];
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (!differs) add.mutate({ address: draft.address.trim(), fingerprint, priority: draft.priority, ...(name !== '' && { name }), ...(prefix !== '' && { prefix }) }); }}>
      <Stack gap={16}>
        <Text>{t('settings.registries.trustLine', { address: draft.address.trim() })}</Text>
        <Fingerprint text={fingerprint} />
        <TextInput data-autofocus label={t('settings.registries.given')} description={t('settings.registries.givenHelp')} placeholder={t('settings.registries.givenExample')} spellCheck={false} autoComplete="off" value={given} onChange={(event) => { setGiven(event.currentTarget.value); }}
          error={differs ? t('settings.registries.differs') : null} />
        {compared === fingerprint ? <Text role="status" size="sm"><T id={linked !== '' && given === linked ? 'settings.registries.sameAsLink' : 'settings.registries.same'} /></Text>
          : <Alert color="orange" icon={<ShieldAlert size={16} />}><T id="settings.registries.trustWarning" /></Alert>}
        {add.error && <Failure error={add.error} compact kept="settings.registries.notAdded" />}
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onBack}><T id="settings.registries.backTo" /></Button>
          <Button type="submit" disabled={differs} loading={add.isPending}><T id="settings.registries.trust" /></Button>
        </Group>
      </Stack>
    </form>
  );
}
