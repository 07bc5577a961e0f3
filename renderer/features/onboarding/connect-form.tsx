import { Button, Group, Select, TextInput } from '@mantine/core';
import { CircleCheck } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { hasCode } from '../../../contract/errors/app-error.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { describe, Failure } from '../../components/failure/failure.tsx';
import { FoundServers, newServers } from '../../components/found-servers/found-servers.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './onboarding.module.css';
import { PasswordField } from '../../components/password-field/password-field.tsx';

/** Adds an OpenAI-compatible address after the core asked it for its models, then lets one of them be the default. */
export function ConnectForm({ onDone }: { onDone: () => void }) {
  const t = useText();
  const [baseUrl, setBaseUrl] = useState('');
  const [key, setKey] = useState('');
  const [left, setLeft] = useState(false);
  const [model, setModel] = useState<string | null>(null);
  const servers = newServers(useCall('models', 'discover', {}).data?.servers);
  const add = useChange('models', 'add');
  const choose = useChange('models', 'setDefault', { onDone });
  const wrong = !/^https?:\/\/[^\s/]+/i.test(baseUrl.trim());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setLeft(true);
    if (!wrong) add.mutate({ baseUrl: baseUrl.trim(), ...(key !== '' && { key }) });
  };
  if (add.data) {
    const { provider, probe } = add.data;
    const chosen = model ?? probe.models[0]?.model ?? null;
    return (
      <div className={classes.connect}>
        <p className={classes.found} role="status"><CircleCheck size={16} aria-hidden /> <T id="onboarding.found" values={{ name: provider.name, count: probe.models.length }} /></p>
        {probe.models.length > 0 ? <Select label={t('onboarding.model')} description={t('onboarding.modelHelp')} searchable limit={200} allowDeselect={false} value={chosen} onChange={setModel} data={probe.models.map((info) => ({ value: info.model, label: info.label }))} /> : null}
        {choose.error ? <Failure compact error={choose.error} /> : null}
        <Group justify="flex-end" mt="lg"><Button loading={choose.isPending} onClick={() => { if (chosen === null) onDone(); else choose.mutate({ model: `${provider.id}/${chosen}` }); }}><T id="onboarding.next" /></Button></Group>
      </div>
    );
  }
  const keyRefused = hasCode(add.error, 'models/unauthorized', 'models/no-key');
  const addressRefused = hasCode(add.error, 'core/bad-input', 'models/unreachable', 'models/bad-answer');
  const words = add.error ? `${describe(add.error).message} ${t(`${describe(add.error).words}.advice`)}` : '';
  return (
    <form onSubmit={submit} className={classes.connect} noValidate>
      {servers.length === 0 ? null : (
        <section aria-label={t('found.title')}>
          <h2 className={classes.joinTitle}><T id="found.title" /></h2>
          <FoundServers servers={servers} adding={add.isPending ? add.variables.baseUrl : null}
            onAdd={(server) => { setBaseUrl(server.baseUrl); if (!server.needsKey) add.mutate({ baseUrl: server.baseUrl, ...(server.preset !== null && { preset: server.preset }) }); }} />
        </section>
      )}
      <TextInput label={t('onboarding.address')} description={t('onboarding.addressHelp')} placeholder={t('onboarding.addressExample')} inputMode="url" autoComplete="off" spellCheck={false} value={baseUrl}
        error={left && wrong ? t('onboarding.addressWrong') : addressRefused ? words : null} onBlur={() => { setLeft(baseUrl !== ''); }} onChange={(event) => { setBaseUrl(event.currentTarget.value); add.reset(); }} />
      <PasswordField label={t('onboarding.key')} description={t('onboarding.keyHelp')} autoComplete="off" value={key} error={keyRefused ? words : null} onChange={(event) => { setKey(event.currentTarget.value); add.reset(); }} />
      {add.error && !keyRefused && !addressRefused ? <Failure compact error={add.error} /> : null}
      <Group justify="flex-end" mt="xs"><Button type="submit" loading={add.isPending}><T id="onboarding.connect" /></Button></Group>
    </form>
  );
}
