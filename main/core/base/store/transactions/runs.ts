import type { TransactionTable } from '../handles.ts';

/** Named transactions of the domain runs; each is a plain function that runs in the writer thread. */
export const runsTransactions = {
} satisfies TransactionTable;
