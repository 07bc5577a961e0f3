import { Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { useOs } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { Activity, Search } from 'lucide-react';
import { Link, useLocation } from 'react-router';
import { useStore } from 'zustand';
import { useLinkStatus } from '../../bridge/bridge-provider.tsx';
import { pageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { destinationOf } from './destinations.ts';
import { ModelInUse } from './model-in-use.tsx';
import { OperationsButton } from './operations-button.tsx';
import { SyncState } from './sync-state.tsx';
import classes from './top-bar.module.css';

/** Where you are, the way to everything else, and what goes on. */
export function TopBar() {
  const t = useText();
  const { pathname } = useLocation();
  const title = useStore(pageTitle, (state) => state.title);
  const room = destinationOf(pathname);
  const roomName = room ? t(`frame.${room.id}`) : '';
  const running = useLinkStatus((status) => status.running);
  const os = useOs();
  return (
    <header className={classes.root}>
      <div className={classes.place}>
        {title !== '' && title !== roomName && room && room.to !== pathname
          ? <><Link to={room.to} className={classes.room}>{roomName}</Link><span className={classes.slash} aria-hidden>/</span><span className={classes.title}>{title}</span></>
          : <span className={classes.title}>{roomName}</span>}
      </div>
      <UnstyledButton className={classes.search} onClick={() => { spotlight.open(); }} aria-keyshortcuts="Control+K Meta+K">
        <Search size={14} aria-hidden />
        <span className={classes.searchText}><T id="frame.search" /></span>
        <Kbd size="xs" className={classes.keys ?? ''} aria-hidden>{os === 'macos' ? '⌘K' : 'Ctrl K'}</Kbd>
      </UnstyledButton>
      <div className={classes.states}>
        <OperationsButton />
        {running > 0 && (
          <Tooltip label={t('frame.running', { count: running })}>
            <span className={classes.running} role="status"><Activity size={14} aria-hidden /><span className="numbers"><T id="frame.runningShort" values={{ count: running }} /></span></span>
          </Tooltip>
        )}
        <SyncState />
        <ModelInUse />
      </div>
    </header>
  );
}
