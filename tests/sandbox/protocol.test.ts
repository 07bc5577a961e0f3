import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CALL_NAMES } from '../../sandbox/guest/boot-source.ts';
import * as guest from '../../sandbox/guest/frames.ts';
import { checkBounds, parseBounded } from '../../sandbox/host/bounded-json.ts';
import * as host from '../../sandbox/host/frames.ts';
import { ALL_GUARDS, workerArguments } from '../../sandbox/host/guards.ts';
import { findAddon, HOST_CALLS, secretToken, secretTokens } from '../../sandbox/host/index.ts';
import { CEILINGS, DEFAULT_LIMITS, resolveLimits } from '../../sandbox/host/limits.ts';
import { parseReport } from '../../sandbox/host/report.ts';
import { readTaken } from '../../sandbox/host/taken.ts';
import { TimeSlice } from '../../sandbox/host/time-slice.ts';
import { prepareWorker } from '../../sandbox/host/worker-file.ts';

test('both ends know the same host calls in the same order', () => {
  expect(CALL_NAMES).toEqual(HOST_CALLS);
});

describe('frames', () => {
  const ends = [['parent to worker', host.writeFrame, guest.readFrames], ['worker to parent', guest.writeFrame, host.readFrames]] as const;
  test.each(ends)('%s: any messages, cut anywhere', (_, write, read) => {
    const message = fc.tuple(fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.integer(), fc.string()), { maxKeys: 4 }), fc.string({ unit: 'grapheme', maxLength: 200 }));
    fc.assert(fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(60), { minLength: 1, maxLength: 20 }), (messages, cuts) => {
      const chunks: Buffer[] = [];
      for (const [head, body] of messages) write({ write: (chunk: Buffer) => chunks.push(chunk) > 0 } as never, head, body);
      const all = Buffer.concat(chunks);
      const got: unknown[] = [];
      const feed = read((head: unknown, body: string) => { got.push([{ ...(head as object) }, body]); });
      for (let at = 0, cut = 0; at < all.length; cut += 1) {
        const end = at + 1 + (cuts[cut % cuts.length] as number);
        feed(all.subarray(at, end));
        at = end;
      }
      expect(got).toEqual(messages.map(([head, body]) => [{ ...head }, body]));
    }));
  });

  test('the parent refuses frames that are too large or malformed', () => {
    const frame = (length: number, headLength: number, text = ''): Buffer => {
      const buffer = Buffer.alloc(8 + text.length);
      buffer.writeUInt32LE(length, 0);
      buffer.writeUInt32LE(headLength, 4);
      buffer.write(text, 8);
      return buffer;
    };
    const feed = (buffer: Buffer) => () => host.readFrames(() => undefined)(buffer);
    expect(feed(frame(host.MAX_FRAME_BYTES + 1, 0))).toThrow(RangeError);
    expect(feed(frame(0, 0))).toThrow(RangeError);
    expect(feed(frame(6, 9_000, 'ab'))).toThrow(RangeError);
    expect(feed(frame(6, 3, 'ab'))).toThrow(RangeError);
    expect(feed(frame(6, 2, 'ab'))).toThrow(SyntaxError);
  });
});

describe('JSON from a plugin', () => {
  const bounds = { bytes: 1_000, depth: 4, values: 20 };

  test('what is within its bounds is parsed as JSON.parse does', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      expect(parseBounded(text, { bytes: 1e6, depth: 20, values: 1e5 })).toEqual({ value: JSON.parse(text) });
    }));
  });

  test('depth and values are what a recursive count finds', () => {
    const depthOf = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0);
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 7 }), (value) => {
      expect(checkBounds(JSON.stringify(value), { bytes: 1e6, depth: 4, values: 1e6 })).toBe(depthOf(value) > 4 ? 'too-deep' : undefined);
    }));
  });

  test.each([
    ['[[[[[1]]]]]', 'too-deep'],
    ['[[[[1]]]]', undefined],
    [`"${'['.repeat(50)}"`, undefined],
    ['"\\"[[[[[[["', undefined],
    ['"\\\\"', undefined],
    ['"\\\\\\"[[[[[["', undefined],
    ['"open', 'not-json'],
    [JSON.stringify(new Array(30).fill(1)), 'too-many-values'],
    [`"${'x'.repeat(1_000)}"`, 'too-large'],
    [`"${'é'.repeat(600)}"`, 'too-large'],
  ])('%s', (text, expected) => { expect(checkBounds(text, bounds)).toBe(expected); });

  test('what is no JSON is refused, not thrown', () => {
    expect(parseBounded('{"a":', bounds)).toEqual({ refused: 'not-json' });
    expect(parseBounded('', bounds)).toEqual({ refused: 'not-json' });
  });
});

describe('the outbox', () => {
  test('calls, logs and a result', () => {
    expect(readTaken('dc,1,2,2,-1;c,2,0,3,4;l,1,99,2;r,4\n{}abcbodyhi1234')).toEqual({
      state: 'done', result: '1234', logs: [{ level: 'info', at: 99, message: 'hi' }],
      calls: [{ id: 1, name: 'storage.get', args: '{}', body: undefined }, { id: 2, name: 'fetch', args: 'abc', body: 'body' }],
    });
    expect(readTaken('p\n')).toEqual({ state: 'pending', calls: [], logs: [], result: '' });
  });

  test.each(['', 'p', 'q\n', 'pc,1,99,0,0\n', 'pc,0,1,0,0\n', 'pc,1,1,5,-1\nab', 'pl,9,1,0\n', 'pr,2\nabc', 'pr,-1\n', 'pz,1\n', 'pc,a,1,0,0\n', 'pc,1\n', 'p;\n', 'pc,1e3,1,0,0\n'])('refuses %j', (text) => {
    expect(() => readTaken(text)).toThrow(RangeError);
  });

  test('refuses or reads any text, and never does anything else', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      try { expect(readTaken(text).calls.length).toBeLessThan(100); } catch (error) { expect(error).toBeInstanceOf(RangeError); }
    }));
  });
});

describe('reports of a worker', () => {
  test.each([
    { t: 'ready', granted: [] }, { t: 'turn', run: 1, usedMs: 2, cpuMs: 3, memoryBytes: 4, note: '' }, { t: 'dying', reason: 'memory' },
    { t: 'end', run: 1, code: 'gone', message: '', stuck: false, usedMs: 0, cpuMs: 0 },
  ])('%j', (report) => { expect(parseReport(report)).toEqual(report); });
  test.each([null, 1, {}, { t: 'ready' }, { t: 'turn', run: 'x' }, { t: 'turn', run: 1, usedMs: -1, cpuMs: 0, memoryBytes: 0, note: '' }, { t: 'end', run: 1, code: 3 }, { t: 'dying' }])('refuses %j', (report) => {
    expect(() => parseReport(report)).toThrow(RangeError);
  });
});

test('limits stay within floor and ceiling, whatever was asked for', () => {
  expect(resolveLimits()).toEqual(DEFAULT_LIMITS);
  expect(resolveLimits({ deadlineMs: Infinity, memoryMiB: NaN })).toEqual(DEFAULT_LIMITS);
  fc.assert(fc.property(fc.record({ deadlineMs: fc.double(), memoryMiB: fc.double(), resultBytes: fc.double(), logBytes: fc.double() }, { requiredKeys: [] }), (asked) => {
    const limits = resolveLimits(asked);
    for (const key of Object.keys(CEILINGS) as (keyof typeof CEILINGS)[]) {
      expect(limits[key]).toBeGreaterThanOrEqual(0);
      expect(limits[key]).toBeLessThanOrEqual(CEILINGS[key]);
    }
  }));
});

test('placeholders of secrets are found where they stand', () => {
  const text = `Bearer ${secretToken('api_key')} and ${secretToken('b-2')} but not {{secret:}} or {{secret:a b}}`;
  expect([...text.matchAll(secretTokens())].map((match) => match[1])).toEqual(['api_key', 'b-2']);
});

test('work is spread over turns of the event loop, in order', async () => {
  const slice = new TimeSlice(2);
  const order: number[] = [];
  let turns = 0;
  let counting = true;
  const count = (): void => { turns += 1; if (counting) setImmediate(count); };
  setImmediate(count);
  await new Promise<void>((resolve) => {
    for (let n = 0; n < 20; n += 1) {
      slice.run(() => {
        const end = performance.now() + 1;
        while (performance.now() < end);
        order.push(n);
        if (n === 19) resolve();
      });
    }
  });
  counting = false;
  expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(turns).toBeGreaterThanOrEqual(4);
});

describe('files a process is started with', () => {
  test('guards that are off stand on the command line, and only then', () => {
    expect(workerArguments(ALL_GUARDS)).toEqual([]);
    expect(workerArguments({ ...ALL_GUARDS, rss: false, timeout: false, kill: false })).toEqual(['--off=timeout,rss']);
  });

  test('a built worker is started as it is; a folder of TypeScript is stripped and removed afterwards', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe wörker-'));
    try {
      const built = path.join(folder, 'sandbox-worker.js');
      await writeFile(built, '');
      expect(prepareWorker(built)).toMatchObject({ readable: [expect.stringContaining('sandbox-worker.js')] });
      prepareWorker(built).remove();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('no addon is found where there is none', () => {
    expect(findAddon(os.tmpdir())).toBeUndefined();
  });
});
