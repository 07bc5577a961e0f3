import { ActionIcon, Button, Group, Modal, MultiSelect, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CircleAlert, CircleCheck, CircleDashed, CirclePause, Pencil, Trash2 } from 'lucide-react';
import type { Connection } from '../../../../contract/model/tool.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { ConfigurationForm } from '../../../components/configuration-form/configuration-form.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { Setting } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { ToolOffers } from './tool-offers.tsx';
import classes from './tools.module.css';

const MARKS = { ready: CircleCheck, untested: CircleDashed, failing: CircleAlert, open: CirclePause } as const;

/** One connection: how it stands, who may use it, a test, its form, and the way out. */
export function ConnectionRow({ connection }: { connection: Connection }) {
  const t = useText();
  const { id, name, kind, place, tools } = connection;
  const { state, message, checkedAt } = connection.status;
  const [asked, { open: ask, close: keep }] = useDisclosure();
  const [editing, { open: edit, close: done }] = useDisclosure();
  const test = useChange('tools', 'test');
  const remove = useChange('tools', 'disconnect', { onDone: keep });
  const Mark = MARKS[state];
  return (
    <div>
      <Setting icon={<Mark size={18} strokeWidth={1.75} className={classes[state]} role="img" aria-label={t(`settings.tools.state.${state}`)} />} title={name}
        line={<>
          {t('settings.tools.kindOf', { kind: t(`settings.tools.kind.${kind}`), place })}{' · '}{t(`settings.tools.state.${state}`)}
          {checkedAt !== null && <>{' · '}<RelativeTime at={checkedAt} /></>}
          {message !== null && <span className={classes.message}>{message}</span>}
        </>}
        control={<>
          <Button size="xs" variant="default" loading={test.isPending} aria-label={t('settings.tools.testNamed', { name })} onClick={() => { test.mutate({ id }); }}><T id="settings.tools.test" /></Button>
          <Tooltip label={t('settings.tools.editNamed', { name })}><ActionIcon aria-label={t('settings.tools.editNamed', { name })} onClick={edit}><Pencil size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
          <Tooltip label={t('settings.tools.removeNamed', { name })}><ActionIcon aria-label={t('settings.tools.removeNamed', { name })} onClick={ask}><Trash2 size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
        </>} />
      <div className={classes.below}>
        {test.error && <Failure error={test.error} compact />}
        <ToolOffers tools={tools} />
        <Agents connection={connection} />
      </div>
      <Modal opened={editing} onClose={done} title={t('settings.tools.editNamed', { name })} size={480} closeButtonProps={{ 'aria-label': t('install.close') }}>
        {editing && <Edit connection={connection} onDone={done} />}
      </Modal>
      <Modal opened={asked} onClose={() => { keep(); remove.reset(); }} title={t('settings.tools.removeTitle', { name })} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <Stack gap={16}>
          <Text>{t('settings.tools.removeLoses')}</Text>
          {remove.error && <Failure error={remove.error} compact />}
          <Group gap={8} justify="flex-end">
            <Button variant="default" data-autofocus onClick={keep}><T id="settings.tools.keep" /></Button>
            <Button color="red.8" loading={remove.isPending} onClick={() => { remove.mutate({ id }); }}><T id="settings.tools.remove" /></Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}

/** Hires and agents of one's own; who is not there any more keeps no name. */
function Agents({ connection: { id, name, agents } }: { connection: Connection }) {
  const t = useText();
  const hires = useCall('team', 'list', {}).data?.hires ?? [];
  const own = useCall('builder', 'list', {}).data?.agents ?? [];
  const give = useChange('tools', 'give');
  const known = [...hires.map((one) => ({ value: one.id, label: one.name })), ...own.map((one) => ({ value: one.id, label: t('settings.tools.ownAgent', { name: one.name }) }))];
  const chosen = give.isPending ? give.variables.agents : agents;
  return (
    <>
      <MultiSelect label={t('settings.tools.agents')} aria-label={t('settings.tools.agentsOf', { name })} placeholder={chosen.length === 0 ? t('settings.tools.nobody') : ''} data={known} searchable clearable={false} nothingFoundMessage={t('settings.tools.noAgent')}
        value={chosen.filter((one) => known.some(({ value }) => value === one))} onChange={(next) => { give.mutate({ id, agents: next }); }} />
      {give.error && <Failure error={give.error} compact />}
    </>
  );
}

function Edit({ connection, onDone }: { connection: Connection; onDone: () => void }) {
  const configure = useChange('tools', 'configure');
  const { id, fields } = connection;
  return (
    <ConfigurationForm fields={fields} models={[]} folder={() => null} saving={configure.isPending} error={configure.error} saveWords="settings.tools.save"
      // The mutation would hold the secret as long as the page is open.
      onSave={(changes) => configure.mutateAsync({ id, ...changes }).then(() => { configure.reset(); onDone(); })}
      onRemoveSecret={(key) => { configure.mutate({ id, secrets: { [key]: null } }); }} />
  );
}
