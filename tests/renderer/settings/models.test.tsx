import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../main/core/engine/models/index.ts';
import { presets } from '../../../renderer/features/settings/models/presets.ts';
import { SettingsScreen } from '../../../renderer/features/settings/index.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const show = (world = createWorld({ empty: true })) => renderPage({ routes: [{ path: '/settings/:section?', element: <SettingsScreen /> }], at: '/settings/models', world });
const openForm = async (): Promise<{ address: HTMLElement; key: HTMLElement }> => {
  fireEvent.click(await screen.findByRole('button', { name: 'Add a provider' }));
  return { address: await screen.findByLabelText('Address'), key: screen.getByLabelText('Key') };
};
const problemOf = (field: HTMLElement): string => (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');

describe('A4 adding a provider', () => {
  it('says at the field what is wrong with an address, on leaving it', async () => {
    show();
    const { address } = await openForm();
    await userEvent.type(address, 'nonsense');
    expect(address.getAttribute('aria-invalid')).not.toBe('true');
    fireEvent.blur(address);
    await waitFor(() => { expect(problemOf(address)).toContain('This is not an address.'); });
  });

  it('puts a refused key at the key and stores nothing', async () => {
    const world = createWorld({ empty: true });
    world.failures.set('models.add', { code: 'models/unauthorized', message: 'The provider answered 401: the key is wrong.', retryable: false, details: {} });
    show(world);
    const { address, key } = await openForm();
    await userEvent.type(address, 'https://api.example.com/v1');
    await userEvent.type(key, 'sk-wrong');
    fireEvent.click(screen.getByRole('button', { name: 'Test and add' }));
    await waitFor(() => { expect(problemOf(key)).toContain('The provider answered 401: the key is wrong.'); });
    expect(problemOf(address)).not.toContain('401');
    await userEvent.type(key, '2');
    await waitFor(() => { expect(problemOf(key)).not.toContain('401'); });
  });

  it('sends what was entered, shows what answered, and offers a model as the default', async () => {
    const { world } = show();
    const { address, key } = await openForm();
    await userEvent.type(address, ' https://api.example.com/v1 ');
    await userEvent.type(key, 'sk-right');
    fireEvent.click(screen.getByRole('button', { name: 'Test and add' }));
    await screen.findByText('api.example.com answered in 182 ms and offers 2 models.');
    expect(world.calls.find(({ procedure }) => procedure === 'models.add')?.input).toMatchObject({ baseUrl: 'https://api.example.com/v1', key: 'sk-right' });
    fireEvent.click(screen.getByRole('button', { name: 'Use acme-large by default' }));
    await waitFor(() => { expect(world.settings.defaultModel).toBe('provider-1/acme-large'); });
  });

  it('names what a removal takes away and asks first', async () => {
    const { world } = show(createWorld());
    fireEvent.click(await screen.findByRole('button', { name: 'Remove Acme AI' }));
    expect((await screen.findByText(/Its key is deleted/))).toBeTruthy();
    expect(world.providers.some(({ id }) => id === 'acme')).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    await waitFor(() => { expect(world.providers.some(({ id }) => id === 'acme')).toBe(false); });
  });

  it('offers the providers that the core knows, at the same addresses', () => {
    expect(presets).toEqual(PRESETS.map(({ id, name, baseUrl, needsKey }) => ({ id, name, address: baseUrl, needsKey })));
  });
});
