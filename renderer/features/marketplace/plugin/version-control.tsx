import { Button, Menu, Switch } from '@mantine/core';
import { Check, ChevronDown, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { useOperationOf, useVersionChange } from '../../../bridge/use-operations.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { ConcernedLines } from '../../../components/version-changes/concerned-lines.tsx';
import { VersionChanges } from '../../../components/version-changes/version-changes.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import classes from './panel.module.css';

/** Which version is here: any other one, the newest, the one before, or this one for good. */
export function VersionControl({ plugin, detail }: { plugin: InstalledPlugin; detail: CatalogDetail | undefined }) {
  const t = useText();
  const [asked, setAsked] = useState<string | null>(null);
  const updates = useCall('plugins', 'updates', {});
  const pin = useChange('plugins', 'setPin');
  const operation = useOperationOf(plugin.id);
  const update = updates.data?.updates.find(({ id }) => id === plugin.id);
  const versions = detail?.versions ?? [];
  const pinned = plugin.pinned !== null;
  const changelog = asked === update?.version ? (update?.changes ?? []).map((one) => one.changelog.trim()).filter((text) => text !== '').join('\n\n') : versions.find(({ version }) => version === asked)?.changelog ?? '';
  return (
    <div className={classes.stack}>
      {update && (
        <div className={classes.update} role="status">
          <span>{t('versions.available', { version: update.version })}</span>
          <Button size="xs" disabled={pinned || operation !== undefined} onClick={() => { setAsked(update.version); }}><T id="versions.update" /></Button>
        </div>
      )}
      {versions.length > 0 && (
        <Menu position="bottom-start" width={240} withInitialFocusPlaceholder={false}>
          <Menu.Target><Button variant="default" disabled={pinned || operation !== undefined} rightSection={<ChevronDown size={14} aria-hidden />}>{t('versions.choose', { version: plugin.version })}</Button></Menu.Target>
          <Menu.Dropdown className={classes.versions ?? ''}>
            {versions.map(({ version, channel, withdrawn }) => (
              <Menu.Item key={version} disabled={version === plugin.version || withdrawn !== null} rightSection={version === plugin.version ? <Check size={14} aria-hidden /> : undefined} onClick={() => { setAsked(version); }}>
                <span className="numbers">{version}</span>
                <span className={classes.quiet}>{withdrawn !== null ? ` · ${t('versions.withdrawn')}` : channel === 'stable' ? '' : ` · ${channel}`}{version === plugin.version && <span className="unseen">{t('plugin.current')}</span>}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Switch checked={pinned} disabled={pin.isPending} label={t('versions.pin', { version: plugin.pinned ?? plugin.version })} onChange={(event) => { pin.mutate({ id: plugin.id, version: event.currentTarget.checked ? plugin.version : null }); }} />
      {pin.error && <Failure error={pin.error} compact />}
      {plugin.previousVersion !== null && <RollBack key={`${plugin.version} ${plugin.previousVersion}`} plugin={plugin} to={plugin.previousVersion} busy={operation !== undefined} />}
      <ChangeDialog plugin={plugin} version={asked} changelog={changelog} onClose={() => { setAsked(null); }} />
    </div>
  );
}

/** One click back; what that changes is said beside the button. */
function RollBack({ plugin, to, busy }: { plugin: InstalledPlugin; to: string; busy: boolean }) {
  const t = useText();
  const preview = useCall('plugins', 'preview', { id: plugin.id, version: null });
  const { rollBack, pending, error } = useVersionChange();
  const stuck = preview.data?.dependants.some(({ fits }) => !fits) ?? false;
  return (
    <section className={classes.stack} aria-label={t('versions.before')}>
      {preview.data && <VersionChanges changes={preview.data.changes} />}
      {preview.data && <ConcernedLines concerned={preview.data} />}
      <span className={classes.quiet}><T id={stuck ? 'versions.noWayBack' : 'versions.backWith'} /></span>
      <Button variant="default" leftSection={<Undo2 size={15} aria-hidden />} disabled={busy || stuck || (plugin.pinned !== null && plugin.pinned !== to)} loading={pending} onClick={() => { rollBack({ id: plugin.id, name: plugin.name }); }}>{t('versions.rollBack', { version: to })}</Button>
      {(preview.error ?? error) && <Failure error={preview.error ?? error} compact />}
    </section>
  );
}
