import type { QueryTable } from '../handles.ts';

/** Named queries of the domain credentials; each is a plain function that runs in a reader thread. */
export const credentialsQueries = {
} satisfies QueryTable;
