/** What the core's main thread and a store thread say to each other. */
import type { Actor } from '../../../../contract/model/audit.ts';
import type { WireError } from '../../../../contract/errors/app-error.ts';
import type { RekeyProgress } from '../../../../contract/model/credentials.ts';
import type { SecretRow } from './queries/credentials.ts';
import type { AuditEntry } from './transactions/audit.ts';

/** Which set of tables a database holds. */
export type TableSet = 'main' | 'catalog';
export type Role = 'writer' | 'reader' | 'copy' | 'rekey';

/** What a thread is started with. */
export interface ThreadData {
  role: Role;
  tables: TableSet;
  file: string;
  key?: string | undefined;
  /** Writer: where the verified copy goes that precedes a migration. Copy: where the copy goes. */
  copyTo?: string | undefined;
  /** Rekey: what to write the file anew with. */
  rekey?: RekeyWork | undefined;
}

/** What becomes of a database under another key. Rows are sealed by the caller: the store never sees a secret. */
export interface RekeyWork { key: string; secrets: readonly SecretRow[]; audit: { actor: Actor; at: number; entries: readonly AuditEntry[] } }
/** How far the writing of the file is: a copy of all rows, then the same under the other key, then its check. */
export type RekeyStep = RekeyProgress['step'];

/** Makes a write happen once: the stored answer of `id` is given to every repeat. */
export interface WriteRequest { id: string; procedure: string }

export type ToThread =
  | { kind: 'call'; id: number; name: string; input: unknown; durable: boolean; request?: WriteRequest | undefined; actor?: Actor | undefined }
  | { kind: 'stop' };

/** An error as it leaves a thread; `cause` is for the log only. */
export interface ThreadError { wire: WireError; cause: string }

/** What opening did. */
export interface Opened {
  /** Migrations applied now, or for the catalog whether it was made anew. */
  migrated: readonly number[];
  rebuilt: boolean;
  /** The verified copy made before migrating, when there was something to copy. */
  copy?: string | undefined;
}

export type Settled = { id: number; value: unknown } | { id: number; error: ThreadError };

export type FromThread =
  | { kind: 'ready'; opened: Opened }
  | { kind: 'failed'; error: ThreadError }
  | { kind: 'settled'; settled: readonly Settled[] }
  | { kind: 'step'; step: RekeyStep }
  | { kind: 'slow'; name: string; milliseconds: number };
