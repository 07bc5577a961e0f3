/**
 * Syncs of a registry of 5,000 and 50,000 plugins: the first, one of nothing, one after the timestamp was renewed, one of a
 * hundredth. Beside it the least that could be done with the same records: parse them and insert them as rows, unverified and unsearchable.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { renewSignatures } from '../packaging/index.ts';
import { generateRegistry, makeRegistry, publishRecords, type GeneratedRegistry } from './generate-registry.ts';
import { spread, timed, type Figure } from './measure.ts';
import type { SyncReport } from './sync-child.ts';

const ROUNDS = 3;

/** Every hundredth plugin, another one each round, with other words, tags and a new date. */
const hundredthChanged = (before: GeneratedRegistry, round: number): GeneratedRegistry => ({
  ...before,
  records: before.records.map((record, at) => (at % 100 !== round ? record : {
    ...record, description: `${record.description} round ${round}`, tags: [...record.tags, `round-${round}`], versions: record.versions.map((version) => ({ ...version, published_at: version.published_at + round + 1 })) as typeof record.versions,
  })),
});

async function plainly(folder: string, { records }: GeneratedRegistry): Promise<number> {
  const lines = records.map((record) => JSON.stringify(record));
  const db = new Sqlite(path.join(folder, 'plain.db'));
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE records (id TEXT PRIMARY KEY, name TEXT, record TEXT)');
  const insert = db.prepare('INSERT INTO records VALUES (?, ?, ?)');
  const taken = await timed(() => { db.transaction(() => { for (const line of lines) { const { id, name } = JSON.parse(line) as { id: string; name: string }; insert.run(id, name, line); } })(); });
  db.close();
  return taken;
}

export async function benchSync(size: number): Promise<Figure[]> {
  const top = await mkdtemp(path.join(os.tmpdir(), 'troupe-bench-sync-'));
  try {
    let generated = generateRegistry(size);
    const { keys, out } = await makeRegistry(top, generated);
    await mkdir(path.join(top, 'home'));
    const child = fork(path.join(import.meta.dirname, 'sync-child.ts'), [path.join(top, 'home'), out], { stdio: 'inherit' });
    const ended = once(child, 'exit');
    const answer = (): Promise<unknown[]> => Promise.race([once(child, 'message'), ended.then(() => { throw new Error('The process that syncs ended.'); })]);
    await answer();
    const sync = async (): Promise<SyncReport> => {
      child.send('sync');
      const [report] = await answer() as [SyncReport | { error: string }];
      if ('error' in report) throw new Error(report.error);
      return report;
    };
    const first = await sync();
    const same = [await sync()];
    await renewSignatures({ keys, out, now: Date.now() });
    const renewed = await sync();
    const changed: SyncReport[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      generated = hundredthChanged(generated, round);
      await publishRecords(keys, out, generated);
      changed.push(await sync());
      same.push(await sync());
    }
    child.send('stop');
    await ended;
    const all = [first, renewed, ...changed, ...same];
    const of = (reports: readonly SyncReport[], pick: (report: SyncReport) => number) => spread(reports.map(pick));
    const rival = { name: 'JSON.parse and insert alone, unverified', ...spread([await plainly(top, generated)]) };
    const many = size.toLocaleString('en');
    return [
      { name: `first sync of ${many} plugins`, unit: 'ms', ...of([first], ({ milliseconds }) => milliseconds), rival, ...(size <= 5_000 && { target: { most: 1_000, on: 'median' as const } }) },
      ...([[`first sync of ${many} plugins`, [first]], [`sync of a hundredth changed, of ${many}`, changed], [`sync of nothing new, of ${many}`, same]] as const).map(([name, reports]): Figure => ({ name: `${name}: work of all threads`, unit: 'ms', ...of(reports, ({ work }) => work) })),
      { name: `requests when nothing is new, and after a renewed timestamp`, unit: 'requests', ...of([...same, renewed], ({ requests }) => requests), target: { most: 3, on: 'p95' } },
      { name: `longest stall of the main thread while syncing ${many}`, unit: 'ms', ...of(all, ({ stall }) => stall), target: { most: 50, on: 'p95' } },
      { name: `most memory while syncing ${many}, run from source`, unit: 'MiB', ...of(all, ({ memory }) => memory) },
    ];
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}
