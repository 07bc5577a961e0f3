/** A fresh home with its databases for a test: quick, unencrypted unless a key is given, gone after `stop`. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openCatalogStore, openHome, openStore, type CatalogStore, type Home, type Store } from '../../main/core/base/store/index.ts';

export interface TestStore {
  store: Store;
  /** Present when asked for by `{ catalog: true }`. */
  catalog?: CatalogStore;
  home: Home;
  /** Stops the threads and removes the folder; call it in `afterEach` or `afterAll`. */
  stop(): Promise<void>;
}

/** Opens troupe.db (and catalog.db on request) in a temporary home. */
export async function openTestStore(options: { catalog?: boolean; key?: Uint8Array } = {}): Promise<TestStore> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-store-'));
  const home = openHome({ home: folder });
  const [store, catalog] = await Promise.all([
    openStore({ file: home.database, key: options.key }),
    options.catalog ? openCatalogStore({ file: home.catalog }) : undefined,
  ]);
  return {
    store, home, ...(catalog && { catalog }),
    async stop() {
      await Promise.all([store.stop(), catalog?.stop()]);
      home.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
