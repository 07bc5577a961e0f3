import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { BadgeCheck, CircleCheck, CircleSlash, Ellipsis, ExternalLink, Settings2, Trash2, UserPlus } from 'lucide-react';
import { Link } from 'react-router';
import { isHireable } from '../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../contract/model/plugin.ts';
import { useImage } from '../../bridge/use-image.ts';
import { useOperationOf } from '../../bridge/use-operations.ts';
import { KindIcon } from '../../components/kind-icon/kind-icon.tsx';
import { PluginIcon } from '../../components/plugin-icon/plugin-icon.tsx';
import { UnsignedMark } from '../../components/unsigned-mark/unsigned-mark.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './plugins.module.css';

interface Props { plugin: InstalledPlugin; neededBy: readonly string[]; /** The newer version that there is. */ update: string | null; chosen: boolean; onChoose: (on: boolean) => void; onUninstall: () => void }

/** One installed plugin. The row leads to its control page. */
export function PluginRow({ plugin, neededBy, update, chosen, onChoose, onUninstall }: Props) {
  const t = useText();
  const icon = useImage(plugin.icon?.sha512);
  const operation = useOperationOf(plugin.id);
  const agent = plugin.capabilities.find(isHireable);
  const kinds = [...new Set(plugin.capabilities.map(({ kind }) => kind))];
  const Status = plugin.status === 'active' ? CircleCheck : CircleSlash;
  return (
    <li className={classes.row} data-chosen={chosen || undefined}>
      <Checkbox className={classes.more ?? ''} checked={chosen} aria-label={t('plugins.choose', { name: plugin.name })} onChange={(event) => { onChoose(event.currentTarget.checked); }} />
      <PluginIcon id={plugin.id} name={plugin.name} source={icon} size={36} />
      <div className={classes.words}>
        <span className={classes.name}>
          <Link to={`/marketplace/${plugin.id}`} className={classes.link}>{plugin.name}</Link>
          <span className={`${classes.quiet ?? ''} numbers`}>{plugin.version}</span>
          {update !== null && <span className={classes.news}>{t('plugins.hasUpdate', { version: update })}</span>}
          {plugin.sideLoaded && <UnsignedMark />}
        </span>
        <span className={classes.line}>
          <span className={classes.publisher}>{plugin.publisher.name}{plugin.publisher.verified && <BadgeCheck size={13} className={classes.verified} role="img" aria-label={t('market.verified')} />}</span>
          {plugin.missing.length > 0 && <Link to={`/marketplace/${plugin.id}?tab=configuration`} className={classes.setup}><Settings2 size={13} aria-hidden /><T id="plugins.needsSetup" /></Link>}
          {plugin.hiredAs.length + plugin.usedBy.length > 0 && <span>{t('plugins.usedBy', { names: [...plugin.hiredAs, ...plugin.usedBy].join(', ') })}</span>}
          {neededBy.length > 0 && <span>{t('plugins.neededBy', { count: neededBy.length, names: neededBy.join(', ') })}</span>}
        </span>
      </div>
      <span className={classes.kinds}>{kinds.map((kind) => <span key={kind} title={t(`market.kind.${kind}`)}><KindIcon kind={kind} size={15} /><span className="unseen">{t(`market.kind.${kind}`)}</span></span>)}</span>
      <span className={classes.status} data-status={plugin.status}><Status size={14} aria-hidden />{operation ? t('plugins.working') : t(`plugin.status.${plugin.status}`)}</span>
      <Menu position="bottom-end" width={200} withInitialFocusPlaceholder={false}>
        <Menu.Target><ActionIcon className={classes.more ?? ''} aria-label={t('plugins.actions', { name: plugin.name })}><Ellipsis size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to={`/marketplace/${plugin.id}`} leftSection={<ExternalLink size={15} />}><T id="plugins.open" /></Menu.Item>
          {agent && <Menu.Item component={Link} to={`/team/hire?plugin=${plugin.id}&agent=${agent.id}`} leftSection={<UserPlus size={15} />}>{t('plugin.hireNamed', { name: agent.name })}</Menu.Item>}
          <Menu.Divider />
          <Menu.Item leftSection={<Trash2 size={15} />} onClick={onUninstall}><T id="plugins.uninstall" /></Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
