/**
 * Archives that are up to something. Each is what the registry signed in every respect but the trick itself, so that nothing
 * else refuses it. `reason` is what `details.reason` of the refusal has to be: the rule it breaks.
 */
import { gzipSync } from 'node:zlib';
import type { Rule } from '../../../packaging/archive/bad-archive.ts';
import { paxRecord, rawEntry, rawGzip, rawTar, type RawEntry } from '../../support/raw-tar.ts';

export interface Attack {
  name: string;
  rule: Rule | 'no-manifest';
  /** No reader makes sense of it, so there is nothing that a switched-off rule could let through. */
  unreadable: boolean;
  /** Rules that stand behind the first, and would refuse it too. */
  also: readonly Rule[];
  archive(): Buffer;
  /** plugin.yaml in it. */
  manifest: Buffer;
}

const UNREADABLE = 'unreadable';
type Row = readonly [name: string, rule: Attack['rule'], make: () => Buffer, more?: typeof UNREADABLE | readonly Rule[]];

/** What an honest plugin.yaml of this id says; nothing after it, so that a test can go on writing inside `plugin`. */
export const honestManifest = (id: string): string => `schema_version: "1.0"\nplugin:\n  id: ${id}\n  name: Attack\n  version: 1.0.0\n  description: An attack.\n`;

function tricksOfArchives(text: string): readonly Row[] {
  const manifest: RawEntry = { name: 'plugin.yaml', content: text };
  const entries = (...more: RawEntry[]): Buffer => rawGzip(rawTar([manifest, ...more]));
  const pax = (...records: string[]): RawEntry => ({ name: 'pax', type: 'x', content: records.join('') });
  const hello: RawEntry = { name: 'assets/a.txt', content: 'hello' };
  return [
    ['a name that climbs out', 'name', () => entries({ name: 'assets/../../evil' })],
    ['a name that begins at the root', 'name', () => entries({ name: '/etc/passwd' }), ['top-level']],
    ['a Windows path', 'name', () => entries({ name: 'assets\\..\\evil' }), ['top-level']],
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
    ['a name that is nothing but dots', 'name', () => entries({ name: 'assets/..' })],
    ['a part that is one dot', 'name', () => entries({ name: 'assets/./a' })],
    ['a manifest below the root of the root', 'name', () => entries({ name: '/plugin.yaml' }), ['top-level']],
    ['a file that ends with a slash', 'name', () => entries({ name: 'assets/a/' })],
    ['a network share', 'name', () => entries({ name: '//server/share/a' }), ['top-level']],
    ['a wildcard', 'name', () => entries({ name: 'assets/*' })],
    ['a redirection', 'name', () => entries({ name: 'assets/a>b' })],
    ['an input of a shell', 'name', () => entries({ name: 'assets/a<b' })],
    ['a pipe of a shell', 'name', () => entries({ name: 'assets/a|b' })],
    ['a question mark', 'name', () => entries({ name: 'assets/a?b' })],
    ['a quotation mark', 'name', () => entries({ name: 'assets/a"b' })],
    ['an escape sequence for terminals', 'name', () => entries({ name: 'assets/\u001b[2J' })],
    ['a delete character', 'name', () => entries({ name: 'assets/a\u007f' })],
    ['a zero-width joiner', 'name', () => entries({ name: 'assets/a\u200db' })],
    ['a byte order mark', 'name', () => entries({ name: 'assets/\ufeffa' })],
    ['a line separator', 'name', () => entries({ name: 'assets/a\u2028b' })],
    ['the Kelvin sign, which is K in form C', 'name', () => entries({ name: 'assets/\u212a' })],
    ['Hangul in its parts', 'name', () => entries({ name: 'assets/\u1112\u1161\u11ab' })],
    ['a device without extension', 'name', () => entries({ name: 'assets/nul' })],
    ['a device of the console', 'name', () => entries({ name: 'assets/CONIN$' })],
    ['a device as a folder', 'name', () => entries({ name: 'assets/lpt9.d/a' })],
    ['a NUL in a pax name', 'name', () => entries(pax(paxRecord('path', 'assets/a\0.png')), hello)],
    ['a part of 101 bytes', 'name', () => entries(pax(paxRecord('path', `assets/${'é'.repeat(51)}`)), { name: 'assets/x' })],
    ['17 folders', 'name', () => entries({ name: `assets/${'a/'.repeat(16)}x` })],
    ['a hidden file at the top', 'top-level', () => entries({ name: '.npmrc' })],
    ['a folder of its own', 'top-level', () => entries({ name: 'bin/run' })],
    ['a file where a folder belongs', 'top-level', () => entries({ name: 'assets' })],
    ['a folder where a file belongs', 'top-level', () => entries({ name: 'README.md/', type: '5' })],
    ['a second script', 'top-level', () => entries({ name: 'dist/other.js' })],
    ['a script below dist', 'top-level', () => entries({ name: 'dist/plugin.js/more' })],
    ['the manifest in capitals', 'top-level', () => entries({ name: 'PLUGIN.YAML' }), ['duplicate']],
    ['a package.json', 'top-level', () => entries({ name: 'package.json', content: '{"scripts":{"postinstall":"evil"}}' })],
    ['a symbolic link', 'link', () => entries({ name: 'assets/link', type: '2', link: '/etc/passwd' }), ['kind']],
    ['a symbolic link without a target', 'kind', () => entries({ name: 'assets/link', type: '2' })],
    ['a hard link', 'link', () => entries({ name: 'assets/link', type: '1', link: 'plugin.yaml' }), ['kind']],
    ['a regular file with a link\'s target', 'link', () => entries({ name: 'assets/a', link: '/etc/passwd' })],
    ['a character device', 'kind', () => entries({ name: 'assets/null', type: '3' })],
    ['a block device', 'kind', () => entries({ name: 'assets/disk', type: '4' })],
    ['a pipe', 'kind', () => entries({ name: 'assets/pipe', type: '6' })],
    ['a GNU sparse file', 'kind', () => entries({ name: 'assets/sparse', type: 'S' })],
    ['a GNU long name', 'kind', () => entries({ name: '././@LongLink', type: 'L', content: 'plugin.yaml\0' }), ['name', 'top-level']],
    ['a global pax header', 'kind', () => entries({ name: 'pax', type: 'g', content: paxRecord('path', 'assets/a') }), ['top-level']],
    ['an unknown kind', 'kind', () => entries({ name: 'assets/a', type: 'Z' })],
    ['a contiguous file', 'kind', () => entries({ name: 'assets/a', type: '7' })],
    ['a regular file as it was written before POSIX', 'kind', () => entries({ name: 'assets/a', type: '\0' })],
    ['a GNU long link', 'kind', () => entries({ name: '././@LongLink', type: 'K', content: '/etc/passwd\0' }), ['name', 'top-level']],
    ['a GNU multi-volume rest', 'kind', () => entries({ name: 'assets/a', type: 'M' })],
    ['a pax size', 'pax', () => entries(pax(paxRecord('size', '1')), hello)],
    ['a pax link', 'pax', () => entries(pax(paxRecord('linkpath', '/etc/passwd')), hello)],
    ['a pax sparse map', 'pax', () => entries(pax(paxRecord('GNU.sparse.major', '1')), hello)],
    ['a pax name for a sparse file', 'pax', () => entries(pax(paxRecord('GNU.sparse.name', 'plugin.yaml')), hello)],
    ['a pax character set', 'pax', () => entries(pax(paxRecord('hdrcharset', 'BINARY')), hello)],
    ['a pax owner', 'pax', () => entries(pax(paxRecord('uid', '0')), hello)],
    ['an extended attribute', 'pax', () => entries(pax(paxRecord('SCHILY.xattr.security.capability', 'x')), hello)],
    ['a pax name that covers the manifest', 'duplicate', () => entries(pax(paxRecord('path', 'plugin.yaml')), { ...hello, content: text })],
    ['two paths in one pax header', 'pax', () => entries(pax(paxRecord('path', 'assets/a'), paxRecord('path', 'assets/b')), hello)],
    ['two pax headers for one entry', 'pax', () => entries(pax(paxRecord('path', 'assets/a')), pax(paxRecord('path', 'assets/b')), hello)],
    ['a pax length that lies', 'pax', () => entries(pax('99 path=assets/a\n'), hello), UNREADABLE],
    ['a pax length without end', 'pax', () => entries(pax('0 path=a\n'), hello), UNREADABLE],
    ['a pax name that climbs out', 'name', () => entries(pax(paxRecord('path', '../../evil')), hello), ['top-level']],
    ['a pax header before the end', 'tar', () => entries(pax(paxRecord('path', 'assets/a')))],
    ['the same name twice', 'duplicate', () => entries(hello, hello)],
    ['the manifest twice', 'duplicate', () => entries(manifest)],
    ['names that differ in case alone', 'duplicate', () => entries(hello, { name: 'assets/A.TXT' })],
    ['names that differ in their ß alone', 'duplicate', () => entries({ name: 'assets/straße' }, { name: 'assets/STRASSE' })],
    ['names that differ in a long s alone', 'duplicate', () => entries({ name: 'assets/s' }, { name: 'assets/ſ' })],
    ['names that differ in a dotless i alone', 'duplicate', () => entries({ name: 'assets/I' }, { name: 'assets/ı' })],
    ['folders that differ in case alone', 'duplicate', () => entries({ name: 'assets/x/a' }, { name: 'assets/X/b' })],
    ['a file that is also a folder', 'duplicate', () => entries({ name: 'assets/a' }, { name: 'assets/a/b' })],
    ['a folder that is also a file', 'duplicate', () => entries({ name: 'assets/a/b' }, { name: 'assets/a' })],
    ['a folder with a content', 'header', () => entries({ name: 'assets/', type: '5', content: 'hidden' })],
    ['a size in base 256', 'header', () => entries({ ...hello, patch: (header) => { header.fill(0, 124, 136); header[124] = 0x80; header[135] = 5; } }), UNREADABLE],
    ['a negative size', 'header', () => entries({ ...hello, patch: (header) => { header.write('-0000000005\0', 124); } }), UNREADABLE],
    ['hidden bytes after the name', 'header', () => entries({ ...hello, patch: (header) => { header.write('evil', 60); } })],
    ['a wrong header checksum', 'header', () => entries({ ...hello, spoil: (header) => { header[7] = 0x62; } })],
    ['another tar format', 'header', () => entries({ ...hello, magic: 'ustar  \0' })],
    ['a size beyond the end', 'tar', () => entries({ ...hello, size: 8 ** 7 }), UNREADABLE],
    ['hidden bytes in the padding', 'tar', () => entries({ ...hello, padding: 0x41 })],
    ['no end mark', 'tar', () => rawGzip(rawTar([manifest], Buffer.alloc(0)))],
    ['half an end mark', 'tar', () => rawGzip(rawTar([manifest], Buffer.alloc(512))), UNREADABLE],
    ['entries after the end mark', 'tar', () => rawGzip(Buffer.concat([rawTar([manifest]), rawEntry(hello), Buffer.alloc(1024)]))],
    ['half a block', 'tar', () => rawGzip(Buffer.concat([rawTar([manifest]), Buffer.alloc(100)]))],
    ['2,001 entries', 'too-many', () => entries(...Array.from({ length: 2000 }, (_, index) => ({ name: `assets/${index}` })))],
    ['1,001 pax headers and their entries', 'too-many', () => entries(...Array.from({ length: 1001 }, (_, index) => [pax(paxRecord('path', `assets/${index}`)), { name: 'assets/x' }]).flat())],
    ['a bomb: 60 MiB of zeros in 60 KiB', 'too-large', () => entries({ name: 'assets/zeros', content: Buffer.alloc(60 * 1024 ** 2) })],
    ['50 MiB that its headers make more of', 'too-large', () => entries({ name: 'assets/zeros', content: Buffer.alloc(50 * 1024 ** 2 - 2048) })],
    ['50 MiB that its extended headers make more of', 'too-large', () => entries(pax(paxRecord('mtime', `1${'0'.repeat(1024 ** 2)}`)), { name: 'assets/zeros', content: Buffer.alloc(49 * 1024 ** 2) })],
    ['200 MiB of zeros and nothing else', 'too-large', () => gzipSync(Buffer.alloc(200 * 1024 ** 2), { level: 1 }).fill(0, 4, 8), UNREADABLE],
    ['code of 5 MiB and a byte', 'too-large', () => entries({ name: 'dist/plugin.js', content: Buffer.alloc(5 * 1024 ** 2 + 1, 0x20) })],
    ['two gzip members', 'trailing', () => rawGzip(rawTar([manifest]), { after: rawGzip(Buffer.from('more')) })],
    ['bytes after the gzip member', 'trailing', () => rawGzip(rawTar([manifest]), { after: Buffer.from('#!/bin/sh') })],
    ['a byte after the gzip member', 'trailing', () => rawGzip(rawTar([manifest]), { after: Buffer.alloc(1) })],
    ['a gzip name field', 'gzip', () => rawGzip(rawTar([manifest]), { flags: 8, extra: Buffer.from('name\0') }), UNREADABLE],
    ['a gzip extra field', 'gzip', () => rawGzip(rawTar([manifest]), { flags: 4, extra: Buffer.from([2, 0, 1, 1]) }), UNREADABLE],
    ['a wrong gzip checksum', 'gzip', () => rawGzip(rawTar([manifest]), { checksum: 1 })],
    ['a wrong gzip length', 'gzip', () => rawGzip(rawTar([manifest]), { length: 1 })],
    ['a cut gzip trailer', 'gzip', () => rawGzip(rawTar([manifest])).subarray(0, -3), UNREADABLE],
    ['a zip', 'gzip', () => Buffer.from('504b0304140000000000000000000000000000000000', 'hex'), UNREADABLE],
    ['nothing', 'gzip', () => Buffer.alloc(0), UNREADABLE],
    ['no manifest', 'no-manifest', () => rawGzip(rawTar([hello])), UNREADABLE],
    ['code that is no UTF-8', 'code', () => entries({ name: 'dist/plugin.js', content: Buffer.from([0x2f, 0x2f, 0xff, 0xfe]) })],
    ['a gzip comment', 'gzip', () => rawGzip(rawTar([manifest]), { flags: 16, extra: Buffer.from('comment\0') }), UNREADABLE],
    ['a gzip header checksum', 'gzip', () => rawGzip(rawTar([manifest]), { flags: 2, extra: Buffer.from([0, 0]) }), UNREADABLE],
    ['a tar inside of a tar', 'top-level', () => entries({ name: 'inner.troupe', content: rawGzip(rawTar([hello])) })],
  ];
}

/** What stands at the end of plugin.yaml, inside `plugin`, where `x-…` takes anything that the format knows. */
const MORE: readonly (readonly [name: string, text: string | Buffer, more?: typeof UNREADABLE])[] = [
  ['two documents', '---\nplugin: { id: com.example.other }\n'],
  ['an anchor', '  x-more: &a 1\n'],
  ['an alias', '  x-more: &a 1\n  x-other: *a\n'],
  ['a million laughs', `  x-more:\n    a: &a [${'1, '.repeat(9)}1]\n    b: &b [${'*a, '.repeat(9)}*a]\n    c: &c [${'*b, '.repeat(9)}*b]\n    d: [${'*c, '.repeat(9)}*c]\n`],
  ['an alias that holds itself', '  x-more: &a { self: *a }\n', UNREADABLE],
  ['a tag of its own', '  x-more: !evil 1\n'],
  ['a tag of JavaScript', '  x-more: !!js/function "function () {}"\n'],
  ['a tag of the core', '  x-more: !!str 1\n'],
  ['a merge key', '  x-more: { <<: { a: 1 } }\n'],
  ['a key twice', '  x-more: 1\n  x-more: 2\n'],
  ['the id twice', '  id: com.example.other\n', UNREADABLE],
  ['__proto__', '  x-more: { __proto__: { admin: true } }\n'],
  ['an unsafe integer', '  x-more: 9007199254740993\n'],
  ['infinity', '  x-more: .inf\n'],
  ['a number as key', '  x-more: { 1: a }\n'],
  ['a list as key', '  x-more: { ? [1] : a }\n'],
  ['bytes that are no UTF-8', Buffer.concat([Buffer.from('  x-more: "'), Buffer.from([0xc3, 0x28]), Buffer.from('"\n')])],
  ['an overlong slash', Buffer.concat([Buffer.from('  x-more: "'), Buffer.from([0xc0, 0xaf]), Buffer.from('"\n')])],
  ['a comment of 256 KiB', `# ${'x'.repeat(256 * 1024)}\n`],
  ['60,000 brackets', `  x-more: ${'['.repeat(60_000)}\n`, UNREADABLE],
  ['a tab as indentation', '  x-more:\n\t\ta: 1\n', UNREADABLE],
];

/** Every attack, on the plugin of the given id. They are made when asked for: some are large. */
export function attacksOn(idOf: (index: number) => string): Attack[] {
  const count = tricksOfArchives('').length;
  const archives = tricksOfArchives('').map(([name, rule, , more = []], index): Attack => {
    const text = honestManifest(idOf(index));
    return { name, rule, unreadable: more === UNREADABLE, also: more === UNREADABLE ? [] : more, manifest: Buffer.from(text), archive: () => (tricksOfArchives(text)[index] as Row)[2]() };
  });
  const documents = MORE.map(([name, more, readable], index): Attack => {
    const manifest = Buffer.concat([Buffer.from(honestManifest(idOf(count + index))), Buffer.from(more)]);
    return { name: `a manifest with ${name}`, rule: 'yaml', unreadable: readable === UNREADABLE, also: [], manifest, archive: () => rawGzip(rawTar([{ name: 'plugin.yaml', content: manifest }])) };
  });
  return [...archives, ...documents];
}

/** Unusual, and right: each keeps to the rules, so that the refusals are for the tricks and not for whatever is rare. */
export const UNUSUAL: readonly (readonly [name: string, more: readonly RawEntry[], yaml?: string])[] = [
  ['folders listed by themselves, before and after their files', [{ name: 'assets/', type: '5' }, { name: 'assets/a.txt', content: 'a' }, { name: 'agents/x', content: '' }, { name: 'agents/', type: '5' }]],
  ['a pax header with times and a name of 200 bytes', [{ name: 'pax', type: 'x', content: paxRecord('mtime', '1.5') + paxRecord('path', `assets/${'l'.repeat(100)}/${'m'.repeat(93)}`) }, { name: 'assets/short', content: 'x' }]],
  ['a name in the prefix field', [{ name: 'b.txt', prefix: 'assets/deep', content: 'b' }]],
  ['names of many scripts, with blanks and leading dots', [{ name: 'assets/日本 語.txt' }, { name: 'assets/.hidden' }, { name: 'assets/ü/é' }, { name: 'assets/🎈' }]],
  ['16 parts of a name, and a part of 100 bytes', [{ name: `assets/${'a/'.repeat(14)}x` }, { name: 'p', type: 'x', content: paxRecord('path', `assets/${'é'.repeat(50)}`) }, { name: 'assets/y' }]],
  ['1,999 files', Array.from({ length: 1_998 }, (_, index) => ({ name: `assets/${index}` }))],
  ['code of 5 MiB to the byte', [{ name: 'dist/plugin.js', content: `export default { tools: {} };${' '.repeat(5 * 1024 ** 2 - 29)}` }]],
  ['40 MiB in one file', [{ name: 'assets/large', content: Buffer.alloc(40 * 1024 ** 2, 'large') }]],
  ['names that look like devices and are none', [{ name: 'assets/console' }, { name: 'assets/com10' }, { name: 'assets/nul-1.txt' }, { name: 'assets/a.aux' }]],
  ['a manifest with a comment of 250 KiB, escapes, and the largest safe integer', [], `# ${'x'.repeat(250 * 1024)}\n  x-more: { "\\u0001 <<": 9007199254740991, 'a: b': "&a *a !b" }\n`],
];

/** An archive of an honest manifest and these entries. */
export const unusualArchive = (manifest: Buffer, more: readonly RawEntry[]): Buffer => rawGzip(rawTar([{ name: 'plugin.yaml', content: manifest }, ...more]));
