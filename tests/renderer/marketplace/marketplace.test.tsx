import { fireEvent, screen, waitFor, within } from '@testing-library/react';
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
    await screen.findByText('5 plugins');
    expect(router.state.location.search).toBe('?q=research');
    expect(last(world.calls)).toMatchObject({ words: 'research' });
  });

  it('takes everything from the address', async () => {
    const { world } = show('/marketplace?q=notes&category=development&price=freemium&compatible=1&sort=name');
    await screen.findByText(/plugin/);
    expect(last(world.calls)).toMatchObject({ words: 'notes', sort: 'name', filters: { category: 'development', price: 'freemium', compatible: true } });
    expect(screen.getByRole('button', { name: /Development/ }).getAttribute('aria-pressed')).toBe('true');
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
