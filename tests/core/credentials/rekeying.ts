/** A home in a folder, opened and given another key as the core does it. Run as a program it does so until a failpoint ends it. */
import path from 'node:path';
import { openCredentials, openKeys, type Credentials, type Keychain, type Keys, type Rewrite } from '../../../main/core/base/credentials/index.ts';
import { enableFailpoints, parseFailpoint } from '../../../main/core/base/observe/index.ts';
import { openStore, rekeyStore, type Store } from '../../../main/core/base/store/index.ts';
import { fileKeychain } from './file-keychain.ts';

export interface OpenedHome { keys: Keys; store: Store; credentials: Credentials; rewrite: Rewrite }

export const filesOf = (folder: string): { keyFile: string; database: string; keychain: Keychain } => ({ keyFile: path.join(folder, 'key.json'), database: path.join(folder, 'troupe.db'), keychain: fileKeychain(path.join(folder, 'keychain.json')) });

/** @param passphrase of a home that is protected by one */
export async function openAt(folder: string, passphrase?: string): Promise<OpenedHome> {
  const { keyFile, database, keychain } = filesOf(folder);
  const keys = await openKeys({ keyFile, database, keychain, passphrase, interactive: true });
  const store = await openStore({ file: database, key: keys.databaseKey() });
  const credentials = openCredentials({ store, keys, newId: () => 'fresh', now: () => 1 });
  const rewrite: Rewrite = (to) => rekeyStore(store, { ...to, file: database, audit: { actor: { kind: 'person', id: 'test' }, at: 7, entries: [{ action: 'data_rekeyed', subject: 'keychain' }] } });
  return { keys, store, credentials, rewrite };
}

if (import.meta.filename === process.argv[1]) {
  const [folder = '', failpoint = '', what = 'rekey'] = process.argv.slice(2);
  const point = parseFailpoint(failpoint);
  if (point) enableFailpoints(point);
  const { keys, store, rewrite } = await openAt(folder);
  if (what === 'rekey') await keys.rekey(undefined, rewrite);
  await store.stop();
}
