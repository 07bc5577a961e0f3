import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../packaging/index.ts';
import { MANIFEST } from '../support/plugin-files.ts';
import { paxRecord, rawEntry, rawGzip, rawTar, type RawEntry } from '../support/raw-tar.ts';

const manifest: RawEntry = { name: 'plugin.yaml', content: MANIFEST };
const entries = (...more: RawEntry[]): Buffer => rawGzip(rawTar([manifest, ...more]));
const pax = (...records: string[]): RawEntry => ({ name: 'pax', type: 'x', content: records.join('') });
const hello: RawEntry = { name: 'assets/a.txt', content: 'hello' };

/** `reason` is what `details.reason` of the refusal has to be. */
const hostile: [string, string, () => Buffer][] = [
  ['a name that climbs out', 'name', () => entries({ name: 'assets/../../evil' })],
  ['a name that begins at the root', 'name', () => entries({ name: '/etc/passwd' })],
  ['a Windows path', 'name', () => entries({ name: 'assets\\..\\evil' })],
  ['a drive letter', 'name', () => entries({ name: 'assets/C:evil' })],
  ['an alternate data stream', 'name', () => entries({ name: 'assets/a.txt:hidden' })],
  ['a Windows device', 'name', () => entries({ name: 'assets/aux.txt' })],
  ['a device with a superscript digit', 'name', () => entries({ name: 'assets/COM¹' })],
  ['a trailing dot', 'name', () => entries({ name: 'assets/a.txt.' })],
  ['a trailing blank', 'name', () => entries({ name: 'assets/a /b' })],
  ['a bidi override', 'name', () => entries({ name: 'assets/\u202egnp.js' })],
  ['a line break', 'name', () => entries({ name: 'assets/a\nb' })],
  ['a name that is no UTF-8', 'name', () => entries({ name: Buffer.from('6173736574732fff', 'hex') })],
  ['a name that is not NFC', 'name', () => entries({ name: 'assets/u\u0308' })],
  ['an empty part', 'name', () => entries({ name: 'assets//a' })],
  ['a part of 101 bytes', 'name', () => entries(pax(paxRecord('path', `assets/${'é'.repeat(51)}`)), { name: 'assets/x' })],
  ['17 folders', 'name', () => entries({ name: `assets/${'a/'.repeat(16)}x` })],
  ['a hidden file at the top', 'top-level', () => entries({ name: '.npmrc' })],
  ['a folder of its own', 'top-level', () => entries({ name: 'bin/run' })],
  ['a file where a folder belongs', 'top-level', () => entries({ name: 'assets' })],
  ['a folder where a file belongs', 'top-level', () => entries({ name: 'README.md/', type: '5' })],
  ['a second script', 'top-level', () => entries({ name: 'dist/other.js' })],
  ['a symbolic link', 'link', () => entries({ name: 'assets/link', type: '2', link: '/etc/passwd' })],
  ['a symbolic link without a target', 'kind', () => entries({ name: 'assets/link', type: '2' })],
  ['a hard link', 'link', () => entries({ name: 'assets/link', type: '1', link: 'plugin.yaml' })],
  ['a regular file with a link\'s target', 'link', () => entries({ name: 'assets/a', link: '/etc/passwd' })],
  ['a character device', 'kind', () => entries({ name: 'assets/null', type: '3' })],
  ['a block device', 'kind', () => entries({ name: 'assets/disk', type: '4' })],
  ['a pipe', 'kind', () => entries({ name: 'assets/pipe', type: '6' })],
  ['a GNU sparse file', 'kind', () => entries({ name: 'assets/sparse', type: 'S' })],
  ['a GNU long name', 'kind', () => entries({ name: '././@LongLink', type: 'L', content: 'plugin.yaml\0' })],
  ['a global pax header', 'kind', () => entries({ name: 'pax', type: 'g', content: paxRecord('path', 'assets/a') })],
  ['an unknown kind', 'kind', () => entries({ name: 'assets/a', type: 'Z' })],
  ['a pax size', 'pax', () => entries(pax(paxRecord('size', '1')), hello)],
  ['a pax link', 'pax', () => entries(pax(paxRecord('linkpath', '/etc/passwd')), hello)],
  ['a pax sparse map', 'pax', () => entries(pax(paxRecord('GNU.sparse.major', '1')), hello)],
  ['two paths in one pax header', 'pax', () => entries(pax(paxRecord('path', 'assets/a'), paxRecord('path', 'assets/b')), hello)],
  ['two pax headers for one entry', 'pax', () => entries(pax(paxRecord('path', 'assets/a')), pax(paxRecord('path', 'assets/b')), hello)],
  ['a pax length that lies', 'pax', () => entries(pax('99 path=assets/a\n'), hello)],
  ['a pax length without end', 'pax', () => entries(pax('0 path=a\n'), hello)],
  ['a pax name that climbs out', 'name', () => entries(pax(paxRecord('path', '../../evil')), hello)],
  ['a pax header before the end', 'tar', () => entries(pax(paxRecord('path', 'assets/a')))],
  ['the same name twice', 'duplicate', () => entries(hello, hello)],
  ['the manifest twice', 'duplicate', () => entries(manifest)],
  ['names that differ in case alone', 'duplicate', () => entries(hello, { name: 'assets/A.TXT' })],
  ['names that differ in their ß alone', 'duplicate', () => entries({ name: 'assets/straße' }, { name: 'assets/STRASSE' })],
  ['folders that differ in case alone', 'duplicate', () => entries({ name: 'assets/x/a' }, { name: 'assets/X/b' })],
  ['a file that is also a folder', 'duplicate', () => entries({ name: 'assets/a' }, { name: 'assets/a/b' })],
  ['a folder that is also a file', 'duplicate', () => entries({ name: 'assets/a/b' }, { name: 'assets/a' })],
  ['a folder with a content', 'header', () => entries({ name: 'assets/', type: '5', content: 'hidden' })],
  ['a size in base 256', 'header', () => entries({ ...hello, patch: (header) => { header.fill(0, 124, 136); header[124] = 0x80; header[135] = 5; } })],
  ['a negative size', 'header', () => entries({ ...hello, patch: (header) => { header.write('-0000000005\0', 124); } })],
  ['hidden bytes after the name', 'header', () => entries({ ...hello, patch: (header) => { header.write('evil', 60); } })],
  ['a wrong header checksum', 'header', () => entries({ ...hello, spoil: (header) => { header[0] = 0x62; } })],
  ['another tar format', 'header', () => entries({ ...hello, magic: 'ustar  \0' })],
  ['a size beyond the end', 'tar', () => entries({ ...hello, size: 8 ** 7 })],
  ['hidden bytes in the padding', 'tar', () => entries({ ...hello, padding: 0x41 })],
  ['no end mark', 'tar', () => rawGzip(rawTar([manifest], Buffer.alloc(0)))],
  ['half an end mark', 'tar', () => rawGzip(rawTar([manifest], Buffer.alloc(512)))],
  ['entries after the end mark', 'tar', () => rawGzip(Buffer.concat([rawTar([manifest]), rawEntry(hello), Buffer.alloc(1024)]))],
  ['half a block', 'tar', () => rawGzip(Buffer.concat([rawTar([manifest]), Buffer.alloc(100)]))],
  ['2,001 entries', 'too-many', () => entries(...Array.from({ length: 2000 }, (_, index) => ({ name: `assets/${index}` })))],
  ['1,001 pax headers and their entries', 'too-many', () => entries(...Array.from({ length: 1001 }, (_, index) => [pax(paxRecord('path', `assets/${index}`)), { name: 'assets/x' }]).flat())],
  ['a bomb of zeros', 'too-large', () => gzipSync(Buffer.alloc(200 * 1024 ** 2)).fill(0, 4, 8)],
  ['code of 5 MiB and a byte', 'too-large', () => entries({ name: 'dist/plugin.js', content: Buffer.alloc(5 * 1024 ** 2 + 1, 0x20) })],
  ['two gzip members', 'trailing', () => rawGzip(rawTar([manifest]), { after: rawGzip(Buffer.from('more')) })],
  ['bytes after the gzip member', 'trailing', () => rawGzip(rawTar([manifest]), { after: Buffer.from('#!/bin/sh') })],
  ['a byte after the gzip member', 'trailing', () => rawGzip(rawTar([manifest]), { after: Buffer.alloc(1) })],
  ['a gzip name field', 'gzip', () => rawGzip(rawTar([manifest]), { flags: 8, extra: Buffer.from('name\0') })],
  ['a gzip extra field', 'gzip', () => rawGzip(rawTar([manifest]), { flags: 4, extra: Buffer.from([2, 0, 1, 1]) })],
  ['a wrong gzip checksum', 'gzip', () => rawGzip(rawTar([manifest]), { checksum: 1 })],
  ['a wrong gzip length', 'gzip', () => rawGzip(rawTar([manifest]), { length: 1 })],
  ['a cut gzip trailer', 'gzip', () => rawGzip(rawTar([manifest])).subarray(0, -3)],
  ['a zip', 'gzip', () => Buffer.from('504b0304140000000000000000000000000000000000', 'hex')],
  ['nothing', 'gzip', () => Buffer.alloc(0)],
  ['no manifest', 'no-manifest', () => rawGzip(rawTar([hello]))],
];

describe('I3 hostile archives', () => {
  it.each(hostile)('refuses %s (%s)', async (_, reason, make) => {
    await expect(readArchive(make())).rejects.toMatchObject({ code: 'plugins/bad-archive', details: { reason } });
  });
  it('takes the same archive without the trick, so that the refusals above are for the trick', async () => {
    const archive = await readArchive(entries({ name: 'assets/', type: '5' }, pax(paxRecord('mtime', '1.5'), paxRecord('path', `assets/${'l'.repeat(100)}/x`)), hello, { name: 'b.txt', prefix: 'assets/deep', content: 'b' }));
    expect([...archive.files.keys()]).toEqual(['plugin.yaml', `assets/${'l'.repeat(100)}/x`, 'assets/deep/b.txt']);
  });
});
