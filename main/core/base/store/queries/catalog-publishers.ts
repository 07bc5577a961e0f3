/** Who published what is shown. */
import type { PublisherCount } from '../../../../../contract/model/catalog.ts';
import type { Reader } from '../handles.ts';
import { decodeSet } from './catalog-bitmap.ts';
import { indexOf, type CatalogIndex } from './catalog-index.ts';
import type { StoredCard } from './catalog-line.ts';
import { fold } from './catalog-tokens.ts';

interface Known extends PublisherCount { folded: string }
const held = new WeakMap<CatalogIndex, readonly Known[]>();

/** Two thousand of a hundred thousand plugins: read once for each state of the catalog, 30 ms. */
function allPublishers(db: Reader, index: CatalogIndex): readonly Known[] {
  const known = held.get(index);
  if (known) return known;
  const sets = db.all<{ key: string; count: number; entries: Uint8Array }>(`SELECT key, count, entries FROM sets WHERE field = 'publisher'`);
  const firsts = new Map(sets.map(({ key, entries }) => {
    const bits = decodeSet(entries, index.highest);
    const word = bits.findIndex((one) => one !== 0);
    return [word * 32 + (31 - Math.clz32((bits[word] ?? 0) & -(bits[word] ?? 0))), key] as const;
  }));
  const cards = db.all<{ entry: number; card: string }>('SELECT entry, card FROM entries WHERE entry IN (SELECT value FROM json_each(@entries))', { entries: JSON.stringify([...firsts.keys()]) });
  const named = new Map(cards.map(({ entry, card }) => [firsts.get(entry) ?? '', (JSON.parse(card) as StoredCard).publisher]));
  const all = sets.map(({ key, count }): Known => { const { name, verified } = named.get(key) ?? { name: key, verified: false }; return { id: key, name, verified, plugins: count, folded: fold(`${name} ${key}`) }; })
    .sort((a, b) => b.plugins - a.plugins || (a.folded < b.folded ? -1 : 1));
  held.set(index, all);
  return all;
}

/** Each word has to stand in the name or the id. Whose name begins with what is sought comes first, then those with most plugins. */
export function catalogPublishers(db: Reader, { words, limit }: { words: string; limit: number }): { publishers: PublisherCount[]; total: number } {
  const sought = fold(words).trim();
  const tokens = sought.split(/\s+/).filter((token) => token !== '');
  const found = allPublishers(db, indexOf(db)).filter(({ folded }) => tokens.every((token) => folded.includes(token)));
  const first = (one: Known): number => Number(one.folded.startsWith(sought));
  const ordered = tokens.length === 0 ? found : found.toSorted((a, b) => first(b) - first(a));
  return { publishers: ordered.slice(0, limit).map(({ id, name, verified, plugins }) => ({ id, name, verified, plugins })), total: found.length };
}
