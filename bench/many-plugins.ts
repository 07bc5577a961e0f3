/** Plugins from a registry over http on this machine, beside the same from a folder; and a start with 200 of them, beside one with none. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TroupeClient } from '../contract/link/client.ts';
import { serveStatic } from '../main/cli/static-server.ts';
import { testRegistry, type PluginSpec } from '../tests/core/plugins/registry.ts';
import { finishOperation, makeHome, removeHome, startBuiltCore, withCore } from './built-core.ts';
import { sample, spread, timed, type Figure, type Spread } from './measure.ts';

const INSTALLED = 200;
const STARTS = 5;
const ROOT = 'com.acme.root';

/** One that needs `count` others, directly or through one before them: a manifest names at most so many. */
const MOST_NEEDS = 10;
const family = (count: number): PluginSpec[] => {
  const ids = [ROOT, ...Array.from({ length: count }, (_, index) => `com.acme.need-${index}`)];
  return ids.map((id, index) => ({ id, dependencies: ids.slice(index * MOST_NEEDS + 1, (index + 1) * MOST_NEEDS + 1).map((need) => `${need}>=1`) }));
};

async function withRegistry<T>(specs: readonly PluginSpec[], work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-bench-registry-'));
  try {
    await (await testRegistry(folder)).publish(specs);
    return await work(folder);
  } finally { await rm(folder, { recursive: true, force: true }); }
}

async function add({ call }: TroupeClient, address: string): Promise<void> {
  const { fingerprint } = await call.catalog.addRegistry({ address });
  await call.catalog.addRegistry({ address, fingerprint });
}

const install = async (client: TroupeClient): Promise<void> => { await finishOperation(client, (await client.call.plugins.install({ id: ROOT, grantAll: true })).operationId); };

/** First installs: each in a home of its own, whose cache is empty. */
const firstInstalls = async (address: string): Promise<Spread> => {
  const samples: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    await withCore(async (core) => {
      const client = await core.local();
      await add(client, address);
      samples.push(await timed(() => install(client)));
    });
  }
  return spread(samples);
};

export const benchHttpInstall = (): Promise<Figure[]> => withRegistry(family(3), async (folder) => {
  const server = await serveStatic(folder, 0);
  try {
    const overHttp = await firstInstalls(server.address);
    return [{ name: 'install with three dependencies over http', unit: 'ms', ...overHttp, rival: { name: 'from a folder', ...await firstInstalls(folder) }, target: { most: 500, on: 'median' } }];
  } finally { await server.stop(); }
});

/** Until the core says that pages may connect and has listed what is installed. */
async function starts(home: string): Promise<Spread> {
  return spread(await sample(STARTS, 30_000, async () => {
    const core = await startBuiltCore(home);
    try { await (await core.local()).call.plugins.list({}); } finally { await core.stop(); }
  }));
}

export const benchManyPlugins = (): Promise<Figure[]> => withRegistry(family(INSTALLED - 1), async (folder) => {
  const [home, empty] = await Promise.all([makeHome(), makeHome()]);
  try {
    const core = await startBuiltCore(home);
    try {
      const client = await core.local();
      await add(client, folder);
      await install(client);
    } finally { await core.stop(); }
    await (await startBuiltCore(empty)).stop();
    return [{ name: `start, list and stop of a core with ${INSTALLED} plugins`, unit: 'ms', ...await starts(home), rival: { name: 'with none', ...await starts(empty) }, target: { most: 1_000, on: 'median' } }];
  } finally { await Promise.all([removeHome(home), removeHome(empty)]); }
});
