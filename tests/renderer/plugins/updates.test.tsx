import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { AvailableUpdate } from '../../../contract/model/plugin.ts';
import { Rail } from '../../../renderer/app/frame/rail.tsx';
import { dependentsFirst } from '../../../renderer/bridge/use-bulk.ts';
import { HomeScreen } from '../../../renderer/features/home/index.tsx';
import { PluginsScreen } from '../../../renderer/features/plugins/index.tsx';
import { shownOf } from '../../../renderer/features/plugins/shown.ts';
import { makeCard, makeInstalled } from '../../support/fake-data.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const TEXT = 'dev.troupe.text-toolkit';
const SHEET = 'dev.troupe.spreadsheet-analyst';
const update = (id: string, name: string, change: Partial<AvailableUpdate> = {}): AvailableUpdate => ({
  id, name, installed: '1.0.0', version: '1.2.0', size: 9, publishedAt: 1, added: [], pinned: null,
  changes: [{ version: '1.2.0', publishedAt: 1, changelog: 'Counts faster.' }, { version: '1.1.0', publishedAt: 1, changelog: 'Counts at all.' }], ...change });
const withUpdates = (): FakeWorld => {
  const world = createWorld();
  world.updates = [update(TEXT, 'Text Toolkit'), update(SHEET, 'Spreadsheet Analyst', { added: ['network:more.example.com'] })];
  return world;
};
const called = (world: FakeWorld, procedure: string) => world.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);

describe('I5 updates that are there', () => {
  it('are counted beside Plugins and named on Home, pinned ones left out', async () => {
    const world = withUpdates();
    world.updates.push(update('com.a.pinned', 'Pinned', { pinned: '1.0.0' }));
    renderPage({ node: <><Rail /><HomeScreen /></>, world });
    expect((await screen.findByRole('link', { name: /^Plugins/ })).textContent).toBe('Plugins');
    await waitFor(() => { expect(screen.getByRole('link', { name: /^Plugins/ }).textContent).toBe('Plugins2 updates'); });
    const need = await screen.findByRole('link', { name: /2 plugins can be updated/ });
    expect(need.getAttribute('href')).toBe('/plugins?show=updates');
    expect(need.textContent).toContain('Text Toolkit, Spreadsheet Analyst');
  });

  it('show everything that changed since the installed version and only the difference of permissions', async () => {
    renderPage({ node: <PluginsScreen />, at: '/plugins?show=updates', world: withUpdates() });
    const row = within((await screen.findByText('Newly asks for: Send data to and read from more.example.com')).closest('li') as HTMLElement);
    fireEvent.click(row.getByRole('button', { name: 'What changed in Spreadsheet Analyst' }));
    await row.findByText('Counts faster.');
    expect(row.getByText('Counts at all.')).toBeTruthy();
    expect(screen.getByText('Asks for nothing new.')).toBeTruthy();
  });

  it('name who uses each, and who needs it and still fits; one that would not is not offered', async () => {
    const world = withUpdates();
    const plugin = world.installed.get(TEXT);
    if (plugin) world.installed.set(TEXT, { ...plugin, neededBy: [SHEET], usedBy: ['Cook'] });
    const { unmount } = renderPage({ node: <PluginsScreen />, at: '/plugins?show=updates', world });
    await screen.findByText('Spreadsheet Analyst needs Text Toolkit >=0.8.0: 1.2.0 fits.');
    expect(screen.getByText('Used by Ada, Cook.')).toBeTruthy();
    // Nobody needs the other one, so nothing is asked for about it.
    expect(called(world, 'plugins.preview').map(({ id }) => id)).toEqual([TEXT]);
    unmount();
    world.failures.set('plugins.preview', { code: 'plugins/conflict', message: 'Spreadsheet Analyst wants 1.', retryable: false, details: {} });
    renderPage({ node: <PluginsScreen />, at: '/plugins?show=updates', world });
    await screen.findByText('Spreadsheet Analyst wants 1.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Update Text Toolkit' }).disabled).toBe(true);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Review and update Spreadsheet Analyst' }).disabled).toBe(false);
  });

  it('are installed all at once, one after another', async () => {
    const world = withUpdates();
    renderPage({ node: <PluginsScreen />, at: '/plugins?show=updates', world });
    fireEvent.click(await screen.findByRole('button', { name: 'Update all 2' }));
    await waitFor(() => { expect(called(world, 'plugins.update').map(({ id }) => id).sort()).toEqual([SHEET, TEXT]); });
    await waitFor(() => { expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Update Text Toolkit' }).disabled).toBe(false); });
  });

  it('come by themselves as the person chose, with a log of what did', async () => {
    const world = withUpdates();
    world.operations.set('x', { operation: { id: 'x', kind: 'update', pluginId: TEXT, state: 'finished', createdAt: Date.now(), finishedAt: Date.now(), automatic: { from: '0.9.0', to: '1.0.0' }, asked: 'plugin' } } as never);
    renderPage({ node: <PluginsScreen />, at: '/plugins?show=updates', world });
    await screen.findByText('Text Toolkit went from 0.9.0 to 1.0.0.');
    fireEvent.click(await screen.findByRole('combobox', { name: 'Plugins update by themselves' }));
    fireEvent.click(await screen.findByRole('option', { name: 'Corrections only' }));
    await waitFor(() => { expect(world.settings.autoUpdate).toBe('patch'); });
  });

  it('say that there are none', async () => {
    renderPage({ node: <PluginsScreen />, at: '/plugins?show=updates' });
    await screen.findByText('Everything is up to date');
  });
});

describe('I7 the list of what is installed', () => {
  it('keeps to what is asked for and sorts it', () => {
    const [a, b] = [makeInstalled(makeCard(0), { updatedAt: 1, status: 'disabled' }), makeInstalled(makeCard(3), { updatedAt: 2, sideLoaded: true, size: 9e9 })];
    const known = { plugins: [a, b], updates: [update(b.id, b.name)], needSetup: new Set([a.id]) };
    const ids = (view: Parameters<typeof shownOf>[1]['view'], words = '', sort: Parameters<typeof shownOf>[1]['sort'] = 'name'): string[] => shownOf(known, { view, words, sort }).map(({ id }) => id);
    expect([ids('all'), ids('updates'), ids('disabled'), ids('setup'), ids('side-loaded')]).toEqual([[b.id, a.id], [b.id], [a.id], [a.id], [b.id]]);
    expect([ids('all', 'TOOLKIT'), ids('all', '', 'updated'), ids('all', '', 'size'), ids('updates', 'toolkit')]).toEqual([[a.id], [b.id, a.id], [b.id, a.id], []]);
  });

  it('shows a view by its address and leads back from an empty one', async () => {
    const { router } = renderPage({ node: <PluginsScreen />, at: '/plugins?show=disabled' });
    await screen.findByText('Everything is switched on');
    expect(screen.getByRole('button', { name: 'Off 0' }).getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Show everything' }));
    await screen.findByRole('link', { name: 'Text Toolkit' });
    expect(router.state.location.search).toBe('');
  });

  it('switches several off after it named who depends on them, and tells which could not be', async () => {
    const { world } = renderPage({ node: <PluginsScreen /> });
    fireEvent.click(await screen.findByRole('checkbox', { name: 'Choose all' }));
    fireEvent.click(screen.getByRole('button', { name: 'Switch off…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Switch 2 plugins off?' }));
    expect(dialog.getByText(/^Ada cannot work/)).toBeTruthy();
    world.answers.set('plugins.setEnabled', (({ id }: { id: string }) => { if (id === SHEET) throw new Error('x'); return { changed: [id], hiredAs: [], usedBy: [] }; }) as never);
    fireEvent.click(dialog.getByRole('button', { name: 'Switch off' }));
    await screen.findByText('One could not be changed');
    expect(called(world, 'plugins.setEnabled').map(({ id }) => id).sort()).toEqual([SHEET, TEXT]);
  });

  it('does not take away what a plugin that stays needs', async () => {
    const world = createWorld();
    const plugin = world.installed.get(TEXT);
    if (plugin) world.installed.set(TEXT, { ...plugin, neededBy: [SHEET] });
    renderPage({ node: <PluginsScreen />, world });
    fireEvent.click(await screen.findByRole('checkbox', { name: 'Choose Text Toolkit' }));
    fireEvent.click(screen.getByRole('button', { name: 'Uninstall…' }));
    await screen.findByText('Text Toolkit is needed by Spreadsheet Analyst. Choose that as well, or leave Text Toolkit out.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Uninstall' }).disabled).toBe(true);
  });

  it('takes what needs others away before them, circles included', () => {
    const one = (id: string, ...neededBy: string[]) => ({ id, name: id, neededBy });
    expect(dependentsFirst([one('base', 'middle'), one('middle', 'top'), one('top')]).map(({ id }) => id)).toEqual(['top', 'middle', 'base']);
    expect(dependentsFirst([one('a', 'b'), one('b', 'a')])).toHaveLength(2);
  });
});
