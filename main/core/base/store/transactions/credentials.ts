import type { TransactionTable } from '../handles.ts';

/** Named transactions of the domain credentials; each is a plain function that runs in the writer thread. */
export const credentialsTransactions = {
} satisfies TransactionTable;
