import type { TransactionTable } from '../handles.ts';

/** Named transactions of the domain models; each is a plain function that runs in the writer thread. */
export const modelsTransactions = {
} satisfies TransactionTable;
