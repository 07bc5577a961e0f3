import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CircleAlert, CircleCheck, CircleDashed, Clock, Folder, Globe, Package, RefreshCw, ShieldX } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import type { RegistryStatus } from '../../../../contract/model/catalog.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Facts } from '../../../components/facts/facts.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { RelativeTime, useNow } from '../../../components/relative-time/relative-time.tsx';
import { Setting } from '../../../components/setting/setting.tsx';
import { adviceFor } from '../../../lib/advice.ts';
import { registryState } from '../../../lib/registry-state.ts';
import { T, useText } from '../../../lib/text.tsx';
import { Fingerprint } from './fingerprint.tsx';
import classes from './registries.module.css';

const KINDS = { embedded: Package, folder: Folder, hosted: Globe } as const;
const MARKS = { fresh: CircleCheck, syncing: RefreshCw, stale: Clock, expired: Clock, refused: ShieldX, failed: CircleAlert, never: CircleDashed } as const;

/** One registry: how far its copy can be relied on, by what it is known, what it may serve and what it left out. */
export function RegistryRow({ registry }: { registry: RegistryStatus }) {
  const t = useText();
  const intl = useIntl();
  const state = registryState(registry, useNow());
  const Kind = KINDS[registry.kind];
  const Mark = MARKS[state];
  return (
    <div>
      <Setting icon={<Kind size={18} strokeWidth={1.75} aria-hidden />} title={registry.name}
        line={<>
          {t(`settings.registries.kind.${registry.kind}`)}{' · '}<Link to={`/marketplace?registry=${registry.id}`} className={classes.link}>{t('settings.registries.entries', { count: registry.entries })}</Link>
          {registry.syncedAt !== null && <>{' · '}{t('settings.registries.syncedWord')} <RelativeTime at={registry.syncedAt} /></>}
          {registry.expiresAt !== null && ` · ${t(state === 'expired' ? 'settings.registries.expired' : 'settings.registries.expires', { date: intl.formatDate(registry.expiresAt, { dateStyle: 'medium' }) })}`}
        </>}
        control={<span className={classes.state} data-state={state}><Mark size={14} strokeWidth={2} aria-hidden />{t(`settings.registries.state.${state}`)}</span>} />
      <div className={classes.more}>
        {registry.error ? <p className={classes.problem}>{registry.error.message} {t(`${adviceFor(registry.error.code)}.advice`)}</p>
          : state === 'expired' ? <p className={classes.problem} data-state={state}><T id="settings.registries.expiredLine" /></p>
            : state === 'stale' && <p className={classes.problem} data-state={state}><T id="settings.registries.staleLine" /></p>}
        <details className={classes.details}>
          <summary>{t('settings.registries.details')}<span className="unseen">{t('settings.registries.detailsOf', { name: registry.name })}</span>{registry.badRecords.length > 0 && ` · ${t('settings.registries.leftOut', { count: registry.badRecords.length })}`}</summary>
          <Facts facts={[
            [t('settings.registries.address'), registry.address],
            [t('settings.registries.fingerprint'), registry.fingerprint === null ? t('settings.registries.ownFingerprint') : <Fingerprint key="fingerprint" text={registry.fingerprint} />],
            [t('settings.registries.prefix'), registry.prefix ?? t('settings.registries.anyPrefix')],
            [t('settings.registries.priority'), intl.formatNumber(registry.priority)],
            [t('settings.registries.sequence'), intl.formatNumber(registry.sequence)],
          ]} />
          {registry.badRecords.length > 0 && <><h3 className={classes.heading}><T id="settings.registries.leftOutTitle" /></h3><ul className={classes.bad}>{registry.badRecords.map((reason) => <li key={reason}>{reason}</li>)}</ul></>}
          {registry.kind !== 'embedded' && <Removal registry={registry} />}
        </details>
      </div>
    </div>
  );
}

function Removal({ registry }: { registry: RegistryStatus }) {
  const t = useText();
  const [asked, { open, close }] = useDisclosure();
  const remove = useChange('catalog', 'removeRegistry', { onDone: close });
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={t('settings.registries.removeNamed', { name: registry.name })}><T id="settings.registries.remove" /></Button>
      <Modal opened={asked} onClose={() => { close(); remove.reset(); }} title={t('settings.registries.removeTitle', { name: registry.name })} closeButtonProps={{ 'aria-label': t('install.close') }}>
        <Stack gap={16}>
          <Text>{t('settings.registries.removeLoses', { count: registry.entries })}</Text>
          {remove.error && <Failure error={remove.error} compact />}
          <Group gap={8} justify="flex-end">
            <Button variant="default" data-autofocus onClick={close}><T id="settings.registries.keep" /></Button>
            <Button color="red.8" loading={remove.isPending} onClick={() => { remove.mutate({ id: registry.id }); }}><T id="settings.registries.removeIt" /></Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
