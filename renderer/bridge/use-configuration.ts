import type { UseQueryResult } from '@tanstack/react-query';
import type { ConfigurationView, PluginCheck } from '../../contract/model/configuration.ts';
import { formatModelRef } from '../../contract/model/model-ref.ts';
import type { ConfigurationChanges } from '../lib/configuration-draft.ts';
import { useText } from '../lib/text.tsx';
import type { CallError } from './procedures.ts';
import { useCall, useChange } from './use-call.ts';

export interface PluginConfiguration {
  view: UseQueryResult<ConfigurationView, CallError>;
  /** Stores it, then lets the plugin look whether it works. */
  save: (changes: ConfigurationChanges) => Promise<unknown>;
  removeSecret: (key: string) => void;
  check: () => void;
  saving: boolean;
  checking: boolean;
  error: CallError | null;
  checkError: CallError | null;
  checked: PluginCheck | null;
}

/** The configuration of an installed plugin and what can be done with it. */
export function usePluginConfiguration(id: string, enabled = true): PluginConfiguration {
  const view = useCall('plugins', 'configuration', { id }, { enabled });
  const check = useChange('plugins', 'checkCredentials');
  const configure = useChange('plugins', 'configure');
  return {
    view,
    save: (changes) => configure.mutateAsync({ id, ...changes }).then((answer) => {
      // The mutation would hold the secret as long as the page is open.
      configure.reset();
      if (answer.missing.length === 0) check.mutate({ id });
      return answer;
    }),
    removeSecret(key) { check.reset(); configure.mutate({ id, secrets: { [key]: null } }); },
    check: () => { check.mutate({ id }); },
    saving: configure.isPending, checking: check.isPending, error: configure.error, checkError: check.error, checked: check.data ?? null,
  };
}

/** Models that can be chosen, as a list of options. */
export function useModelOptions(enabled: boolean): { value: string; label: string }[] {
  const t = useText();
  const list = useCall('models', 'list', {}, { enabled });
  return (list.data?.models ?? []).map((model) => ({ value: formatModelRef(model), label: t('frame.modelOf', { model: model.label, provider: model.provider }) }));
}
