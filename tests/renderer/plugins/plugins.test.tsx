import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { PluginScreen } from '../../../renderer/features/marketplace/index.tsx';
import { PluginsScreen } from '../../../renderer/features/plugins/index.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

describe('I7 installed plugins', () => {
  it('leads on from an empty list', async () => {
    renderPage({ node: <PluginsScreen />, world: createWorld({ empty: true }) });
    expect((await screen.findByRole('link', { name: 'Browse the marketplace' })).getAttribute('href')).toBe('/marketplace');
  });

  it('names who can no longer work before it uninstalls, and keeps data on request', async () => {
    const { world } = renderPage({ node: <PluginsScreen /> });
    fireEvent.click(await screen.findByRole('button', { name: 'Actions for Text Toolkit' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Uninstall…' }));
    await screen.findByText(/1 agent on your team can no longer work: Ada\./);
    fireEvent.click(screen.getByRole('checkbox', { name: /Keep what it stored/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Uninstall' }));
    await waitFor(() => { expect(screen.queryByText('Text Toolkit')).toBeNull(); });
    expect(world.calls.find(({ procedure }) => procedure === 'plugins.uninstall')?.input).toMatchObject({ id: 'dev.troupe.text-toolkit', keepData: true });
  });

  it('names what goes along, and whom of the team that takes with it', async () => {
    const world = createWorld();
    const [root, part] = [...world.installed.values()];
    if (!root || !part) throw new Error('The world lacks plugins.');
    world.installed = new Map([[root.id, { ...root, hiredAs: ['Ada'], neededBy: [] }], [part.id, { ...part, reason: 'dependency', neededBy: [root.id], hiredAs: ['Bo'], usedBy: ['Cook', 'Zoe'] }]]);
    renderPage({ node: <PluginsScreen />, world });
    fireEvent.click(await screen.findByRole('button', { name: `Actions for ${root.name}` }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Uninstall…' }));
    await screen.findByText(`${part.name} goes along, since nothing else needs it.`);
    await screen.findByText(/^2 agents on your team can no longer work: Ada, Bo\./);
    await screen.findByText('Cook, Zoe lose tools or checks that come from here.');
  });

  it('does not offer to uninstall what others need', async () => {
    const world = createWorld();
    const plugin = world.installed.get('dev.troupe.text-toolkit');
    if (plugin) world.installed.set(plugin.id, { ...plugin, neededBy: ['dev.troupe.meeting-notes'] });
    renderPage({ routes: [{ path: '/marketplace/:id', element: <PluginScreen /> }], at: '/marketplace/dev.troupe.text-toolkit', world });
    fireEvent.click(await screen.findByRole('button', { name: 'Uninstall' }));
    await screen.findByText('dev.troupe.meeting-notes needs it. Uninstall that first.');
    expect(screen.getAllByRole('button', { name: 'Uninstall' })).toHaveLength(1);
  });

  it('switches a plugin off and on, and says whom that concerns', async () => {
    const { world } = renderPage({ routes: [{ path: '/marketplace/:id', element: <PluginScreen /> }], at: '/marketplace/dev.troupe.text-toolkit' });
    fireEvent.click(await screen.findByRole('switch', { name: /^On/ }));
    await screen.findByText('Ada cannot work until it is on again.');
    expect(world.calls.some(({ procedure }) => procedure === 'plugins.setEnabled')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Switch off' }));
    await waitFor(() => { expect(screen.queryByRole('dialog')).toBeNull(); });
    expect(world.calls.find(({ procedure }) => procedure === 'plugins.setEnabled')?.input).toMatchObject({ id: 'dev.troupe.text-toolkit', enabled: false });
    fireEvent.click(screen.getByRole('switch', { name: /^On/ }));
    await waitFor(() => { expect(screen.queryByText(/cannot work until/)).toBeNull(); });
  });

  it('names who needs a plugin that cannot be switched off, and does not switch on what was withdrawn', async () => {
    const world = createWorld();
    const plugin = world.installed.get('dev.troupe.text-toolkit');
    if (plugin) world.installed.set(plugin.id, { ...plugin, neededBy: ['dev.troupe.meeting-notes'] });
    renderPage({ routes: [{ path: '/marketplace/:id', element: <PluginScreen /> }], at: '/marketplace/dev.troupe.text-toolkit', world });
    fireEvent.click(await screen.findByRole('switch', { name: /^On/ }));
    await screen.findByText('dev.troupe.meeting-notes needs it. Switch that off first.');
    fireEvent.click(screen.getByRole('button', { name: 'Leave it on' }));
    if (plugin) world.installed.set(plugin.id, { ...plugin, status: 'disabled', disabledBy: 'registry' });
    world.changed('plugins');
    await screen.findByText(/withdrew this version/);
    expect(screen.getByRole<HTMLInputElement>('switch', { name: /^On/ }).disabled).toBe(true);
  });

  it('I6 says why its registry withdrew a plugin and leads to what to use instead', async () => {
    const world = createWorld();
    const plugin = world.installed.get('dev.troupe.text-toolkit');
    const withdraw = (useInstead: { id: string; version: string | null }): void => {
      if (plugin) world.installed.set(plugin.id, { ...plugin, status: 'disabled', disabledBy: 'registry', withdrawn: { reason: 'It lost text.', useInstead } });
    };
    withdraw({ id: 'dev.troupe.meeting-notes', version: null });
    renderPage({ routes: [{ path: '/marketplace/:id', element: <PluginScreen /> }], at: '/marketplace/dev.troupe.text-toolkit', world });
    await screen.findByText(/It lost text\./);
    expect((await screen.findByRole('link', { name: /dev\.troupe\.meeting-notes/ })).getAttribute('href')).toBe('/marketplace/dev.troupe.meeting-notes');
    // Another version of the same plugin is named; there is nowhere to go.
    withdraw({ id: 'dev.troupe.text-toolkit', version: '9.9.9' });
    world.changed('plugins');
    await screen.findByText(/9\.9\.9/);
    expect(screen.queryByRole('link', { name: /dev\.troupe\.meeting-notes/ })).toBeNull();
  });

  it('leads from an agent of an installed plugin to hiring it', async () => {
    renderPage({ routes: [{ path: '/marketplace/:id', element: <PluginScreen /> }], at: '/marketplace/dev.troupe.text-toolkit' });
    const links = await screen.findAllByRole('link', { name: 'Hire Text Specialist' });
    expect(links[0]?.getAttribute('href')).toBe('/team/hire?plugin=dev.troupe.text-toolkit&agent=agent-0');
  });

  it('D5 says why a plugin does not fit and does not offer to install it', async () => {
    renderPage({ routes: [{ path: '/marketplace/:id', element: <PluginScreen /> }], at: '/marketplace/dev.troupe.test-writer' });
    await screen.findByText('It needs Troupe 2.0 or newer; this is 0.1.0.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Install' }).disabled).toBe(true);
  });
});
