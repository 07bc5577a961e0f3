import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CompareScreen, MarketplaceScreen, PluginScreen } from '../../../renderer/features/marketplace/index.tsx';
import { clearChosen } from '../../../renderer/features/marketplace/compare/chosen.ts';
import { forgetViewed } from '../../../renderer/features/marketplace/discover/recent.ts';
import { createWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const show = (at = '/marketplace', world = createWorld()) => renderPage({
  routes: [{ path: '/marketplace', element: <main id="content"><MarketplaceScreen /></main> }, { path: '/marketplace/compare', element: <main><CompareScreen /></main> }, { path: '/marketplace/:id', element: <main><PluginScreen /></main> }], at, world });
beforeEach(() => { clearChosen(); forgetViewed(); });

describe('D1 what to look at before anything is typed', () => {
  it('shows hand-picked collections on top, and not once something is typed', async () => {
    const { router } = show();
    await screen.findByRole('heading', { name: 'Start here' });
    await router.navigate('/marketplace?q=code');
    await waitFor(() => { expect(screen.queryByRole('heading', { name: 'Start here' })).toBeNull(); });
  });

  it('remembers what was looked at last, until told to forget', async () => {
    const { router } = show('/marketplace/dev.troupe.code-reviewer');
    await screen.findByRole('heading', { name: 'Code Reviewer' });
    await router.navigate('/marketplace');
    const section = (await screen.findByRole('heading', { name: 'Looked at last' })).closest('section') as HTMLElement;
    expect(within(section).getByRole('link', { name: /Code Reviewer/ }).getAttribute('href')).toBe('/marketplace/dev.troupe.code-reviewer');
    fireEvent.click(within(section).getByRole('button', { name: 'Forget these' }));
    expect(screen.queryByRole('heading', { name: 'Looked at last' })).toBeNull();
  });

  it('keeps a search in the settings, tells of what is new since it was looked at, and of nothing after', async () => {
    const { world, router } = show('/marketplace?q=notes&sort=name');
    await screen.findByText(/^\d+ plugins$/);
    await waitFor(() => { expect(world.calls.some(({ procedure }) => procedure === 'settings.get')).toBe(true); });
    fireEvent.click(screen.getByRole('button', { name: 'Save this search' }));
    const seen = Math.max(...world.cards.filter(({ name, description }) => /notes/i.test(`${name} ${description}`)).map(({ publishedAt }) => publishedAt));
    await waitFor(() => { expect(world.settings.savedSearches).toEqual([{ address: 'q=notes', newest: seen }]); });
    await router.navigate('/marketplace');
    await screen.findByRole('heading', { name: 'Saved searches' });
    const [card] = world.cards.filter(({ name }) => name === 'Meeting Notes');
    // A registry may say that something comes out in a hundred years; that is no news, and hides none.
    world.cards.push({ ...(card as NonNullable<typeof card>), id: 'dev.troupe.late-notes', name: 'Late Notes', publishedAt: Date.now() + 100 * 365 * 86_400_000 });
    world.cards.push({ ...(card as NonNullable<typeof card>), id: 'dev.troupe.more-notes', name: 'More Notes', publishedAt: seen + 1 });
    world.changed('catalog');
    fireEvent.click(await screen.findByRole('link', { name: /“notes”.*1 new or updated/ }));
    await waitFor(() => { expect(world.settings.savedSearches).toEqual([{ address: 'q=notes', newest: seen + 1 }]); });
    fireEvent.click(screen.getByRole('button', { name: 'Saved' }));
    await waitFor(() => { expect(world.settings.savedSearches).toEqual([]); });
  });
});

describe('D4 D5 comparing', () => {
  it('sets plugins side by side and can show what differs alone', async () => {
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000);
    const { router } = show();
    fireEvent.click((await screen.findAllByRole('button', { name: 'Put Text Toolkit aside to compare' }))[0] as HTMLElement);
    fireEvent.click((await screen.findAllByRole('button', { name: 'Put Research Assistant aside to compare' }))[0] as HTMLElement);
    fireEvent.click(await screen.findByRole('link', { name: 'Compare 2' }));
    const table = await screen.findByRole('table');
    expect(router.state.location.search).toBe('?ids=dev.troupe.text-toolkit,dev.troupe.research-assistant');
    expect(within(table).getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([expect.stringContaining('Text Toolkit'), expect.stringContaining('Research Assistant')]);
    expect(within(table).getByRole('rowheader', { name: 'Permissions (differs)' })).toBeTruthy();
    expect(within(table).getByRole('rowheader', { name: 'Licence' })).toBeTruthy();
    fireEvent.click(screen.getByLabelText('Show only what differs'));
    expect(within(table).queryByRole('rowheader', { name: 'Licence' })).toBeNull();
  });

  it('X5 says when there is nothing to compare, and what is not in the catalog', async () => {
    const { router } = show('/marketplace/compare?ids=<b>,');
    await screen.findByText('Nothing to compare');
    await router.navigate('/marketplace/compare?ids=com.nobody.nothing,dev.troupe.text-toolkit');
    await screen.findByRole('alert');
    await screen.findByRole('table');
  });
});

describe('D6 D8 figures and withdrawn versions', () => {
  it('draws the trend and the ratings with a table of the same numbers', async () => {
    show('/marketplace/dev.troupe.research-assistant');
    await screen.findByRole('heading', { name: 'Use and ratings' });
    const trend = screen.getByRole('table', { name: 'Installations a day, 30 days' });
    expect(within(trend).getAllByRole('row')).toHaveLength(31);
    const ratings = screen.getByRole('table', { name: 'Ratings by stars' });
    expect(within(ratings).getByRole('row', { name: /5 stars/ }).textContent).toMatch(/3$/);
    expect(screen.getByText('As the registry counted on Nov 20, 2026.')).toBeTruthy();
  });

  it('shows neither where the registry says nothing', async () => {
    const world = createWorld();
    const [card] = world.cards;
    if (card) Object.assign(card, { trend: [], ratings: 0, rating: null });
    show(`/marketplace/${card?.id ?? ''}`, world);
    await screen.findByRole('heading', { name: 'Details' });
    expect(screen.queryByRole('heading', { name: 'Use and ratings' })).toBeNull();
  });

  it('says why a version was withdrawn and which to use instead', async () => {
    show('/marketplace/dev.troupe.research-assistant?tab=versions');
    await screen.findByText('Withdrawn: It lost the last line of long files.');
    await screen.findByText('Use instead: 1.1.0');
  });
});
