import { ActionIcon, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { Link, useLocation } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { useText } from '../../lib/text.tsx';
import { destinations, isIn } from './destinations.ts';
import classes from './rail.module.css';

/** The rooms of the app: a rail beside the screen, a bar below it in a narrow window. */
export function Rail() {
  const t = useText();
  const { pathname } = useLocation();
  const { settings, change } = useSettings();
  const collapsed = settings?.sidebarCollapsed ?? false;
  const narrow = useMediaQuery('(max-width: 699px)');
  const updates = useCall('plugins', 'updates', {}).data?.updates.filter(({ pinned }) => pinned === null).length ?? 0;
  const toggle = t(collapsed ? 'frame.expand' : 'frame.collapse');
  return (
    <nav className={classes.root} data-collapsed={collapsed || undefined} aria-label={t('frame.navigation')}>
      <div className={classes.brand}>
        <img src="/troupe.svg" width={24} height={24} alt="" />
        <span className={classes.brandName}>{t('frame.name')}</span>
      </div>
      <ul className={classes.list}>
        {destinations.map(({ id, to, also, icon: Icon }) => (
          <li key={id} data-last={id === 'settings' || undefined}>
            <Tooltip label={t(`frame.${id}`)} position="right" disabled={!collapsed || narrow}>
              <Link to={to} aria-current={isIn({ to, also }, pathname) ? 'page' : undefined} className={classes.link ?? ''}>
                <Icon size={18} strokeWidth={1.75} aria-hidden />
                <span className={classes.label}>{t(`frame.${id}`)}</span>
                {id === 'plugins' && updates > 0 && <span className={`${classes.badge ?? ''} numbers`} title={t('frame.updates', { count: updates })}>{updates}<span className="unseen">{t('frame.updatesWord', { count: updates })}</span></span>}
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      <Tooltip label={toggle} position="right">
        <ActionIcon className={classes.toggle ?? ''} aria-label={toggle} onClick={() => { change({ sidebarCollapsed: !collapsed }); }}>
          {collapsed ? <PanelLeftOpen size={18} strokeWidth={1.75} /> : <PanelLeftClose size={18} strokeWidth={1.75} />}
        </ActionIcon>
      </Tooltip>
    </nav>
  );
}
