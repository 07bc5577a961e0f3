import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRecordVersion } from '../../contract/manifest/index.ts';
import { changelogOf, imageTypeOf, verifyArchive } from '../../packaging/index.ts';
import { smallCatalog, type SmallCatalog } from '../support/small-catalog.ts';

let folder = '';
let made: SmallCatalog;
let version: CatalogRecordVersion;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-verify-'));
  made = await smallCatalog(folder);
  version = made.record.versions[0] as CatalogRecordVersion;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const code = (change: Partial<CatalogRecordVersion>, record = made.record): string => {
  try { verifyArchive(made.archive, record, { ...version, ...change }); } catch (error) { return String((error as { code: unknown }).code); }
  return 'taken';
};

describe('I3 an archive against the signed record', () => {
  it('is taken when everything fits', () => { expect(code({})).toBe('taken'); });
  it('is refused for each difference by itself', () => {
    expect(code({ sha512: 'a'.repeat(128) })).toBe('plugins/digest-mismatch');
    expect(code({ size: 1 })).toBe('plugins/digest-mismatch');
    expect(code({ manifest_sha512: 'a'.repeat(128) })).toBe('plugins/digest-mismatch');
    expect(code({ signature: { ...version.signature, signature: 'a'.repeat(128) } })).toBe('plugins/bad-signature');
    expect(code({ version: '2.0.0' })).toBe('plugins/bad-signature');
    expect(code({ withdrawn: 'It broke.' })).toBe('plugins/withdrawn');
    expect(code({ permissions: ['network:evil.example'] })).toBe('plugins/bad-manifest');
    expect(code({ dependencies: [{ id: 'com.example.b', range: '*', foreign: false }] })).toBe('plugins/bad-manifest');
    expect(code({ requirements: { ...version.requirements, app_version: '>=9' } })).toBe('plugins/bad-manifest');
    expect(code({}, { ...made.record, publisher: { ...made.record.publisher, keys: [] } })).toBe('plugins/bad-signature');
  });
});

describe('D4 what a record says of a version', () => {
  it('has the changelog of that version alone', () => {
    expect(version.changelog).toBe('First.');
    const text = '# Changelog\n\n## [2.0.0] - 2026-02-01\n\n### Added\n\n- b\n\n## v1.0.0\n\n- a\n';
    expect([changelogOf(text, '2.0.0'), changelogOf(text, '1.0.0'), changelogOf(text, '3.0.0')]).toEqual(['### Added\n\n- b', '- a', '']);
  });
  it('knows images by their bytes', () => {
    expect([imageTypeOf(Buffer.from('89504e470d0a1a0a00', 'hex')), imageTypeOf(Buffer.from('ffd8ffe0', 'hex')), imageTypeOf(Buffer.from('RIFF....WEBPVP8 ')), imageTypeOf(Buffer.from('<svg')), imageTypeOf(Buffer.alloc(0))]).toEqual(['image/png', 'image/jpeg', 'image/webp', undefined, undefined]);
  });
});
