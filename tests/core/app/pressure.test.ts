/** What must go on when something around the core is slow: a reader, the disk. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../../contract/link/client.ts';
import { readAddress } from '../../../main/link/core-address.ts';
import { socketChannel } from '../../../main/link/framed-stream.ts';
import { chunk, DONE, sse } from '../models/stand-in.ts';
import { followRun, installPlugin, startCore, type RunningCore } from '../../support/running-core.ts';

let core: RunningCore;
let client: TroupeClient;
let server: Server;
let answer: (response: ServerResponse) => void;
let conversation: () => Promise<string>;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET') response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model' }] }));
    else request.on('end', () => { answer(response); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  core = await startCore({ words: ['--idle-exit', '60000'] });
  client = await core.client();
  await installPlugin(client, 'dev.troupe.web-research');
  const { provider } = await client.call.models.add({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });
  const { id } = await client.call.team.hire({ pluginId: 'dev.troupe.web-research', agentId: 'writer', name: 'Stan', model: `${provider.id}/m` });
  conversation = async () => (await client.call.chat.start({ hireId: id })).id;
}, 90_000);
afterAll(async () => {
  await core.end();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});

describe('a reader that stops reading', () => {
  const READERS = 8;
  const PIECES = 400;
  const PIECE = 'x'.repeat(20_000);
  /** 8 MB of text, as fast as it is taken. */
  const flood = (response: ServerResponse): void => {
    void (async () => {
      sse(response);
      for (let piece = 0; piece < PIECES && !response.destroyed; piece += 1) {
        if (!response.write(chunk({ content: PIECE }))) await new Promise((resolve) => { response.once('drain', resolve); });
        if (piece % 20 === 0) await wait(20);
      }
      response.end(chunk({}, 'stop') + DONE);
    })();
  };

  it('costs the core less than 20 MB, and does not slow another reader', async () => {
    answer = flood;
    const { runId } = await client.call.chat.send({ id: await conversation(), text: 'Talk' });
    const whole = (await followRun(client, runId)).length;
    await followRun(client, runId);
    const before = await core.resident();
    const address = await readAddress(core.home) ?? '';
    const sockets: Socket[] = [];
    for (let reader = 0; reader < READERS; reader += 1) {
      const stalled = await core.client({ connect: () => new Promise((resolve) => { const socket = connect(address, () => { resolve(socketChannel(socket)); }); sockets.push(socket); }) });
      await stalled.call.observe.about({});
      sockets[reader]?.pause();
      void stalled.call.runs.events({ runId, stream: `stalled-${reader}`, after: 0 }).catch(() => undefined);
    }
    await wait(1_000);
    expect(await followRun(client, runId)).toHaveLength(whole);
    const grown = await core.resident() - before;
    for (const socket of sockets) socket.destroy();
    expect(grown / READERS).toBeLessThan(20 * 1024 * 1024);
    expect(await client.call.observe.about({})).toMatchObject({ home: core.home });
  }, 60_000);
});

describe('a disk that does not answer for two seconds', () => {
  /** What a backup tool or a full disk queue does: nobody can write meanwhile. */
  const hold = async (milliseconds: number): Promise<void> => {
    const other = new Sqlite(path.join(core.home, 'troupe.db'), { timeout: 5_000 });
    other.exec('BEGIN IMMEDIATE');
    await wait(milliseconds);
    other.exec('ROLLBACK');
    other.close();
  };

  it('lets reads go on and a cancel take effect at once, and loses nothing of the stream', async () => {
    const closed = Promise.withResolvers<number>();
    let sent = 0;
    answer = (response) => {
      sse(response);
      const timer = setInterval(() => { sent += 1; response.write(chunk({ content: `${sent} ` })); }, 50);
      response.once('close', () => { clearInterval(timer); closed.resolve(performance.now()); });
    };
    const id = await conversation();
    const { runId } = await client.call.chat.send({ id, text: 'Count' });
    let text = '';
    const following = followRun(client, runId, ({ type, data }) => { if (type === 'llm_stream_chunk') text += String(data['text']); });
    await expect.poll(() => text).toContain('3 ');
    const held = hold(2_000);
    await wait(200);
    const reading = performance.now();
    expect((await client.call.chat.conversations({})).conversations.length).toBeGreaterThan(0);
    expect(performance.now() - reading).toBeLessThan(1_000);
    await wait(300);
    const asked = performance.now();
    const sentBefore = sent;
    const cancelled = client.call.runs.cancel({ id: runId });
    expect(await closed.promise - asked).toBeLessThan(1_000);
    await held;
    await cancelled;
    expect((await following).at(-1)?.type).toBe('run_cancelled');
    // What came while nobody could write is there, in order.
    expect(text.trim().split(' ').map(Number)).toEqual(Array.from({ length: text.trim().split(' ').length }, (_, index) => index + 1));
    expect(text.trim().split(' ').length).toBeGreaterThanOrEqual(sentBefore - 2);
  }, 30_000);
});
