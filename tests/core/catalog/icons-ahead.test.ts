/** Which icons come ahead of being looked at, and when it is given up. */
import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { blobFile, createCatalog } from '../../../main/core/marketplace/catalog/index.ts';
import { createIconsAhead, type IconsAheadLimits } from '../../../main/core/marketplace/catalog/icons-ahead.ts';
import { pngHead } from '../../support/image-heads.ts';
import { openInlineStore } from '../plugins/inline-store.ts';
import { testRegistry } from '../plugins/registry.ts';

const icon = (name: string, size = 10, registry = 'one') => ({ registry, sha512: name, size });

/** Runs one turn over these icons; `keep` as the registries answer. */
async function turn(likely: readonly ReturnType<typeof icon>[], keep: (name: string) => Promise<number>, limits: Partial<IconsAheadLimits> = {}): Promise<{ asked: string[]; reports: string[]; atOnce: number }> {
  const [asked, reports] = [[] as string[], [] as string[]];
  let [under, atOnce, turns] = [0, 0, 0];
  const done = Promise.withResolvers<void>();
  const ahead = createIconsAhead({
    store: { read: () => { turns += 1; return Promise.resolve(turns === 1 ? likely : []); } } as never, installed: () => { if (turns === 1) done.resolve(); return Promise.resolve({}); },
    images: { async keep({ sha512 }) { asked.push(sha512); under += 1; atOnce = Math.max(atOnce, under); try { return await keep(sha512); } finally { under -= 1; } } },
    report: (message) => { reports.push(message); }, limits,
  });
  ahead.bring();
  // The second turn begins when the first has ended.
  ahead.bring();
  await done.promise;
  await ahead.stop();
  return { asked, reports, atOnce };
}
const fail = (): Promise<never> => Promise.reject(new Error('not there'));

describe('D7 icons ahead of being looked at', () => {
  it('come one after another, up to so many bytes in a turn', async () => {
    const { asked, atOnce } = await turn([icon('a', 40), icon('b', 40), icon('c', 40), icon('d', 20)], async (name) => { await Promise.resolve(); return name === 'd' ? 20 : 40; }, { turnBytes: 100 });
    expect([asked, atOnce]).toEqual([['a', 'b', 'd'], 1]);
  });

  it('are given up for a registry that fails several times on end, and for no other', async () => {
    const likely = [icon('a'), icon('b'), icon('good', 10, 'two'), icon('c'), icon('d'), icon('better', 10, 'two')];
    const { asked, reports } = await turn(likely, (name) => (name.length === 1 ? fail() : Promise.resolve(10)), { failures: 2 });
    expect([asked, reports]).toEqual([['a', 'b', 'good', 'better'], ['icons could not be fetched ahead']]);
    const between = await turn([icon('a'), icon('good'), icon('b'), icon('fine')], (name) => (name.length === 1 ? fail() : Promise.resolve(10)), { failures: 2 });
    expect([between.asked, between.reports]).toEqual([['a', 'good', 'b', 'fine'], []]);
  });

  it('are those of what is likely seen, are there when the registry is gone, and come only once the core runs', async () => {
    const test = await openInlineStore();
    const registry = await testRegistry(path.join(test.home.root, 'registry'));
    const files = (width: number) => ({ 'assets/icon.png': pngHead(width, width) });
    await registry.publish([{ id: 'com.acme.one', files: files(128) }, { id: 'com.acme.two', files: files(256) }]);
    const make = () => createCatalog({ store: test.catalog, home: test.home, registries: [{ id: 'test', name: 'test', kind: 'folder', source: registry.folder, root: registry.root }], app: { version: '1.0.0', platform: 'linux' }, installed: () => Promise.resolve({}), changed: () => undefined });
    const [quiet, running] = [make(), make()];
    try {
      await quiet.sync();
      const { icon: one } = await quiet.get({ id: 'com.acme.one' });
      const { icon: two } = await quiet.get({ id: 'com.acme.two' });
      const there = (sha512 = '') => access(blobFile(test.home.blobs, sha512)).then(() => true, () => false);
      await quiet.stop();
      expect(await there(one?.sha512)).toBe(false);
      running.start({ now: false });
      await running.sync();
      await vi.waitFor(async () => { expect([await there(one?.sha512), await there(two?.sha512)]).toEqual([true, true]); }, { timeout: 45_000 });
      await rm(registry.folder, { recursive: true });
      expect((await running.image({ sha512: two?.sha512 ?? '', as: 'icon' })).type).toBe('image/png');
    } finally {
      await running.stop();
      await test.stop();
    }
  }, 90_000);
});
