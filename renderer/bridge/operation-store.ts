import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { TroupeClient } from '../../contract/link/client.ts';
import { fromWire, toWire } from '../../contract/errors/app-error.ts';
import { addEvent, isOver, startView, type OperationView } from '../lib/operation-view.ts';
import { followLog } from './use-logged.ts';

/** Installs and uninstalls that this page knows of. They go on in the core whatever the page shows. */
export interface OperationsState {
  operations: readonly OperationView[];
  /** The operation whose sheet is open. */
  open: string | null;
}

export interface Operations {
  readonly store: ReturnType<typeof makeStore>;
  /** Follows an operation and, with `show`, opens its sheet. Following one twice, or one that was taken off the list, changes nothing. */
  track(operation: Pick<OperationView, 'id' | 'kind' | 'pluginId' | 'name' | 'asked'>, options?: { show?: boolean }): void;
  show(id: string | null): void;
  /** Takes an ended operation off the list. */
  forget(id: string): void;
}

/** Those that were taken off the list, the newest last; kept over a reload, since a set that failed is listed for a day. */
const MOST_FORGOTTEN = 50;
const makeForgotten = () => createStore<{ ids: readonly string[] }>()(persist(() => ({ ids: [] }) as { ids: readonly string[] }, { name: 'troupe-forgotten-operations', version: 1 }));

const makeStore = () => createStore<OperationsState>(() => ({ operations: [], open: null }));

export function createOperations(client: TroupeClient): Operations {
  const store = makeStore();
  const forgotten = makeForgotten();
  const change = (id: string, next: (view: OperationView) => OperationView): void => {
    store.setState(({ operations }) => ({ operations: operations.map((view) => (view.id === id ? next(view) : view)) }));
  };
  return {
    store,
    track(operation, { show = false } = {}) {
      if (forgotten.getState().ids.includes(operation.id)) return;
      const known = store.getState().operations.some((view) => view.id === operation.id);
      if (show) store.setState({ open: operation.id });
      if (known) return;
      store.setState(({ operations }) => ({ operations: [startView(operation), ...operations] }));
      followLog(client, 'operation', { operationId: operation.id }, (rows) => { change(operation.id, (view) => rows.reduce(addEvent, view)); }, { signal: new AbortController().signal })
        .catch((error: unknown) => {
          const { code, message, retryable, details } = fromWire(toWire(error));
          change(operation.id, (view) => (isOver(view) ? view : { ...view, state: 'failed', error: { code, message, retryable, details: { ...details } } }));
        });
    },
    show(id) { store.setState({ open: id }); },
    forget(id) {
      forgotten.setState(({ ids }) => ({ ids: [...ids.filter((one) => one !== id), id].slice(-MOST_FORGOTTEN) }));
      store.setState(({ operations, open }) => ({ operations: operations.filter((view) => view.id !== id), open: open === id ? null : open }));
    },
  };
}
