import { createStore } from 'zustand/vanilla';
import type { LinkState } from '../../contract/link/client.ts';

/** What the frame shows of the connection. Interface state only: what the core knows is asked of the core. */
export interface LinkStatus {
  state: LinkState;
  /** Why no attempt can succeed any more. */
  locked: 'used-up' | 'no-session' | null;
  /** The core is of another build than this page. */
  otherBuild: boolean;
  /** The shell that serves this page, as the core told it. */
  shell: string | null;
  /** Runs that go on now, of the core's last word. */
  running: number;
}

export const createLinkStatus = () => createStore<LinkStatus>(() => ({ state: 'connecting', locked: null, otherBuild: false, shell: null, running: 0 }));
export type LinkStatusStore = ReturnType<typeof createLinkStatus>;
