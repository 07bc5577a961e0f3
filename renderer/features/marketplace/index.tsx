export { CompareScreen } from './compare/compare-screen.tsx';
export { MarketplaceScreen } from './list/marketplace-screen.tsx';
export { PluginScreen } from './plugin/plugin-screen.tsx';
