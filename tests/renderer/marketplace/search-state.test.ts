import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSearch, writeSearch, type SearchState } from '../../../renderer/features/marketplace/list/search-state.ts';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const text = fc.string({ minLength: 1, maxLength: 40 });

describe('D3 the search stands in the address', () => {
  it('reads back whatever it wrote', () => {
    fc.assert(fc.property(
      fc.record({
        words: fc.string({ maxLength: 200 }),
        sort: fc.constantFrom('relevance', 'popular', 'recent', 'rating', 'name'),
        filters: fc.record({
          category: maybe(text), kind: maybe(fc.constantFrom('agent', 'crew', 'flow', 'tool', 'blueprint')), tag: maybe(text), publisher: maybe(text), registry: maybe(text), tier: maybe(fc.constantFrom('tier1', 'tier2', 'tier3')),
          price: maybe(fc.constantFrom('free', 'freemium', 'paid', 'enterprise')), minimumRating: maybe(fc.constantFrom(1, 3, 4, 4.5)), compatible: maybe(fc.constant(true)), installed: maybe(fc.boolean()),
        }),
      }),
      ({ words, sort, filters }) => {
        const state = { words, sort, filters: Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) } as SearchState;
        expect(readSearch(new URLSearchParams(writeSearch(state).toString()))).toEqual(state);
      },
    ));
  });

  it('leaves out what is default and what does not fit', () => {
    expect(writeSearch({ words: '', filters: {}, sort: 'relevance' }).toString()).toBe('');
    expect(readSearch(new URLSearchParams('kind=wizard&price=cheap&rating=99&sort=upside-down&installed=maybe&q=a'))).toEqual({ words: 'a', filters: {}, sort: 'relevance' });
  });
});
