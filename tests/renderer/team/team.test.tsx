import { notifications } from '@mantine/notifications';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TeamScreen } from '../../../renderer/features/team/index.tsx';
import { nameProblem, suggestName } from '../../../renderer/lib/suggest-name.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from '../chat/show.tsx';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld, path = '/team'): ReturnType<typeof show> => { shown = show(world, path, { '/team/*': TeamScreen }); return shown; };

beforeEach(() => { giveSizes(); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); notifications.clean(); vi.restoreAllMocks(); });

describe('A1 the team', () => {
  it('shows who works here, with status, model and plugin', async () => {
    open(createWorld());
    const row = (await screen.findByRole('heading', { name: 'Ada' })).closest('li') as HTMLElement;
    expect(within(row).getByText('Ready')).toBeTruthy();
    expect(within(row).getByText('Practice model')).toBeTruthy();
    expect(await within(row).findByText('Text Toolkit')).toBeTruthy();
    expect(within(row).getByRole('link', { name: 'Chat with Ada' }).getAttribute('href')).toBe('/chat/new?agent=hire-1');
  });

  it('I9 marks who comes from code that nobody signed, here and where one is hired', async () => {
    const world = createWorld();
    for (const [id, plugin] of world.installed) if (id === world.hires[0]?.pluginId) world.installed.set(id, { ...plugin, sideLoaded: true });
    open(world, '/team/hire');
    const row = (await screen.findByRole('heading', { name: 'Ada', hidden: true })).closest('li') as HTMLElement;
    await within(row).findByText('Unsigned');
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByText('Unsigned');
    await userEvent.click(dialog.getByRole('button', { name: /Text Specialist/ }));
    await dialog.findByRole('textbox', { name: 'Name' });
    await dialog.findByText('Unsigned');
  });

  it('shows an own agent as its maker made it, and leads to the builder; one of a plugin goes by its name', async () => {
    const world = createWorld();
    world.hires.push({ ...world.hires[0] as (typeof world.hires)[number], id: 'hire-2', name: 'Remy', pluginId: 'own', agentId: 'own-cook', avatar: { emoji: '🍳', colour: '#2d6a27' } });
    open(world);
    const row = (await screen.findByRole('heading', { name: 'Remy' })).closest('li') as HTMLElement;
    expect(within(row).getByText('🍳').style.background).toBe('#2d6a27');
    await userEvent.click(within(row).getByRole('button', { name: 'More actions for Remy' }));
    expect((await screen.findByRole('menuitem', { name: 'Edit in the builder' })).getAttribute('href')).toBe('/builder/own-cook');
    await userEvent.keyboard('{Escape}');
    const other = screen.getByRole('heading', { name: 'Ada' }).closest('li') as HTMLElement;
    expect(within(other).getByText('A')).toBeTruthy();
    await userEvent.click(within(other).getByRole('button', { name: 'More actions for Ada' }));
    await screen.findByRole('menuitem', { name: 'Dismiss' });
    expect(screen.queryByRole('menuitem', { name: 'Edit in the builder' })).toBeNull();
  });

  it('dismisses an agent and takes it back', async () => {
    const { called } = open(createWorld());
    await userEvent.click(await screen.findByRole('button', { name: 'More actions for Ada' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Dismiss' }));
    await waitFor(() => { expect(screen.queryByRole('heading', { name: 'Ada' })).toBeNull(); });
    expect(await screen.findByText(/Ada left the team/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('heading', { name: 'Ada' })).toBeTruthy();
    expect(called('team.restore')).toMatchObject([{ id: 'hire-1' }]);
  });

  it('hires another one like an agent, and takes that back', async () => {
    const { called } = open(createWorld());
    await userEvent.click(await screen.findByRole('button', { name: 'More actions for Ada' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Duplicate' }));
    expect(await screen.findByRole('heading', { name: 'Ada 2' })).toBeTruthy();
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => { expect(screen.queryByRole('heading', { name: 'Ada 2' })).toBeNull(); });
    expect(called('team.dismiss')).toMatchObject([{ id: 'hire-1-2' }]);
  });

  it('has another model answer when the first cannot', async () => {
    const { world, called } = open(createWorld(), '/team/hire-1/setup');
    const field = await screen.findByLabelText('If that model cannot answer', { selector: 'input' });
    await waitFor(() => { expect((field as HTMLInputElement).value).toBe('Say what went wrong'); });
    await userEvent.click(field);
    await userEvent.click(await screen.findByRole('option', { name: 'acme-large' }));
    await waitFor(() => { expect(called('team.change')).toMatchObject([{ id: 'hire-1', fallbackModel: 'acme/acme-large' }]); });
    expect(world.hires[0]?.fallbackModel).toBe('acme/acme-large');
  });

  it('pauses and resumes', async () => {
    open(createWorld());
    await userEvent.click(await screen.findByRole('button', { name: 'More actions for Ada' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Pause' }));
    expect(await screen.findByText('Paused')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'More actions for Ada' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Resume' }));
    expect(await screen.findByText('Ready')).toBeTruthy();
  });

  it('renames in place and refuses a name that is taken', async () => {
    const world = createWorld();
    const [ada] = world.hires;
    if (ada) world.hires.push({ ...ada, id: 'hire-2', name: 'Grace' });
    const { called } = open(world);
    await userEvent.click(await screen.findByRole('button', { name: 'More actions for Ada' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Rename' }));
    const field = await screen.findByRole('textbox', { name: 'New name' });
    await userEvent.clear(field);
    await userEvent.type(field, 'grace{Enter}');
    expect(await screen.findByText(/has this name already/)).toBeTruthy();
    expect(called('team.change')).toEqual([]);
    await userEvent.clear(field);
    await userEvent.type(field, 'Lovelace{Enter}');
    expect(await screen.findByRole('heading', { name: 'Lovelace' })).toBeTruthy();
  });

  it('leads to the marketplace while nobody is here', async () => {
    open(createWorld({ empty: true }));
    expect((await screen.findByRole('link', { name: 'Find agents' })).getAttribute('href')).toBe('/marketplace?kind=agent');
  });
});

describe('A1 hiring', () => {
  const next = async (): Promise<void> => { await userEvent.click(await screen.findByRole('button', { name: 'Next' })); };

  it('goes in steps from the choice to the chat', async () => {
    const { called, router } = open(createWorld(), '/team/hire');
    await userEvent.click(await screen.findByRole('button', { name: /Text Specialist/ }));
    const name = await screen.findByRole('textbox', { name: 'Name' });
    expect((name as HTMLInputElement).value).toBe('Text Specialist');
    await userEvent.clear(name);
    await userEvent.type(name, 'ada');
    await userEvent.tab();
    expect(await screen.findByText(/has this name already/)).toBeTruthy();
    await userEvent.clear(name);
    await userEvent.type(name, 'Grace');
    await next();
    expect(await screen.findByText(/Good for trying things out, not for real answers/)).toBeTruthy();
    await next();
    await userEvent.click(await screen.findByRole('button', { name: 'Hire Grace' }));
    await waitFor(() => { expect(router.state.location.pathname + router.state.location.search).toMatch(/^\/chat\/new\?agent=hire-/); });
    expect(called('team.hire')).toMatchObject([{ pluginId: 'dev.troupe.text-toolkit', agentId: 'agent-0', name: 'Grace', model: null }]);
  });

  it('begins with the name when the address says who', async () => {
    open(createWorld(), '/team/hire?plugin=dev.troupe.text-toolkit&agent=agent-0');
    expect(await screen.findByRole('textbox', { name: 'Name' })).toBeTruthy();
  });

  it('lets folders be picked outside the page and shows them when they arrive', async () => {
    const world = createWorld();
    const plugin = 'dev.troupe.text-toolkit';
    world.folders.set(plugin, [{ key: 'data', access: 'read', path: null }]);
    world.confirmAt = 'http://127.0.0.1:9/pick';
    const outside = vi.spyOn(window, 'open').mockReturnValue(null);
    open(world, `/team/hire?plugin=${plugin}`);
    await next();
    await next();
    await userEvent.click(await screen.findByRole('button', { name: 'Pick a folder: data' }));
    await waitFor(() => { expect(outside).toHaveBeenCalledWith('http://127.0.0.1:9/pick', '_blank', 'noopener'); });
    expect(await screen.findByText(/appears here by itself/)).toBeTruthy();
    world.folders.set(plugin, [{ key: 'data', access: 'read', path: '/home/ada/notes' }]);
    world.changed('plugins');
    expect(await screen.findByText('/home/ada/notes')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Next' })).toBeTruthy();
  });

  it('keeps what was entered when hiring fails', async () => {
    const world = createWorld();
    world.failures.set('team.hire', { code: 'store/busy', message: 'The database was busy.', retryable: true, details: {} });
    open(world, '/team/hire?plugin=dev.troupe.text-toolkit');
    await next();
    await next();
    await userEvent.click(await screen.findByRole('button', { name: 'Hire Text Specialist' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The database was busy.');
    world.failures.clear();
    await userEvent.click(screen.getByRole('button', { name: 'Hire Text Specialist' }));
    await waitFor(() => { expect(world.hires.map(({ name }) => name)).toContain('Text Specialist'); });
  });

  it('suggests names that are free', () => {
    expect(suggestName('Editor', ['editor', 'Editor 2'])).toBe('Editor 3');
    expect(suggestName('x'.repeat(100), []).length).toBeLessThanOrEqual(60);
    expect(nameProblem('  ', [])).toBe('team.nameEmpty');
    expect(nameProblem('Ada', ['ada'], 'Ada')).toBeNull();
  });
});
