/**
 * Syncs of a registry over http on this machine by the built core: the first, of nothing new, after the timestamp was renewed, of a
 * hundredth changed. Beside it the least that could be done with the same records: parse them and insert them as rows, unverified
 * and unsearchable; beside what a call waits, the same calls as long again while nothing is synced. Work and memory are those of the
 * core's process alone, its threads among them, as the system counts them.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import type { TroupeClient } from '../contract/link/client.ts';
import { serveStatic } from '../main/cli/static-server.ts';
import { renewSignatures } from '../packaging/index.ts';
import { withCore, type BuiltCore } from './built-core.ts';
import { generateRegistry, makeRegistry, publishRecords, type GeneratedRegistry } from './generate-registry.ts';
import { forgetPeak, processorMs, peakMiB, residentMiB, spread, timed, type Figure } from './measure.ts';

const ROUNDS = 5;
/** First syncs, each by a core and a home of its own; of a large registry one, since it takes long enough to say something. */
const FIRST_ROUNDS = 3;
const PAUSE_MS = 5;
const SETTLE_MS = 3_000;

/** What a sync took (ms), the work of all threads (ms of a processor), how many requests, the longest that a call waited meanwhile (ms), and the most memory (MiB). */
interface SyncReport { milliseconds: number; work: number; requests: number; waited: number; memory: number }

/** Every hundredth plugin, another one each round, with other words, tags and a new date. */
const hundredthChanged = (before: GeneratedRegistry, round: number): GeneratedRegistry => ({
  ...before,
  records: before.records.map((record, at) => (at % 100 !== round ? record : {
    ...record, description: `${record.description} round ${round}`, tags: [...record.tags, `round-${round}`], versions: record.versions.map((version) => ({ ...version, published_at: version.published_at + round + 1 })) as typeof record.versions,
  })),
});

/** Parses these records and puts each into its row, in one transaction. */
async function plainly(folder: string, records: GeneratedRegistry['records']): Promise<number> {
  const lines = records.map((record) => JSON.stringify(record));
  const db = new Sqlite(path.join(folder, 'plain.db'));
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, name TEXT, record TEXT)');
  const insert = db.prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?)');
  const taken = await timed(() => { db.transaction(() => { for (const line of lines) { const { id, name } = JSON.parse(line) as { id: string; name: string }; insert.run(id, name, line); } })(); });
  db.close();
  return taken;
}

/** The longest that a call of another client waits while `work` goes on. */
async function longestWait(client: TroupeClient, work: () => Promise<unknown>): Promise<number> {
  let [longest, done] = [0, false];
  const asking = (async () => { while (!done) { longest = Math.max(longest, await timed(() => client.call.settings.get({}))); await wait(PAUSE_MS); } })();
  try { await work(); } finally { done = true; }
  await asking;
  return longest;
}

async function measured(core: BuiltCore, other: TroupeClient, sync: () => Promise<unknown>): Promise<SyncReport> {
  let requests = 0;
  const count = (): void => { requests += 1; };
  subscribe('http.server.request.start', count);
  forgetPeak(core.pid);
  const before = processorMs(core.pid);
  let milliseconds = 0;
  const waited = await longestWait(other, async () => { milliseconds = await timed(sync); });
  unsubscribe('http.server.request.start', count);
  return { milliseconds, work: processorMs(core.pid) - before, requests, waited, memory: peakMiB(core.pid) };
}

export async function benchSync(size: number): Promise<Figure[]> {
  const top = await mkdtemp(path.join(os.tmpdir(), 'troupe-bench-sync-'));
  try {
    let generated = generateRegistry(size);
    const { keys, out, fingerprint } = await makeRegistry(top, generated);
    const plain = await plainly(top, generated.records);
    const server = await serveStatic(out, 0);
    try {
      const addTo = (core: BuiltCore, other: TroupeClient, client: TroupeClient): Promise<SyncReport> => measured(core, other, () => client.call.catalog.addRegistry({ address: server.address, fingerprint }));
      const firsts: SyncReport[] = [];
      for (let round = 1; round < (size <= 5_000 ? FIRST_ROUNDS : 1); round += 1) await withCore(async (core) => {
        const [client, other] = [await core.local(), await core.local()];
        await client.call.catalog.sync({});
        firsts.push(await addTo(core, other, client));
      });
      return await withCore(async (core) => {
        const [client, other] = [await core.local(), await core.local()];
        const sync = () => measured(core, other, async () => {
          const { registries } = await client.call.catalog.sync({});
          const failed = registries.find(({ error }) => error !== null)?.error;
          if (failed) throw new Error(failed.message);
        });
        const started = await sync();
        const idle = residentMiB(core.pid);
        firsts.push(await addTo(core, other, client));
        await wait(SETTLE_MS);
        const atRest = residentMiB(core.pid);
        const same = [await sync()];
        await renewSignatures({ keys, out, now: Date.now() });
        const renewed = await sync();
        const changed: SyncReport[] = [];
        const rows: number[] = [];
        const resting: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          const before = generated;
          generated = hundredthChanged(before, round);
          await publishRecords(keys, out, generated);
          rows.push(await plainly(top, generated.records.filter((record, at) => record !== before.records[at])));
          changed.push(await sync());
          same.push(await sync());
          resting.push(await longestWait(other, () => wait(changed.at(-1)?.milliseconds)));
        }
        const all = [...firsts, renewed, ...changed, ...same];
        const of = (reports: readonly SyncReport[], pick: (report: SyncReport) => number) => spread(reports.map(pick));
        const [many, small] = [size.toLocaleString('en'), size <= 5_000];
        const row = { name: 'JSON.parse and insert alone, unverified' };
        const nothing = of(same, ({ work }) => work);
        return [
          { name: `first sync of ${many} plugins`, unit: 'ms', ...of(firsts, ({ milliseconds }) => milliseconds), rival: { ...row, ...spread([plain]) }, ...(small && { target: { most: 1_000, on: 'median' as const } }) },
          { name: `first sync of ${many} plugins: work of all threads`, unit: 'ms', ...of(firsts, ({ work }) => work), rival: { ...row, ...spread([plain]) } },
          { name: `sync of a hundredth changed, of ${many}`, unit: 'ms', ...of(changed, ({ milliseconds }) => milliseconds), rival: { ...row, ...spread(rows) } },
          { name: `sync of a hundredth changed, of ${many}: work of all threads, less that of a sync of nothing`, unit: 'ms', ...of(changed, ({ work }) => work - nothing.median), rival: { ...row, ...spread(rows) }, ...(small && { target: { most: 50, on: 'median' as const } }) },
          { name: `sync of nothing new, of ${many}: work of all threads, starting one among it`, unit: 'ms', ...nothing, rival: { name: 'with the embedded registry alone', ...of([started], ({ work }) => work) } },
          { name: `requests when nothing is new, and after a renewed timestamp`, unit: 'requests', ...of([...same, renewed], ({ requests }) => requests), target: { most: 2, on: 'p95' } },
          { name: `longest that a call waited while ${many} were synced`, unit: 'ms', ...of(all, ({ waited }) => waited), rival: { name: 'the same calls while nothing is synced', ...spread(resting) }, target: { most: 50, on: 'p95' } },
          { name: `memory of the core at rest after a first sync of ${many}`, unit: 'MiB', ...spread([atRest]), rival: { name: 'before it', ...spread([idle]) }, target: { most: 200, on: 'median' } },
          { name: `most memory of the core while ${many} were synced first`, unit: 'MiB', ...of(firsts, ({ memory }) => memory), rival: { name: 'in syncs of a hundredth', ...of(changed, ({ memory }) => memory) }, target: { most: 200, on: 'median' } },
        ] satisfies Figure[];
      });
    } finally { await server.stop(); }
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}
