import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { SettingsScreen } from '../../../renderer/features/settings/index.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const show = (section: string, world = createWorld()) => renderPage({ routes: [{ path: '/settings/:section?', element: <SettingsScreen /> }], at: `/settings/${section}`, world });

describe('X8 keys', () => {
  it('shows the recovery code only when asked, and never again once it is confirmed', async () => {
    const world = createWorld();
    world.keyState = { ...world.keyState, recoveryCodePending: true };
    show('keys', world);
    const code = world.recoveryCode ?? '';
    const button = await screen.findByRole('button', { name: 'Show the code' });
    expect(world.calls.some(({ procedure }) => procedure === 'credentials.takeRecoveryCode')).toBe(false);
    fireEvent.click(button);
    await screen.findByText(code);
    const confirm = screen.getByRole<HTMLButtonElement>('button', { name: 'Never show it again' });
    expect(confirm.disabled).toBe(true);
    fireEvent.click(screen.getByRole('checkbox'));
    fireEvent.click(confirm);
    await waitFor(() => { expect(screen.queryByText(code)).toBeNull(); });
    expect(world.keyState.recoveryCodePending).toBe(false);
  });
});

describe('X2 X11 appearance and search', () => {
  it('offers the pseudo language in developer mode alone', async () => {
    show('appearance');
    await userEvent.click(await screen.findByRole('combobox', { name: 'Language' }));
    expect(screen.queryByText('Pseudo (for testing)')).toBeNull();
  });

  it('changes the theme at once and takes it back when the core refuses', async () => {
    const world = createWorld();
    world.failures.set('settings.change', { code: 'store/full', message: 'The disk is full.', retryable: true, details: {} });
    show('appearance', world);
    const dark = await screen.findByRole<HTMLInputElement>('radio', { name: 'Dark' });
    fireEvent.click(dark);
    await screen.findByText('The disk is full.', { exact: true });
    await waitFor(() => { expect(screen.getByRole<HTMLInputElement>('radio', { name: 'System' }).checked).toBe(true); });
  });

  it('finds a setting by its words', async () => {
    const { router } = show('models');
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Search settings' }), 'dark');
    fireEvent.click(await screen.findByRole('link', { name: /Dark/ }));
    expect(router.state.location.pathname).toBe('/settings/appearance');
  });
});

describe('D7 registries', () => {
  it('syncs on request and says why one failed', async () => {
    const world = createWorld();
    world.registries = [{ id: 'company', name: 'Company', kind: 'hosted', entries: 3, sequence: 1, syncedAt: null, expiresAt: null, syncing: false, address: null, fingerprint: null, priority: 0, prefix: null, badRecords: [], error: { code: 'catalog/unavailable', message: 'Nothing answers at registry.example.' } }];
    show('registries', world);
    await screen.findByText(/Nothing answers at registry.example/);
    fireEvent.click(screen.getByRole('button', { name: 'Sync now' }));
    await waitFor(() => { expect(screen.queryByText(/Nothing answers/)).toBeNull(); });
  });
});
