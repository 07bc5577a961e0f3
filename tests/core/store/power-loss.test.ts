import { fsync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../main/core/base/store/connect.ts';
import { openMainWriter } from '../../../main/core/base/store/open-connection.ts';
import type { ToThread } from '../../../main/core/base/store/protocol.ts';
import { serveWrites } from '../../../main/core/base/store/serve-writes.ts';
import type { Store } from '../../../main/core/base/store/index.ts';
import { mainTransactions } from '../../../main/core/base/store/transactions/index.ts';
import { makeEvent } from '../../../main/core/engine/runs/index.ts';
import { createRunLog } from '../../../main/core/engine/runs/run-log.ts';
import { countingIds } from '../runs/home.ts';

const KEY = 'ab'.repeat(32);
const PIECE_MS = 20;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-power-'));
  // The machine's speed plays no part: time goes on when the test says so, and flushes to the real disk are waited for.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** What a power loss at `at` ms would have left: that many bytes of the write-ahead log. */
interface Moment { readonly at: number; readonly bytes: number }

/** Streams a piece of text every 20 ms for three seconds, through the log of a run into the database, and notes after each what is on the disk. */
async function stream(flush: (descriptor: number) => Promise<'flushed' | 'not flushed'>): Promise<{ moments: Moment[]; flushes: number; left: (moment: Moment) => string }> {
  const file = path.join(folder, 'troupe.db');
  const { connection } = openMainWriter({ role: 'writer', tables: 'main', file, key: KEY });
  connection.pragma('wal_checkpoint(TRUNCATE)');
  // The log then only grows, and its beginning is at each moment what it was.
  connection.pragma('wal_autocheckpoint=0');
  const answers = new Map<number, (value: unknown) => void>();
  const closed = Promise.withResolvers<void>();
  let [bytes, flushes, calls, believed] = [0, 0, 0, true];
  const flushing: Promise<void>[] = [];
  const take = serveWrites({
    connection, table: mainTransactions, tables: 'main', file, timed: () => undefined, closed: closed.resolve, synced: (size) => { if (believed) bytes = size; believed = true; },
    settle: (settled) => { for (const one of settled) answers.get(one.id)?.('error' in one ? Promise.reject(new Error(one.error.cause)) : one.value); },
    fsync: (descriptor) => {
      flushes += 1;
      const done = flush(descriptor).then((how) => { believed = how === 'flushed'; });
      flushing.push(done.catch(() => undefined));
      return done;
    },
  });
  const store = {
    write: (name: string, input: unknown, { durable = true }: { durable?: boolean } = {}) => new Promise((resolve) => {
      calls += 1;
      answers.set(calls, resolve);
      take({ kind: 'call', id: calls, name, input, durable } satisfies ToThread);
    }),
  } as unknown as Pick<Store, 'write'>;
  /** Time, and then what the disk does at that instant. */
  const passes = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms);
    await Promise.all(flushing);
    await vi.advanceTimersByTimeAsync(0);
  };

  const ids = countingIds('e');
  const started = store.write('startRun', { run: { id: 'run', pluginId: null, executionType: 'agent', executionTarget: 'a', parameters: {}, conversationId: null, hireId: null, parentRunId: null, model: null, createdAt: 1 }, events: [] });
  await passes(1);
  await started;
  const log = createRunLog({ runId: 'run', store, now: Date.now, written: () => undefined, broken: (error) => { throw error; }, streamed: (text) => makeEvent(ids.next(), Date.now(), 'llm_stream_chunk', { text }) });
  log.add(makeEvent(ids.next(), Date.now(), 'run_started', { type: 'agent', target: 'a', pluginId: null, model: null }), 'running');
  const moments: Moment[] = [];
  for (let at = 0; at < 3_000; at += PIECE_MS) {
    log.stream(`${at} `);
    await passes(PIECE_MS);
    moments.push({ at: at + PIECE_MS, bytes });
  }
  const [database, wal] = ['troupe.db', 'troupe.db-wal'].map((name) => readFileSync(path.join(folder, name)));
  const left = (moment: Moment): string => {
    const lost = path.join(folder, 'lost.db');
    for (const suffix of ['', '-wal', '-shm']) rmSync(lost + suffix, { force: true });
    writeFileSync(lost, database ?? '');
    writeFileSync(`${lost}-wal`, wal?.subarray(0, moment.bytes) ?? '');
    const opened = connect({ file: lost, key: KEY, readonly: false });
    try {
      expect(opened.pragma('integrity_check', { simple: true })).toBe('ok');
      return opened.prepare("SELECT json_extract(data, '$.text') FROM run_events WHERE type = 'llm_stream_chunk' ORDER BY seq").pluck().all().join('');
    } finally {
      opened.close();
    }
  };
  const ended = log.close();
  await passes(1);
  await ended;
  take({ kind: 'stop' });
  await passes(1);
  await closed.promise;
  return { moments, flushes, left };
}

/** Everything that was said so long before a moment. */
const saidUntil = (at: number): string => Array.from({ length: Math.max(0, Math.floor(at / PIECE_MS) + 1) }, (_, index) => `${index * PIECE_MS} `).join('');
const really = promisify(fsync);

describe('R9 a power loss while text streams', () => {
  it('takes at most the last 250 ms of it, at every moment, and flushes no more than ten times a second', async () => {
    const { moments, flushes, left } = await stream(async (descriptor) => { await really(descriptor); return 'flushed'; });
    for (const moment of moments.filter((_, index) => index % 7 === 0)) {
      // 50 ms of the 250 are left for the flush itself, which takes no time here.
      const must = moment.at < 200 ? '' : saidUntil(moment.at - 200);
      expect(left(moment).startsWith(must), `at ${moment.at} ms`).toBe(true);
    }
    expect(flushes).toBeGreaterThan(10);
    expect(flushes).toBeLessThanOrEqual(31);
  });

  it('takes more of it without the flushes', async () => {
    const { moments, left } = await stream(() => Promise.resolve('not flushed'));
    expect(left(moments.at(-1) as Moment)).not.toContain(' 500 ');
  });

  it('takes no more of it when a flush fails: the next write waits for the disk itself', async () => {
    let failures = 0;
    const { moments, left } = await stream(() => { failures += 1; return Promise.reject(new Error('EIO')); });
    expect(failures).toBeGreaterThan(1);
    expect(left(moments.at(-1) as Moment)).toContain(' 2500 ');
  });
});
