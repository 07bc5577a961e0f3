import { describe, expect, it } from 'vitest';
import { seeded, generateCatalog } from '../../bench/generate-catalog.ts';
import { childrenOf, residentMiB, sample, spread } from '../../bench/measure.ts';
import { asText, type Report } from '../../bench/table.ts';
import { digestSources, filesUnder } from '../../scripts/sources.ts';
import { readStartOptions } from '../../scripts/start/options.ts';

describe('npm start', () => {
  it('takes a home, a shell and a port', () => {
    expect(readStartOptions([])).toEqual({ home: undefined, shell: 'auto', port: 0 });
    expect(readStartOptions(['--home', 'x', '--shell', 'browser', '--port', '8123'])).toEqual({ home: 'x', shell: 'browser', port: 8123 });
  });
  it.each([[['--shell', 'window'], /--shell takes electron, browser or address/], [['--port', '70000'], /--port takes a number/], [['--port', 'x'], /--port/], [['--nope'], /nope/], [['word'], /word/]])('says what is wrong with %j and how it is used', (words, message) => {
    const read = readStartOptions(words);
    expect('problem' in read && read.problem).toMatch(message);
    expect('problem' in read && read.problem).toContain('Usage: npm start');
  });
});

describe('the sources of a build', () => {
  it('are the same however often they are read, and hold no tests', async () => {
    const files = await filesUnder(['contract', 'scripts']);
    expect(files).toEqual(files.toSorted());
    expect(files).toContain('contract/errors/codes.ts');
    expect(await filesUnder(['no-such-folder'])).toEqual([]);
    expect(await digestSources()).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('npm run bench', () => {
  it('gives median and 95th percentile', () => {
    expect(spread(Array.from({ length: 100 }, (_, index) => 100 - index))).toEqual({ n: 100, median: 51, p95: 96 });
    expect(spread([7])).toEqual({ n: 1, median: 7, p95: 7 });
    expect(spread([]).median).toBeNaN();
  });
  it('samples as often as wanted, or twice when time is short, and does not measure what comes before', async () => {
    let before = 0;
    const samples = await sample(5, 60_000, () => undefined, () => { before += 1; return new Promise((resolve) => setTimeout(resolve, 20)); });
    expect([samples.length, before]).toEqual([5, 5]);
    expect(Math.max(...samples)).toBeLessThan(20);
    expect(await sample(1_000, 0, () => undefined)).toHaveLength(2);
  });
  it('knows what a process holds', () => {
    if (process.platform !== 'linux') return;
    expect(residentMiB(process.pid)).toBeGreaterThan(10);
    expect(childrenOf(process.pid)).not.toContain(process.pid);
  });
  it('prints machine, n, median, p95, rival and what was promised', () => {
    const report: Report = {
      machine: { cpu: 'Test', cores: 2, memoryGiB: 4, system: 'linux-x64', node: '26.0.0', loadBefore: 0.25 }, seconds: 3.2,
      figures: [
        { name: 'quick', unit: 'ms', n: 10, median: 2, p95: 4, rival: { name: 'other', n: 10, median: 1, p95: 2 }, target: { most: 3, on: 'median' } },
        { name: 'slow', unit: 'ms', n: 10, median: 200, p95: 400, target: { most: 300, on: 'p95' } },
        { name: 'memory', unit: 'MiB', n: 1, median: NaN, p95: NaN },
      ],
      failed: [{ bench: 'start', message: 'no browser' }],
    };
    const lines = asText(report).split('\n');
    expect(lines[0]).toBe('machine: Test, 2 cores, 4 GiB, linux-x64, Node 26.0.0, load before 0.3');
    expect(lines[3]).toMatch(/^quick {2,}ms +10 +2\.00 +4\.00 +1\.00 +2\.00 +2\.00× +other +holds: median ≤ 3$/);
    expect(lines[4]).toMatch(/^slow .*MISSED: p95 ≤ 300$/);
    expect(lines[5]).toMatch(/–/);
    expect(lines).toContain('not measured: start: no browser');
  });
  it('draws the same catalog for the same seed', () => {
    const first = [...generateCatalog(20)];
    expect([...generateCatalog(20)]).toEqual(first);
    expect([...generateCatalog(20, 8)]).not.toEqual(first);
    expect(new Set(first.map(({ record }) => record.id)).size).toBe(20);
    const random = seeded(1);
    for (let n = 0; n < 100; n += 1) expect(random()).toBeLessThan(1);
  });
});
