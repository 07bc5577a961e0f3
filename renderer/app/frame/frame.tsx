import { Suspense } from 'react';
import { Navigate, Outlet, useLocation, useNavigation } from 'react-router';
import { useStore } from 'zustand';
import { useResumeOperations } from '../../bridge/use-operations.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { announcements } from '../../lib/announce.ts';
import { T } from '../../lib/text.tsx';
import classes from './frame.module.css';
import { Opener } from './opener.tsx';
import { OperationSheet } from './operation-sheet.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { useRouteFocus } from './route-focus.ts';
import { TopBar } from './top-bar.tsx';

/** Rail, top bar and the screen of the address. */
export function Frame() {
  const { settings, pending } = useSettings();
  const { pathname } = useLocation();
  const leaving = useNavigation().state === 'loading';
  const announced = useStore(announcements, (state) => state.text);
  useResumeOperations();
  useRouteFocus();
  // Home shows once it is known that the tour is over: it would only be taken away again.
  if (pathname === '/' && pending) return null;
  if (pathname === '/' && settings?.onboardingDone === false) return <Navigate to="/onboarding" replace />;
  return (
    <div className={classes.root} data-collapsed={settings?.sidebarCollapsed || undefined}>
      <a href="#content" className={classes.skip}><T id="frame.skip" /></a>
      <Rail />
      <TopBar />
      <main id="content" tabIndex={-1} className={classes.content} aria-busy={leaving}>
        <Suspense><Outlet /></Suspense>
      </main>
      <OperationSheet />
      <Opener />
      <Palette />
      <div aria-live="polite" className="unseen">{announced}</div>
    </div>
  );
}
