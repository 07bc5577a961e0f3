/** What the core's main thread and the sync thread say to each other. */
import type { WireError } from '../../../../contract/errors/app-error.ts';
import type { CatalogSync, Growth } from '../../base/store/index.ts';
import type { Said } from '../../../../packaging/index.ts';
import type { RelayAsk } from './fetch-relay.ts';
import type { AppFacts } from './fitness.ts';

/** What a sync thread is started with. */
export interface SyncThreadData {
  /** The registry: a folder's path, a `file:` address or an http(s) address. */
  source: string;
  trustedRoot: Uint8Array;
  /** Kept between syncs; without it there is no protection against rollback. */
  cacheDir: string;
  app: AppFacts;
  /** What is stored now. */
  known: { sequence: number; basis: string; figuresOf: string | null; reviewsDigest: string | null; said: Said | null; badRecords: readonly string[] };
  /** The only ids that it may serve begin with this; null: any. */
  prefix: string | null;
  /** Where the lines go, and who reads them meanwhile is told of them by. */
  out: string;
  growth: Growth;
}

/** What a sync is about to write, known before its first line. */
export type SyncBegun = { expiresAt: number } & Pick<CatalogSync, 'whole' | 'sequence' | 'basis' | 'said' | 'categories' | 'revoked' | 'collections' | 'figuresOf' | 'reviewsOf'>;

/** What a sync found. `unchanged`: what is stored is what the registry publishes. */
export type SyncFound = { kind: 'unchanged'; expiresAt: number } | { kind: 'changed'; badRecords: readonly string[] };

export type FromSyncThread = SyncFound | RelayAsk | { kind: 'begun'; begun: SyncBegun } | { kind: 'failed'; error: WireError; cause: string };
