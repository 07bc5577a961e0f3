import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesIn } from '../../packaging/catalog/packed-entries.ts';

/** What is read of a text that comes in pieces of so many bytes. */
async function read(text: string, piece: number): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  async function* pieces(): AsyncGenerator<Buffer> { for (let at = 0; at < bytes.length; at += piece) yield await Promise.resolve(bytes.subarray(at, at + piece)); }
  const found: unknown[] = [];
  for await (const entry of entriesIn(pieces(), { what: 'figures', key: 'plugins', mostEntryBytes: 65_536 })) found.push(JSON.parse(entry));
  return found;
}

describe('D6 the figures of a catalog, read one after another', () => {
  it('are the objects of the list, wherever the pieces end and whatever stands around them', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.jsonValue(), fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 2), async (plugins, around, piece, space) => {
      const text = JSON.stringify({ date: '2026-01-01', '}"plugins': [{}], around, plugins, after: around, 'ü': 'plugins' }, undefined, space);
      const whole = (JSON.parse(text) as { plugins: unknown[] }).plugins;
      expect(await read(text, piece)).toEqual(whole.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one)));
    }));
  });

  it.each([['nothing', ''], ['no list of that name', '{"date":"2026-01-01","plugin":[{}]}'], ['an object in its place', '{"plugins":{}}'], ['one that breaks off', '{"plugins":[{"id":"a"}'], ['one that breaks off in a text', '{"plugins":[{"id":"a"}],"date":"2026'], ['the name deeper', '{"more":{"plugins":[{}]}}']])('are refused of %s', async (_what, text) => {
    await expect(read(text, 7)).rejects.toMatchObject({ code: 'catalog/refused' });
  });

  it('are refused with an entry larger than any is', async () => {
    await expect(read(`{"plugins":[{"id":"${'a'.repeat(100_000)}"}]}`, 16_384)).rejects.toMatchObject({ code: 'catalog/refused' });
  });
});
