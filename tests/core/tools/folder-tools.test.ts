import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openConnected, type Connected } from './connected.ts';

let at: Connected;
let [top, folder]: string[] = [];
beforeAll(async () => { at = await openConnected(); });
beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'troupe-files-'));
  folder = path.join(top, 'given');
  await mkdir(path.join(folder, 'notes'), { recursive: true });
  await writeFile(path.join(folder, 'notes/a.md'), 'Größe');
  await writeFile(path.join(top, 'outside.txt'), 'not yours');
});
afterEach(async () => { await at.clear(); await rm(top as string, { recursive: true, force: true }); });
afterAll(async () => { await at.close(); });
const give = (access: 'read' | 'write') => at.add('folder', 'Notes', { set: { access } }, folder);

describe('A9 files in granted folders', () => {
  it('lists and reads, and tells the audit list', async () => {
    await give('read');
    await symlink(path.join(top as string, 'outside.txt'), path.join(folder as string, 'link.txt'));
    expect((await at.use('builtin.files_list', {})).output).toEqual({ entries: [{ name: 'notes', kind: 'folder', size: 0 }] });
    expect((await at.use('builtin.files_read', { path: 'notes/a.md' })).output).toEqual({ text: 'Größe', size: 7, cut: false });
    expect(at.questions).toEqual([]);
    expect(at.told.filter(({ action }) => action === 'file_read').map(({ subject }) => subject)).toEqual(['Notes/', 'Notes/notes/a.md']);
    expect(await at.toolsOf('builtin.files_write', 'builtin.files_move', 'builtin.files_remove')).toEqual([]);
  });

  it('writes, moves and removes with approval, and replaces only when told to', async () => {
    await give('write');
    expect((await at.use('builtin.files_write', { path: 'new/b.md', text: 'one' })).output).toEqual({ written: 3 });
    expect((await at.use('builtin.files_write', { path: 'new/b.md', text: 'two' })).error).toMatchObject({ code: 'tools/bad-arguments' });
    await at.use('builtin.files_write', { path: 'new/b.md', text: 'two', replace: true });
    expect((await at.use('builtin.files_move', { from: 'new/b.md', to: 'notes/a.md' })).error).toMatchObject({ code: 'tools/bad-arguments' });
    expect((await at.use('builtin.files_move', { from: 'new/none.md', to: 'c.md' })).error).toMatchObject({ code: 'tools/not-found' });
    await at.use('builtin.files_move', { from: 'new/b.md', to: 'done/c.md' });
    expect(await readFile(path.join(folder as string, 'done/c.md'), 'utf8')).toBe('two');
    await at.use('builtin.files_remove', { path: 'done/c.md' });
    expect(await readdir(path.join(folder as string, 'done'))).toEqual([]);
    expect(at.questions).toHaveLength(7);
  });

  it.each(['../outside.txt', '/etc/passwd', 'notes/../../outside.txt', 'link.txt', 'out/outside.txt', 'C:\\x', 'notes\\..\\..\\outside.txt'])('neither reads nor writes nor removes %s', async (way) => {
    await give('write');
    await symlink(path.join(top as string, 'outside.txt'), path.join(folder as string, 'link.txt'));
    await symlink(top as string, path.join(folder as string, 'out'));
    const calls = [['builtin.files_read', { path: way }], ['builtin.files_write', { path: way, text: 'x', replace: true }], ['builtin.files_remove', { path: way }], ['builtin.files_move', { from: way, to: 'x.txt' }], ['builtin.files_move', { from: 'notes/a.md', to: way, replace: true }]] as const;
    for (const [tool, input] of calls) expect((await at.use(tool, input)).error, tool).toMatchObject({ code: 'permission/denied' });
    expect(await readFile(path.join(top as string, 'outside.txt'), 'utf8')).toBe('not yours');
  });

  it('leads nowhere outside, whatever the path', async () => {
    await give('read');
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('..', '.', 'notes', '/', '\\', 'outside.txt', '%2e%2e', '~'), { minLength: 1, maxLength: 8 }), async (parts) => {
      expect(JSON.stringify(await at.use('builtin.files_read', { path: parts.join('/') }))).not.toContain('not yours');
    }), { numRuns: 60 });
  });

  it('says what is no text, and cuts what is long', async () => {
    await give('read');
    await writeFile(path.join(folder as string, 'image'), Buffer.from([0xff, 0xd8, 0xff]));
    await writeFile(path.join(folder as string, 'long'), 'ä'.repeat(150_000));
    expect((await at.use('builtin.files_read', { path: 'image' })).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('not a text file') as string });
    expect((await at.use('builtin.files_read', { path: 'long' })).output).toMatchObject({ size: 300_000, cut: true });
    const [{ id } = { id: '' }] = await at.connections.list();
    expect(await at.connections.test({ id }, new AbortController().signal)).toMatchObject({ ok: true });
    await rm(folder as string, { recursive: true });
    expect(await at.connections.test({ id }, new AbortController().signal)).toMatchObject({ ok: false, message: expect.stringContaining('no longer there') as string });
  });
});
