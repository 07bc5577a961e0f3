import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { MarketplaceScreen } from '../../../renderer/features/marketplace/index.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const show = (at = '/marketplace', world = createWorld()) => renderPage({ routes: [{ path: '/marketplace', element: <main id="content"><MarketplaceScreen /></main> }], at, world });
const last = (calls: { procedure: string; input: Record<string, unknown> }[]) => calls.filter(({ procedure }) => procedure === 'catalog.search').at(-1)?.input;

describe('D2 D3 the marketplace', () => {
  it('searches as you type and keeps the words in the address', async () => {
    const { router, world } = show();
    await screen.findByText('60 plugins');
    await userEvent.type(screen.getByRole('textbox', { name: 'Search the marketplace' }), 'research');
    await waitFor(() => { expect(router.state.location.search).toBe('?q=research'); });
    await waitFor(() => { expect(last(world.calls)).toMatchObject({ words: 'research' }); });
    await screen.findByText('5 plugins');
  });

  it('keeps every letter while the address is on its way', async () => {
    let hold: Promise<null> | null = null;
    let asked = 0;
    let release = (): void => undefined;
    const { router } = renderPage({ routes: [{ path: '/marketplace', loader: () => { asked += 1; return hold; }, element: <main id="content"><MarketplaceScreen /></main> }], at: '/marketplace', world: createWorld() });
    await screen.findByText('60 plugins');
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Search the marketplace' });
    hold = new Promise((resolve) => { release = () => { resolve(null); }; });
    const before = asked;
    await userEvent.type(field, 'rese');
    await waitFor(() => { expect(asked).toBeGreaterThan(before); });
    expect(field.value).toBe('rese');
    await userEvent.type(field, 'arch');
    fireEvent.click(screen.getByRole('button', { name: /^Research/ }));
    expect(field.value).toBe('research');
    hold = null;
    release();
    await waitFor(() => { expect(router.state.location.search).toBe('?q=research&category=research'); });
    expect(field.value).toBe('research');
  });

  it('takes the words of the address when one goes back, and keeps them apart from what was typed', async () => {
    const { router } = show('/marketplace?q=notes');
    await screen.findByText(/^\d+ plugins$/);
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Search the marketplace' });
    await act(() => router.navigate('/marketplace?q=code&sort=name'));
    expect(field.value).toBe('code');
    fireEvent.click(screen.getByRole('button', { name: /^Development/ }));
    await waitFor(() => { expect(router.state.location.search).toBe('?q=code&category=development&sort=name'); });
    await act(() => router.navigate(-1));
    await act(() => router.navigate(-1));
    await waitFor(() => { expect(field.value).toBe('notes'); });
    await act(() => router.navigate(1));
    await waitFor(() => { expect(field.value).toBe('code'); });
  });

  it('finds a publisher of whom nothing is on the first page', async () => {
    const world = createWorld({ entries: 200 });
    world.cards = world.cards.map((card, at) => (at === 150 ? { ...card, publisher: { ...card.publisher, id: 'far', name: 'Far Away Works' } } : card));
    const { router } = show('/marketplace', world);
    await screen.findByText('200 plugins');
    await userEvent.click(screen.getByRole('button', { name: 'Filters' }));
    await userEvent.type(await screen.findByRole('combobox', { name: 'Publisher' }), 'far');
    await userEvent.click(await screen.findByRole('option', { name: 'Far Away Works' }));
    await waitFor(() => { expect(router.state.location.search).toBe('?publisher=far'); });
    await screen.findByText('1 plugin');
    await screen.findByRole('button', { name: /Far Away Works/ });
  });

  it('takes everything from the address', async () => {
    const { world } = show('/marketplace?q=notes&category=development&price=freemium&compatible=1&sort=name');
    await screen.findByText(/plugin/);
    expect(last(world.calls)).toMatchObject({ words: 'notes', sort: 'name', filters: { category: 'development', price: 'freemium', compatible: true } });
    expect(screen.getByRole('button', { name: /Development/ }).getAttribute('aria-pressed')).toBe('true');
  });

  it('combines filters of the menu, shows each as a chip by its name and clears them one by one or together', async () => {
    const world = createWorld();
    const [embedded] = world.registries;
    if (embedded) world.registries.push({ ...embedded, id: 'acme', name: 'Acme plugins', kind: 'hosted' });
    const { router } = show('/marketplace?kind=agent&publisher=northwind&tag=offline&installed=0&registry=embedded&category=research&rating=4', world);
    expect((await screen.findByRole('button', { name: 'Remove the filter Northwind Labs' }))).toBeTruthy();
    expect(last(world.calls)).toMatchObject({ filters: { kind: 'agent', publisher: 'northwind', tag: 'offline', installed: false, registry: 'embedded', category: 'research', minimumRating: 4 } });
    fireEvent.click(await screen.findByRole('button', { name: 'Remove the filter Included with Troupe' }));
    await waitFor(() => { expect(new URLSearchParams(router.state.location.search).get('registry')).toBeNull(); });
    fireEvent.click(screen.getByRole('button', { name: 'Filters (5)' }));
    const tag = await screen.findByRole('combobox', { name: 'Tag' });
    fireEvent.change(tag, { target: { value: '#english' } });
    fireEvent.keyDown(tag, { key: 'Enter' });
    await waitFor(() => { expect(new URLSearchParams(router.state.location.search).get('tag')).toBe('english'); });
    fireEvent.click(screen.getAllByRole('button', { name: 'Clear the filters' })[0] as HTMLElement);
    await waitFor(() => { expect(router.state.location.search).toBe('?category=research'); });
    await act(() => router.navigate(-1));
    await waitFor(() => { expect(new URLSearchParams(router.state.location.search).get('publisher')).toBe('northwind'); });
  });

  it('says which words it corrected', async () => {
    show('/marketplace?q=reserch');
    expect((await screen.findByText(/Showing results for/)).textContent).toBe('Showing results for research');
  });

  it('X5 offers to clear the filters when nothing fits', async () => {
    const { router } = show('/marketplace?q=zzz&price=paid&kind=crew');
    fireEvent.click(within((await screen.findByText('Nothing found for “zzz”')).parentElement as HTMLElement).getByRole('button', { name: 'Clear the filters' }));
    await waitFor(() => { expect(router.state.location.search).toBe('?q=zzz'); });
  });

  it('X5 says what failed, what was kept, and tries again', async () => {
    const world = createWorld();
    world.failures.set('catalog.search', { code: 'store/busy', message: 'The database did not answer within 10 s.', retryable: true, details: {} });
    show('/marketplace', world);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The database did not answer within 10 s.');
    expect(alert.textContent).toContain('What is installed goes on working.');
    world.failures.clear();
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await screen.findByText('60 plugins');
  });

  it('keeps only what is in view of 10,000 entries in the document', async () => {
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000);
    show('/marketplace', createWorld({ entries: 10_000 }));
    await screen.findByText('10,000 plugins');
    await screen.findByRole('link', { name: 'Text Toolkit' });
    expect(screen.getAllByRole('listitem').length).toBeGreaterThan(2);
    expect(screen.getAllByRole('listitem').length).toBeLessThan(60);
  });
});
