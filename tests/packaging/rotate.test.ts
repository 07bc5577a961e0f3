import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyFolder, openCatalog, publishStatic, readKeyFolder, readPlugins, renewSignatures, rotateKey, ROTATED, type RotatedRole } from '../../packaging/index.ts';
import { archiveOf } from '../core/plugins/registry.ts';

let top = '';
let count = 0;
/** A registry as it was before any rotation; each test has a copy. */
let template = '';
beforeAll(async () => {
  top = await mkdtemp(path.join(os.tmpdir(), 'troupe-rotate-'));
  template = path.join(top, 'template');
  await mkdir(path.join(template, 'plugins'), { recursive: true });
  await writeFile(path.join(template, 'plugins', 'one.troupe'), await archiveOf({ id: 'com.acme.one' }));
  await makeKeyFolder(path.join(template, 'keys'), { lifetimes: 'hosted', now: Date.now() });
  await publishStatic({ keys: await readKeyFolder(path.join(template, 'keys')), out: path.join(template, 'out'), now: Date.now(), folder: await readPlugins(path.join(template, 'plugins')) });
  await reader(template, path.join(template, 'cache')).refresh();
});
afterAll(() => rm(top, { recursive: true, force: true }));

const reader = (place: string, cacheDir: string) => ({ refresh: async () => openCatalog({ source: path.join(place, 'out'), trustedRoot: await readFile(path.join(place, 'keys', 'root.json')), cacheDir }).refresh() });
const fresh = async (): Promise<string> => { count += 1; const place = path.join(top, String(count)); await cp(template, place, { recursive: true }); return place; };
const rotate = (place: string, role: RotatedRole, failpoint?: (point: string) => void) => rotateKey({ role, keys: path.join(place, 'keys'), out: path.join(place, 'out'), now: Date.now(), ...(failpoint && { failpoint }) });
const sign = async (place: string, keys = 'keys') => renewSignatures({ keys: await readKeyFolder(path.join(place, keys)), out: path.join(place, 'out'), now: Date.now() });
/** One who was here before, and one who comes for the first time. */
const expectReadable = async (place: string, why: string): Promise<void> => {
  const caches = [path.join(place, `old-${why.replace(/\W/g, '-')}`), path.join(place, `new-${why.replace(/\W/g, '-')}`)];
  await cp(path.join(template, 'cache'), caches[0] ?? '', { recursive: true });
  for (const cache of caches) {
    const ids: string[] = [];
    for await (const { id } of (await reader(place, cache).refresh()).records()) ids.push(id);
    expect(ids, `${why} ${path.basename(cache)}`).toEqual(['com.acme.one']);
  }
};

describe('D9 another key for a role', () => {
  it.each(ROTATED)('%s: readers follow, what the old key signs is refused, and it works on', async (role) => {
    const place = await fresh();
    const { keyIds } = await rotate(place, role);
    expect(keyIds).toHaveLength(role === 'root' ? 3 : 1);
    await expectReadable(place, 'rotated');
    await expect(sign(place)).resolves.toMatchObject({ plugins: 1 });
    await expectReadable(place, 'signed');
    for (const name of await readdir(path.join(place, 'keys'))) if (name.endsWith('.pem') && process.platform !== 'win32') expect((await stat(path.join(place, 'keys', name))).mode & 0o777, name).toBe(0o600);
    expect((await readdir(path.join(place, 'keys'))).filter((name) => name.includes('next'))).toEqual([]);
    expect((await readdir(path.join(place, 'keys'))).filter((name) => name.includes('.old.'))).toHaveLength(role === 'root' ? 3 : 1);
    if (role === 'publisher') return;
    // Whoever has the old keys signs as before: the signer refuses, or readers do.
    await cp(path.join(template, 'keys'), path.join(place, 'stolen'), { recursive: true });
    const cache = path.join(place, 'attacked');
    await reader(place, cache).refresh();
    if (role === 'root') await expect(rotateKey({ role: 'timestamp', keys: path.join(place, 'stolen'), out: path.join(place, 'out'), now: Date.now() }).then(() => reader(place, cache).refresh())).rejects.toMatchObject({ code: 'catalog/refused' });
    else await expect(publishStatic({ keys: await readKeyFolder(path.join(place, 'stolen')), out: path.join(place, 'out'), now: Date.now(), folder: { plugins: [], categories: [{ slug: 'evil', name: 'Evil', description: '', icon: '', sort_order: 1 }] } })
      .then(async (published) => { if (role === 'targets') await rotateKey({ role: 'catalog', keys: path.join(place, 'stolen'), out: path.join(place, 'out'), now: Date.now() }); expect(published).toBeDefined(); return reader(place, cache).refresh(); })).rejects.toMatchObject({ code: 'catalog/refused' });
  }, 60_000);

  it.each(ROTATED)('%s: ended at any point, what is published holds, and the same call finishes it', async (role) => {
    const steps: string[] = [];
    await rotate(await fresh(), role, (point) => { steps.push(point); });
    expect(steps.length).toBeGreaterThanOrEqual(role === 'publisher' ? 3 : 7);
    for (const [index, end] of steps.entries()) {
      const place = await fresh();
      let reached = 0;
      await expect(rotate(place, role, () => { if (reached === index) throw new Error('ended'); reached += 1; }), end).rejects.toThrow('ended');
      await expectReadable(place, `ended ${index}`);
      const pending = (await readdir(path.join(place, 'keys'))).some((name) => name.endsWith('.next.pem'));
      if (pending) await expect(sign(place), end).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringContaining(`rotate ${role}`) as string });
      await rotate(place, role);
      await expect(sign(place), end).resolves.toBeDefined();
      await expectReadable(place, 'finished');
      await rm(place, { recursive: true });
    }
  }, 120_000);

  it('asks for the keys that have to sign, before it publishes anything', async () => {
    const place = await fresh();
    for (const name of ['root-1.pem', 'root-2.pem']) await rm(path.join(place, 'keys', name));
    const before = await readdir(path.join(place, 'out', 'metadata'));
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) await expect(rotate(place, role)).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await readdir(path.join(place, 'out', 'metadata'))).toEqual(before);
    const other = await fresh();
    await expect(rotate(other, 'timestamp', (point) => { if (point.startsWith('settle')) throw new Error('ended'); })).rejects.toThrow('ended');
    await expect(rotate(other, 'snapshot')).rejects.toMatchObject({ message: expect.stringContaining('timestamp') as string });
  });
});
