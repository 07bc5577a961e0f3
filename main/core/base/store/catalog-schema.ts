import type { Writer } from './handles.ts';

/**
 * The schema of catalog.db. The file is derived from what registries publish: it is never migrated but deleted and made
 * anew when `version` differs, so raise `version` with every change.
 *
 * `entries` has one row a plugin and registry; `shown` is 0 where a registry of higher priority serves the same id, or
 * where moderation blocked it. `sets` and `orders` are what search counts and sorts with: bitmaps over `entry` by
 * filter value or short prefix, and every entry in the order of one sort. A sync brings up to date what it
 * touched, or makes them anew, and `generation` tells readers that what they hold in memory is old.
 */
export const catalogSchema = {
  /** At least 1: SQLite's own number of a new file is 0. */
  version: 7,
  create(db: Writer): void {
    db.script(`
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE registries (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, priority INTEGER NOT NULL,
  sequence INTEGER NOT NULL DEFAULT 0, basis TEXT NOT NULL DEFAULT '', entries INTEGER NOT NULL DEFAULT 0,
  synced_at INTEGER, expires_at INTEGER, bad_records TEXT NOT NULL DEFAULT '[]', figures_of TEXT, said TEXT,
  reviews_of TEXT, reviews_digest TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  entry INTEGER PRIMARY KEY, plugin_id TEXT NOT NULL, registry TEXT NOT NULL, shown INTEGER NOT NULL DEFAULT 1,
  blocked INTEGER NOT NULL DEFAULT 0, folded_name TEXT NOT NULL, card TEXT NOT NULL, facts TEXT NOT NULL,
  installs INTEGER NOT NULL DEFAULT 0, rating REAL, ratings INTEGER NOT NULL DEFAULT 0, published_at INTEGER NOT NULL,
  fits INTEGER NOT NULL, compatible INTEGER NOT NULL DEFAULT 1, digest TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_id ON entries (plugin_id, registry);
CREATE INDEX entries_name ON entries (folded_name);

CREATE TABLE needs (id TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (id, entry)) STRICT, WITHOUT ROWID;
CREATE INDEX needs_entry ON needs (entry);

CREATE TABLE records (entry INTEGER PRIMARY KEY REFERENCES entries (entry) ON DELETE CASCADE, texts TEXT NOT NULL, record TEXT NOT NULL) STRICT;

CREATE VIRTUAL TABLE texts USING fts5 (name, tags, publisher, description, content='', contentless_delete=1, prefix='1 2 3', tokenize="unicode61 remove_diacritics 0");

CREATE TABLE words (word TEXT PRIMARY KEY, documents INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE sets (field TEXT NOT NULL, key TEXT NOT NULL, count INTEGER NOT NULL, entries BLOB NOT NULL, PRIMARY KEY (field, key)) STRICT, WITHOUT ROWID;
CREATE TABLE orders (sort TEXT PRIMARY KEY, entries BLOB NOT NULL) STRICT;

CREATE TABLE categories (
  registry TEXT NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, icon TEXT NOT NULL, sort_order REAL NOT NULL,
  PRIMARY KEY (registry, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE collections (
  registry TEXT NOT NULL, position INTEGER NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, plugins TEXT NOT NULL,
  PRIMARY KEY (registry, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE figures (
  registry TEXT NOT NULL, plugin_id TEXT NOT NULL, installs INTEGER NOT NULL, rating REAL, ratings INTEGER NOT NULL, trend TEXT NOT NULL, histogram TEXT NOT NULL,
  PRIMARY KEY (registry, plugin_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reviews (registry TEXT NOT NULL, plugin_id TEXT NOT NULL, reviews TEXT NOT NULL, PRIMARY KEY (registry, plugin_id)) STRICT, WITHOUT ROWID;

CREATE TABLE images (sha512 BLOB NOT NULL, entry INTEGER NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL, PRIMARY KEY (sha512, entry)) STRICT, WITHOUT ROWID;
CREATE INDEX images_entry ON images (entry);

CREATE TABLE revoked (
  registry TEXT NOT NULL, plugin_id TEXT NOT NULL, version TEXT NOT NULL, sha512 TEXT NOT NULL, reason TEXT NOT NULL, revoked_at INTEGER NOT NULL, use_instead TEXT,
  PRIMARY KEY (registry, plugin_id, sha512)
) STRICT, WITHOUT ROWID;
`);
  },
};
