import type { QueryTable } from '../handles.ts';

/** Named queries of the domain runs; each is a plain function that runs in a reader thread. */
export const runsQueries = {
} satisfies QueryTable;
