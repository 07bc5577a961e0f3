import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';
import { Frame } from './frame/frame.tsx';
import { Gate } from './gate/gate.tsx';
import { NotFound, ScreenFailed } from './screen-failed.tsx';

/** A screen that is loaded when it is first shown, under an error boundary of its own. */
const screen = (load: () => Promise<ComponentType>) => ({ lazy: async () => ({ Component: await load() }), errorElement: <ScreenFailed /> });

/** Every address of the page. */
export const routes: RouteObject[] = [{ element: <Gate />, errorElement: <ScreenFailed />, HydrateFallback: () => null, children: [
  { path: '/', element: <Frame />, children: [
    { index: true, ...screen(async () => (await import('../features/home/index.tsx')).HomeScreen) },
    { path: 'marketplace', ...screen(async () => (await import('../features/marketplace/index.tsx')).MarketplaceScreen) },
    { path: 'marketplace/compare', ...screen(async () => (await import('../features/marketplace/index.tsx')).CompareScreen) },
    { path: 'marketplace/:id', ...screen(async () => (await import('../features/marketplace/index.tsx')).PluginScreen) },
    { path: 'plugins', ...screen(async () => (await import('../features/plugins/index.tsx')).PluginsScreen) },
    { path: 'plugins/permissions', ...screen(async () => (await import('../features/plugins/index.tsx')).PermissionsScreen) },
    { path: 'team/*', ...screen(async () => (await import('../features/team/index.tsx')).TeamScreen) },
    { path: 'knowledge/:id?', ...screen(async () => (await import('../features/knowledge/index.tsx')).KnowledgeScreen) },
    { path: 'memory', ...screen(async () => (await import('../features/memory/index.tsx')).MemoryScreen) },
    { path: 'chat/*', ...screen(async () => (await import('../features/chat/index.tsx')).ChatScreen) },
    { path: 'builder/*', ...screen(async () => (await import('../features/builder/index.tsx')).BuilderScreen) },
    { path: 'settings/:section?', ...screen(async () => (await import('../features/settings/index.tsx')).SettingsScreen) },
    { path: '*', element: <NotFound /> },
  ] },
  { path: '/onboarding', ...screen(async () => (await import('../features/onboarding/index.tsx')).OnboardingScreen) },
] }];
