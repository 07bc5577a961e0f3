import type { QueryTable } from '../handles.ts';

/** Named queries of the domain models; each is a plain function that runs in a reader thread. */
export const modelsQueries = {
} satisfies QueryTable;
