import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { browserTransport, type BrowserTransportOptions } from '../../../renderer/bridge/browser-transport.ts';

type Listener = (event: { data?: unknown }) => void;

/** A WebSocket that a test opens, closes and speaks through. */
class FakeSocket {
  static OPEN = 1;
  readyState = 1;
  readonly sent: string[] = [];
  readonly protocols: string[];
  readonly url: string;
  private readonly listeners = new Map<string, Listener[]>();
  constructor(url: string, protocols: string[]) { this.url = url; this.protocols = protocols; }
  addEventListener(type: string, listener: Listener): void { this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]); }
  send(message: string): void { this.sent.push(message); }
  close(): void { this.emit('close'); }
  emit(type: string, data?: unknown): void { for (const listener of this.listeners.get(type) ?? []) listener({ data }); }
}

const key = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64url');

function setUp(change: Partial<BrowserTransportOptions> = {}, stored: string | null = null) {
  const sockets: FakeSocket[] = [];
  const kept = new Map<string, string>(stored === null ? [] : [['troupe-session', stored]]);
  const addresses: string[] = [];
  const locked: string[] = [];
  const connect = browserTransport({
    location: { protocol: 'http:', host: '127.0.0.1:4000', hash: '#token=abc', pathname: '/marketplace', search: '?q=x' },
    storage: { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => { kept.set(name, value); }, removeItem: (name) => { kept.delete(name); } },
    createSocket: (url, protocols) => { const socket = new FakeSocket(url, protocols); sockets.push(socket); return socket as unknown as WebSocket; },
    replaceAddress: (address) => { addresses.push(address); }, answers: () => Promise.resolve(true), now: () => 1_700_000_000_000, onLocked: (reason) => { locked.push(reason); }, ...change,
  });
  return { connect, sockets, kept, addresses, locked };
}

const socketAt = async (sockets: FakeSocket[], at: number): Promise<FakeSocket> => {
  for (let tries = 0; tries < 100 && !sockets[at]; tries += 1) await new Promise((resolve) => { setTimeout(resolve, 1); });
  return sockets[at] as FakeSocket;
};

describe('the way to the core in a browser', () => {
  it('spends the token once, takes it out of the address, and keeps the session', async () => {
    const { connect, sockets, kept, addresses } = setUp();
    expect(addresses).toEqual(['/marketplace?q=x']);
    const opening = connect();
    const socket = await socketAt(sockets, 0);
    expect(socket.url).toBe('ws://127.0.0.1:4000/link');
    expect(socket.protocols).toEqual(['troupe.1', 'token.abc']);
    socket.emit('open');
    socket.emit('message', JSON.stringify({ session: { id: 's1', key } }));
    socket.emit('message', 'the hello, early');
    const channel = await opening;
    const heard: string[] = [];
    channel.onMessage((message) => { heard.push(message); });
    expect(heard).toEqual(['the hello, early']);
    expect(kept.get('troupe-session')).toBe(JSON.stringify({ id: 's1', key }));
  });

  it('proves the session on a later connection without sending its key', async () => {
    const { connect, sockets } = setUp({ location: { protocol: 'https:', host: 'h', hash: '', pathname: '/', search: '' } }, JSON.stringify({ id: 's1', key }));
    const opening = connect();
    const socket = await socketAt(sockets, 0);
    const [version, credential = ''] = socket.protocols;
    const [kind, id, at, nonce, proof] = credential.split('.');
    expect([version, kind, id, at]).toEqual(['troupe.1', 'session', 's1', '1700000000000']);
    expect(proof).toBe(createHmac('sha256', Buffer.from(key, 'base64url')).update(`s1.1700000000000.${nonce}`).digest('base64url'));
    expect(credential).not.toContain(key);
    socket.emit('open');
    await opening;
  });

  it('says that the address was used up when it is refused and holds no session', async () => {
    const { connect, sockets, locked } = setUp();
    const opening = connect();
    (await socketAt(sockets, 0)).emit('close');
    await expect(opening).rejects.toMatchObject({ code: 'core/disconnected' });
    expect(locked).toEqual(['used-up']);
  });

  it('keeps trying while nothing answers: the core may be starting again', async () => {
    const { connect, sockets, locked } = setUp({ answers: () => Promise.resolve(false), location: { protocol: 'http:', host: 'h', hash: '', pathname: '/', search: '' } }, JSON.stringify({ id: 's1', key }));
    for (let at = 0; at < 3; at += 1) {
      const opening = connect();
      (await socketAt(sockets, at)).emit('close');
      await expect(opening).rejects.toMatchObject({ code: 'core/disconnected' });
    }
    expect(locked).toEqual([]);
  });

  it('asks to be opened from where Troupe was started when there is no key at all', async () => {
    const { connect, locked, sockets } = setUp({ location: { protocol: 'http:', host: 'h', hash: '', pathname: '/', search: '' } });
    await expect(connect()).rejects.toMatchObject({ code: 'core/disconnected' });
    expect(locked).toEqual(['no-session']);
    expect(sockets).toEqual([]);
  });
});
