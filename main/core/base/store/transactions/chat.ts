import type { TransactionTable } from '../handles.ts';

/** Named transactions of the domain chat; each is a plain function that runs in the writer thread. */
export const chatTransactions = {
} satisfies TransactionTable;
