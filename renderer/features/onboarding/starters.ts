import type { CatalogCard } from '../../../contract/model/catalog.ts';

const NEEDS_MORE = new Set(['secret', 'secret_read', 'folder']);

/** Three agents that work at once: fitting this app, free, those that ask for no key and no folder before the others, and of these those that ask for least. */
export function startersOf(cards: readonly CatalogCard[]): CatalogCard[] {
  const fitting = cards.filter((card) => card.compatible && card.priceModel !== 'paid' && card.priceModel !== 'enterprise' && card.kinds.includes('agent'));
  const needs = (card: CatalogCard): number => card.permissionKinds.filter((kind) => NEEDS_MORE.has(kind)).length;
  return fitting.map((card, at) => ({ card, at })).sort((a, b) => needs(a.card) - needs(b.card) || a.card.permissionKinds.length - b.card.permissionKinds.length || a.at - b.at).slice(0, 3).map(({ card }) => card);
}
