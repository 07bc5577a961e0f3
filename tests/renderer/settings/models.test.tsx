import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { SettingsScreen } from '../../../renderer/features/settings/index.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { makeModelFile } from '../../support/fake-models.ts';
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

  it('changes the key of a provider, keeps the one that is there, and wants another for another host', async () => {
    const { world } = show(createWorld());
    const sent = (): unknown => world.calls.filter(({ procedure }) => procedure === 'models.change').at(-1)?.input;
    const openChange = async (): Promise<void> => { fireEvent.click(await screen.findByRole('button', { name: /^Change Acme/ })); await screen.findByLabelText('Address'); };
    await openChange();
    expect(problemOf(screen.getByLabelText('Key'))).toContain('Leave this empty to keep it.');
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Acme two' } });
    fireEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    await waitFor(() => { expect(sent()).toMatchObject({ id: 'acme', name: 'Acme two' }); });
    expect(sent()).not.toHaveProperty('key');
    await waitFor(() => { expect(screen.queryByRole('dialog')).toBeNull(); });
    await openChange();
    fireEvent.change(screen.getByLabelText('Address'), { target: { value: 'https://other.example/v1' } });
    fireEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    await waitFor(() => { expect(problemOf(screen.getByLabelText('Key'))).toContain('entered for another host'); });
    expect(sent()).not.toHaveProperty('baseUrl');
    fireEvent.change(screen.getByLabelText('Key'), { target: { value: 'sk-other' } });
    fireEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    await waitFor(() => { expect(sent()).toMatchObject({ baseUrl: 'https://other.example/v1', key: 'sk-other' }); });
  });

  it('names what a removal takes away and asks first', async () => {
    const { world } = show(createWorld());
    fireEvent.click(await screen.findByRole('button', { name: 'Remove Acme AI' }));
    expect((await screen.findByText(/Its key is deleted/))).toBeTruthy();
    expect(world.providers.some(({ id }) => id === 'acme')).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    await waitFor(() => { expect(world.providers.some(({ id }) => id === 'acme')).toBe(false); });
  });

  it('offers the providers that the core knows and fills in their address', async () => {
    show();
    const { address } = await openForm();
    fireEvent.click(screen.getByPlaceholderText('Any other'));
    fireEvent.click(await screen.findByText('Acme AI'));
    await waitFor(() => { expect((address as HTMLInputElement).value).toBe('https://api.acme.test/v1'); });
    fireEvent.click(screen.getByRole('button', { name: 'Test and add' }));
    await waitFor(() => { expect(problemOf(screen.getByLabelText('Key'))).toContain('This provider needs a key.'); });
  });
});

describe('A4 servers found on this machine', () => {
  const found = (preset: string, name: string, port: number, needsKey = false) => ({ preset, name, baseUrl: `http://127.0.0.1:${port}/v1`, needsKey, models: needsKey ? [] : ['llama', 'qwen'], providerId: null });

  it('are added by one press and then no longer offered', async () => {
    const world = createWorld({ empty: true });
    world.found = [found('ollama', 'Ollama', 11434)];
    show(world);
    expect(await screen.findByRole('heading', { name: 'Found on this machine' })).toBeTruthy();
    expect(screen.getByText(/127\.0\.0\.1:11434/).textContent).toContain('2 models: llama, …');
    fireEvent.click(screen.getByRole('button', { name: 'Add Ollama' }));
    await waitFor(() => { expect(world.providers).toMatchObject([{ baseUrl: 'http://127.0.0.1:11434/v1', preset: 'ollama' }]); });
    await waitFor(() => { expect(screen.queryByText('Found on this machine')).toBeNull(); });
  });

  it('open the form, filled in, when they ask for a key', async () => {
    const world = createWorld({ empty: true });
    world.found = [found('jan', 'Jan', 1337, true)];
    show(world);
    fireEvent.click(await screen.findByRole('button', { name: 'Add Jan' }));
    expect(((await screen.findByLabelText('Address')) as HTMLInputElement).value).toBe('http://127.0.0.1:1337/v1');
    expect(world.calls.some(({ procedure }) => procedure === 'models.add')).toBe(false);
  });

  it('are not spoken of when there is none', async () => {
    show();
    await screen.findByText('No provider yet');
    expect(screen.queryByText('Found on this machine')).toBeNull();
  });
});

describe('A5 models on this computer', () => {
  it('keep their memory as long as the person chose', async () => {
    const world = createWorld();
    world.modelFiles = [makeModelFile('meadow')];
    world.settings = { ...world.settings, modelIdleMinutes: 45 };
    show(world);
    const choice = await screen.findByLabelText<HTMLSelectElement>('Memory after the last question');
    expect([choice.value, [...choice.options].map(({ text }) => text)]).toEqual(['45', ['1 minute', '5 minutes', '10 minutes', '30 minutes', '45 minutes', '1 hour', '4 hours', '24 hours']]);
    fireEvent.change(choice, { target: { value: '60' } });
    await waitFor(() => { expect(world.settings.modelIdleMinutes).toBe(60); });
  });
});

describe('A2 prices of one\'s own', () => {
  it('are entered in dollars, kept in micro-units beside the others, and taken back', async () => {
    const world = createWorld();
    const other = { input: 1, cachedInput: null, output: 1 };
    world.settings = { ...world.settings, modelPrices: { 'x/other': other } };
    show(world);
    fireEvent.click(await screen.findByRole('button', { name: 'Price of acme-large: Price unknown' }));
    expect(await screen.findByText(/knows no price for this model/)).toBeTruthy();
    expect(screen.getByText('Save').closest('button')?.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText(/^Input/), { target: { value: '2.50' } });
    fireEvent.change(screen.getByLabelText(/^Output/), { target: { value: '0.1' } });
    await waitFor(() => { expect(screen.getByText('Save').closest('button')?.disabled).toBe(false); });
    fireEvent.submit(screen.getByText('Save').closest('form') as HTMLFormElement);
    await waitFor(() => { expect(world.settings.modelPrices).toEqual({ 'x/other': other, 'acme/acme-large': { input: 2_500_000, cachedInput: null, output: 100_000 } }); });
    world.changed('models');
    fireEvent.click(await screen.findByRole('button', { name: 'Price of acme-large: $2.50 in · $0.10 out' }));
    fireEvent.click(await screen.findByText('Remove my price'));
    await waitFor(() => { expect(world.settings.modelPrices).toEqual({ 'x/other': other }); });
  });
});
