import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { OperationSheet } from '../../../renderer/app/frame/operation-sheet.tsx';
import { useOperations, useResumeOperations } from '../../../renderer/bridge/use-operations.ts';
import { PluginScreen } from '../../../renderer/features/marketplace/index.tsx';
import { PluginsScreen } from '../../../renderer/features/plugins/index.tsx';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { startOperation } from '../../support/fake-install.ts';
import { makeCard, makeInstalled } from '../../support/fake-data.ts';
import { renderPage } from '../../support/render-page.tsx';

const open = (world: FakeWorld = createWorld()) => renderPage({ node: <div id="content"><PluginsScreen /><OperationSheet /></div>, world });
const called = (world: FakeWorld, procedure: string) => world.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);
async function choose(item: string): Promise<void> {
  fireEvent.click(await screen.findByRole('button', { name: 'From this computer' }));
  fireEvent.click(await screen.findByRole('menuitem', { name: item }));
}
async function give(text: string): Promise<void> {
  await screen.findByRole('button', { name: 'From this computer' });
  fireEvent.change(screen.getByLabelText('Install a set from a file…', { selector: 'input' }), { target: { files: [new File([text], 'troupe.lock.yaml')] } });
}

describe('I9 plugins from this computer', () => {
  it('says that they need developer mode, and asks the shell for nothing before', async () => {
    const { world } = open();
    await choose('Install an archive…');
    await screen.findByText('This needs developer mode');
    expect(screen.getByRole('link', { name: 'To the setting' }).getAttribute('href')).toBe('/settings/about');
    expect(called(world, 'plugins.pickSideLoad')).toEqual([]);
  });

  const inDeveloperMode = (): FakeWorld => {
    const world = createWorld();
    world.settings = { ...world.settings, developerMode: true };
    return world;
  };
  it('are picked in the shell’s dialog when they are a folder, and shown step by step', async () => {
    const { world } = open(inDeveloperMode());
    await choose('Develop in a folder…');
    await screen.findByRole('dialog', { name: /com\.example\.own-tools/ });
    expect(called(world, 'plugins.pickSideLoad')).toHaveLength(1);
  });

  it('are brought in parts when they are an archive, and shown step by step', async () => {
    const { world } = open(inDeveloperMode());
    await screen.findByRole('button', { name: 'From this computer' });
    fireEvent.change(screen.getByLabelText('Install an archive…', { selector: 'input' }), { target: { files: [new File([new Uint8Array(524_288 + 3)], 'own.troupe')] } });
    await screen.findByRole('dialog', { name: /com\.example\.own-tools/ });
    expect(called(world, 'plugins.uploadSideLoad')).toMatchObject([{ offset: 0, last: false }, { offset: 524_288, base64: 'AAAA', last: true }]);
  });

  it('are taken where they are dropped, one archive at a time', async () => {
    const { world } = open(inDeveloperMode());
    await screen.findByRole('button', { name: 'From this computer' });
    const drop = (...names: string[]): void => { fireEvent.drop(document.body, { dataTransfer: { types: ['Files'], files: names.map((name) => new File(['x'], name)) } }); };
    fireEvent.dragEnter(document.body, { dataTransfer: { types: ['Files'] } });
    await screen.findByText('Drop a .troupe archive to install it, unsigned');
    drop('letter.txt');
    expect(screen.queryByText('Drop a .troupe archive to install it, unsigned')).toBeNull();
    await screen.findByText(/That was not one \.troupe archive/);
    drop('a.troupe', 'b.troupe');
    expect(called(world, 'plugins.uploadSideLoad')).toEqual([]);
    drop('a.troupe');
    await screen.findByRole('dialog', { name: /com\.example\.own-tools/ });
  });

  it('are not taken where they are dropped outside of developer mode', async () => {
    const { world } = open();
    await screen.findByRole('button', { name: 'From this computer' });
    await waitFor(() => { expect(called(world, 'settings.get').length).toBeGreaterThan(0); });
    fireEvent.drop(document.body, { dataTransfer: { types: ['Files'], files: [new File(['x'], 'a.troupe')] } });
    await screen.findByText('This needs developer mode');
    expect(called(world, 'plugins.uploadSideLoad')).toEqual([]);
  });

  it('say why one was refused', async () => {
    const world = createWorld();
    world.settings = { ...world.settings, developerMode: true };
    world.failures.set('plugins.pickSideLoad', { code: 'plugins/bad-manifest', message: 'plugin.yaml: expected a version.', retryable: false, details: {} });
    open(world);
    await choose('Develop in a folder…');
    await screen.findByText('plugin.yaml: expected a version.');
  });

  it('are marked as unsigned in the list and on their page, with what is wrong in their folder', async () => {
    const world = createWorld();
    const plugin = makeInstalled(makeCard(1), { id: 'com.own.tools', name: 'Own Tools', sideLoaded: true, developedIn: { path: '/home/ada/own', problem: 'plugin.yaml, line 4' } });
    world.installed.set(plugin.id, plugin);
    const { unmount } = open(world);
    const row = within((await screen.findByRole('link', { name: 'Own Tools' })).closest('li') as HTMLElement);
    expect(row.getByText('Unsigned')).toBeTruthy();
    unmount();
    renderPage({ routes: [{ path: '/marketplace/:id', element: <PluginScreen /> }], at: '/marketplace/com.own.tools', world });
    await screen.findByText(/Nobody signed it/);
    expect(screen.getByText('plugin.yaml, line 4')).toBeTruthy();
    expect(screen.getByText('/home/ada/own')).toBeTruthy();
  });
});

describe('I9 the set of what is installed', () => {
  it('shows what a file would change before it is installed', async () => {
    const { world } = open();
    await give('lockfile_version: 1');
    const dialog = within(await screen.findByRole('dialog', { name: 'Install a set from a file…' }));
    await dialog.findByText('Meeting Notes');
    expect(dialog.getByText('2 other plugins are not in the file and stay as they are.')).toBeTruthy();
    expect(called(world, 'plugins.installSet')).toEqual([]);
    fireEvent.click(dialog.getByRole('button', { name: 'Install 1 change' }));
    await waitFor(() => { expect(called(world, 'plugins.installSet')).toMatchObject([{ lockfile: 'lockfile_version: 1' }]); });
    await screen.findByRole('dialog', { name: /The set/ });
  });

  it('says when nothing differs and when the file is none', async () => {
    const { world } = open();
    await give('plugins: []');
    await screen.findByText('Everything is installed exactly as the file says.');
    fireEvent.click(screen.getAllByRole('button', { name: 'Close' })[0] as HTMLElement);
    world.failures.set('plugins.compareSet', { code: 'core/bad-input', message: 'This is no lockfile of version 1.', retryable: false, details: {} });
    await give('something else');
    await screen.findByText('This is no lockfile of version 1.');
  });

  it('is begun again with the same file when it failed', async () => {
    const world = createWorld();
    world.failInstall = { code: 'core/unreachable', message: 'The registry did not answer.', retryable: true, details: {} };
    open(world);
    await give('lockfile_version: 1');
    fireEvent.click(await screen.findByRole('button', { name: 'Install 1 change' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => { expect(called(world, 'plugins.retry')).toHaveLength(1); });
  });

  function Reloaded() {
    useResumeOperations();
    const { operations, show } = useOperations();
    return operations.map(({ id, name }) => <button key={id} type="button" onClick={() => { show(id); }}>{name}</button>);
  }

  it('is begun again by a page that was loaded after it had begun', async () => {
    const world = createWorld();
    world.stepMs = 30;
    world.failInstall = { code: 'core/unreachable', message: 'The registry did not answer.', retryable: true, details: {} };
    const operationId = startOperation(world, 'install', 'dev.troupe.meeting-notes', 'set');
    renderPage({ node: <><Reloaded /><OperationSheet /></>, world });
    fireEvent.click(await screen.findByRole('button', { name: 'The set' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => { expect(called(world, 'plugins.retry')).toMatchObject([{ operationId }]); });
    expect(called(world, 'plugins.installSet')).toEqual([]);
  });

  it('is listed again, to be tried again, by a page that was loaded after it had failed', async () => {
    const world = createWorld();
    const failed = async (pluginId: string, asked: 'plugin' | 'set'): Promise<string> => {
      world.failInstall = { code: 'core/unreachable', message: 'The registry did not answer.', retryable: true, details: {} };
      const id = startOperation(world, 'install', pluginId, asked);
      await waitFor(() => { expect(world.operations.get(id)?.operation.state).toBe('failed'); });
      return id;
    };
    const operationId = await failed('dev.troupe.meeting-notes', 'set');
    await failed('dev.troupe.other', 'plugin');
    const page = <><Reloaded /><OperationSheet /></>;
    const { unmount } = renderPage({ node: page, world });
    fireEvent.click(await screen.findByRole('button', { name: 'The set' }));
    expect(screen.queryByRole('button', { name: 'dev.troupe.other' })).toBeNull(); // its own page tells of it
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => { expect(called(world, 'plugins.retry')).toMatchObject([{ operationId }]); });
    await screen.findByRole('dialog');
    unmount();
    // The newest try alone is listed, and none that was ended by the person.
    const again = [...world.operations.values()].at(-1);
    if (again) again.operation = { ...again.operation, state: 'cancelled', finishedAt: Date.now() };
    const seen = called(world, 'plugins.operations').length;
    renderPage({ node: page, world });
    await waitFor(() => { expect(called(world, 'plugins.operations').length).toBeGreaterThan(seen); });
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(screen.queryByRole('button', { name: 'The set' })).toBeNull();
  });

  it('is not listed again once it was taken off the list, by a page that was loaded later either', async () => {
    const world = createWorld();
    world.failInstall = { code: 'core/unreachable', message: 'The registry did not answer.', retryable: true, details: {} };
    const id = startOperation(world, 'install', 'dev.troupe.meeting-notes', 'set');
    await waitFor(() => { expect(world.operations.get(id)?.operation.state).toBe('failed'); });
    const first = renderPage({ node: <Reloaded />, world });
    await screen.findByRole('button', { name: 'The set' });
    first.bridge.operations.forget(id);
    first.unmount();
    const second = renderPage({ node: <Reloaded />, world });
    second.bridge.operations.track({ id, kind: 'install', pluginId: '', name: 'The set', asked: 'set' });
    expect(second.bridge.operations.store.getState().operations).toEqual([]);
  });

  it('is saved as a file', async () => {
    const { world } = open();
    await choose('Save the set as a file');
    await waitFor(() => { expect(called(world, 'plugins.lockfile')).toHaveLength(1); });
  });
});

describe('I9 the configuration of what is installed', () => {
  const CHANGES = [{ pluginId: 'dev.troupe.text-toolkit', key: 'tone', before: null, after: 'short' }, { pluginId: 'dev.troupe.spreadsheet-analyst', key: 'rows', before: 10, after: 20 }];
  const GAPS = [{ pluginId: 'dev.troupe.spreadsheet-analyst', key: 'api_key', kind: 'secret' as const, message: 'x' }, { pluginId: 'com.example.none', key: null, kind: 'not-installed' as const, message: 'x' }];
  const load = async (text: string): Promise<ReturnType<typeof within>> => {
    await screen.findByRole('button', { name: 'From this computer' });
    fireEvent.change(screen.getByLabelText('Load a configuration…', { selector: 'input' }), { target: { files: [new File([text], 'troupe.config.yaml')] } });
    return within(await screen.findByRole('dialog', { name: 'Load a configuration' }));
  };
  const differing = (gaps: readonly object[]): FakeWorld => {
    const world = createWorld();
    world.answers.set('plugins.compareConfiguration', (() => ({ changes: called(world, 'plugins.importConfiguration').length === 0 ? CHANGES : [], gaps })) as never);
    world.answers.set('plugins.importConfiguration', (() => ({ changes: CHANGES, gaps })) as never);
    return world;
  };

  it('shows what a file would change and what it leaves to the person before it changes anything, and afterwards what is left', async () => {
    const { world } = open(differing(GAPS));
    const dialog = await load('config_version: 1');
    expect((await dialog.findByRole('list', { name: 'What changes' })).textContent).toBe('Text ToolkittonedefaultshortSpreadsheet Analystrows1020');
    expect(dialog.getByText('Enter api_key of Spreadsheet Analyst. A file never holds a secret.')).toBeTruthy();
    expect(dialog.getByRole('link', { name: 'Set it up' }).getAttribute('href')).toBe('/marketplace/dev.troupe.spreadsheet-analyst?tab=configuration');
    expect(dialog.getByText('com.example.none is not installed, so its part is left out.')).toBeTruthy();
    expect(called(world, 'plugins.importConfiguration')).toEqual([]);
    fireEvent.click(dialog.getByRole('button', { name: 'Change 2 values' }));
    await dialog.findByText('2 values were changed.');
    expect(called(world, 'plugins.importConfiguration')).toMatchObject([{ text: 'config_version: 1' }]);
    expect(dialog.queryByRole('button', { name: /^Change/ })).toBeNull();
    expect(dialog.getByRole('link', { name: 'Show it' })).toBeTruthy();
  });

  it('changes nothing while a value does not fit, and says which', async () => {
    open(differing([{ pluginId: 'dev.troupe.text-toolkit', key: 'tone', kind: 'bad-value', message: '"tone" of dev.troupe.text-toolkit has to be a text.' }]));
    const dialog = await load('config_version: 1');
    await dialog.findByText('"tone" of dev.troupe.text-toolkit has to be a text.');
    expect(dialog.getByRole('button', { name: 'Change 2 values' }).hasAttribute('disabled')).toBe(true);
  });

  it('says when nothing differs, and when the file is none', async () => {
    const { world } = open();
    const dialog = await load('config_version: 1');
    await dialog.findByText('Everything is set as the file says.');
    fireEvent.click(dialog.getAllByRole('button', { name: 'Close' })[0] as HTMLElement);
    world.failures.set('plugins.compareConfiguration', { code: 'plugins/bad-configuration', message: 'This is no troupe.config.yaml that can be taken.', retryable: false, details: {} });
    const other = await load('lockfile_version: 1');
    await other.findByText('This is no troupe.config.yaml that can be taken.');
  });

  it('is saved as a file', async () => {
    const { world } = open();
    await choose('Save the configuration');
    await waitFor(() => { expect(called(world, 'plugins.exportConfiguration')).toHaveLength(1); });
  });
});
