/** One core's catalog, alone in its process, so that its memory is its own: syncs a folder as often as it is told to, and tells how it went. */
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openCatalogStore } from '../main/core/base/store/index.ts';
import { createCatalog } from '../main/core/marketplace/catalog/index.ts';
import { catalogSource, readFirstRoot } from '../packaging/index.ts';
import { residentMiB } from './measure.ts';

/** What a sync took (ms), the work of all threads (ms of a processor), how many requests, the longest stall of the main thread (ms), and the most memory seen (MiB). */
export interface SyncReport { milliseconds: number; work: number; requests: number; stall: number; memory: number; entries: number }

const tell = (message: unknown): void => { process.send?.(message); };
const ADDRESS = 'http://127.0.0.1:9/';

async function main(home: string, folder: string): Promise<void> {
  const source = catalogSource(folder);
  let requests = 0;
  const store = await openCatalogStore({ file: path.join(home, 'catalog.db') });
  const catalog = createCatalog({
    store, home: { blobs: path.join(home, 'blobs'), cache: path.join(home, 'cache') }, app: { version: '1.0.0', platform: 'linux' }, installed: () => Promise.resolve({}), changed: () => undefined,
    registries: [{ id: 'bench', name: 'Bench', kind: 'hosted', source: ADDRESS, root: await readFirstRoot(source) }],
    async fetch(address) {
      requests += 1;
      const body = await source.open(address.slice(ADDRESS.length)).catch(() => null);
      return { status: body ? 200 : 404, body };
    },
  });
  const sync = async (): Promise<SyncReport> => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    requests = 0;
    let memory = 0;
    const looking = setInterval(() => { memory = Math.max(memory, residentMiB(process.pid)); }, 50);
    delay.enable();
    const [began, before] = [performance.now(), process.cpuUsage()];
    const { registries: [status] } = await catalog.sync();
    const milliseconds = performance.now() - began;
    const { user, system } = process.cpuUsage(before);
    delay.disable();
    clearInterval(looking);
    if (!status || status.error) throw new Error(status?.error?.message ?? 'The registry is missing.');
    return { milliseconds, work: (user + system) / 1000, requests, stall: delay.max / 1e6, memory: Math.max(memory, residentMiB(process.pid)), entries: status.entries };
  };
  process.on('message', (word) => {
    if (word === 'sync') sync().then(tell, (error: unknown) => { tell({ error: error instanceof Error ? error.message : String(error) }); });
    else void catalog.stop().then(() => store.stop()).then(() => { process.exit(); });
  });
  tell('ready');
}

const [, , home, folder] = process.argv;
if (home === undefined || folder === undefined) throw new TypeError('sync-child is started by sync.ts.');
await main(home, folder);
