export function PluginsScreen() {
  return null;
}
