/** The filters of `catalog search` as they are typed. */
import { describe, expect, it } from 'vitest';
import { catalogFiltersSchema } from '../../contract/model/catalog.ts';
import { readWords } from '../../main/cli/words.ts';

const read = (...words: string[]) => readWords(['catalog', 'search', ...words]).catalog;

describe('D3 filters on the command line', () => {
  it('are all that the marketplace has', () => {
    const all = read('--category', 'data', '--kind', 'crew', '--tag', '#csv', '--publisher', 'acme', '--registry', 'Built in', '--tier', 'tier1', '--price', 'free', '--rating', '4.5', '--compatible', '--installed', '--sort', 'rating', '--offset', '40');
    expect(all).toEqual({ filters: { category: 'data', kind: 'crew', tag: 'csv', publisher: 'acme', registry: 'Built in', tier: 'tier1', price: 'free', minimumRating: 4.5, compatible: true, installed: true }, sort: 'rating', offset: 40 });
    expect(Object.keys(all.filters).sort()).toEqual(Object.keys(catalogFiltersSchema.shape).sort());
    expect(read()).toEqual({ filters: {}, sort: 'relevance', offset: 0 });
    expect(read('--not-installed').filters).toEqual({ installed: false });
  });

  it.each([
    [['--kind', 'robot'], '--kind takes one of agent, crew, flow, tool, blueprint, not "robot".'], [['--tier', '1'], '--tier takes one of tier1'], [['--price', 'cheap'], '--price takes one of free'], [['--sort', 'size'], '--sort takes one of relevance'],
    [['--rating', '0'], '--rating takes a number from 1 to 5'], [['--rating', 'four'], '--rating'], [['--rating', ''], '--rating'], [['--offset', '1.5'], '--offset takes a whole number from 0'], [['--offset=-1'], '--offset'], [['--installed', '--not-installed'], 'exclude each other'],
  ])('%j is refused with what would fit', (words, text) => { expect(() => read(...words)).toThrow(expect.objectContaining({ code: 'core/bad-input', message: expect.stringContaining(text) as string }) as Error); });
});
