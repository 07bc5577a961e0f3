import { useQueryClient } from '@tanstack/react-query';
import type { Settings, SettingsChange } from '../../contract/model/settings.ts';
import { callKey, useCall, useChange } from './use-call.ts';

/** The settings, and a way to change some: shown at once, taken back when the core refuses. */
export function useSettings(): { settings: Settings | undefined; pending: boolean; change(change: SettingsChange): void; error: Error | null } {
  const queries = useQueryClient();
  const read = useCall('settings', 'get', {});
  const write = useChange('settings', 'change', { onFailed: () => { void queries.invalidateQueries({ queryKey: ['settings'] }); } });
  return {
    settings: read.data,
    pending: read.isPending,
    error: write.error,
    change(change) {
      queries.setQueryData<Settings>(callKey('settings', 'get', {}), (before) => (before ? { ...before, ...(change as Partial<Settings>) } : before));
      write.mutate({ change });
    },
  };
}
