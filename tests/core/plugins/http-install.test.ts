import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperationEventBody } from '../../../contract/model/plugin.ts';
import { createHttp } from '../../../main/core/base/http/index.ts';
import { registryFetch } from '../../../main/core/marketplace/catalog/registry-fetch.ts';
import { blobPath } from '../../../packaging/index.ts';
import { serveStatic } from '../../../main/cli/static-server.ts';
import { outcome, startSandbox, startWorld, type World } from './world.ts';

const ID = 'com.acme.subject';
const NEEDS = ['com.acme.one', 'com.acme.two', 'com.acme.three'];
const sandbox = startSandbox();
const http = createHttp({ offline: () => false });
let world: World;
let origin: Awaited<ReturnType<typeof serveStatic>>;
/** Stands before the registry and cuts what it is told to. */
let gate: Server;
let cuts = new Map<string, number>();
/** A connection that is cut when the reader has got something of it. */
let doomed: ServerResponse | undefined;
let asked: { path: string; range: string | undefined }[] = [];

beforeAll(async () => {
  gate = createServer((request, response) => {
    void (async () => {
      const range = request.headers.range;
      asked.push({ path: request.url ?? '', range });
      const answer = await fetch(new URL(request.url ?? '', origin.address), { headers: { ...(range !== undefined && { range }) } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const cut = cuts.get(request.url ?? '');
      cuts.delete(request.url ?? '');
      response.writeHead(answer.status, { ...Object.fromEntries(['etag', 'content-range'].flatMap((name) => { const value = answer.headers.get(name); return value === null ? [] : [[name, value]]; })), 'content-length': bytes.length });
      if (cut === undefined) response.end(bytes);
      else response.write(bytes.subarray(0, cut));
      doomed = cut === undefined ? undefined : response;
    })();
  });
  await new Promise<void>((resolve) => { gate.listen(0, '127.0.0.1', resolve); });
});
beforeEach(async () => {
  cuts = new Map();
  asked = [];
  world = await startWorld({ sandbox, fetch: registryFetch(http), registries: ({ root }) => [{ id: 'test', name: 'Test', kind: 'hosted', source: `http://127.0.0.1:${(gate.address() as AddressInfo).port}/`, root }] });
  origin = await serveStatic(world.registry.folder, 0);
});
afterEach(async () => { await origin.stop(); await world.stop(); });
afterAll(async () => {
  http.close();
  gate.closeAllConnections();
  await new Promise((resolve) => gate.close(resolve));
  await sandbox.stop();
});

const publish = async (): Promise<string> => {
  const records = await world.registry.publish([{ id: ID, dependencies: NEEDS.map((id) => `${id}>=1`), files: { 'assets/data.bin': randomLooking(300_000) } }, ...NEEDS.map((id) => ({ id }))]);
  await world.catalog.sync();
  return `/${blobPath(records.get(ID)?.versions[0]?.sha512 ?? '')}`;
};
/** Bytes that do not compress, the same each time. */
function randomLooking(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => { state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0; return state >>> 24; });
}
const bytesOf = (events: readonly OperationEventBody[]): number[] => events.flatMap((event) => (event.type === 'step_progressed' && event.step === 'download' && event.pluginId === ID ? [event.done] : []));

describe('I1 I10 installing over http', () => {
  it('brings a plugin with what it needs', async () => {
    await publish();
    expect(outcome(await world.install(ID, { grantAll: true })).type).toBe('operation_finished');
    expect((await world.plugins.list()).plugins.map(({ id }) => id).sort()).toEqual([ID, ...NEEDS].sort());
    expect((await world.plugins.verify({})).problems).toEqual([]);
  });

  it('goes on with a download that was cut, within the same installation', async () => {
    const blob = await publish();
    cuts.set(blob, 200_000);
    const { operationId } = await world.plugins.install({ id: ID, grantAll: true });
    const events = await world.follow(operationId, (event) => { if (event.type === 'step_progressed' && event.pluginId === ID && event.step === 'download') doomed?.destroy(); });
    expect(outcome(events).type).toBe('operation_finished');
    const [first, second] = asked.filter(({ path }) => path === blob);
    expect(first?.range).toBeUndefined();
    expect(second?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(bytesOf(events)).toEqual(bytesOf(events).toSorted((a, b) => a - b));
    expect((await world.plugins.verify({})).problems).toEqual([]);
  });
});
