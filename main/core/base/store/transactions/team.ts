import type { TransactionTable } from '../handles.ts';

/** Named transactions of the domain team; each is a plain function that runs in the writer thread. */
export const teamTransactions = {
} satisfies TransactionTable;
