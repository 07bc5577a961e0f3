import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { OperationSheet } from '../../../renderer/app/frame/operation-sheet.tsx';
import { PluginScreen } from '../../../renderer/features/marketplace/index.tsx';
import type { InstalledPlugin } from '../../../contract/model/plugin.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const ID = 'dev.troupe.text-toolkit';
function open(change: Partial<InstalledPlugin> = {}, edit: (world: FakeWorld) => void = () => undefined) {
  const world = createWorld();
  const plugin = world.installed.get(ID);
  if (!plugin) throw new Error('The world lacks the plugin.');
  world.installed.set(ID, { ...plugin, ...change });
  edit(world);
  return renderPage({ routes: [{ path: '/marketplace/:id', element: <div id="content"><PluginScreen /><OperationSheet /></div> }], at: `/marketplace/${ID}`, world });
}
const called = (world: FakeWorld, procedure: string) => world.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);
const panel = async (): Promise<ReturnType<typeof within>> => within((await screen.findByRole('heading', { name: 'On this machine' })).closest('section') as HTMLElement);

describe('A1 agents that run elsewhere', () => {
  it('are shown with where they run and are not hired; a blueprint is named as one', async () => {
    const here = { kind: 'agent' as const, id: 'here', name: 'Here', description: 'On this machine.' };
    const capabilities: InstalledPlugin['capabilities'] = [{ ...here, id: 'far', name: 'Far', remote: 'https://agents.example.net' }, here, { kind: 'blueprint', id: 'plan', name: 'Plan', description: 'A plan.' }];
    open({ capabilities }, (world) => { world.cards = world.cards.filter(({ id }) => id !== ID); });
    await screen.findByText('It runs at https://agents.example.net, not on this machine. Such an agent cannot be run yet.');
    await screen.findByText('A blueprint is kept and shown. It cannot be used yet.');
    expect(screen.getAllByRole('link', { name: /^Hire/ }).map((link) => link.getAttribute('href'))).toEqual([`/team/hire?plugin=${ID}&agent=here`, `/team/hire?plugin=${ID}&agent=here`]);
  });
});

describe('I5 the version menu', () => {
  it('names who depends on it and what is newly asked for before it changes anything', async () => {
    const { world } = open({ version: '0.8.0', neededBy: ['dev.troupe.spreadsheet-analyst'] });
    fireEvent.click((await panel()).getByRole('button', { name: 'Version 0.8.0' }));
    expect((await screen.findByRole('menuitem', { name: /0\.7\.0.*withdrawn/ })).hasAttribute('data-disabled')).toBe(true);
    fireEvent.click(screen.getByRole('menuitem', { name: /^1\.0\.0/ }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change Text Toolkit to 1.0.0?' }));
    await dialog.findByText('Newly asks for: Send data to and read from more.example.com');
    expect(dialog.getByText(/ needs Text Toolkit >=0\.8\.0: 1\.0\.0 fits\.$/)).toBeTruthy();
    expect(dialog.getByText('Used by Ada.')).toBeTruthy();
    expect(called(world, 'plugins.update')).toEqual([]);
    fireEvent.click(dialog.getByRole('button', { name: 'Change to 1.0.0' }));
    await waitFor(() => { expect(called(world, 'plugins.update')).toMatchObject([{ id: ID, range: '1.0.0' }]); });
  });

  it('says why another version cannot come, and does not offer to try', async () => {
    open({ version: '0.8.0' }, (world) => { world.failures.set('plugins.preview', { code: 'plugins/conflict', message: 'It needs Secrets Sweep 2, and Code Reviewer needs 1.', retryable: false, details: {} }); });
    fireEvent.click((await panel()).getByRole('button', { name: 'Version 0.8.0' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: /^1\.0\.0/ }));
    await screen.findByText('It needs Secrets Sweep 2, and Code Reviewer needs 1.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Change to 1.0.0' }).disabled).toBe(true);
  });

  it('pins and lets go, and offers no other version while it is pinned', async () => {
    const { world } = open();
    fireEvent.click((await panel()).getByRole('switch', { name: 'Stay at 1.0.0' }));
    await waitFor(() => { expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Version 1.0.0' }).disabled).toBe(true); });
    fireEvent.click(screen.getByRole('switch', { name: 'Stay at 1.0.0' }));
    await waitFor(() => { expect(called(world, 'plugins.setPin').map(({ version }) => version)).toEqual(['1.0.0', null]); });
  });

  it('shows an update that is there, with what changed', async () => {
    open({}, (world) => { world.updates = [{ id: ID, name: 'Text Toolkit', installed: '1.0.0', version: '1.1.0', size: 9, publishedAt: 1, changes: [{ version: '1.1.0', publishedAt: 1, changelog: 'Counts faster.' }], added: [], pinned: null }]; });
    const here = await panel();
    await here.findByText('Version 1.1.0 is available');
    fireEvent.click(here.getByRole('button', { name: 'Update…' }));
    await screen.findByText('Counts faster.');
  });
});

describe('I6 the way back', () => {
  it('is one click, with what it changes beside it', async () => {
    const { world } = open({ version: '1.0.0', previousVersion: '0.9.0' });
    const before = within(await screen.findByRole('region', { name: 'The version before' }));
    await before.findByText('No longer asks for: Ask your model up to 20 times per run');
    fireEvent.click(before.getByRole('button', { name: 'Roll back to 0.9.0' }));
    await screen.findByText('Text Toolkit is back at the version before.');
    expect(called(world, 'plugins.rollback')).toMatchObject([{ id: ID }]);
  });

  it('is closed, saying who wants what, where it would leave another plugin without what it needs', async () => {
    open({ version: '1.0.0', previousVersion: '0.9.0', neededBy: ['dev.troupe.spreadsheet-analyst'] }, (world) => { world.misfits = true; });
    const before = within(await screen.findByRole('region', { name: 'The version before' }));
    await before.findByText(/ needs Text Toolkit >=9, and 0\.9\.0 does not fit\.$/);
    expect(before.getByText('So it cannot go back now. Update or uninstall one of them first.')).toBeTruthy();
    expect(before.getByRole<HTMLButtonElement>('button', { name: 'Roll back to 0.9.0' }).disabled).toBe(true);
  });
});

describe('I5 the update policy', () => {
  it('follows the setting until it has a choice of its own, and takes pre-releases on request', async () => {
    const { world } = open();
    const auto = await screen.findByRole<HTMLInputElement>('combobox', { name: 'Update by itself' });
    expect(auto.value).toBe('As for all: Off');
    fireEvent.click(auto);
    fireEvent.click(await screen.findByRole('option', { name: 'Corrections only' }));
    await waitFor(() => { expect(called(world, 'plugins.setUpdatePolicy')).toMatchObject([{ id: ID, autoUpdate: 'patch', channel: 'stable' }]); });
    fireEvent.click(screen.getByRole('combobox', { name: 'Versions' }));
    fireEvent.click(await screen.findByRole('option', { name: 'Pre-releases too' }));
    await waitFor(() => { expect(world.installed.get(ID)).toMatchObject({ autoUpdate: 'patch', channel: 'prerelease' }); });
  });

  it('keeps a plugin for itself that came along with another', async () => {
    const { world } = open({ reason: 'dependency', neededBy: ['dev.troupe.spreadsheet-analyst'] });
    world.answers.set('plugins.install', () => ({ operationId: 'operation-x' }));
    expect((await screen.findByRole('link', { name: 'Spreadsheet Analyst' })).getAttribute('href')).toBe('/marketplace/dev.troupe.spreadsheet-analyst');
    fireEvent.click(screen.getByRole('button', { name: 'Keep it for itself' }));
    await waitFor(() => { expect(called(world, 'plugins.install')).toMatchObject([{ id: ID }]); });
  });
});
