/** Refreshes one registry's signed catalog and writes its records as lines for the store. Runs in the sync thread. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { openCatalog, type CatalogFetch, type CatalogState } from '../../../../packaging/index.ts';
import type { CatalogChange } from '../../base/store/index.ts';
import { lineOf } from './line-of.ts';
import type { SyncFound, SyncThreadData } from './sync-protocol.ts';

/** Raise it when lines are derived in another way, so that what is stored is derived again. */
const LINE_FORM = 1;
/** More are counted and not listed. */
const LISTED_BAD_RECORDS = 100;

/** What lines depend on besides the records. Another trust root is another registry, whose sequence begins anew. */
const basisOf = (fingerprint: string, { app, prefix }: SyncThreadData): string => `${fingerprint} ${app.version} ${app.platform} ${LINE_FORM}${prefix === null ? '' : ` ${prefix}`}`;

/**
 * @throws AppError `catalog/refused`, `catalog/expired`, `catalog/rollback`, `catalog/unavailable`: nothing was changed
 */
export async function findChanges(data: SyncThreadData, fetch?: CatalogFetch): Promise<SyncFound> {
  const catalog = openCatalog({ source: data.source, trustedRoot: data.trustedRoot, cacheDir: data.cacheDir, ...(fetch && { fetch }) });
  const state = await catalog.refresh();
  const basis = basisOf(catalog.fingerprint, data);
  const sameRoot = data.known.basis.startsWith(`${catalog.fingerprint} `);
  // The cache folder remembers this too, but a folder is easily deleted.
  if (sameRoot && state.sequence < data.known.sequence) {
    throw new AppError('catalog/rollback', `The registry served catalog ${state.sequence}, and ${data.known.sequence} was seen before. Nothing of it was taken.`, { details: { received: state.sequence, known: data.known.sequence } });
  }
  if (basis === data.known.basis && state.sequence === data.known.sequence) return { kind: 'unchanged', expiresAt: state.expires };
  const outside: string[] = [];
  await mkdir(path.dirname(data.out), { recursive: true });
  await pipeline(linesOf(state, data, (id) => { outside.push(id); }), createWriteStream(data.out, { mode: 0o600 }));
  return {
    kind: 'changed', expiresAt: state.expires, sequence: state.sequence, basis,
    categories: state.categories.map(({ slug, name, description, icon, sort_order }) => ({ slug, name, description, icon, sortOrder: sort_order })),
    revoked: state.revoked.map(({ id, version, sha512, reason, revoked_at }) => ({ id, version, sha512, reason, revokedAt: revoked_at })),
    badRecords: [
      ...outside.map((id) => `${id}: The registry may serve only ids below ${data.prefix ?? ''}; this one was refused.`),
      ...state.badRecords.map(({ line, id, message }) => `${id ?? `line ${line}`}: ${message}`),
    ].slice(0, LISTED_BAD_RECORDS),
  };
}

async function* linesOf(state: CatalogState, { app, prefix }: SyncThreadData, refuse: (id: string) => void): AsyncGenerator<string> {
  for await (const record of state.records()) {
    if (prefix !== null && record.id !== prefix && !record.id.startsWith(`${prefix}.`)) {
      refuse(record.id);
      continue;
    }
    const put: CatalogChange = { put: lineOf(record, JSON.stringify(record), app) };
    yield `${JSON.stringify(put)}\n`;
  }
}
