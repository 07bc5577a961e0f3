import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { OperationSheet } from '../../../renderer/app/frame/operation-sheet.tsx';
import { OperationsButton } from '../../../renderer/app/frame/operations-button.tsx';
import { PluginScreen } from '../../../renderer/features/marketplace/index.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const id = 'dev.troupe.research-assistant';
const show = (world = createWorld()) => renderPage({ routes: [{ path: '/marketplace/:id', element: <><OperationsButton /><PluginScreen /><OperationSheet /></> }, { path: '*', element: <><OperationsButton /><OperationSheet /></> }], at: `/marketplace/${id}`, world });
const start = async (): Promise<void> => { fireEvent.click(await screen.findByRole('button', { name: 'Install' })); };

describe('I1 I2 the install sheet', () => {
  it('asks for consent inside the step log, never ticks what is sensitive, and sends what was granted', async () => {
    const { world } = show();
    await start();
    const consent = await screen.findByRole('region', { name: 'Decide what it may do' });
    expect(within(consent).getByRole<HTMLInputElement>('checkbox', { name: 'Allow: Read your api_key itself' }).checked).toBe(false);
    const network = within(consent).getByRole<HTMLInputElement>('checkbox', { name: 'Allow: Send data to and read from api.example.com' });
    expect(network.checked).toBe(true);
    fireEvent.click(network);
    fireEvent.click(within(consent).getByRole('button', { name: 'Install with 2 of 4 allowed' }));
    await screen.findByText('Research Assistant is ready to use.');
    const answer = world.calls.find(({ procedure }) => procedure === 'plugins.consent')?.input;
    expect(answer).toMatchObject({ accept: true, granted: [{ pluginId: id, key: 'models:20' }, { pluginId: id, key: 'folder:data:read' }] });
    expect(world.installed.has(id)).toBe(true);
  });

  it('installs nothing when the person refuses, and says so', async () => {
    const { world } = show();
    await start();
    fireEvent.click(await screen.findByRole('button', { name: 'Do not install' }));
    expect((await screen.findByText('You refused what the plugin needs'))).toBeTruthy();
    expect(world.installed.has(id)).toBe(false);
  });

  it('shows the cause of a failure, offers its details, and tries again', async () => {
    const world = createWorld();
    world.consent = null;
    world.failInstall = { code: 'plugins/download-failed', message: 'The connection broke after 40 kB.', retryable: true, details: { bytes: 40_000 } };
    show(world);
    await start();
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The connection broke after 40 kB.');
    expect(within(alert).getByRole('button', { name: 'Copy details' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('Research Assistant is ready to use.');
  });

  it('goes on behind another screen and opens again from the top bar', async () => {
    const { router } = show();
    await start();
    fireEvent.click(await screen.findByRole('button', { name: 'Continue in the background' }));
    await router.navigate('/elsewhere');
    await waitFor(() => { expect(screen.queryByRole('dialog')).toBeNull(); });
    fireEvent.click(await screen.findByRole('button', { name: /waits for your decision/ }));
    fireEvent.click(await screen.findByRole('menuitem', { name: /Research Assistant/ }));
    expect(await screen.findByRole('region', { name: 'Decide what it may do' })).toBeTruthy();
  });

  it('shows the bytes of a download move while it goes on', async () => {
    const world = createWorld();
    world.consent = null;
    world.stepMs = 400;
    show(world);
    await start();
    const dialog = within(await screen.findByRole('dialog'));
    const seen = new Set<string>();
    await waitFor(() => {
      for (const { textContent } of dialog.queryAllByText(/ of 184 kB$/)) seen.add(textContent);
      expect(seen.size).toBeGreaterThan(1);
    }, { timeout: 4_000, interval: 50 });
    expect([...seen].slice(0, 2)).toEqual(['40 kB of 184 kB', '110 kB of 184 kB']);
    expect(dialog.getByRole('progressbar', { name: 'Download' })).toBeTruthy();
  });

  it('is not opened by an address, whatever that says: a link only shows the page', async () => {
    const { world } = renderPage({ routes: [{ path: '/marketplace/:id', element: <><PluginScreen /><OperationSheet /></> }], at: `/marketplace/${id}?registry=https://evil.example&install=1&tab=permissions` });
    await screen.findByRole('button', { name: 'Install' });
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(world.calls.filter(({ procedure }) => /\.(install|sideLoad|pickSideLoad|installSet|addRegistry)$/.test(procedure))).toEqual([]);
  });

  it('cancels', async () => {
    const { world } = show();
    await start();
    await screen.findByRole('region', { name: 'Decide what it may do' });
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await screen.findByText('Cancelled. Nothing was changed.');
    expect(world.installed.has(id)).toBe(false);
  });
});
