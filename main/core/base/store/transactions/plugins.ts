import type { TransactionTable } from '../handles.ts';

/** Named transactions of the domain plugins; each is a plain function that runs in the writer thread. */
export const pluginsTransactions = {
} satisfies TransactionTable;
