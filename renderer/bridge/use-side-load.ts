import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { readBase64 } from '../lib/read-base64.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError } from './procedures.ts';
import { useChange } from './use-call.ts';

/** Bytes of an archive that go in one call; three make four letters. */
const PART_BYTES = 524_288;

/** Installs an archive that the person gave to the page, or a folder picked in the shell's dialog, unsigned; the sheet shows how it goes. */
export function useSideLoad() {
  const { client, operations } = useBridge();
  const [elsewhere, setElsewhere] = useState<string | null>(null);
  const change = useChange('plugins', 'pickSideLoad', {
    onDone({ operationId, id, confirmAt }) {
      setElsewhere(confirmAt);
      if (confirmAt !== null) window.open(confirmAt, '_blank', 'noopener');
      if (operationId !== null && id !== null) operations.track({ id: operationId, kind: 'install', pluginId: id, name: id, asked: 'machine' }, { show: true });
    },
  });
  const give = useMutation<void, CallError, File>({
    gcTime: 0,
    async mutationFn(file) {
      const upload = crypto.randomUUID();
      for (let offset = 0, last = false; !last; offset += PART_BYTES) {
        last = offset + PART_BYTES >= file.size;
        const { operationId, id } = await callProcedure(client, 'plugins', 'uploadSideLoad', { upload, offset, base64: await readBase64(file.slice(offset, offset + PART_BYTES)), last });
        if (operationId !== null && id !== null) operations.track({ id: operationId, kind: 'install', pluginId: id, name: id, asked: 'machine' }, { show: true });
      }
    },
  });
  return {
    pending: change.isPending || give.isPending,
    error: change.error ?? give.error,
    /** Where the browser shell picks, in a tab of its own; null in the desktop app. */
    elsewhere,
    reset() { change.reset(); give.reset(); setElsewhere(null); },
    pickFolder() { change.mutate({}); },
    give(file: File) { give.mutate(file); },
  };
}

/** Makes the text of a lockfile true; the sheet shows how it goes. It is no single plugin's operation, so it bears no id. */
export function useInstallSet() {
  const { operations } = useBridge();
  const change = useChange('plugins', 'installSet');
  return {
    pending: change.isPending,
    error: change.error,
    installSet(lockfile: string, name: string, onStarted: () => void) {
      change.mutateAsync({ lockfile }).then(({ operationId }) => {
        operations.track({ id: operationId, kind: 'install', pluginId: '', name, asked: 'set' }, { show: true });
        onStarted();
      }, () => undefined);
    },
  };
}

/** Reads the set of what is installed, as a lockfile, or the configuration of all of it. */
export function useExport(what: 'lockfile' | 'exportConfiguration', onText: (text: string) => void) {
  const { client } = useBridge();
  const read = useMutation<{ text: string }, CallError>({ mutationFn: () => callProcedure(client, 'plugins', what, {}), onSuccess: ({ text }) => { onText(text); } });
  return { run: () => { read.mutate(); }, error: read.error, reset: read.reset };
}
