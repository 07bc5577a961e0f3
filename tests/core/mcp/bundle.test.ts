import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { McpBundle } from '../../../contract/model/mcp.ts';
import { readBundle } from '../../../main/core/engine/mcp/bundle.ts';
import { zipOf, type ZipEntry } from '../../support/zip.ts';
import { aCall, openWorkbench, type Workbench } from './workbench.ts';

const DAY_MS = 86_400_000;
const forever = new AbortController().signal;
const manifestOf = (change: object = {}): object => ({
  manifest_version: '0.3', name: 'notes', display_name: 'Notes', version: '1.2.0', description: 'Keeps notes.', author: { name: 'Ada' },
  server: { type: 'node', entry_point: 'server/index.mjs', mcp_config: { command: process.execPath, args: ['${__dirname}/server/index.mjs'], env: {} } }, ...change,
});
const bundleOf = (manifest: unknown, ...files: ZipEntry[]): Buffer<ArrayBuffer> => zipOf([{ name: 'manifest.json', text: typeof manifest === 'string' ? manifest : JSON.stringify(manifest) }, ...files]);
const FIELDS = {
  server: { type: 'node', mcp_config: { command: 'node', args: ['${__dirname}/server/index.js', '--most=${user_config.most}', '${user_config.folders}', 'server/config.json'], env: { API_KEY: '${user_config.api_key}', MODE: 'plain', LIB: '${__dirname}${/}lib', NOTHING: '${user_config.unset}${nobody}' } } },
  user_config: { folders: { type: 'directory', title: 'Folders', description: 'To read.', multiple: true, required: true, default: ['${HOME}/Notes'] }, api_key: { type: 'string', title: 'Key', sensitive: true, required: true }, most: { type: 'number', title: 'Most', default: 10 }, unset: { type: 'string' } },
};

describe('B10 an MCP bundle', () => {
  it('says what it is and asks for, and starts with what was entered', async () => {
    const { shown, startWith } = await readBundle(bundleOf(manifestOf(FIELDS), { name: 'server/config.json', text: '{}' }), 'linux');
    expect(shown).toMatchObject({ name: 'Notes', version: '1.2.0', author: 'Ada', description: 'Keeps notes.', files: 2, problem: null, id: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(shown.fields.map(({ key, kind, required, sensitive, multiple, default: standard }) => [key, kind, required, sensitive, multiple, standard])).toEqual([['folders', 'directory', true, false, true, `${os.homedir()}/Notes`], ['api_key', 'string', true, true, false, null], ['most', 'number', false, false, false, '10'], ['unset', 'string', false, false, false, null]]);
    const { transport, values } = startWith('/b', { api_key: 'k-${HOME}', folders: '/one\n /two ', most: '7' });
    expect(transport).toEqual({ kind: 'stdio', command: 'node', args: ['/b/server/index.js', '--most=7', '/one', '/two', path.join('/b', 'server/config.json')], environment: ['API_KEY', 'MODE', 'LIB'] });
    // What a person enters is no place to fill in.
    expect(values).toEqual({ API_KEY: 'k-${HOME}', MODE: 'plain', LIB: `/b${path.sep}lib` });
    expect(() => startWith('/b', {})).toThrow(/"Key" is needed/);
    expect(() => startWith('/b', { api_key: 'k', most: 'many' })).toThrow(/"Most" is a number/);
  });
  it('takes what is meant for this system, and its own program', async () => {
    const binary = manifestOf({ server: { type: 'binary', mcp_config: { command: 'server/run', args: [], platform_overrides: { win32: { command: '${__dirname}/server/run', args: ['--windows'] } } } } });
    const files = [{ name: 'server/run', text: 'x' }, { name: 'server/other.exe', text: 'x' }];
    expect((await readBundle(bundleOf(binary, ...files), 'linux')).startWith('/b', {}).transport).toMatchObject({ command: path.join('/b', 'server/run'), args: [] });
    expect((await readBundle(bundleOf(binary, ...files), 'win32')).startWith('/b', {}).transport).toMatchObject({ args: ['--windows'] });
  });
  it.each([
    ['for another system', { compatibility: { platforms: ['darwin'] } }, /runs on darwin alone/], ['without a command', { server: { type: 'uv', entry_point: 'a.py' } }, /which program starts it/],
    ['with a secret among its arguments', { server: { type: 'node', mcp_config: { command: 'node', args: ['--key=${user_config.key}'] } }, user_config: { key: { type: 'string', sensitive: true } } }, /secret among its arguments/],
  ])('%s is shown and cannot be added', async (_what, change, problem) => {
    const { shown, startWith } = await readBundle(bundleOf(manifestOf(change)), 'linux');
    expect(shown.problem).toMatch(problem);
    expect(() => startWith('/b', { key: 'x' })).toThrow(problem);
  });
  it.each([['no JSON', '{'], ['too deep', '['.repeat(5_000)], ['a list', '[]'], ['no server', JSON.stringify({ name: 'a', version: '1', description: '', author: { name: 'b' } })], ['a field of no kind', JSON.stringify(manifestOf({ user_config: { a: { type: 'password' } } }))]])('whose manifest is %s is none', async (_what, text) => {
    await expect(readBundle(bundleOf(text))).rejects.toMatchObject({ code: 'core/bad-input' });
  });
  it('without a manifest is none, and one with a way out of its folder is refused', async () => {
    await expect(readBundle(zipOf([{ name: 'server/index.js' }]))).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(readBundle(bundleOf(manifestOf(), { name: '../evil.js' }))).rejects.toMatchObject({ code: 'plugins/bad-archive' });
  });
});

describe('B10 a bundle that is added', () => {
  let bench: Workbench;
  let now = Date.now();
  beforeEach(async () => { now = Date.now(); bench = await openWorkbench({ clock: { now: () => now } }); });
  afterEach(() => bench.close());
  const unpacked = async (): Promise<string[]> => readdir(path.join(bench.folder, 'bundles')).catch(() => []);
  async function fileOf(manifest: object): Promise<string> {
    const code = await readFile(await bench.script('source', 'call = () => ({ content: [{ type: "text", text: `key ${process.env.API_KEY}` }] });'));
    const file = path.join(bench.folder, 'notes.mcpb');
    await writeFile(file, bundleOf(manifest, { name: 'server/index.mjs', text: code }));
    return file;
  }
  const keyed = manifestOf({ server: { type: 'node', mcp_config: { command: process.execPath, args: ['${__dirname}/server/index.mjs'], env: { API_KEY: '${user_config.api_key}' } } }, user_config: { api_key: { type: 'string', title: 'Key', sensitive: true, required: true } } });

  it('runs only when it is tested, with its secret kept as one', async () => {
    const { id } = await bench.mcp.openBundle({ path: await fileOf(keyed) });
    expect(await bench.mcp.previewBundle({ id, values: { api_key: 'sesame' } })).toMatchObject({ kind: 'stdio', environment: ['API_KEY'] });
    expect(await unpacked()).toEqual([]);
    const server = await bench.mcp.addBundle({ id, name: 'Notes', values: { api_key: 'sesame' } });
    expect(server).toMatchObject({ name: 'Notes', state: 'idle', missing: [] });
    expect([await unpacked(), [...bench.secrets.values.values()], JSON.stringify(server).includes('sesame')]).toEqual([[id], ['sesame'], false]);
    expect(await bench.mcp.test({ id: server.id }, forever)).toMatchObject({ ok: true });
    expect(await bench.mcp.call(await bench.tool('one'), {}, aCall())).toContain('key sesame');
  }, 30_000);

  it('leaves nothing behind when it was not added, and its folder until its removal cannot be undone', async () => {
    const { id } = await bench.mcp.openBundle({ path: await fileOf(keyed) });
    await expect(bench.mcp.addBundle({ id, name: 'Notes', values: {} })).rejects.toMatchObject({ code: 'core/bad-input' });
    await mkdir(path.join(bench.folder, 'bundles', 'left.part'), { recursive: true });
    const first = await bench.mcp.addBundle({ id, name: 'Notes', values: { api_key: 'a' } });
    const second = await bench.mcp.addBundle({ id, name: 'Notes', values: { api_key: 'b' } });
    expect(await unpacked()).toEqual([id]);
    await bench.mcp.remove({ id: first.id });
    await bench.mcp.remove({ id: second.id });
    expect(await unpacked()).toEqual([id]);
    now += DAY_MS + 1;
    const other = await bench.mcp.add({ name: 'Other', transport: { kind: 'stdio', command: 'x', args: [], environment: [] }, values: {} });
    await bench.mcp.remove({ id: other.id });
    expect(await unpacked()).toEqual([]);
  });

  it('is refused when its file is another one than was looked at, or was not looked at', async () => {
    const file = await fileOf(keyed);
    const { id } = await bench.mcp.openBundle({ path: file });
    await writeFile(file, bundleOf(manifestOf()));
    await expect(bench.mcp.addBundle({ id, name: 'Notes', values: { api_key: 'a' } })).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringContaining('another one') as string });
    await expect(bench.mcp.addBundle({ id: 'ab'.repeat(32), name: 'Notes', values: {} })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(bench.mcp.openBundle({ path: bench.folder })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await unpacked()).toEqual([]);
  });

  describe('B10 brought by a page in parts', () => {
    const brought = async (): Promise<string[]> => readdir(path.join(bench.folder, 'brought')).catch(() => []);
    async function bring(bytes: Buffer, size = 500): Promise<McpBundle | null> {
      let bundle: McpBundle | null = null;
      for (let offset = 0; offset < bytes.length; offset += size) bundle = await bench.mcp.bringBundle({ upload: 'one', offset, base64: bytes.subarray(offset, offset + size).toString('base64'), last: offset + size >= bytes.length });
      return bundle;
    }

    it('is looked at when it is whole, added, and not kept twice', async () => {
      const bytes = await readFile(await fileOf(keyed));
      const bundle = await bring(bytes);
      expect(bundle).toMatchObject({ name: 'Notes', problem: null });
      expect([await unpacked(), await brought()]).toEqual([[], [`${bundle?.id ?? ''}.mcpb`]]);
      const server = await bench.mcp.addBundle({ id: bundle?.id ?? '', name: 'Notes', values: { api_key: 'sesame' } });
      expect([await unpacked(), await brought(), [...bench.secrets.values.values()]]).toEqual([[bundle?.id], [], ['sesame']]);
      expect(await bench.mcp.test({ id: server.id }, forever)).toMatchObject({ ok: true });
    }, 30_000);

    it('is kept while what was entered is refused, gives way to others, and is gone with the core', async () => {
      const first = await bring(bundleOf(keyed, { name: 'a', text: 'a' }));
      await expect(bench.mcp.addBundle({ id: first?.id ?? '', name: 'Notes', values: {} })).rejects.toMatchObject({ code: 'core/bad-input' });
      expect(await brought()).toHaveLength(1);
      for (const text of ['b', 'c', 'd']) await bring(bundleOf(keyed, { name: 'a', text }));
      expect(await brought()).toHaveLength(3);
      await expect(bench.mcp.addBundle({ id: first?.id ?? '', name: 'Notes', values: { api_key: 'x' } })).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringContaining('Pick it again') as string });
      await bench.mcp.recover();
      expect(await brought()).toEqual([]);
    });

    it('is refused with its rule where it is hostile, and leaves nothing', async () => {
      const hostile: [ZipEntry[], string][] = [
        [[{ name: '../evil.js' }], 'name'], [[{ name: '/etc/evil' }], 'name'], [[{ name: 'a\\..\\..\\evil.js' }], 'name'], [[{ name: 'link', text: '/etc/passwd', mode: 0o120777 }], 'kind'],
        [[{ name: 'a.js' }, { name: 'A.JS' }], 'duplicate'], [[{ name: 'bomb', text: Buffer.alloc(3_000_000), says: 4_000_000_000 }], 'too-large'], [[{ name: 'bomb', text: Buffer.alloc(3_000_000), says: 1_000 }], 'zip'],
      ];
      for (const [files, reason] of hostile) await expect(bring(bundleOf(manifestOf(), ...files)), reason).rejects.toMatchObject({ code: 'plugins/bad-archive', details: { reason } });
      await expect(bench.mcp.bringBundle({ upload: 'two', offset: 10, base64: 'AAAA', last: true })).rejects.toMatchObject({ code: 'core/bad-input' });
      expect([await unpacked(), await brought()]).toEqual([[], []]);
    });
  });

  it.runIf(process.platform !== 'win32')('makes its own program one, and nothing else', async () => {
    const file = path.join(bench.folder, 'own.mcpb');
    await writeFile(file, bundleOf(manifestOf({ server: { type: 'binary', mcp_config: { command: '${__dirname}/server/run' } } }), { name: 'server/run', text: '#!/bin/sh\n' }, { name: 'server/other', text: '', mode: 0o100755 }));
    const { id } = await bench.mcp.openBundle({ path: file });
    await bench.mcp.addBundle({ id, name: 'Own', values: {} });
    const modeOf = async (name: string): Promise<number> => (await stat(path.join(bench.folder, 'bundles', id, 'server', name))).mode & 0o777;
    expect([await modeOf('run'), await modeOf('other')]).toEqual([0o755, 0o644]);
  });
});
