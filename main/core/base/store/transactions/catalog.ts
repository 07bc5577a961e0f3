import type { TransactionTable } from '../handles.ts';

/** Named transactions over catalog.db; each is a plain function that runs in the writer thread of that database. */
export const catalogTransactions = {
} satisfies TransactionTable;
