import { afterEach, describe, expect, it } from 'vitest';
import { openSettings } from '../../../main/core/base/settings/index.ts';
import type { Log } from '../../../main/core/base/observe/index.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

let open: TestStore | undefined;
afterEach(async () => { await open?.stop(); open = undefined; });

async function fresh(): Promise<TestStore> {
  open = await openTestStore();
  return open;
}

describe('settings', () => {
  it('answers defaults, keeps changes across a reopening, and goes back to the default', async () => {
    const { store } = await fresh();
    const settings = await openSettings({ store, now: () => 7 });
    expect(settings.get('theme')).toBe('system');
    expect(settings.all()).toMatchObject({ language: 'system', sidebarCollapsed: false, defaultModel: null });
    await settings.change({ theme: 'dark', defaultModel: 'local/tiny' });
    const again = await openSettings({ store, now: () => 8 });
    expect(again.get('theme')).toBe('dark');
    expect(again.get('defaultModel')).toBe('local/tiny');
    expect((await again.reset(['theme'])).theme).toBe('system');
    expect(again.get('defaultModel')).toBe('local/tiny');
  });

  it('tells who listens which settings changed, and nobody when none did', async () => {
    const { store } = await fresh();
    const settings = await openSettings({ store, now: () => 7 });
    const heard: unknown[] = [];
    const end = settings.onChange((changed, all) => { heard.push([changed, all.theme]); });
    await settings.change({ theme: 'dark', sidebarCollapsed: false });
    await settings.change({ theme: 'dark' });
    end();
    await settings.change({ theme: 'light' });
    expect(heard).toEqual([[['theme'], 'dark']]);
  });

  it('gives a repeated request its first answer and leaves later changes alone', async () => {
    const { store } = await fresh();
    const settings = await openSettings({ store, now: () => 7 });
    const request = { id: 'request-1', procedure: 'settings.change' };
    const first = await settings.change({ theme: 'dark' }, request);
    await settings.change({ theme: 'light', developerMode: true });
    expect(await settings.change({ theme: 'dark' }, request)).toEqual(first);
    expect(settings.get('theme')).toBe('light');
  });

  it('refuses unknown names and values that do not fit', async () => {
    const { store } = await fresh();
    const settings = await openSettings({ store, now: () => 7 });
    await expect(settings.change({ colour: 'red' } as never)).rejects.toMatchObject({ code: 'settings/unknown' });
    await expect(settings.reset(['colour' as never])).rejects.toMatchObject({ code: 'settings/unknown' });
    await expect(settings.change({ theme: 'purple' as never })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(settings.get('theme')).toBe('system');
  });

  it('counts a stored value of another release as unset and says so', async () => {
    const { store } = await fresh();
    await store.write('putSettings', { values: { theme: '"neon"', sidebarCollapsed: 'true', gone: '1' }, at: 1 });
    const warned: unknown[] = [];
    const quiet = (): void => undefined;
    const log: Log = { debug: quiet, info: quiet, error: quiet, warn: (fields) => { warned.push(fields); }, child: () => log };
    const settings = await openSettings({ store, now: () => 7, log });
    expect(settings.get('theme')).toBe('system');
    expect(settings.get('sidebarCollapsed')).toBe(true);
    expect(warned).toEqual([{ setting: 'theme' }]);
  });
});
