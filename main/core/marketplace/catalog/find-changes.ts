/** Refreshes one registry's signed catalog and writes its records as lines for the store. Runs in the sync thread. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { openCatalog, saidTwice, twoOfOne, type CatalogFetch, type CatalogState } from '../../../../packaging/index.ts';
import { endGrowth, hasGrown, textOfChange, type CatalogChange } from '../../base/store/index.ts';
import { basisOf, lineOf } from './line-of.ts';
import type { SyncBegun, SyncFound, SyncThreadData } from './sync-protocol.ts';

/** More are counted and not listed. */
const LISTED_BAD_RECORDS = 100;
/** Begins as what `readReviews` reports. */
const OF_REVIEWS = /^[^:]+: Its reviews? /;
/** Letters that are written at once. */
const PIECE = 256 * 1024;

/**
 * @param begun told what is coming as soon as all of it was fetched and verified; the lines follow, each parsed before it is written
 * @throws AppError `catalog/refused`, `catalog/expired`, `catalog/rollback`, `catalog/unavailable`: nothing is to be changed
 */
export async function findChanges(data: SyncThreadData, begun: (what: SyncBegun) => void, fetch?: CatalogFetch): Promise<SyncFound> {
  const catalog = openCatalog({ source: data.source, trustedRoot: data.trustedRoot, cacheDir: data.cacheDir, ...(fetch && { fetch }) });
  const basis = basisOf(catalog.fingerprint, data);
  const { known } = data;
  // What was derived in another way is derived again, from everything.
  let state = await catalog.refresh(basis === known.basis ? { since: known.sequence } : {});
  const sameRoot = known.basis.startsWith(`${catalog.fingerprint} `);
  // The cache folder remembers this too, but a folder is easily deleted.
  if (sameRoot && state.sequence < known.sequence) {
    throw new AppError('catalog/rollback', `The registry served catalog ${state.sequence}, and ${known.sequence} was seen before. Nothing of it was taken.`, { details: { received: state.sequence, known: known.sequence } });
  }
  if (sameRoot && known.said && saidTwice(known.said, state.said)) throw twoOfOne('catalog', known.sequence, data.source);
  // Another key may end what somebody else signed with the one before: what changed since then says nothing about that.
  const sameKey = known.said?.keyId === state.said.keyId;
  if (!sameKey && !state.whole) state = await catalog.refresh();
  if (sameKey && basis === known.basis && state.sequence === known.sequence) return { kind: 'unchanged', expiresAt: state.expires };
  const outside: string[] = [];
  const touched = new Set<string>();
  const sameFigures = !state.whole && state.statsDate === known.figuresOf;
  const sameReviews = !state.whole && (state.reviewsOf?.digest ?? null) === known.reviewsDigest;
  await mkdir(path.dirname(data.out), { recursive: true });
  // The reader opens it as soon as it is told.
  await writeFile(data.out, '', { mode: 0o600 });
  begun({
    expiresAt: state.expires, whole: state.whole, sequence: state.sequence, said: state.said, basis, ...(!sameFigures && { figuresOf: state.statsDate }), ...(!sameReviews && { reviewsOf: state.reviewsOf }),
    categories: state.categories.map(({ slug, name, description, icon, sort_order }) => ({ slug, name, description, icon, sortOrder: sort_order })),
    revoked: state.revoked.filter(({ id }) => isBelow(id, data.prefix)).map(({ id, version, sha512, reason, revoked_at, use_instead }) => ({ id, version, sha512, reason, revokedAt: revoked_at, useInstead: use_instead ?? null })),
    collections: state.collections.map(({ slug, name, description, plugins }) => ({ slug, name, description, plugins })),
  });
  const badRecords = (): string[] => [
    ...outside.map((id) => `${id}: The registry may serve only ids below ${data.prefix ?? ''}; this one was refused.`),
    ...state.badRecords.map(({ line, id, message }) => `${id ?? `line ${line}`}: ${message}`),
    // Of what the deltas did not touch, what was known before still holds.
    ...(state.whole ? [] : known.badRecords.filter((bad) => (OF_REVIEWS.test(bad) ? sameReviews : !touched.has(bad.split(':')[0] ?? '')))),
  ].slice(0, LISTED_BAD_RECORDS);
  await writeLines(data, linesOf(state, data, touched, outside, { figures: !sameFigures, reviews: !sameReviews }), badRecords);
  return { kind: 'changed', badRecords: badRecords() };
}

/** In pieces, since a write for each line would take longer than the line. */
async function writeLines({ out, growth }: SyncThreadData, lines: AsyncIterable<string>, badRecords: () => readonly string[]): Promise<void> {
  const handle = openSync(out, 'w', 0o600);
  try {
    let piece = '';
    const write = (): void => {
      writeFileSync(handle, piece);
      piece = '';
      hasGrown(growth);
    };
    for await (const line of lines) {
      piece += line;
      if (piece.length >= PIECE) write();
    }
    piece += textOfChange({ bad: badRecords() });
    write();
    endGrowth(growth, { whole: true });
  } finally {
    closeSync(handle);
  }
}

const isBelow = (id: string, prefix: string | null): boolean => prefix === null || id === prefix || id.startsWith(`${prefix}.`);

async function* linesOf(state: CatalogState, { app, prefix }: SyncThreadData, touched: Set<string>, outside: string[], has: { figures: boolean; reviews: boolean }): AsyncGenerator<string> {
  // Before the plugins, each of which is then written once and with its own.
  if (has.figures) for await (const { id, installs, trend, ratings } of state.stats()) {
    if (isBelow(id, prefix)) yield textOfChange({ figures: { id, installs, trend, histogram: ratings } });
  }
  for await (const one of state.changes()) {
    const id = 'put' in one ? one.put.id : one.remove;
    if (!state.whole) touched.add(id);
    const change: CatalogChange = 'put' in one && isBelow(id, prefix) ? { put: lineOf(one.put, JSON.stringify(one.put), app) } : { remove: id };
    if ('put' in one && 'remove' in change) outside.push(id);
    yield textOfChange(change);
  }
  if (has.reviews) for await (const { id, reviews } of state.reviews()) {
    if (isBelow(id, prefix)) yield textOfChange({ reviews: { id, reviews: reviews.map(({ written_at: writtenAt, reply, ...review }) => ({ ...review, writtenAt, reply: reply && { body: reply.body, writtenAt: reply.written_at } })) } });
  }
}
