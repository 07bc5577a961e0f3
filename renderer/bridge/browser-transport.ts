import * as z from 'zod/mini';
import { AppError } from '../../contract/errors/app-error.ts';
import type { Channel } from '../../contract/link/channel.ts';
import { base64Url, signSession } from './session-signature.ts';
import { openWebSocket } from './web-socket-channel.ts';

const sessionSchema = z.object({ id: z.string(), key: z.string() });
const firstMessageSchema = z.object({ session: sessionSchema });
type Session = z.infer<typeof sessionSchema>;

const STORED = 'troupe-session';

export interface BrowserTransportOptions {
  location: Pick<Location, 'protocol' | 'host' | 'hash' | 'pathname' | 'search'>;
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  createSocket(url: string, protocols: string[]): WebSocket;
  /** Takes the one-time token out of the address bar and the history. */
  replaceAddress(address: string): void;
  /** Whether anything answers at this address: tells a refused session from a core that is away. */
  answers(): Promise<boolean>;
  now(): number;
  /** Called when no further attempt can succeed. */
  onLocked(reason: 'used-up' | 'no-session'): void;
}

/**
 * The page's way to the core in a browser. The one-time token of the address's fragment is spent on the first connection
 * and answered with a session; later connections prove the session with an HMAC and never send its key.
 */
export function browserTransport(options: BrowserTransportOptions): () => Promise<Channel> {
  const { location, storage } = options;
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/link`;
  let token = new URLSearchParams(location.hash.slice(1)).get('token');
  let refusals = 0;
  if (token !== null) options.replaceAddress(location.pathname + location.search);

  const byToken = async (spent: string): Promise<Channel> => {
    const channel = await openWebSocket(() => options.createSocket(url, ['troupe.1', `token.${spent}`]));
    return afterSession(channel, (session) => { storage.setItem(STORED, JSON.stringify(session)); });
  };
  const bySession = async (session: Session): Promise<Channel> => {
    const at = String(options.now());
    const nonce = base64Url(crypto.getRandomValues(new Uint8Array(16)));
    const proof = await signSession(session.key, `${session.id}.${at}.${nonce}`);
    return openWebSocket(() => options.createSocket(url, ['troupe.1', `session.${session.id}.${at}.${nonce}.${proof}`]));
  };

  return async () => {
    const stored = readSession(storage.getItem(STORED));
    if (token === null && !stored) {
      options.onLocked('no-session');
      throw new AppError('core/disconnected', 'This address holds no way in. Open Troupe again from where you started it.');
    }
    try {
      const spent = token;
      token = null;
      const channel = spent !== null ? await byToken(spent) : await bySession(stored as Session);
      refusals = 0;
      return channel;
    } catch (error) {
      // The core may only be away for a moment. When something answers here and still refuses us, it is us.
      refusals = (await options.answers()) ? refusals + 1 : 0;
      if (refusals >= 2 || (refusals > 0 && !readSession(storage.getItem(STORED)))) options.onLocked('used-up');
      throw new AppError('core/disconnected', 'The core did not accept the connection.', { cause: error });
    }
  };
}

/** Takes the first message, which is the session, off a channel. */
function afterSession(channel: Channel, keep: (session: Session) => void): Promise<Channel> {
  return new Promise((resolve, reject) => {
    let listener: ((message: string) => void) | undefined;
    const early: string[] = [];
    let seen = false;
    let lost = false;
    let onLost: (() => void) | undefined;
    const outward: Channel = {
      send: (message) => channel.send(message),
      onMessage(next) { listener = next; for (const message of early.splice(0)) next(message); },
      onClose(next) { onLost = next; if (lost) next(); },
      close() { channel.close(); },
    };
    channel.onClose(() => {
      lost = true;
      onLost?.();
      if (!seen) reject(new AppError('core/disconnected', 'The connection was lost before it was set up.'));
    });
    channel.onMessage((message) => {
      if (seen) { if (listener) listener(message); else early.push(message); return; }
      seen = true;
      const first = z.safeParse(firstMessageSchema, parse(message));
      if (!first.success) { channel.close(); reject(new AppError('core/other-build', 'What answered is not a Troupe core of this version.')); return; }
      keep(first.data.session);
      resolve(outward);
    });
  });
}

function readSession(text: string | null): Session | undefined {
  if (text === null) return undefined;
  const parsed = z.safeParse(sessionSchema, parse(text));
  return parsed.success ? parsed.data : undefined;
}

function parse(text: string): unknown {
  try { return JSON.parse(text); } catch (error) { return { notJson: String(error) }; }
}
