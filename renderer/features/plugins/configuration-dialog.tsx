import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { ArrowRight, CircleAlert, CircleCheck } from 'lucide-react';
import { Link } from 'react-router';
import type { ConfigurationDifference, ConfigurationValue } from '../../../contract/model/configuration.ts';
import type { InstalledPlugin } from '../../../contract/model/plugin.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './configuration-dialog.module.css';

/** What the text of a configuration file would change, before it does, and what is left for the person to enter. */
export function ConfigurationDialog({ text, onClose }: { text: string | null; onClose: () => void }) {
  const t = useText();
  return (
    <Modal opened={text !== null} onClose={onClose} title={t('configurationFile.title')} closeButtonProps={{ 'aria-label': t('install.close') }}>
      {text !== null && <Body key={text} text={text} onClose={onClose} />}
    </Modal>
  );
}

function Body({ text, onClose }: { text: string; onClose: () => void }) {
  const t = useText();
  const compared = useCall('plugins', 'compareConfiguration', { text });
  const installed = useCall('plugins', 'list', {});
  const taking = useChange('plugins', 'importConfiguration');
  // What was taken is compared again at once; until that is there, what was left stays said.
  const { changes, gaps } = taking.data ? { changes: [], gaps: taking.data.gaps } : compared.data ?? { changes: [], gaps: [] };
  const plugins = installed.data?.plugins ?? [];
  const refused = gaps.some(({ kind }) => kind === 'bad-value');
  const error = taking.error ?? (taking.data ? null : compared.error);
  return (
    <Stack gap={16}>
      {compared.isPending && <div aria-busy><span className="unseen"><T id="frame.loading" /></span><Skeleton height={14} mb={8} /><Skeleton height={14} width="70%" /></div>}
      {taking.data && <Text role="status" className={classes.done ?? ''}><CircleCheck size={16} aria-hidden />{t('configurationFile.changed', { count: taking.data.changes.length })}</Text>}
      {compared.data && !taking.data && changes.length === 0 && <Text><T id={gaps.length === 0 ? 'configurationFile.same' : 'configurationFile.nothing'} /></Text>}
      {changes.length > 0 && <Changes changes={changes} plugins={plugins} />}
      {gaps.length > 0 && <Gaps gaps={gaps} plugins={plugins} />}
      {refused && <Text size="sm" c="dimmed"><T id="configurationFile.refused" /></Text>}
      {error && <Failure error={error} compact />}
      <Group gap={8} justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}><T id="install.close" /></Button>
        {changes.length > 0 && <Button loading={taking.isPending} disabled={refused} onClick={() => { taking.mutate({ text }); }}>{t('configurationFile.change', { count: changes.length })}</Button>}
      </Group>
    </Stack>
  );
}

const nameOf = (plugins: readonly InstalledPlugin[], id: string): string => plugins.find((plugin) => plugin.id === id)?.name ?? id;
const labelOf = (plugins: readonly InstalledPlugin[], id: string, key: string | null): string => plugins.find((plugin) => plugin.id === id)?.configuration.find((entry) => entry.key === key)?.label ?? key ?? '';

function Changes({ changes, plugins }: { changes: ConfigurationDifference['changes']; plugins: readonly InstalledPlugin[] }) {
  const t = useText();
  const said = (value: ConfigurationValue | null): string => (value === null ? t('configurationFile.default') : typeof value === 'boolean' ? t(value ? 'configurationFile.yes' : 'configurationFile.no') : String(value));
  return (
    <ul className={classes.list} aria-label={t('configurationFile.changes')}>
      {changes.map(({ pluginId, key, before, after }) => (
        <li key={`${pluginId} ${key}`} className={classes.row}>
          <span className={classes.what}><strong>{nameOf(plugins, pluginId)}</strong><span className={classes.quiet}>{labelOf(plugins, pluginId, key)}</span></span>
          <span className={classes.values}><span className={classes.quiet}>{said(before)}</span><ArrowRight size={13} role="img" aria-label={t('versions.becomes')} /><span>{said(after)}</span></span>
        </li>
      ))}
    </ul>
  );
}

function Gaps({ gaps, plugins }: { gaps: ConfigurationDifference['gaps']; plugins: readonly InstalledPlugin[] }) {
  const t = useText();
  return (
    <section>
      <h3 className={classes.heading}><T id="configurationFile.left" /></h3>
      <ul className={classes.list}>
        {gaps.map(({ pluginId, key, kind, message }) => {
          const words = { name: nameOf(plugins, pluginId), entry: labelOf(plugins, pluginId, key) };
          return (
            <li key={`${pluginId} ${key ?? ''} ${kind}`} className={kind === 'bad-value' ? classes.bad : classes.gap}>
              {kind === 'bad-value' && <CircleAlert size={14} aria-hidden />}
              {kind === 'bad-value' ? <span>{message}</span> : <span>{t(`configurationFile.gap.${kind}`, words)}</span>}
              {kind === 'not-installed' && <Link to={`/marketplace/${pluginId}`}><T id="configurationFile.toPlugin" /></Link>}
              {(kind === 'secret' || kind === 'folder') && <Link to={`/marketplace/${pluginId}?tab=configuration`}><T id="configurationFile.toSetup" /></Link>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
