import type { QueryTable } from '../handles.ts';

/** Named queries of the domain team; each is a plain function that runs in a reader thread. */
export const teamQueries = {
} satisfies QueryTable;
