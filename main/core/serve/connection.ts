import { ServerPeer } from '@orpc/standard-server-peer';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import type { StandardRPCHandler } from '@orpc/server/standard';
import * as z from 'zod/mini';
import type { Channel } from '../../../contract/link/channel.ts';
import { clientHelloSchema, PROTOCOL, type ClientHello, type CoreHello } from '../../../contract/link/hello.ts';
import type { ApiContext } from '../api/context.ts';
import { createCredits, paced } from './credits.ts';

export interface ConnectionOptions {
  /** Asked for each call: an opened home has another one than a locked one. */
  handler(): StandardRPCHandler<ApiContext>;
  build: string;
  shell: string;
  /** Which clients may come by this carrier: a page can never call itself the command line. */
  accepts: readonly ClientHello['hello']['client'][];
  stopping(): boolean;
  /** A client that forbids the network came (+1) or went (-1), or one came that does not (0). */
  onOffline(change: 1 | 0 | -1): void;
  /** The path of the command line that fits this core, told to one that does not. */
  program?: string;
}

/** A page that asks without reading answers is cut off here, before it costs memory. */
const MOST_CALLS_UNDER_WAY = 256;

/** Serves one channel: hello first, then calls. Resolves when the channel is closed. */
export function serveConnection(channel: Channel, options: ConnectionOptions): Promise<void> {
  return new Promise((resolve) => {
    const credits = createCredits();
    const peer = new ServerPeer(async (message) => { await channel.send(message as string); });
    let context: ApiContext | null = null;
    let underWay = 0;
    let offline = false;
    channel.onClose(() => { peer.close(); if (offline) options.onOffline(-1); resolve(); });
    channel.onMessage((message) => {
      if (!context) {
        const greeting = greet(message, options);
        void channel.send(JSON.stringify(greeting.answer));
        if (!greeting.client) { channel.close(); return; }
        offline = greeting.offline;
        options.onOffline(offline ? 1 : 0);
        context = { client: greeting.client, grant: credits.grant, paced: (stream, signal, source) => paced(credits, stream, signal, source) };
        return;
      }
      underWay += 1;
      if (underWay > MOST_CALLS_UNDER_WAY) { channel.close(); return; }
      const handle = createServerPeerHandleRequestFn(options.handler(), { context });
      // A message that is no call of ours is a broken or hostile client: the channel ends, the core goes on.
      peer.message(message, handle).catch(() => { channel.close(); }).finally(() => { underWay -= 1; });
    });
  });
}

interface Greeting { answer: CoreHello; client: ApiContext['client'] | null; offline: boolean }

function greet(message: string, options: ConnectionOptions): Greeting {
  const own = { protocol: PROTOCOL, build: options.build, shell: options.shell };
  const refuse = (refused: 'other-build' | 'other-protocol' | 'stopping'): Greeting =>
    ({ answer: { hello: { ...own, refused, ...(options.program === undefined ? {} : { program: options.program }) } }, client: null, offline: false });
  const parsed = z.safeParse(clientHelloSchema, parseJson(message));
  if (!parsed.success) return refuse('other-protocol');
  const { protocol, build, client, offline } = parsed.data.hello;
  if (options.stopping()) return refuse('stopping');
  if (protocol !== PROTOCOL || !options.accepts.includes(client)) return refuse('other-protocol');
  // A page is built with its core; the command line only has to speak the same protocol.
  if (client === 'page' && build !== options.build) return refuse('other-build');
  return { answer: { hello: own }, client, offline: offline ?? false };
}

function parseJson(text: string): unknown {
  try { return JSON.parse(text); } catch (error) { return { notJson: error instanceof Error ? error.message : '' }; }
}
