import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import type { TroupeClient } from '../../../contract/link/client.ts';
import { server } from '../../../main/core/api/context.ts';
import { createCallHandler } from '../../../main/core/serve/calls.ts';
import { serveConnection } from '../../../main/core/serve/connection.ts';
import { listenLocally } from '../../../main/core/serve/local-socket.ts';
import { clientOf, openSocket } from '../../support/socket-client.ts';

const about = { version: '0.1.0', build: 'test', protocol: 1, home: '/h', node: 'v26', platform: 'linux', shell: 'none' };
const event = (seq: number, text = '') => ({ run: 'r1', seq, id: `e${seq}`, parent: null, at: seq, type: 'llm_stream_chunk', channel: 'llm' as const, namespace: [], data: { text } });

let folder: string;
let stop: () => Promise<void>;
let clients: TroupeClient[];
let address: string;
let errors: string[];
let pulled: number;
let seen: string[];
let lastChannel: (() => void) | null;
let dropNext: boolean;
let offline: number;

async function listen(): Promise<() => Promise<void>> {
  const router = {
    link: { grant: server.link.grant.handler(({ input, context }) => { context.grant(input.stream, input.credits); return {}; }) },
    observe: { about: server.observe.about.handler(() => about) },
    credentials: { state: server.credentials.state.handler(() => ({ state: 'made up' }) as never) },
    team: {
      get: server.team.get.handler(({ input }) => { throw new AppError('team/not-found', `Nobody is called ${input.id}.`, { details: { id: input.id } }); }),
      list: server.team.list.handler(() => { throw new TypeError('secret internals at /home/somebody'); }),
      dismiss: server.team.dismiss.handler(({ input }) => { seen.push(input.requestId ?? ''); if (dropNext) { dropNext = false; lastChannel?.(); } return {}; }),
    },
    runs: {
      events: server.runs.events.handler(({ input, context, signal }) => context.paced(input.stream, signal, (async function* source() {
        for (let seq = input.after + 1; seq <= 400; seq += 1) { pulled = seq; yield [event(seq, 'x'.repeat(100_000))]; }
      })())),
    },
  };
  const handler = createCallHandler(router, { stopping: () => false, onError: (procedure) => { errors.push(procedure); } });
  const listening = await listenLocally(address, (channel) => {
    lastChannel = () => { channel.close(); };
    void serveConnection(channel, { handler: () => handler, build: 'test', shell: 'none', accepts: ['cli', 'test'], stopping: () => false, onOffline: (change) => { offline += change; }, program: '/opt/troupe' });
  });
  return listening.stop;
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'link-'));
  address = path.join(folder, 'core.sock');
  clients = []; errors = []; pulled = 0; seen = []; dropNext = false; lastChannel = null; offline = 0;
  stop = await listen();
});
afterEach(async () => { for (const client of clients) client.close(); await stop(); await rm(folder, { recursive: true }); });
const client = (options: Parameters<typeof clientOf>[1] = {}): TroupeClient => { const made = clientOf(address, options); clients.push(made); return made; };

describe('contract over the framed socket', () => {
  it('answers a call with parsed output', async () => {
    expect(await client().call.observe.about({})).toEqual(about);
  });

  it('refuses input that the schema does not take, naming the place', async () => {
    const call = client().call.team.get({ id: 'spaces are not allowed' });
    await expect(call).rejects.toMatchObject({ code: 'core/bad-input', details: { problems: [{ path: 'id' }] } });
    await expect(client().call.team.get({ id: 'a', extra: 1 } as never)).rejects.toMatchObject({ code: 'core/bad-input' });
  });

  it('never lets an answer out that breaks the contract', async () => {
    await expect(client().call.credentials.state({})).rejects.toMatchObject({ code: 'core/bad-output' });
    expect(errors).toContain('credentials.state');
  });

  it('carries typed errors with their details, and hides unknown ones', async () => {
    await expect(client().call.team.get({ id: 'x1' })).rejects.toMatchObject({ code: 'team/not-found', retryable: false, details: { id: 'x1' } });
    const hidden = await client().call.team.list({}).catch((error: unknown) => error);
    expect(hasCode(hidden, 'core/internal')).toBe(true);
    expect(JSON.stringify(hidden) + String(hidden)).not.toContain('somebody');
    expect(errors).toContain('team.list');
  });

  it('answers nothing before hello, and tells another protocol which program fits', async () => {
    const channel = await openSocket(address);
    const answers: string[] = [];
    const closed = new Promise<void>((resolve) => { channel.onClose(resolve); });
    channel.onMessage((message) => answers.push(message));
    void channel.send(JSON.stringify({ i: '1', p: { u: '/observe/about', b: {} } }));
    await closed;
    expect(answers.map((answer) => JSON.parse(answer) as unknown)).toEqual([{ hello: { protocol: 1, build: 'test', shell: 'none', refused: 'other-protocol', program: '/opt/troupe' } }]);
  });

  it('does not let a page in by the command line\'s door', async () => {
    await expect(client({ client: 'page' }).call.observe.about({})).rejects.toMatchObject({ code: 'core/other-build' });
  });

  it('knows as long as a client forbids the network', async () => {
    const one = client({ offline: true });
    await one.call.observe.about({});
    expect(offline).toBe(1);
    one.close();
    await expect.poll(() => offline).toBe(0);
  });

  it('ends a channel that sends rubbish and goes on serving others', async () => {
    const channel = await openSocket(address);
    const closed = new Promise<void>((resolve) => { channel.onClose(resolve); });
    channel.onMessage(() => { void channel.send('{"not": '); });
    void channel.send(JSON.stringify({ hello: { protocol: 1, build: 'x', client: 'cli' } }));
    await closed;
    expect(await client().call.observe.about({})).toEqual(about);
  });
});

describe('streams with credits', () => {
  it('stops pulling its source while the reader does not read, and costs less than 20 MB', async () => {
    const before = process.memoryUsage().rss;
    const stopReading = new AbortController();
    let items = 0;
    let resume = (): void => undefined;
    const paused = new Promise<void>((resolve) => { resume = resolve; });
    const reading = client().follow((stream, signal, after) => client().call.runs.events({ runId: 'r1', stream, after }, { signal }), async () => { items += 1; if (items === 5) await paused; }, { signal: stopReading.signal });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(items).toBe(5);
    expect(pulled).toBeLessThanOrEqual(40); // 32 credits, plus what was under way
    // Both ends live in this process, so this counts the page's own queue as well.
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
    stopReading.abort();
    resume();
    await reading;
  });

  it('delivers everything in order to a reader that reads', async () => {
    const one = client();
    const seqs: number[] = [];
    await one.follow((stream, signal, after) => one.call.runs.events({ runId: 'r1', stream, after }, { signal }), (batch) => { for (const item of batch) seqs.push(item.seq); }, { signal: new AbortController().signal, after: 100, lastSeq: (batch) => batch.at(-1)?.seq });
    expect(seqs).toEqual(Array.from({ length: 300 }, (_, index) => index + 101));
  });
});

describe('a stream over a lost channel', () => {
  it('goes on after the last item when the channel is lost while an item is being worked on', async () => {
    const one = client({ reconnect: true });
    const seqs: number[] = [];
    let dropped = false;
    await one.follow((stream, signal, after) => one.call.runs.events({ runId: 'r1', stream, after }, { signal }), async (batch) => {
      for (const item of batch) seqs.push(item.seq);
      if (dropped || seqs.length < 20) return;
      dropped = true;
      lastChannel?.();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }, { signal: new AbortController().signal, after: 350, lastSeq: (batch) => batch.at(-1)?.seq });
    expect(dropped).toBe(true);
    expect(seqs).toEqual(Array.from({ length: 50 }, (_, index) => index + 351));
  });
});

describe('a write over a lost channel', () => {
  it('is repeated under the same request id', async () => {
    const one = client({ reconnect: true });
    await one.call.observe.about({});
    dropNext = true;
    await one.call.team.dismiss({ id: 'h1' });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).toMatch(/^[A-Za-z0-9_-]{16,}$/);
  });

  it('fails plainly in a client that does not reconnect', async () => {
    const one = client();
    await one.call.observe.about({});
    dropNext = true;
    await expect(one.call.team.dismiss({ id: 'h1' })).rejects.toMatchObject({ code: 'core/disconnected', retryable: true });
  });
});
