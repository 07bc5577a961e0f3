import { createClient, type TroupeClient } from '../../contract/link/client.ts';
import type { Channel } from '../../contract/link/channel.ts';
import { browserTransport } from './browser-transport.ts';
import { electronTransport } from './electron-transport.ts';
import { createOperations, type Operations } from './operation-store.ts';
import { createLinkStatus, type LinkStatusStore } from './link-status.ts';
import { addOpening, createOpenings, takeLink, type Openings } from './openings.ts';
import { base64Url } from './session-signature.ts';

/** The one link of this page to the core. */
export interface Bridge { readonly client: TroupeClient; readonly status: LinkStatusStore; readonly operations: Operations; readonly openings: Openings }

/** A bridge over any way of opening channels; tests bring their own. */
export function createBridge(connect: () => Promise<Channel>, build: string, status: LinkStatusStore = createLinkStatus()): Bridge {
  const client = createClient({
    connect, build, client: 'page', reconnect: true,
    randomId: () => base64Url(crypto.getRandomValues(new Uint8Array(18))),
    onState(state, hello) {
      status.setState({ state, ...(hello && { shell: hello.shell }), ...(state === 'refused' && { otherBuild: true }) });
    },
  });
  return { client, status, operations: createOperations(client), openings: createOpenings() };
}

/** The bridge of the running page, by the shell that shows it. */
export function openBridge(build: string): Bridge {
  const status = createLinkStatus();
  const { troupe } = window;
  if (troupe) {
    const bridge = createBridge(electronTransport(troupe, window), build, status);
    troupe.onOpen((opened) => {
      addOpening(bridge.openings, opened.kind === 'archive' ? { kind: 'archive', file: new File([opened.bytes], opened.name) } : opened);
    });
    return bridge;
  }
  const replaceAddress = (address: string): void => { window.history.replaceState(window.history.state, '', address); };
  const link = takeLink(window.location, replaceAddress);
  const connect = browserTransport({
    location: window.location, storage: window.sessionStorage,
    createSocket: (url, protocols) => new WebSocket(url, protocols),
    replaceAddress,
    answers: () => fetch('/', { method: 'GET', cache: 'no-store' }).then(() => true, () => false),
    now: () => Date.now(),
    onLocked: (reason) => { status.setState({ locked: reason }); bridge.client.close(); },
  });
  const bridge = createBridge(connect, build, status);
  if (link !== null) addOpening(bridge.openings, { kind: 'link', text: link });
  return bridge;
}
