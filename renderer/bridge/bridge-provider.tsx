import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from './bridge.ts';
import { followChanges } from './changes.ts';
import type { LinkStatus } from './link-status.ts';

const BridgeContext = createContext<Bridge | null>(null);

/** Queries are kept until the core says that they changed; a lost link is repaired by the client, not by asking again. */
export const createQueryClient = (): QueryClient => new QueryClient({
  defaultOptions: {
    queries: { staleTime: Infinity, gcTime: 300_000, retry: false, networkMode: 'always', refetchOnWindowFocus: false },
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** Gives the screens their link to the core and keeps what they show fresh. */
export function BridgeProvider({ bridge, queries: given, children }: { bridge: Bridge; queries?: QueryClient; children: ReactNode }) {
  const [queries] = useState(() => given ?? createQueryClient());
  useEffect(() => {
    const stop = new AbortController();
    void followChanges(bridge, queries, stop.signal);
    return () => { stop.abort(); };
  }, [bridge, queries]);
  return (
    <BridgeContext.Provider value={bridge}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </BridgeContext.Provider>
  );
}

/** The page's link to the core. Prefer `useCall`, `useChange` and `useLogged`. */
export function useBridge(): Bridge {
  const bridge = useContext(BridgeContext);
  if (!bridge) throw new Error('useBridge needs a BridgeProvider above it.');
  return bridge;
}

/** A part of the link's state: `useLinkStatus((status) => status.running)`. */
export function useLinkStatus<T>(select: (status: LinkStatus) => T): T {
  return useStore(useBridge().status, select);
}
