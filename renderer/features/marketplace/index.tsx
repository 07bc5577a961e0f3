export { MarketplaceScreen } from './list/marketplace-screen.tsx';
export { PluginScreen } from './plugin/plugin-screen.tsx';
