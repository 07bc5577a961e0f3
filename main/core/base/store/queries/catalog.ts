import type { QueryTable } from '../handles.ts';

/** Named queries over catalog.db; each is a plain function that runs in a reader thread of that database. */
export const catalogQueries = {
} satisfies QueryTable;
