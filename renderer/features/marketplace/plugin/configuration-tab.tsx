import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core';
import { Settings2 } from 'lucide-react';
import { useCall } from '../../../bridge/use-call.ts';
import { useModelOptions, usePluginConfiguration } from '../../../bridge/use-configuration.ts';
import { CheckResultView } from '../../../components/configuration-form/check-result.tsx';
import { ConfigurationForm } from '../../../components/configuration-form/configuration-form.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { T } from '../../../lib/text.tsx';
import classes from './plugin-screen.module.css';
import { FolderField } from './folders.tsx';

/** The form that sets up an installed plugin. */
export function ConfigurationTab({ pluginId }: { pluginId: string }) {
  const { view, save, removeSecret, check, saving, checking, error, checkError, checked } = usePluginConfiguration(pluginId);
  const folders = useCall('plugins', 'folders', { id: pluginId }).data?.folders ?? [];
  const models = useModelOptions(view.data?.fields.some(({ type }) => type === 'model') ?? false);
  if (view.isPending) return <Stack gap={20} maw={560} aria-busy>{[0, 1, 2].map((row) => <Skeleton key={row} height={52} />)}</Stack>;
  if (view.error) return <Failure error={view.error} compact onRetry={() => { void view.refetch(); }} />;
  const { fields, missing, secretsKept } = view.data;
  if (fields.length === 0) return <Text c="dimmed"><T id="plugin.noConfiguration" /></Text>;
  const secrets = fields.some(({ type }) => type === 'secret');
  return (
    <Stack gap={12}>
      {missing.length > 0 && <Alert icon={<Settings2 size={16} />} color="orange" maw={560} title={<T id="configuration.needsSetup" />} classNames={{ title: classes.misfit ?? '' }}><T id="configuration.missing" values={{ names: missing.map((key) => fields.find((field) => field.key === key)?.label ?? key).join(', ') }} /></Alert>}
      {secrets && <Text c="dimmed" size="sm" maw={560}><T id={secretsKept === 'sealed' ? 'configuration.secretsSealed' : 'configuration.secretsSession'} /></Text>}
      <ConfigurationForm fields={fields} models={models} onSave={save} onRemoveSecret={removeSecret} saving={saving} error={error} saveWords="configuration.saveAndCheck"
        folder={(key) => { const found = folders.find((folder) => folder.key === key); return found ? <FolderField pluginId={pluginId} folder={found} /> : null; }}
        actions={missing.length === 0 && <Button variant="default" loading={checking} onClick={check}><T id={checked ? 'configuration.checkAgain' : 'configuration.checkNow'} /></Button>}
        result={checkError ? <Failure error={checkError} compact onRetry={check} /> : checked && !checking ? <CheckResultView check={checked} /> : null} />
    </Stack>
  );
}
