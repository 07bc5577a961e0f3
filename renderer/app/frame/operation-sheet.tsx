import { Button, CopyButton, Drawer, Group, Stack, Text } from '@mantine/core';
import { CircleCheck, Settings2 } from 'lucide-react';
import { useNavigate } from 'react-router';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { useOperations, useRetry } from '../../bridge/use-operations.ts';
import { ConsentForm } from '../../components/install-steps/consent-form.tsx';
import { InstallSteps } from '../../components/install-steps/install-steps.tsx';
import { ConcernedLines } from '../../components/version-changes/concerned-lines.tsx';
import { adviceFor } from '../../lib/advice.ts';
import { isOver, type OperationError, type OperationView } from '../../lib/operation-view.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './operation-sheet.module.css';

/** The sheet of the operation that is open. Closing it stops nothing: the top bar opens it again. */
export function OperationSheet() {
  const t = useText();
  const { open, show } = useOperations();
  return (
    <Drawer opened={open !== undefined} onClose={() => { show(null); }} position="right" size={480} title={open ? t(`operations.${open.kind}.${open.state}`, { name: open.name }) : ''}
      closeButtonProps={{ 'aria-label': t('install.close') }} transitionProps={{ duration: 140 }} classNames={{ title: classes.title ?? '', body: classes.body ?? '' }}>
      {open && <Sheet key={open.id} operation={open} />}
    </Drawer>
  );
}

function Sheet({ operation }: { operation: OperationView }) {
  const t = useText();
  const navigate = useNavigate();
  const installed = useCall('plugins', 'list', {}, { enabled: operation.state === 'finished' && operation.kind === 'install' });
  const missing = installed.data?.plugins.find(({ id }) => id === operation.pluginId)?.missing ?? [];
  const { show, forget } = useOperations();
  const consent = useChange('plugins', 'consent');
  const cancel = useChange('plugins', 'cancel');
  const { retry, pending, error } = useRetry();
  const leave = (to: string): void => { forget(operation.id); void navigate(to); };
  return (
    <Stack gap={16}>
      {operation.state === 'finished' && <Done operation={operation} />}
      {operation.error && <Problem error={operation.error} id={operation.id} />}
      {error && <Problem error={error} id={operation.id} />}
      {operation.state === 'cancelled' && <Text c="dimmed"><T id="install.cancelledLine" /></Text>}
      {operation.concerned && <ConcernedLines concerned={operation.concerned} />}
      {operation.consent && (
        <ConsentForm items={operation.consent} update={operation.kind === 'update'} pending={consent.isPending} onAnswer={(accept, granted) => { consent.mutate({ operationId: operation.id, accept, granted }); }} />
      )}
      <InstallSteps operation={operation} />
      <Group gap={8}>
        {operation.state === 'finished' && operation.kind === 'install' && operation.pluginId !== '' && (
          <>
            {missing.length > 0 && <Button leftSection={<Settings2 size={16} aria-hidden />} onClick={() => { leave(`/marketplace/${operation.pluginId}?tab=configuration`); }}>{t('configuration.setUpNamed', { name: operation.name })}</Button>}
            <Button variant={missing.length > 0 ? 'default' : 'filled'} onClick={() => { leave(`/marketplace/${operation.pluginId}`); }}><T id="install.openPlugin" /></Button>
            <Button variant="default" onClick={() => { leave(`/team/hire?plugin=${operation.pluginId}`); }}><T id="install.hire" /></Button>
          </>
        )}
        {(operation.state === 'failed' || operation.state === 'cancelled') && operation.kind !== 'uninstall' && operation.asked !== 'machine' && (
          <Button loading={pending} onClick={() => { retry(operation); }}><T id="failure.retry" /></Button>
        )}
        {!isOver(operation) && <Button variant="default" loading={cancel.isPending} onClick={() => { cancel.mutate({ operationId: operation.id }); }}><T id="install.cancel" /></Button>}
        {!isOver(operation) && <Button variant="subtle" color="gray" onClick={() => { show(null); }}><T id="install.background" /></Button>}
        {isOver(operation) && <Button variant="subtle" color="gray" onClick={() => { forget(operation.id); }}><T id="install.close" /></Button>}
      </Group>
    </Stack>
  );
}

function Done({ operation }: { operation: OperationView }) {
  return (
    <Group gap={8} wrap="nowrap" className={classes.done ?? ''} role="status">
      <CircleCheck size={18} aria-hidden />
      <Text fw={550}><T id={`install.done.${operation.kind}`} values={{ name: operation.name }} /></Text>
    </Group>
  );
}

function Problem({ error, id }: { error: OperationError; id: string }) {
  const t = useText();
  const words = adviceFor(error.code);
  return (
    <Stack gap={4} role="alert" className={classes.problem ?? ''}>
      <Text fw={600}>{t(`${words}.title`)}</Text>
      <Text className={classes.message ?? ''}>{error.message}</Text>
      <Text c="dimmed">{t(`${words}.advice`)}</Text>
      <CopyButton value={[error.code, error.message, JSON.stringify(error.details, null, 2), `operation ${id}`].join('\n')}>
        {({ copied, copy }) => <Button variant="default" size="xs" mt={4} style={{ alignSelf: 'flex-start' }} onClick={copy}>{t(copied ? 'failure.copied' : 'failure.copy')}</Button>}
      </CopyButton>
    </Stack>
  );
}
