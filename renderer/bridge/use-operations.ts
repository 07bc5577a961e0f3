import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Operation } from '../../contract/model/plugin.ts';
import { isOver, type OperationView } from '../lib/operation-view.ts';
import { useText } from '../lib/text.tsx';
import { useBridge } from './bridge-provider.tsx';
import { useCall, useChange } from './use-call.ts';

/** Installs and uninstalls, the newest first, and the one whose sheet is open. */
export function useOperations(): { operations: readonly OperationView[]; open: OperationView | undefined; show(id: string | null): void; forget(id: string): void } {
  const { operations: source } = useBridge();
  const operations = useStore(source.store, (state) => state.operations);
  const open = useStore(source.store, (state) => state.open);
  return { operations, open: operations.find((view) => view.id === open), show: source.show, forget: source.forget };
}

/** The operation that works on a plugin now, if one does. */
export function useOperationOf(pluginId: string): OperationView | undefined {
  const { operations } = useBridge();
  return useStore(operations.store, (state) => state.operations.find((view) => view.pluginId === pluginId && !isOver(view)));
}

const DAY = 86_400_000;

/** The set that was tried last, if it failed within a day: no plugin's page tells of it, so that it would be lost with the page. */
function failedSet(operations: readonly Operation[], now: number): Operation[] {
  const last = operations.filter(({ asked }) => asked === 'set').reduce<Operation | undefined>((one, other) => (one && one.createdAt >= other.createdAt ? one : other), undefined);
  return last?.state === 'failed' && now - last.createdAt < DAY ? [last] : [];
}

/** Finds what goes on in the core already, e.g. after the page was loaded again, and a set that failed lately, to try again. */
export function useResumeOperations(): void {
  const setName = useText()('fromHere.setName');
  const { operations } = useBridge();
  const list = useCall('plugins', 'operations', { recent: true });
  useEffect(() => {
    const all = list.data?.operations ?? [];
    for (const { id, kind, pluginId, asked } of [...all.filter(({ finishedAt }) => finishedAt === null), ...failedSet(all, Date.now())]) operations.track({ id, kind, asked, ...(asked === 'set' ? { pluginId: '', name: setName } : { pluginId, name: pluginId }) });
  }, [list.data, operations, setName]);
}

/** Begins an operation that ended once more, as the core has it. */
export function useRetry() {
  const { operations } = useBridge();
  const change = useChange('plugins', 'retry');
  return {
    pending: change.isPending,
    error: change.error,
    retry({ id, kind, pluginId, name, asked }: OperationView) {
      change.mutateAsync({ operationId: id }).then(({ operationId }) => {
        operations.track({ id: operationId, kind, pluginId, name, asked }, { show: true });
        operations.forget(id);
      }, leftToState);
    },
  };
}

/** Installs a plugin and opens the sheet that shows how it goes, even when the button that asked is gone by then. */
export function useInstall() {
  const { operations } = useBridge();
  const change = useChange('plugins', 'install');
  return {
    pending: change.isPending,
    error: change.error,
    install({ id, name, range, registry }: { id: string; name: string; range?: string; registry?: string }, onStarted?: () => void) {
      change.mutateAsync({ id, ...(range !== undefined && { range }), ...(registry !== undefined && { registry }) }).then(({ operationId }) => {
        operations.track({ id: operationId, kind: 'install', pluginId: id, name, asked: 'plugin' }, { show: true });
        onStarted?.();
      }, leftToState);
    },
  };
}

/** Takes another version of a plugin, newer without `range`, or the one before; the sheet shows how it goes. */
export function useVersionChange() {
  const { operations } = useBridge();
  const update = useChange('plugins', 'update');
  const rollback = useChange('plugins', 'rollback');
  const begun = (kind: 'update' | 'rollback', pluginId: string, name: string, onStarted?: () => void) => ({ operationId }: { operationId: string }): void => {
    operations.track({ id: operationId, kind, pluginId, name, asked: 'plugin' }, { show: true });
    onStarted?.();
  };
  return {
    pending: update.isPending || rollback.isPending,
    error: update.error ?? rollback.error,
    update({ id, name, range }: { id: string; name: string; range?: string }, onStarted?: () => void) { update.mutateAsync({ id, ...(range !== undefined && { range }) }).then(begun('update', id, name, onStarted), leftToState); },
    rollBack({ id, name }: { id: string; name: string }, onStarted?: () => void) { rollback.mutateAsync({ id }).then(begun('rollback', id, name, onStarted), leftToState); },
  };
}

/** Uninstalls a plugin; `keepData` keeps what it stored. */
export function useUninstall() {
  const { operations } = useBridge();
  const change = useChange('plugins', 'uninstall');
  return {
    pending: change.isPending,
    error: change.error,
    reset: change.reset,
    uninstall({ id, name, keepData }: { id: string; name: string; keepData: boolean }, onStarted: () => void) {
      change.mutateAsync({ id, keepData }).then(({ operationId }) => {
        operations.track({ id: operationId, kind: 'uninstall', pluginId: id, name, asked: 'plugin' });
        onStarted();
      }, leftToState);
    },
  };
}

/** The screen shows `error` of the same hook. */
const leftToState = (): void => undefined;
