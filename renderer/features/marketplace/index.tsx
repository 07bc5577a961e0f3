export function MarketplaceScreen() {
  return null;
}
export function PluginScreen() {
  return null;
}
