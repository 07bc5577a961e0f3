/** What a person takes back and gives again, as plugins in a real core meet it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../../contract/link/client.ts';
import { followOperation, followRun, startCore, type RunningCore } from '../../support/running-core.ts';
import { testRegistry, type PluginSpec } from './registry.ts';

const ID = 'com.acme.reader';
const CODE = `export default { tools: {
  get: async ({ url, times = 1 }, ctx) => { const seen = []; for (let n = 0; n < times; n += 1) seen.push((await ctx.fetch(url)).status); return seen; },
  read: async (_, ctx) => ctx.files.readText('data', 'note.txt'),
} };`;

let folder: string;
let core: RunningCore;
let client: TroupeClient;
let page: TroupeClient;
let host: Server;
let address: string;
let asked = 0;
/** What happens while the host is asked, before it answers. */
let meanwhile: () => Promise<unknown> = () => Promise.resolve();
let network: string;
const FILES = 'folder:data:read';

beforeAll(async () => {
  host = createServer((_request, response) => {
    asked += 1;
    const answer = (status: number) => (): void => { response.writeHead(status).end('well'); };
    meanwhile().then(answer(200), answer(500));
  });
  await new Promise<void>((resolve) => { host.listen(0, '127.0.0.1', resolve); });
  address = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  network = `network:${address}`;
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-permissions-'));
  await writeFile(path.join(folder, 'note.txt'), 'from the folder');
  const registry = await testRegistry(path.join(folder, 'registry'));
  const spec: PluginSpec = { id: ID, code: CODE, tools: ['get', 'read'], network: [address], folders: ['data'] };
  await registry.publish([spec, { ...spec, version: '2.0.0' }]);
  core = await startCore({ words: ['--idle-exit', '600000'] });
  client = await core.client();
  page = core.page();
  const { fingerprint } = await client.call.catalog.addRegistry({ address: registry.folder });
  await client.call.catalog.addRegistry({ address: registry.folder, fingerprint, name: 'Test' });
  await finished(client.call.plugins.install({ id: ID, range: '1.0.0' }));
  await client.call.plugins.grantFolder({ id: ID, key: 'data', path: folder });
}, 120_000);
afterAll(async () => {
  await core.end();
  host.closeAllConnections();
  await new Promise((resolve) => { host.close(resolve); });
  await rm(folder, { recursive: true, force: true });
});

async function finished(started: Promise<{ operationId: string }>): Promise<void> {
  expect((await followOperation(client, (await started).operationId)).at(-1)).toMatchObject({ type: 'operation_finished' });
}
async function use(target: string, input: Record<string, unknown> = {}): Promise<unknown> {
  const { runId } = await page.call.runs.start({ pluginId: ID, target, input });
  await followRun(page, runId);
  const { status, result, error } = await page.call.runs.get({ id: runId });
  return status === 'completed' ? result : error?.code;
}
const fetchOnce = (): Promise<unknown> => use('get', { url: `${address}/` });
const granted = async (): Promise<string[]> => (await client.call.plugins.permissions({ id: ID })).permissions.filter((one) => one.granted).map(({ permission }) => permission.key).sort();

describe('I2 permissions taken back and given again', () => {
  it('hold from the next call on, for hosts and folders, each by itself', async () => {
    expect(await granted()).toEqual([FILES, network].sort());
    expect([await fetchOnce(), await use('read'), asked]).toEqual([[200], 'from the folder', 1]);

    expect(await client.call.plugins.revokePermission({ id: ID, key: network })).toMatchObject({ pluginId: ID, granted: false, grantedAt: null });
    expect([await fetchOnce(), await use('read'), asked]).toEqual(['permission/denied', 'from the folder', 1]);
    await client.call.plugins.revokePermission({ id: ID, key: FILES });
    expect([await fetchOnce(), await use('read'), await granted()]).toEqual(['permission/denied', 'permission/denied', []]);

    expect(await client.call.plugins.grantPermission({ id: ID, key: network })).toMatchObject({ granted: true, grantedAt: expect.any(Number) as number });
    expect([await fetchOnce(), await use('read'), asked]).toEqual([[200], 'permission/denied', 2]);
    await client.call.plugins.grantPermission({ id: ID, key: FILES });
    expect(await use('read')).toBe('from the folder');
  }, 120_000);

  it('hold for what runs too', async () => {
    asked = 0;
    meanwhile = () => client.call.plugins.revokePermission({ id: ID, key: network });
    expect(await use('get', { url: `${address}/`, times: 2 })).toBe('permission/denied');
    expect(asked).toBe(1);
    meanwhile = () => Promise.resolve();
    await client.call.plugins.grantPermission({ id: ID, key: network });
  }, 120_000);

  it('are only those that the plugin asks for', async () => {
    for (const key of ['network:evil.example', 'folder:data:write', '']) {
      await expect(client.call.plugins.grantPermission({ id: ID, key }), key).rejects.toMatchObject({ code: 'core/bad-input' });
      await expect(client.call.plugins.revokePermission({ id: ID, key }), key).rejects.toMatchObject({ code: 'core/bad-input' });
    }
    await expect(client.call.plugins.grantPermission({ id: 'com.acme.nobody', key: network })).rejects.toMatchObject({ code: 'plugins/not-installed' });
    expect(await granted()).toEqual([FILES, network].sort());
  });

  it('do not come back with the version before, nor with the way forward again', async () => {
    await finished(client.call.plugins.update({ id: ID }));
    expect([(await client.call.plugins.get({ id: ID })).version, await fetchOnce()]).toEqual(['2.0.0', [200]]);
    await client.call.plugins.revokePermission({ id: ID, key: network });
    for (const version of ['1.0.0', '2.0.0']) {
      await finished(client.call.plugins.rollback({ id: ID }));
      expect([(await client.call.plugins.get({ id: ID })).version, await granted(), await fetchOnce(), await use('read')]).toEqual([version, [FILES], 'permission/denied', 'from the folder']);
    }
    await client.call.plugins.grantPermission({ id: ID, key: network });
    expect(await fetchOnce()).toEqual([200]);
  }, 120_000);
});
