import type { Publisher, Review } from '../../../../../contract/model/catalog.ts';
import type { QueryTable, Reader } from '../handles.ts';
import type { StoredCard } from './catalog-line.ts';
import { catalogPublishers } from './catalog-publishers.ts';
import { cardsNamed, categoryCounts, foundCard, likelyIcons, searchCatalog, type FoundCard } from './catalog-search.ts';

export interface RegistryRow {
  id: string; name: string; kind: 'embedded' | 'folder' | 'hosted'; priority: number; sequence: number; basis: string; entries: number;
  synced_at: number | null; expires_at: number | null; bad_records: string; figures_of: string | null; said: string | null; reviews_digest: string | null;
}
export interface CategoryRow { slug: string; name: string; description: string; icon: string; sort_order: number }

/** One plugin as a registry serves it; `record` is the signed record as JSON text. */
export interface CatalogEntry extends FoundCard { record: string; histogram: number[] | null; figuresOf: string | null; alsoFrom: { registry: string; version: string; publisher: Publisher }[] }

/** Of the entries of one id: the one that is shown, or that of a registry. */
const ONE_OF = '(CASE WHEN @registry IS NULL THEN shown = 1 ELSE entries.registry = @registry AND blocked = 0 END)';

const alsoFrom = (db: Reader, id: string, registry: string): CatalogEntry['alsoFrom'] =>
  db.all<{ registry: string; card: string }>('SELECT registry, card FROM entries JOIN registries ON registries.id = registry WHERE plugin_id = @id AND registry <> @registry AND blocked = 0 ORDER BY priority, registry', { id, registry })
    .map((other) => { const { version, publisher } = JSON.parse(other.card) as StoredCard; return { registry: other.registry, version, publisher }; });

/** Named queries over catalog.db; each is a plain function that runs in a reader thread of that database. */
export const catalogQueries = {
  searchCatalog, likelyIcons, catalogPublishers,

  /** The entry that is shown for this id, or the one of a registry unless it was blocked there; undefined where there is none. */
  catalogEntry(db: Reader, { id, registry }: { id: string; registry?: string | undefined }): CatalogEntry | undefined {
    const row = db.get<Parameters<typeof foundCard>[0] & { record: string; histogram: string | null; figuresOf: string | null }>(
      `SELECT card, entries.registry, entries.installs, entries.rating, entries.ratings, compatible, trend, histogram, figures_of AS figuresOf, record FROM entries JOIN records USING (entry)
       JOIN registries ON registries.id = entries.registry LEFT JOIN figures ON figures.registry = entries.registry AND figures.plugin_id = entries.plugin_id WHERE entries.plugin_id = @id AND ${ONE_OF}`, { id, registry: registry ?? null });
    return row && { ...foundCard(row), record: row.record, alsoFrom: alsoFrom(db, id, row.registry), histogram: row.histogram === null ? null : JSON.parse(row.histogram) as number[], figuresOf: row.histogram === null ? null : row.figuresOf };
  },

  /** What people wrote about the plugin that is shown for this id, and as of which day; a day and nothing where nobody wrote, null where the registry has no reviews. */
  catalogReviews(db: Reader, { id, registry }: { id: string; registry?: string | undefined }): { asOf: string | null; reviews: Review[] } | undefined {
    const row = db.get<{ asOf: string | null; reviews: string | null }>(
      `SELECT reviews_of AS asOf, reviews FROM entries JOIN registries ON registries.id = entries.registry
       LEFT JOIN reviews ON reviews.registry = entries.registry AND reviews.plugin_id = entries.plugin_id WHERE entries.plugin_id = @id AND ${ONE_OF}`, { id, registry: registry ?? null });
    return row && { asOf: row.asOf, reviews: row.reviews === null ? [] : JSON.parse(row.reviews) as Review[] };
  },

  /** Hand-picked lists of all registries, those of best priority first, each with the shown entries that it names. */
  catalogCollections(db: Reader): { slug: string; name: string; description: string; registry: string; plugins: FoundCard[] }[] {
    return db.all<{ slug: string; name: string; description: string; registry: string; plugins: string }>(
      'SELECT slug, collections.name, description, registry, plugins FROM collections JOIN registries ON registries.id = registry ORDER BY priority, registry, position')
      .map((row) => ({ ...row, plugins: cardsNamed(db, row.registry, JSON.parse(row.plugins) as string[]) }));
  },

  /** Signed records of these ids from every registry that serves them, best priority first. */
  catalogRecords(db: Reader, { ids }: { ids: readonly string[] }): { id: string; registry: string; blocked: boolean; record: string }[] {
    return db.all<{ id: string; registry: string; blocked: number; record: string }>(
      `SELECT plugin_id AS id, registry, blocked, record FROM entries JOIN records USING (entry) JOIN registries ON registries.id = registry
       WHERE plugin_id IN (SELECT value FROM json_each(@ids)) ORDER BY plugin_id, priority, registry`, { ids: JSON.stringify(ids) })
      .map((row) => ({ ...row, blocked: row.blocked === 1 }));
  },

  /** Categories of all registries, the one of best priority first for a slug, each with the number of shown entries; unknown ones that entries name come last. */
  catalogCategories(db: Reader): { known: CategoryRow[]; counts: Record<string, number> } {
    const known = db.all<CategoryRow>('SELECT slug, categories.name, description, icon, sort_order FROM categories JOIN registries ON registries.id = registry ORDER BY priority, registry, sort_order, slug');
    return { known, counts: categoryCounts(db) };
  },

  catalogRegistries(db: Reader): RegistryRow[] {
    return db.all<RegistryRow>('SELECT id, name, kind, priority, sequence, basis, entries, synced_at, expires_at, bad_records, figures_of, said, reviews_digest FROM registries ORDER BY priority, id');
  },

  /** Whether the catalog names this image, and which registry has it. */
  catalogImage(db: Reader, { sha512 }: { sha512: string }): { registry: string; size: number; type: string } | undefined {
    return db.get<{ registry: string; size: number; type: string }>('SELECT registry, size, type FROM images JOIN entries USING (entry) JOIN registries ON registries.id = registry WHERE sha512 = unhex(@sha512) ORDER BY priority LIMIT 1', { sha512 });
  },

  /** Versions that a registry has withdrawn for safety. */
  catalogRevoked(db: Reader, { ids }: { ids: readonly string[] }): { registry: string; id: string; version: string; sha512: string; reason: string; useInstead: { id: string; version: string | null } | null }[] {
    return db.all<{ registry: string; id: string; version: string; sha512: string; reason: string; useInstead: string | null }>(
      'SELECT registry, plugin_id AS id, version, sha512, reason, use_instead AS useInstead FROM revoked WHERE plugin_id IN (SELECT value FROM json_each(@ids))', { ids: JSON.stringify(ids) })
      .map((row) => ({ ...row, useInstead: row.useInstead === null ? null : JSON.parse(row.useInstead) as { id: string; version: string | null } }));
  },
} satisfies QueryTable;
