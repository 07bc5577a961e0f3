import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../packaging/index.ts';
import { zipOf, type ZipEntry } from '../support/zip.ts';

const LIMITS = { packedBytes: 100_000, unpackedBytes: 50_000, entries: 20 };
const refused = (bytes: Uint8Array, limits = LIMITS): Promise<unknown> => readZip(bytes, limits).then(() => 'taken', (error: { code: string; details: { reason?: unknown } }) => (error.code === 'plugins/bad-archive' ? error.details.reason : error));
const one = (entry: Partial<ZipEntry>): Buffer<ArrayBuffer> => zipOf([{ name: 'a.txt', text: 'hello '.repeat(50), ...entry }]);

describe('B10 a zip archive of a stranger', () => {
  it('is read with its files, packed and stored, with a comment behind it', async () => {
    const files = await readZip(zipOf([{ name: 'server/' }, { name: 'server/index.js', text: 'run()' }, { name: 'LICENSE', text: 'MIT', stored: true }, { name: 'empty.txt' }], 'a comment'), LIMITS);
    expect([...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])).toEqual([['server/index.js', 'run()'], ['LICENSE', 'MIT'], ['empty.txt', '']]);
  });
  it.each([
    ['a way up', { name: '../a.txt' }, 'name'], ['a root', { name: '/etc/passwd' }, 'name'], ['a drive', { name: 'C:/a.txt' }, 'name'], ['a backslash', { name: 'a\\b.txt' }, 'name'], ['a device', { name: 'server/CON.txt' }, 'name'], ['a hidden direction', { name: 'a\u202etxt.js' }, 'name'], ['a zero', { name: 'a\0.txt' }, 'name'],
    ['a link', { mode: 0o120777 }, 'kind'], ['a device file', { mode: 0o020644 }, 'kind'], ['a folder that is a file', { name: 'a/', mode: 0o100644 }, 'kind'], ['a password', { flags: 0x801 }, 'kind'],
    ['more than it says', { says: 10 }, 'zip'], ['less than it says', { says: 400 }, 'zip'], ['another packing', { method: 12 }, 'zip'], ['content that is none', { stored: true, method: 8 }, 'zip'], ['another sum', { crc: 1 }, 'zip'],
    ['a bomb that says so', { text: 'a'.repeat(60_000) }, 'too-large'], ['a bomb that does not', { text: 'a'.repeat(60_000), says: 20 }, 'zip'],
  ] as const)('with %s is refused', async (_what, entry, reason) => { expect(await refused(one(entry))).toBe(reason); });
  it('with one name twice, also where only some systems see it, is refused', async () => {
    expect(await refused(zipOf([{ name: 'a.txt' }, { name: 'a.txt' }]))).toBe('duplicate');
    expect(await refused(zipOf([{ name: 'a.txt' }, { name: 'A.TXT' }]))).toBe('duplicate');
    expect(await refused(zipOf([{ name: 'a' }, { name: 'a/b' }]))).toBe('duplicate');
  });
  it('with too many files or bytes is refused, all files together', async () => {
    expect(await refused(zipOf(Array.from({ length: 21 }, (_, at) => ({ name: `f${at}` }))))).toBe('too-large');
    expect(await refused(zipOf(Array.from({ length: 3 }, (_, at) => ({ name: `f${at}`, text: 'a'.repeat(20_000) }))))).toBe('too-large');
    expect(await refused(new Uint8Array(LIMITS.packedBytes + 1))).toBe('too-large');
  });
  it('never does anything but take or refuse, whatever bytes are changed', async () => {
    const whole = zipOf([{ name: 'server/index.js', text: 'run()' }, { name: 'LICENSE', text: 'MIT', stored: true }]);
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(fc.asyncProperty(fc.oneof(changes.map((list) => { const bytes = Buffer.from(whole); for (const [at, byte] of list) bytes[at] = byte; return bytes; }), fc.nat(whole.length).map((length) => whole.subarray(0, length)), fc.uint8Array({ maxLength: 200 })), async (bytes) => {
      expect(typeof await refused(bytes)).toBe('string');
    }), { numRuns: 500 });
  });
});
