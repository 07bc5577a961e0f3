import type { QueryTable } from '../handles.ts';

/** Named queries of the domain plugins; each is a plain function that runs in a reader thread. */
export const pluginsQueries = {
} satisfies QueryTable;
