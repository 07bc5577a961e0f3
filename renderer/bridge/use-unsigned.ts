import { useCall } from './use-call.ts';

/** Tells of a plugin's id whether it came from this machine, signed by nobody. */
export function useUnsigned(): (pluginId: string | undefined) => boolean {
  const plugins = useCall('plugins', 'list', {});
  return (pluginId) => plugins.data?.plugins.some(({ id, sideLoaded }) => sideLoaded && id === pluginId) ?? false;
}
