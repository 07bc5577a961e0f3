import { useEffect, useEffectEvent } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { useBridge } from './bridge-provider.tsx';

/** What came from outside to be opened: a link, an archive of this machine, or an archive that could not be read. */
export type Opening =
  | { kind: 'link'; text: string }
  | { kind: 'archive'; file: File }
  | { kind: 'unreadable'; name: string; reason: 'missing' | 'too-large' };

/** In the order in which they came. They wait here until a screen takes them: the home may be locked, or new. */
export type Openings = StoreApi<{ waiting: readonly Opening[] }>;

export const createOpenings = (): Openings => createStore(() => ({ waiting: [] }));

export function addOpening(openings: Openings, opening: Opening): void {
  openings.setState(({ waiting }) => ({ waiting: [...waiting, opening] }));
}

/** Hands over what waits, one after the other and each once, as soon as `wants` says so of the first. */
export function useOpenings(wants: (opening: Opening) => boolean, take: (opening: Opening) => void): void {
  const { openings } = useBridge();
  const first = useStore(openings, ({ waiting }) => waiting[0]);
  const wanted = first !== undefined && wants(first) ? first : null;
  const hand = useEffectEvent(take);
  useEffect(() => {
    if (!wanted || !openings.getState().waiting.includes(wanted)) return;
    openings.setState(({ waiting }) => ({ waiting: waiting.filter((one) => one !== wanted) }));
    hand(wanted);
  }, [wanted, openings]);
}

/** An archive waits: it is taken where archives are side-loaded. */
export function useArchiveWaits(): boolean {
  return useStore(useBridge().openings, ({ waiting }) => waiting[0]?.kind === 'archive');
}

/** Takes a link out of the address with which a browser opened the page. Any page can make such an address: it is read as hostile. */
export function takeLink(location: Pick<Location, 'pathname' | 'search' | 'hash'>, replaceAddress: (address: string) => void): string | null {
  const words = new URLSearchParams(location.search);
  const link = words.get('link');
  if (link === null) return null;
  words.delete('link');
  replaceAddress(`${location.pathname}${words.size > 0 ? `?${words.toString()}` : ''}${location.hash}`);
  return link;
}
