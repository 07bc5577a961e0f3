/** The store's own queries and transactions on connections of the test's thread: quick to start, and counted by coverage. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { CatalogStore, Store } from '../../../main/core/base/store/index.ts';
import { openHome } from '../../../main/core/base/store/index.ts';
import { handlesOf, type QueryTable, type TransactionTable } from '../../../main/core/base/store/handles.ts';
import { openCatalogWriter, openMainWriter } from '../../../main/core/base/store/open-connection.ts';
import { fromThreadError, toThreadError } from '../../../main/core/base/store/store-errors.ts';
import { catalogDatabaseQueries, mainQueries } from '../../../main/core/base/store/queries/index.ts';
import { AUDITED } from '../../../main/core/base/store/transactions/audited.ts';
import { catalogDatabaseTransactions, mainTransactions } from '../../../main/core/base/store/transactions/index.ts';
import { commitGroup } from '../../../main/core/base/store/write-group.ts';
import type { TestStore } from '../../support/store.ts';

type Opened = ReturnType<typeof openMainWriter>;

function inline({ connection, opened }: Opened, queries: QueryTable, table: TransactionTable): unknown {
  const { reader, writer } = handlesOf(connection);
  let next = 0;
  return {
    opened,
    // A turn of the loop, as a thread would take one, and a copy, as it would make one.
    async read(name: string, input: unknown) {
      await new Promise(setImmediate);
      try {
        return structuredClone(queries[name]?.(reader, structuredClone(input) as never));
      } catch (error) {
        throw fromThreadError(toThreadError(error, name));
      }
    },
    async write(name: string, input: unknown, { durable = true, request }: { durable?: boolean; request?: { id: string; procedure: string } } = {}) {
      await new Promise(setImmediate);
      next += 1;
      const [settled] = commitGroup({ connection, writer, table, now: Date.now, audited: table === mainTransactions ? AUDITED : undefined, timed: () => undefined }, [{ kind: 'call', id: next, name, input: structuredClone(input), durable, request }]);
      if (settled && 'error' in settled) throw fromThreadError(settled.error);
      return structuredClone(settled?.value);
    },
    copy: () => Promise.reject(new Error('Copies are made by a thread.')),
    stop() { connection.close(); return Promise.resolve(); },
  };
}

export const inlineCatalogStore = (file: string): CatalogStore => inline(openCatalogWriter({ role: 'writer', tables: 'catalog', file }), catalogDatabaseQueries, catalogDatabaseTransactions) as CatalogStore;

/** Like `openTestStore({ catalog: true })`, without threads. */
export async function openInlineStore(): Promise<TestStore & { catalog: CatalogStore }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-inline-'));
  const home = openHome({ home: folder });
  const store = inline(openMainWriter({ role: 'writer', tables: 'main', file: home.database }), mainQueries, mainTransactions) as Store;
  const catalog = inlineCatalogStore(home.catalog);
  return {
    store, catalog, home,
    async stop() {
      await Promise.all([store.stop(), catalog.stop()]);
      home.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
