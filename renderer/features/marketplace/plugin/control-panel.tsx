import { Alert, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CircleCheck, CircleSlash } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import { goesAlong, type InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { Facts } from '../../../components/facts/facts.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { UninstallDialog } from '../../../components/uninstall-dialog/uninstall-dialog.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import { useInstall, useUninstall } from '../../../bridge/use-operations.ts';
import { EnabledSwitch } from './enabled-switch.tsx';
import { Folders } from './folders.tsx';
import classes from './panel.module.css';
import { UpdatePolicy } from './update-policy.tsx';
import { VersionControl } from './version-control.tsx';

/** The installed plugin: how it stands, who uses it, what it may reach, and the way out. `nameOf` says what the plugins that need it are called. */
export function ControlPanel({ plugin, detail, nameOf }: { plugin: InstalledPlugin; detail: CatalogDetail | undefined; nameOf: (id: string) => string }) {
  const t = useText();
  const { locale } = useIntl();
  const { install, pending: keeping } = useInstall();
  const along = goesAlong([plugin.id], useCall('plugins', 'list', {}).data?.plugins ?? []);
  const neededBy = plugin.neededBy.map(nameOf);
  const [asked, { open, close }] = useDisclosure();
  const { uninstall, pending, error, reset } = useUninstall();
  const Icon = plugin.status === 'active' ? CircleCheck : CircleSlash;
  return (
    <section className={classes.control}>
      <h2 className={classes.heading}><T id="plugin.here" /></h2>
      <Facts facts={[
        [t('plugin.status'), <span key="status" className={classes.status} data-status={plugin.status}><Icon size={14} aria-hidden />{t(`plugin.status.${plugin.status}`)}</span>],
        [t('plugin.version'), plugin.version],
        [t('plugin.installedAt'), <RelativeTime key="at" at={plugin.installedAt} />],
        [t('plugin.usedBy'), plugin.hiredAs.length + plugin.usedBy.length === 0 ? t('plugin.usedByNobody') : <span key="team" className={classes.links}>{plugin.hiredAs.length > 0 && <Link to="/team">{plugin.hiredAs.join(', ')}</Link>}{plugin.usedBy.length > 0 && <Link to="/builder">{plugin.usedBy.join(', ')}</Link>}</span>],
        [t('plugin.neededBy'), plugin.neededBy.length === 0 ? null : <span key="needed" className={classes.links}>{plugin.neededBy.map((id) => <Link key={id} to={`/marketplace/${id}`}>{nameOf(id)}</Link>)}</span>],
        [t('versions.storage'), t('versions.stored', { stored: formatBytes(plugin.storedBytes, locale), files: formatBytes(plugin.size, locale) })],
      ]} />
      <EnabledSwitch plugin={plugin} neededBy={neededBy} />
      <VersionControl plugin={plugin} detail={detail} />
      <UpdatePolicy plugin={plugin} />
      {plugin.developedIn && (
        <div className={classes.stack}>
          <strong><T id="fromHere.developedIn" /></strong>
          <span className={classes.path}>{plugin.developedIn.path}</span>
          {plugin.developedIn.problem === null ? <span className={classes.quiet}><T id="fromHere.followed" /></span> : <Alert color="red" title={<T id="fromHere.broken" />}><span className={classes.path}>{plugin.developedIn.problem}</span></Alert>}
        </div>
      )}
      {plugin.reason === 'dependency' && (
        <div className={classes.stack}>
          <span className={classes.quiet}><T id="plugin.asDependency" /></span>
          <Button size="xs" variant="default" loading={keeping} onClick={() => { install({ id: plugin.id, name: plugin.name }); }}><T id="plugin.keepForItself" /></Button>
        </div>
      )}
      {plugin.permissions.some(({ kind }) => kind === 'folder') && <Folders pluginId={plugin.id} />}
      <Button variant="default" onClick={open}><T id="plugin.uninstall" /></Button>
      <UninstallDialog plugin={asked ? plugin : null} neededBy={neededBy} along={along} pending={pending} error={error} onClose={() => { close(); reset(); }}
        onUninstall={(keepData) => { uninstall({ id: plugin.id, name: plugin.name, keepData }, close); }} />
    </section>
  );
}
