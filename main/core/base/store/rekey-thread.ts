/** Writes troupe.db anew under another key, beside the one in use. Runs in a store thread; nobody else has the file open. */
import { renameSync, rmSync } from 'node:fs';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { failpoint } from '../failpoints/index.ts';
import { connect } from './connect.ts';
import { verifyCopy } from './copy.ts';
import { handlesOf } from './handles.ts';
import type { RekeyStep, ThreadData } from './protocol.ts';
import { partOf, rekeyedOf, syncFolder } from './rekey-files.ts';
import { appendAudit } from './transactions/audit.ts';
import { credentialsTransactions } from './transactions/credentials.ts';

/**
 * Leaves a whole, checked and synced copy under the new key with the name that `finishRekey` looks for. Until then it has
 * another name, which the next start throws away.
 * @throws AppError `store/corrupt` when the copy fails its check; whatever SQLite says of a full disk. The database itself is never touched
 */
export function writeRekeyed({ file, key, rekey }: ThreadData, tell: (step: RekeyStep) => void): void {
  if (key === undefined || rekey === undefined) throw new AppError('core/internal', 'A database that is not encrypted has no key to replace.');
  const part = partOf(file);
  rmSync(part, { force: true });
  try {
    failpoint('rekey.before-copy');
    tell('copying');
    copyAll(file, part, key);
    failpoint('rekey.copied');
    tell('encrypting');
    const copy = connect({ file: part, key, readonly: false, journal: false });
    try {
      const { writer } = handlesOf(copy);
      copy.transaction(() => {
        for (const { id, nonce, ciphertext } of rekey.secrets) credentialsTransactions.resealSecret(writer, { id, nonce, ciphertext });
        appendAudit(writer, rekey.audit.actor, rekey.audit.at, rekey.audit.entries);
      })();
      failpoint('rekey.sealed');
      if (!/^[0-9a-f]{64}$/.test(rekey.key)) throw new TypeError('The database key is 64 hexadecimal digits.');
      copy.pragma(`rekey="x'${rekey.key}'"`);
    } finally {
      copy.close();
    }
    failpoint('rekey.encrypted');
    tell('checking');
    verifyCopy(part, rekey.key);
    failpoint('rekey.checked');
    renameSync(part, rekeyedOf(file));
    syncFolder(file);
    failpoint('rekey.placed');
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function copyAll(file: string, part: string, key: string): void {
  const source = connect({ file, key, readonly: true });
  try {
    // VACUUM INTO writes another file; the source itself is still opened read-only.
    source.pragma('query_only=OFF');
    source.prepare('VACUUM INTO @part').run({ part });
  } finally {
    source.close();
  }
}
