import type { Growth } from '../growth.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { rebuildDerived } from './catalog-derived.ts';
import { entryWriter, figuresWriter } from './catalog-entries.ts';
import { changesIn } from './catalog-lines.ts';
import { updateDerived } from './catalog-update.ts';

/** What one sync of a registry brings. `changes` is a file of lines (`textOfChange`) that the sync thread wrote, or still writes when there is `growth`. */
export interface CatalogSync {
  registry: { id: string; name: string; kind: 'embedded' | 'folder' | 'hosted'; priority: number };
  changes: string;
  growth?: Growth;
  /** Whether the file holds the whole catalog, so that what it does not name has left; else only what changed. */
  whole: boolean;
  sequence: number;
  /** What was signed as this sequence; another content under the same number is noticed by it. */
  said: { version: number; keyId: string; digest: string };
  /** What the lines were derived with besides the records (app version, platform): another one wants a whole sync. */
  basis: string;
  syncedAt: number; expiresAt: number | null;
  categories: readonly { slug: string; name: string; description: string; icon: string; sortOrder: number }[];
  revoked: readonly { id: string; version: string; sha512: string; reason: string; revokedAt: number; useInstead: { id: string; version: string | null } | null }[];
  collections: readonly { slug: string; name: string; description: string; plugins: readonly string[] }[];
  /** The day of the figures in `changes`; undefined when it has none because they did not change, null when the registry has none. */
  figuresOf?: string | null | undefined;
  /** The day and the digest of the reviews in `changes`, as `figuresOf`. */
  reviewsOf?: { date: string; digest: string } | null | undefined;
}

/** Named transactions over catalog.db; each is a plain function that runs in the writer thread of that database. */
export const catalogTransactions = {
  /** The whole sync of one registry at once: readers see the catalog before it or after it. A file that breaks off changes nothing. Answers how many entries changed. */
  applyCatalog(db: Writer, sync: CatalogSync): { changed: number; entries: number } {
    const { registry } = sync;
    const samePlace = db.get<{ priority: number }>('SELECT priority FROM registries WHERE id = @id', { id: registry.id })?.priority === registry.priority;
    db.run(`INSERT INTO registries (id, name, kind, priority) VALUES (@id, @name, @kind, @priority)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, priority = excluded.priority`, { ...registry });
    const writer = entryWriter(db, registry.id, sync.whole);
    const figures = sync.figuresOf === undefined ? undefined : figuresWriter(db, registry.id);
    if (sync.reviewsOf !== undefined) db.run('DELETE FROM reviews WHERE registry = @id', { id: registry.id });
    let badRecords: readonly string[] = [];
    for (const change of changesIn(sync.changes, sync.growth)) {
      if ('put' in change) writer.put(change.put);
      else if ('remove' in change) writer.remove(change.remove);
      else if ('figures' in change) figures?.put(change.figures);
      else if ('reviews' in change) db.run('INSERT OR REPLACE INTO reviews (registry, plugin_id, reviews) VALUES (@registry, @id, @reviews)', { registry: registry.id, id: change.reviews.id, reviews: JSON.stringify(change.reviews.reviews) });
      else badRecords = change.bad;
    }
    if (sync.whole) writer.removeUnseen();
    figures?.finish();
    const changed = writer.finish();
    db.run('DELETE FROM categories WHERE registry = @id', { id: registry.id });
    for (const category of sync.categories) db.run('INSERT OR REPLACE INTO categories (registry, slug, name, description, icon, sort_order) VALUES (@registry, @slug, @name, @description, @icon, @sortOrder)', { registry: registry.id, ...category });
    db.run('DELETE FROM revoked WHERE registry = @id', { id: registry.id });
    for (const revoked of sync.revoked) db.run('INSERT OR REPLACE INTO revoked (registry, plugin_id, version, sha512, reason, revoked_at, use_instead) VALUES (@registry, @id, @version, @sha512, @reason, @revokedAt, @useInstead)', { registry: registry.id, ...revoked, useInstead: revoked.useInstead && JSON.stringify(revoked.useInstead) });
    db.run('DELETE FROM collections WHERE registry = @id', { id: registry.id });
    for (const [position, { plugins, ...collection }] of sync.collections.entries()) db.run('INSERT INTO collections (registry, position, slug, name, description, plugins) VALUES (@registry, @position, @slug, @name, @description, @plugins)', { registry: registry.id, position, ...collection, plugins: JSON.stringify(plugins) });
    if (sync.figuresOf !== undefined) db.run('UPDATE registries SET figures_of = @figuresOf WHERE id = @id', { id: registry.id, figuresOf: sync.figuresOf });
    if (sync.reviewsOf !== undefined) db.run('UPDATE registries SET reviews_of = @date, reviews_digest = @digest WHERE id = @id', { id: registry.id, date: sync.reviewsOf?.date ?? null, digest: sync.reviewsOf?.digest ?? null });
    const entries = db.get<{ total: number }>('SELECT count(*) AS total FROM entries WHERE registry = @id', { id: registry.id })?.total ?? 0;
    db.run('UPDATE registries SET sequence = @sequence, said = @said, basis = @basis, entries = @entries, synced_at = @syncedAt, expires_at = @expiresAt, bad_records = @badRecords WHERE id = @id', {
      id: registry.id, sequence: sync.sequence, said: JSON.stringify(sync.said), basis: sync.basis, entries, syncedAt: sync.syncedAt, expiresAt: sync.expiresAt, badRecords: JSON.stringify(badRecords) });
    updateDerived(db, samePlace ? writer.touched() : undefined, figures !== undefined);
    return { changed, entries };
  },

  /** Forgets a registry and all that it served. */
  removeRegistry(db: Writer, { id }: { id: string }): void {
    const writer = entryWriter(db, id, true);
    writer.removeUnseen();
    writer.finish();
    for (const table of ['categories', 'collections', 'figures', 'reviews', 'revoked']) db.run(`DELETE FROM ${table} WHERE registry = @id`, { id });
    db.run('DELETE FROM registries WHERE id = @id', { id });
    rebuildDerived(db);
  },

  /** Another name or place in the order of registries; what is shown follows at once. */
  describeRegistry(db: Writer, { id, name, priority }: { id: string; name: string; priority: number }): void {
    const before = db.get<{ priority: number }>('SELECT priority FROM registries WHERE id = @id', { id })?.priority;
    db.run('UPDATE registries SET name = @name, priority = @priority WHERE id = @id', { id, name, priority });
    if (before !== priority) rebuildDerived(db);
  },

  /** A sync that found nothing new. */
  touchRegistry(db: Writer, { id, syncedAt, expiresAt }: { id: string; syncedAt: number; expiresAt: number | null }): void {
    db.run('UPDATE registries SET synced_at = @syncedAt, expires_at = @expiresAt WHERE id = @id', { id, syncedAt, expiresAt });
  },
} satisfies TransactionTable;
