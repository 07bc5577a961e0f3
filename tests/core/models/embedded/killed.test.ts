import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ggufFile } from '../../../support/gguf-file.ts';
import { startCore, temporaryHome } from '../../../support/running-core.ts';
import { until } from '../../../support/processes.ts';

const bytes = ggufFile({ says: ['Hello'], layers: 3 });
const FILE = 'meadow-8b-q4-k-m.gguf';
let home: string;
let server: Server;
let killedAt: string;
/** Where each request wanted the file from. */
let asked: number[];
beforeEach(async () => {
  home = await temporaryHome();
  asked = [];
  server = createServer((request, response) => {
    const from = request.headers['if-range'] === '"one"' ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    asked.push(from);
    response.writeHead(from > 0 ? 206 : 200, { etag: '"one"', 'content-length': bytes.byteLength - from, ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.byteLength - 1}/${bytes.byteLength}` }) });
    // The rest is held back from the first one who asks for the whole, so that it dies in the middle.
    if (from === 0 && killedAt === 'chunk') response.write(bytes.subarray(0, 1_000));
    else response.end(bytes.subarray(from));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});
const inFolder = (): Promise<string[]> => readdir(path.join(home, 'models'));

describe('A5 a core that is killed while it downloads a model', () => {
  it.each(['chunk', 'renamed'])('goes on by itself after %s, and leaves nothing but the model', async (point) => {
    killedAt = point;
    const doomed = await startCore({ home, words: ['--idle-exit', '600000', '--failpoint', `models.download.${point}`] });
    const died = once(doomed.process, 'exit');
    const { call } = await doomed.client();
    // It may die before it answers; what it stored counts.
    const answered = call.models.download({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/meadow-8b.Q4_K_M.gguf` }).catch((error: unknown) => error);
    await died;
    await doomed.end();
    await answered;
    expect(await inFolder()).toHaveLength(1);
    const next = await startCore({ home, words: ['--idle-exit', '600000'] });
    try {
      const { models } = (await next.client()).call;
      await until('the model is ready', async () => (await models.files({})).files.some(({ state }) => state === 'ready'), 60_000);
      expect(await inFolder()).toEqual([FILE]);
      expect((await readFile(path.join(home, 'models', FILE))).equals(bytes)).toBe(true);
      // What had come was not asked for again.
      expect(asked.slice(1).every((from) => from > 0)).toBe(true);
      await models.removeFile({ id: (await models.files({})).files[0]?.id ?? '' });
      expect(await inFolder()).toEqual([]);
    } finally {
      await next.end();
    }
  }, 90_000);
});
