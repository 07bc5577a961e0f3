import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyFolder, openCatalog, packArchive, publishStatic, readKeyFolder, readPlugin, readPlugins, renewSignatures, type CatalogState } from '../../packaging/index.ts';
import { pngHead } from '../support/image-heads.ts';

let top = '';
let count = 0;
let [keys, plugins, out] = ['', '', ''];
const DAY = 86_400_000;
beforeAll(async () => { top = await mkdtemp(path.join(os.tmpdir(), 'troupe publish ü-')); });
afterAll(() => rm(top, { recursive: true, force: true }));
beforeEach(async () => {
  const folder = path.join(top, String(count += 1));
  [keys, plugins, out] = [path.join(folder, 'keys'), path.join(folder, 'plugins'), path.join(folder, 'out')];
  await mkdir(plugins, { recursive: true });
});

const manifest = (id: string, version: string, partner = true): string => JSON.stringify({ schema_version: '1.0', plugin: {
  id, name: 'One', version, description: 'What it does.', ...(partner && { partner: { id: 'acme', name: 'Acme' } }), requirements: { app_version: '*' }, capabilities: { tools: [{ id: 'echo', name: 'Echo', description: 'A tool.', effect: 'read' }] } } });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const filesOf = (id: string, version: string): Map<string, Uint8Array> => new Map([['plugin.yaml', bytesOf(manifest(id, version))], ['README.md', bytesOf('# One')], ['LICENSE', bytesOf('MIT')], ['dist/plugin.js', bytesOf('export default { tools: { echo: async (input) => input } };')]]);
const addArchive = async (id: string, version: string): Promise<void> => writeFile(path.join(plugins, `${id}-${version}.troupe`), await packArchive(filesOf(id, version)));
const publish = async (now = Date.now(), failpoint?: (point: string) => void) => publishStatic({ keys: await readKeyFolder(keys), out, now, folder: await readPlugins(plugins), ...(failpoint && { failpoint }) });
const sign = async (now = Date.now(), failpoint?: (point: string) => void) => renewSignatures({ keys: await readKeyFolder(keys), out, now, ...(failpoint && { failpoint }) });
const open = async (): Promise<CatalogState> => openCatalog({ source: out, trustedRoot: await readFile(path.join(keys, 'root.json')), cacheDir: await mkdtemp(path.join(top, 'cache-')) }).refresh();
const idsOf = async (state: CatalogState): Promise<string[]> => { const found: string[] = []; for await (const record of state.records()) found.push(...record.versions.map(({ version, withdrawn }) => `${record.id} ${version}${withdrawn ?? ''}`)); return found.sort(); };
const ceremony = (lifetimes: 'folder' | 'hosted' = 'folder', now = Date.now()) => makeKeyFolder(keys, { lifetimes, now });

it.each([
  ['an icon of too many pixels', 'icon.png', pngHead(1_025, 16), 'assets/icon.png is 1025 by 16 pixels; at most 1024 a side are shown of an icon.'],
  ['a screenshot of too many pixels', 'shot.png', pngHead(16, 4_097), 'assets/shot.png is 16 by 4097 pixels; at most 4096 a side are shown of a screenshot.'],
  ['an image of too many bytes', 'shot.png', Buffer.concat([pngHead(640, 480), Buffer.alloc(2 * 1024 * 1024)]), 'at most 2097152 are shown'],
  ['an image that is none', 'icon.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'assets/icon.png is no whole PNG, JPEG or WebP'],
])('D9 nothing is packed or published with %s', async (_what, name, bytes, words) => {
  const assets = { icon: 'assets/icon.png', screenshots: ['assets/shot.png'] };
  const described = JSON.parse(manifest('com.acme.one', '1.0.0')) as { plugin: Record<string, unknown> };
  const files = filesOf('com.acme.one', '1.0.0').set('plugin.yaml', bytesOf(JSON.stringify({ ...described, plugin: { ...described.plugin, assets } }))).set('assets/icon.png', pngHead(1_024, 1_024)).set('assets/shot.png', pngHead(3_840, 2_160));
  const file = path.join(plugins, 'com.acme.one-1.0.0.troupe');
  await writeFile(file, await packArchive(files));
  expect((await readPlugin(file)).archive.manifest.plugin.id).toBe('com.acme.one');
  await writeFile(file, await packArchive(files.set(`assets/${name}`, bytes)));
  const refusal = { code: 'plugins/bad-archive', message: expect.stringContaining(words) as string };
  await expect(readPlugin(file)).rejects.toMatchObject(refusal);
  await expect(readPlugins(plugins)).rejects.toMatchObject(refusal);
});

describe('D9 the key ceremony', () => {
  it('makes eight keys that only their owner may read, and never writes over any', async () => {
    const { fingerprint, files } = await ceremony();
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(files).toHaveLength(8);
    if (process.platform !== 'win32') {
      expect((await stat(keys)).mode & 0o777).toBe(0o700);
      for (const file of files) expect((await stat(path.join(keys, file))).mode & 0o777, file).toBe(0o600);
    }
    await expect(ceremony()).rejects.toMatchObject({ code: 'core/bad-input' });
    expect((await readdir(path.dirname(keys))).sort()).toEqual(['keys', 'plugins']);
  });
  it('refuses keys that others may read, that are damaged or of another kind', async () => {
    await ceremony();
    if (process.platform !== 'win32') {
      await chmod(path.join(keys, 'catalog.pem'), 0o644);
      await expect(readKeyFolder(keys)).rejects.toMatchObject({ message: expect.stringContaining('catalog.pem') as string });
      await chmod(path.join(keys, 'catalog.pem'), 0o600);
    }
    await writeFile(path.join(keys, 'catalog.pem'), 'no key');
    await expect(readKeyFolder(keys)).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(readKeyFolder(plugins)).rejects.toMatchObject({ code: 'core/bad-input' });
  });
});

describe('D8 publishing a static registry', () => {
  it('takes archives and folders, and adds to what is there', async () => {
    await ceremony();
    await addArchive('com.acme.one', '1.0.0');
    const folder = path.join(plugins, 'two');
    for (const [name, bytes] of filesOf('com.acme.two', '1.0.0')) { await mkdir(path.dirname(path.join(folder, name)), { recursive: true }); await writeFile(path.join(folder, name), bytes); }
    expect(await publish()).toMatchObject({ sequence: 1, plugins: 2, added: ['com.acme.one 1.0.0', 'com.acme.two 1.0.0'] });
    expect(await idsOf(await open())).toEqual(['com.acme.one 1.0.0', 'com.acme.two 1.0.0']);
    await rm(path.join(plugins, 'com.acme.one-1.0.0.troupe'));
    await addArchive('com.acme.one', '1.1.0');
    await writeFile(path.join(plugins, 'revoked.json'), JSON.stringify([{ id: 'com.acme.one', version: '1.0.0', sha512: 'a'.repeat(128), reason: ' (bad)', revoked_at: 1 }]));
    await writeFile(path.join(plugins, 'categories.json'), JSON.stringify([{ slug: 'data', name: 'Data', description: '', icon: 'table', sort_order: 1 }]));
    expect(await publish()).toMatchObject({ sequence: 2, added: ['com.acme.one 1.1.0'] });
    const state = await open();
    expect(await idsOf(state)).toEqual(['com.acme.one 1.0.0 (bad)', 'com.acme.one 1.1.0', 'com.acme.two 1.0.0']);
    expect([state.categories.length, state.revoked.length]).toEqual([1, 1]);
    // Nothing new: the same sequence, signed again.
    expect(await publish()).toMatchObject({ sequence: 2, added: [] });
    expect((await open()).versions).toMatchObject({ catalog: 2, timestamp: 3, root: 1 });
  });
  it('refuses, before anything is written, what may not be published', async () => {
    await ceremony();
    await addArchive('com.acme.one', '1.0.0');
    await publish();
    await writeFile(path.join(plugins, 'bad.troupe'), 'no archive');
    await expect(publish()).rejects.toMatchObject({ code: 'plugins/bad-archive', message: expect.stringContaining('bad.troupe') as string });
    await writeFile(path.join(plugins, 'bad.troupe'), await packArchive(new Map([...filesOf('com.acme.one', '1.0.0'), ['CHANGELOG.md', bytesOf('x')]])));
    await expect(publish()).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringContaining('higher version') as string });
    await writeFile(path.join(plugins, 'bad.troupe'), await packArchive(new Map([...filesOf('com.acme.lone', '1.0.0'), ['plugin.yaml', bytesOf(manifest('com.acme.lone', '1.0.0', false))]])));
    await expect(publish()).rejects.toMatchObject({ message: expect.stringContaining('partner') as string });
    await rm(path.join(plugins, 'bad.troupe'));
    await writeFile(path.join(plugins, 'revoked.json'), '{}');
    await expect(publish()).rejects.toMatchObject({ message: expect.stringContaining('revoked.json') as string });
    // One that is there and cannot be read is not taken for one that is not there: a withdrawal would go unsaid.
    await rm(path.join(plugins, 'revoked.json'));
    await mkdir(path.join(plugins, 'revoked.json'));
    await expect(publish()).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringContaining('revoked.json') as string });
    expect((await open()).sequence).toBe(1);
  });
  it('never signs what somebody else put into the folder', async () => {
    await ceremony();
    await addArchive('com.acme.one', '1.0.0');
    await publish();
    const [full = ''] = (await readdir(path.join(out, 'catalog'))).filter((name) => name.includes('full'));
    const file = path.join(out, 'catalog', full);
    const good = await readFile(file);
    await writeFile(file, Buffer.concat([good, Buffer.from([0])]));
    await expect(sign()).rejects.toMatchObject({ code: 'catalog/refused' });
    await writeFile(file, good);
    keys = `${keys}-other`;
    await ceremony();
    await expect(publish()).rejects.toMatchObject({ code: 'catalog/refused' });
  });
  it('is valid however far a publication came, and goes on after it', async () => {
    await ceremony();
    await addArchive('com.acme.one', '1.0.0');
    await publish();
    await addArchive('com.acme.two', '1.0.0');
    const steps: string[] = [];
    const whole = `${out}-whole`;
    const now = Date.now();
    await cp(out, whole, { recursive: true });
    await publish(now, (point) => { steps.push(point); });
    expect(steps.at(-1)).toBe('name metadata/timestamp.json');
    expect(steps.length).toBeGreaterThan(12);
    for (const end of steps) {
      await rm(out, { recursive: true });
      await cp(whole, out, { recursive: true });
      await expect(publish(now, (point) => { if (point === end) throw new Error('ended'); })).rejects.toThrow('ended');
      expect((await open()).sequence, end).toBe(1);
      if (steps.indexOf(end) % 4 !== 3) continue;
      expect(await publish()).toMatchObject({ sequence: 2 });
      expect(await idsOf(await open()), end).toEqual(['com.acme.one 1.0.0', 'com.acme.two 1.0.0']);
    }
  }, 60_000);
});

describe('D8 signing again', () => {
  it('keeps a hosted registry alive without its offline keys, as long as those last', async () => {
    const start = Date.now() - 60 * DAY;
    await ceremony('hosted', start);
    await addArchive('com.acme.one', '1.0.0');
    await publish(start);
    await expect(open()).rejects.toMatchObject({ code: 'catalog/expired' });
    const away = `${keys}-away`;
    await mkdir(away);
    for (const name of ['root-1.pem', 'root-2.pem', 'root-3.pem', 'targets.pem']) await rename(path.join(keys, name), path.join(away, name));
    expect(await sign()).toMatchObject({ sequence: 2, added: [] });
    expect(await idsOf(await open())).toEqual(['com.acme.one 1.0.0']);
    expect(await sign()).toMatchObject({ sequence: 2 });
    await expect(sign(start + 91 * DAY)).rejects.toMatchObject({ message: expect.stringContaining('targets.pem') as string });
    await rename(path.join(away, 'targets.pem'), path.join(keys, 'targets.pem'));
    await sign();
    expect((await open()).versions.targets).toBe(2);
    await expect(sign(start + 366 * DAY)).rejects.toMatchObject({ code: 'catalog/expired' });
  });
  it('renews the root by two of its keys, ended at any point', async () => {
    const start = Date.now() - 350 * DAY;
    await ceremony('hosted', start);
    await addArchive('com.acme.one', '1.0.0');
    await publish(start);
    const steps: string[] = [];
    await cp(out, `${out}-whole`, { recursive: true });
    await sign(Date.now(), (point) => { steps.push(point); });
    expect((await open()).versions).toMatchObject({ root: 2, targets: 2 });
    for (const end of steps) {
      await rm(out, { recursive: true });
      await cp(`${out}-whole`, out, { recursive: true });
      await expect(sign(Date.now(), (point) => { if (point === end) throw new Error('ended'); })).rejects.toThrow('ended');
      await sign();
      expect((await open()).versions.root, end).toBe(2);
    }
  }, 60_000);
  it('says when there is nothing to sign', async () => {
    await ceremony();
    await expect(sign()).rejects.toMatchObject({ code: 'core/bad-input' });
  });
});
