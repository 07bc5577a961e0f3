import type { QueryTable } from '../handles.ts';

/** Named queries of the domain chat; each is a plain function that runs in a reader thread. */
export const chatQueries = {
} satisfies QueryTable;
