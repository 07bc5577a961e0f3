import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { KeyState } from '../../../contract/model/credentials.ts';
import { Gate } from '../../../renderer/app/gate/gate.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

function show(keys: Partial<KeyState>) {
  const world = createWorld();
  world.keyState = { ...world.keyState, ...keys };
  return renderPage({ routes: [{ element: <Gate />, children: [{ path: '*', element: <p>inside</p> }] }], world });
}

describe('X8 the ways into a home', () => {
  it('lets an open home through', async () => {
    show({});
    await screen.findByText('inside');
    await waitFor(() => { expect(screen.queryByRole('heading')).toBeNull(); });
  });

  it('asks for the passphrase, says at the field that it is wrong, and opens', async () => {
    show({ state: 'passphrase-needed', protectedBy: 'passphrase' });
    const field = await screen.findByLabelText('Passphrase');
    await userEvent.type(field, 'wrong{Enter}');
    await screen.findByText(/The passphrase does not open this home/);
    await userEvent.clear(field);
    await userEvent.type(field, 'open sesame{Enter}');
    await screen.findByText('inside');
  });

  it.each(['key-missing', 'key-changed'] as const)('opens a home whose keychain entry is lost (%s) by the recovery code', async (state) => {
    show({ state });
    await userEvent.type(await screen.findByLabelText('Recovery code'), 'GOOD-CODE{Enter}');
    await screen.findByText('inside');
  });

  it('offers the recovery code beside a locked keychain', async () => {
    show({ state: 'locked-keyring' });
    await screen.findByText('Your keychain is locked');
    expect(screen.getByRole('button', { name: 'Ask the keychain again' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Use the recovery code instead' }));
    await userEvent.type(await screen.findByLabelText('Recovery code'), 'GOOD-CODE{Enter}');
    await screen.findByText('inside');
  });

  it('never goes without encryption silently: a new home without a keychain asks, twice', async () => {
    const { world } = show({ state: 'no-service', protectedBy: 'none', encrypted: false });
    fireEvent.click(await screen.findByRole('button', { name: 'Go on without encryption…' }));
    expect(world.calls.some(({ procedure }) => procedure === 'credentials.choosePlain')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Go on without encryption' }));
    await screen.findByText('inside');
    expect(world.keyState.state).toBe('plain');
  });

  it('takes a passphrase for a new home only when it is long enough and typed twice', async () => {
    const { world } = show({ state: 'no-service', protectedBy: 'none', encrypted: false });
    const first = await screen.findByLabelText('Choose a passphrase');
    await userEvent.type(first, 'short{Enter}');
    await screen.findByText('Use at least 8 characters.');
    await userEvent.type(first, ' but longer now');
    await userEvent.type(screen.getByLabelText('The passphrase again'), 'something else{Enter}');
    await screen.findByText('The two are not the same.');
    expect(world.calls.some(({ procedure }) => procedure === 'credentials.protect')).toBe(false);
    await userEvent.clear(screen.getByLabelText('The passphrase again'));
    await userEvent.type(screen.getByLabelText('The passphrase again'), 'short but longer now{Enter}');
    await screen.findByText('inside');
  });
});
