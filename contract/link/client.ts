import { createORPCClient, ORPCError } from '@orpc/client';
import { StandardRPCLink, type StandardLinkClient } from '@orpc/client/standard';
import type { ContractRouterClient } from '@orpc/contract';
import { ClientPeer } from '@orpc/standard-server-peer';
import * as z from 'zod/mini';
import { contract, type Contract } from '../api/index.ts';
import type { ProcedureMeta } from '../api/procedure.ts';
import { AppError, fromWire } from '../errors/app-error.ts';
import type { Channel } from './channel.ts';
import { clientHelloSchema, coreHelloSchema, PROTOCOL, type ClientHello, type CoreHello } from './hello.ts';

export type Procedures = ContractRouterClient<Contract>;
export type LinkState = 'connecting' | 'open' | 'waiting' | 'refused' | 'closed';

export interface ClientOptions {
  /** Opens a fresh channel; called again after a loss. Rejects when there is nothing to connect to. */
  connect(): Promise<Channel>;
  client: ClientHello['hello']['client'];
  build: string;
  /** Forbids the core the network as long as this client is connected. */
  offline?: boolean;
  /** Makes request ids and subscription names; at least 16 random characters of [A-Za-z0-9_-]. */
  randomId(): string;
  /** Whether a lost channel is opened again by itself (pages), or ends the client (command line). */
  reconnect: boolean;
  onState?(state: LinkState, hello: CoreHello['hello'] | null): void;
}

export interface TroupeClient {
  /** One function per procedure of the contract. Rejects with AppError. Writes are repeated over a lost channel under one request id. */
  readonly call: Procedures;
  /**
   * Follows a stream until `signal` aborts or the log ends; after a lost channel it subscribes again, a logged stream from
   * the last sequence number it delivered. Credits are granted as `onItem` returns, so that a slow reader slows the core.
   */
  follow<T>(open: (stream: string, signal: AbortSignal, after: number) => Promise<AsyncIterable<T>>, onItem: (item: T) => void | Promise<void>, options: { signal: AbortSignal; lastSeq?: (item: T) => number | undefined; after?: number }): Promise<void>;
  state(): LinkState;
  close(): void;
}

/** Credits that a new subscription starts with; half of them are granted anew each time half were used. */
export const INITIAL_CREDITS = 32;
const HELLO_MS = 10_000;

/** `lost` turns true when the channel closed: whatever then fails on it failed for that reason. */
interface Connection { peer: ClientPeer; channel: Channel; closed: Promise<void>; lost: boolean }

const metaAt = (path: readonly string[]): ProcedureMeta => {
  const [domain = '', name = ''] = path;
  const procedures = Object.hasOwn(contract, domain) ? contract[domain as keyof Contract] as Record<string, { '~orpc': { meta: ProcedureMeta } }> : {};
  const found = Object.hasOwn(procedures, name) ? procedures[name] : undefined;
  if (!found) throw new AppError('core/unknown-procedure', `There is no procedure ${path.join('.')}.`);
  return found['~orpc'].meta;
};

/** A client of the core over any channel: the page, the command line and the tests all use this one. */
export function createClient(options: ClientOptions): TroupeClient {
  let current: Promise<Connection> | null = null;
  let state: LinkState = 'connecting';
  let ended = false;
  let failures = 0;
  const setState = (next: LinkState, hello: CoreHello['hello'] | null = null): void => { state = next; options.onState?.(next, hello); };

  const open = async (): Promise<Connection> => {
    const channel = await options.connect();
    const peer = new ClientPeer(async (message) => { await channel.send(message as string); });
    let markClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => { markClosed = resolve; });
    const made: Connection = { peer, channel, closed, lost: false };
    const hello = await new Promise<CoreHello['hello']>((resolve, reject) => {
      const timer = setTimeout(() => { channel.close(); reject(new AppError('core/disconnected', 'The core did not say hello in time.')); }, HELLO_MS);
      let greeted = false;
      channel.onMessage((message) => {
        // What cannot be read ends the channel; every call on it then fails as lost, and `onState` tells.
        if (greeted) { void peer.message(message).catch(() => { channel.close(); }); return; }
        greeted = true;
        clearTimeout(timer);
        const parsed = z.safeParse(coreHelloSchema, parseJson(message));
        if (parsed.success) resolve(parsed.data.hello);
        else reject(new AppError('core/other-build', 'What answered is not a Troupe core of this version.'));
      });
      channel.onClose(() => {
        clearTimeout(timer);
        made.lost = true;
        markClosed();
        // Two calls wait inside the peer for ever unless it is closed: a pending answer and a pending event.
        peer.close({ reason: new AppError('core/disconnected', 'The connection to the core was lost.') });
        reject(new AppError('core/disconnected', 'The core closed the connection.'));
      });
      const first: ClientHello = z.parse(clientHelloSchema, { hello: { protocol: PROTOCOL, build: options.build, client: options.client, ...(options.offline ? { offline: true } : {}) } });
      void channel.send(JSON.stringify(first));
    });
    if (hello.refused) {
      channel.close();
      ended = hello.refused !== 'stopping';
      if (ended) setState('refused', hello);
      throw new AppError(hello.refused === 'stopping' ? 'core/stopping' : 'core/other-build', hello.refused === 'stopping' ? 'The core is stopping.' : `The core is of build ${hello.build}, this client of ${options.build}.${hello.program ? ` Use ${hello.program}.` : ''}`);
    }
    failures = 0;
    setState('open', hello);
    void closed.then(() => {
      current = null;
      if (ended) return;
      setState(options.reconnect ? 'waiting' : 'closed');
      // It fails only when the client has ended or was refused, which `onState` told.
      if (options.reconnect) void connection().catch(() => undefined);
    });
    return made;
  };

  const connection = (): Promise<Connection> => {
    if (ended) return Promise.reject(new AppError('core/disconnected', 'This client was closed.'));
    current ??= (async () => {
      for (;;) {
        try { return await open(); } catch (error) {
          failures += 1;
          if (ended || !options.reconnect) { current = null; throw error; }
          setState('waiting');
          await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 50 * 2 ** failures)));
        }
      }
    })();
    return current;
  };

  const carrier: StandardLinkClient<Record<never, never>> = {
    async call(request) {
      const under = await connection();
      const response = await under.peer.request(request).catch((error: unknown) => { throw under.lost ? lostConnection(error) : error; });
      return { ...response, body: () => Promise.resolve(response.body) };
    },
  };
  const link = new StandardRPCLink<Record<never, never>>(carrier, { url: 'http://orpc' });
  const call = createORPCClient<Procedures>({
    async call(path, input, callOptions) {
      const meta = metaAt(path);
      const full = meta.kind === 'write' ? { requestId: options.randomId(), ...(input as object | undefined) } : (input ?? {});
      for (let attempt = 0; ; attempt += 1) {
        try { return await link.call(path, full, callOptions); } catch (error) {
          const failure = toAppError(error);
          // A read may be asked again, a write carries its request id: both are safe to repeat when the channel was lost.
          const repeat = options.reconnect && failure.code === 'core/disconnected' && !ended && attempt < 5 && (meta.kind === 'read' || meta.kind === 'write');
          if (!repeat || callOptions.signal?.aborted) throw failure;
        }
      }
    },
  });

  return {
    call,
    state: () => state,
    async follow(openStream, onItem, { signal, lastSeq, after = 0 }) {
      let from = after;
      while (!signal.aborted) {
        let under: Connection | null = null;
        try {
          under = await connection();
          const stream = options.randomId();
          let used = 0;
          for await (const item of await openStream(stream, signal, from)) {
            await onItem(item);
            from = lastSeq?.(item) ?? from;
            used += 1;
            // A grant is lost only with its channel, and then the loop over the stream fails as well.
            if (used >= INITIAL_CREDITS / 2) { void call.link.grant({ stream, credits: used }).catch(() => undefined); used = 0; }
          }
          return;
        } catch (error) {
          if (signal.aborted) return;
          // A pull from a stream whose channel closed meanwhile fails inside the peer, in its own words.
          const failure = under?.lost ? lostConnection(error) : toAppError(error);
          if (failure.code !== 'core/disconnected' || ended || !options.reconnect) throw failure;
        }
      }
    },
    close() {
      ended = true;
      setState('closed');
      // One that could not be opened has nothing to close; its caller was told.
      void current?.then(({ channel }) => { channel.close(); }).catch(() => undefined);
    },
  };
}

const lostConnection = (cause: unknown): AppError => new AppError('core/disconnected', 'The connection to the core was lost.', { cause });

/** Whatever a call rejected with, as an AppError. */
function toAppError(error: unknown): AppError {
  if (error instanceof ORPCError) {
    if (error.code === 'APP') return fromWire(error.data);
    if (error.code === 'NOT_FOUND') return new AppError('core/unknown-procedure', 'The core does not know this procedure.');
    if (error.code === 'BAD_REQUEST') return new AppError('core/bad-input', 'The core refused the input.', { details: { problems: error.data } });
    return new AppError('core/internal', error.message);
  }
  if (typeof error === 'object' && error !== null && 'code' in error) return fromWire(error);
  if (error instanceof Error && error.name === 'AbortError') return new AppError('core/disconnected', 'The call was ended before its answer came.', { cause: error });
  return new AppError('core/internal', error instanceof Error ? error.message : String(error));
}

function parseJson(text: string): unknown {
  try { return JSON.parse(text); } catch (error) { return { notJson: error instanceof Error ? error.message : '' }; }
}
