export { PermissionsScreen } from './permissions-screen.tsx';
export { PluginsScreen } from './plugins-screen.tsx';
