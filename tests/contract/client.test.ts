/** The client of the core against a scripted other end: what it does when things are not as they should be. */
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, type ClientOptions, type LinkState, type TroupeClient } from '../../contract/link/client.ts';
import type { Channel } from '../../contract/link/channel.ts';

const clients: TroupeClient[] = [];
afterEach(() => { for (const client of clients.splice(0)) client.close(); });

interface Scripted { channel: Channel; sent: string[]; say(message: string): void; drop(): void; closed: boolean }

/** One end of a connection. `greeting` is what the core answers to hello; null says nothing. */
function scripted(greeting: unknown = { hello: { protocol: 1, build: 'b', shell: 'none' } }, onSend: (message: string, self: Scripted) => void = () => undefined): Scripted {
  let listener: (message: string) => void = () => undefined;
  const ends: (() => void)[] = [];
  const self: Scripted = {
    sent: [], closed: false,
    say: (message) => { listener(message); },
    drop: () => { if (!self.closed) { self.closed = true; for (const end of ends) end(); } },
    channel: {
      send(message) {
        self.sent.push(message);
        if (self.sent.length === 1) { if (greeting !== null) queueMicrotask(() => { listener(typeof greeting === 'string' ? greeting : JSON.stringify(greeting)); }); }
        else onSend(message, self);
      },
      onMessage: (next) => { listener = next; },
      onClose: (end) => { ends.push(end); },
      close: () => { self.drop(); },
    },
  };
  return self;
}
let count = 0;
const clientOf = (options: Partial<ClientOptions> & Pick<ClientOptions, 'connect'>): TroupeClient => {
  const client = createClient({ client: 'test', build: 'b', reconnect: false, randomId: () => `random-id-number-${(count += 1)}`, ...options });
  clients.push(client);
  return client;
};

describe('the greeting', () => {
  it('says who it is first, and nothing else before the answer', async () => {
    const end = scripted(null);
    const client = clientOf({ connect: () => Promise.resolve(end.channel), offline: true });
    void client.call.observe.about({}).catch(() => undefined);
    await expect.poll(() => end.sent.length).toBe(1);
    expect(JSON.parse(end.sent[0] ?? '')).toEqual({ hello: { protocol: 1, build: 'b', client: 'test', offline: true } });
    end.say(JSON.stringify({ hello: { protocol: 1, build: 'b', shell: 'none' } }));
    await expect.poll(() => end.sent.length).toBe(2);
    expect(client.state()).toBe('open');
  });

  it.each([
    ['of another build', { hello: { protocol: 1, build: 'other', shell: 'none', refused: 'other-build' } }, 'core/other-build'],
    ['of another protocol, naming the program that fits', { hello: { protocol: 2, build: 'other', shell: 'none', refused: 'other-protocol', program: '/opt/troupe' } }, 'core/other-build'],
    ['that stops', { hello: { protocol: 1, build: 'b', shell: 'none', refused: 'stopping' } }, 'core/stopping'],
    ['that is something else', 'SSH-2.0-OpenSSH', 'core/other-build'],
    ['that answers with another shape', { welcome: true }, 'core/other-build'],
  ])('of a core %s ends the call with a code', async (_what, greeting, code) => {
    const states: LinkState[] = [];
    const client = clientOf({ connect: () => Promise.resolve(scripted(greeting).channel), onState: (state) => { states.push(state); } });
    const failure = await client.call.observe.about({}).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    if (typeof greeting === 'object' && 'hello' in greeting && 'program' in greeting.hello) expect(String(failure)).toContain('/opt/troupe');
    if (typeof greeting === 'object' && 'hello' in greeting && greeting.hello.refused !== 'stopping') expect(states).toContain('refused');
  });

  it('is asked for once, and a refused client asks no more', async () => {
    let connects = 0;
    const client = clientOf({ reconnect: true, connect: () => { connects += 1; return Promise.resolve(scripted({ hello: { protocol: 1, build: 'other', shell: 'none', refused: 'other-build' } }).channel); } });
    await expect(client.call.observe.about({})).rejects.toMatchObject({ code: 'core/other-build' });
    await expect(client.call.observe.about({})).rejects.toMatchObject({ code: 'core/disconnected' });
    expect(connects).toBe(1);
  });
});

describe('a lost connection', () => {
  it('ends what waits, in a client that does not reconnect', async () => {
    const end = scripted(undefined, (_message, self) => { self.drop(); });
    const states: LinkState[] = [];
    const client = clientOf({ connect: () => Promise.resolve(end.channel), onState: (state) => { states.push(state); } });
    await expect(client.call.team.list({})).rejects.toMatchObject({ code: 'core/disconnected', retryable: true });
    expect(states).toEqual(['open', 'closed']);
  });

  it('is opened again by itself; a write goes out anew under the same id, a read as well, until it is too often', async () => {
    const bodies: string[] = [];
    let connects = 0;
    const client = clientOf({ reconnect: true, connect: () => { connects += 1; return Promise.resolve(scripted(undefined, (message, self) => { bodies.push(message); self.drop(); }).channel); } });
    await expect(client.call.team.dismiss({ id: 'h1' })).rejects.toMatchObject({ code: 'core/disconnected' });
    expect(connects).toBeGreaterThanOrEqual(6);
    const ids = bodies.map((body) => /"requestId":"([^"]+)"/.exec(body)?.[1]);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(6);
  }, 20_000);

  it('waits longer after each failure to connect, and stops when it is closed', async () => {
    const times: number[] = [];
    const client = clientOf({ reconnect: true, connect: () => { times.push(performance.now()); return Promise.reject(new Error('nobody listens')); } });
    const call = client.call.observe.about({}).catch((error: unknown) => error);
    await expect.poll(() => times.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(3);
    client.close();
    await call;
    const [a = 0, b = 0, c = 0] = times;
    expect(c - b).toBeGreaterThan(b - a);
    const seen = times.length;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(times.length - seen).toBeLessThanOrEqual(1);
    expect(client.state()).toBe('closed');
  }, 20_000);

  it('rubbish from the other end closes the channel', async () => {
    const end = scripted(undefined, (_message, self) => { self.say('{ not json'); });
    const client = clientOf({ connect: () => Promise.resolve(end.channel) });
    await expect(client.call.team.list({})).rejects.toMatchObject({ code: 'core/disconnected' });
    expect(end.closed).toBe(true);
  });
});

describe('calls', () => {
  it('of procedures that the contract does not have are refused here', async () => {
    const client = clientOf({ connect: () => Promise.resolve(scripted().channel) });
    await expect((client.call as unknown as Record<string, Record<string, () => Promise<unknown>>>)['team']?.['destroy']?.()).rejects.toMatchObject({ code: 'core/unknown-procedure' });
    await expect((client.call as unknown as Record<string, Record<string, () => Promise<unknown>>>)['constructor']?.['name']?.()).rejects.toMatchObject({ code: 'core/unknown-procedure' });
  });

  it('after close say that the client was closed', async () => {
    const client = clientOf({ connect: () => Promise.resolve(scripted().channel) });
    client.close();
    await expect(client.call.team.list({})).rejects.toMatchObject({ code: 'core/disconnected' });
  });
});
