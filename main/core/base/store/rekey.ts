/** Gives troupe.db another key while the app runs: reads go on, writes wait meanwhile. */
import { stat } from 'node:fs/promises';
import type { Actor } from '../../../../contract/model/audit.ts';
import type { RekeyProgress } from '../../../../contract/model/credentials.ts';
import type { Store } from './index.ts';
import type { SecretRow } from './queries/credentials.ts';
import { dropRekey, partOf } from './rekey-files.ts';
import type { AuditEntry } from './transactions/audit.ts';

export interface RekeyOptions {
  /** Path of `troupe.db`. */
  file: string;
  /** 32 bytes: what encrypts it from now on. */
  key: Uint8Array;
  /** The stored secrets under the other key, the same number of rows. */
  reseal(rows: readonly SecretRow[]): SecretRow[];
  /** Rows that become part of the new database, so that they are there exactly when the new key is. */
  audit: { actor: Actor; at: number; entries: readonly AuditEntry[] };
  /** The new database lies beside the former one, whole: makes the key file name the new key and puts it in its place. */
  swap(): void;
  /** Told from time to time how far it is. */
  progress(progress: RekeyProgress): void;
}

const LOOK_MS = 200;

/**
 * Writes everything anew under `options.key`, in a thread. When it fails before `swap`, the store goes on under the former key and
 * nothing changed; when `swap` fails, the store is lost and the next start finds out how far it came.
 * @throws AppError `store/full`, `store/corrupt`
 */
export async function rekeyStore(store: Store, options: RekeyOptions): Promise<void> {
  const { file } = options;
  await store.alone({
    key: options.key,
    async prepare(start) {
      dropRekey(file);
      const rows = await store.read('allSecrets', {});
      const whole = (await stat(file)).size;
      let copying = false;
      const look = setInterval(() => {
        if (!copying) return;
        stat(partOf(file)).then(({ size }) => { if (copying) options.progress({ step: 'copying', percent: Math.min(100, Math.round(100 * size / whole)) }); }, () => { /* not begun, or done: the next step says so */ });
      }, LOOK_MS);
      try {
        const writing = await start({ role: 'rekey', rekey: { key: Buffer.from(options.key).toString('hex'), secrets: options.reseal(rows), audit: options.audit } }, (step) => {
          copying = step === 'copying';
          options.progress({ step, percent: copying ? 0 : null });
        });
        await writing.stop();
      } finally {
        copying = false;
        clearInterval(look);
      }
    },
    commit: () => { options.swap(); },
  });
}
