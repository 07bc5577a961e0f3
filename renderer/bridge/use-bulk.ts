import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fromWire, toWire } from '../../contract/errors/app-error.ts';
import type { InstalledPlugin } from '../../contract/model/plugin.ts';
import { isOver } from '../lib/operation-view.ts';
import { useBridge } from './bridge-provider.tsx';
import type { Operations } from './operation-store.ts';
import { callProcedure } from './procedures.ts';

export type BulkAction = 'enable' | 'disable' | 'update' | 'uninstall';
export interface BulkFailure { name: string; message: string }
type Target = Pick<InstalledPlugin, 'id' | 'name' | 'neededBy'>;

/** Those that need others stand before them, so that each can be switched off or taken away in its turn. */
export function dependentsFirst<One extends Target>(targets: readonly One[]): One[] {
  const left = [...targets];
  const ordered: One[] = [];
  while (left.length > 0) {
    const at = left.findIndex((one) => !one.neededBy.some((by) => left.some(({ id }) => id === by)));
    ordered.push(...left.splice(Math.max(at, 0), 1));
  }
  return ordered;
}

/** When an operation has ended or waits for the person, which the sheet is for. */
function settled({ store }: Operations, id: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): boolean => store.getState().operations.every((view) => view.id !== id || isOver(view) || view.state === 'waiting_for_consent');
    if (look()) { resolve(); return; }
    const stop = store.subscribe(() => { if (look()) { stop(); resolve(); } });
  });
}

/** Does the same to several plugins, one after another, since one may need what another brings. It goes on when the screen is left. */
export function useBulk() {
  const { client, operations } = useBridge();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [failures, setFailures] = useState<readonly BulkFailure[]>([]);

  const one = async ({ id, name }: Target, action: BulkAction, keepData: boolean): Promise<void> => {
    if (action === 'enable' || action === 'disable') { await callProcedure(client, 'plugins', 'setEnabled', { id, enabled: action === 'enable' }); return; }
    // An update before it may have brought it along.
    if (action === 'update' && !(await callProcedure(client, 'plugins', 'updates', {})).updates.some((update) => update.id === id)) return;
    const { operationId } = action === 'update' ? await callProcedure(client, 'plugins', 'update', { id }) : await callProcedure(client, 'plugins', 'uninstall', { id, keepData });
    operations.track({ id: operationId, kind: action, pluginId: id, name, asked: 'plugin' });
    await settled(operations, operationId);
  };

  return {
    busy, failures,
    clear() { setFailures([]); },
    run(targets: readonly Target[], action: BulkAction, { keepData = false, onDone }: { keepData?: boolean; onDone?: () => void } = {}) {
      setBusy(true);
      setFailures([]);
      void (async () => {
        const failed: BulkFailure[] = [];
        for (const target of action === 'disable' || action === 'uninstall' ? dependentsFirst(targets) : targets) {
          await one(target, action, keepData).catch((error: unknown) => { failed.push({ name: target.name, message: fromWire(toWire(error)).message }); });
        }
        setFailures(failed);
        setBusy(false);
        void queries.invalidateQueries({ queryKey: ['plugins'] });
        onDone?.();
      })();
    },
  };
}
