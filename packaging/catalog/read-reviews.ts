import { MOST_REVIEWS, pluginReviewSchema, problemsOf, type CatalogReviews, type PluginReview } from '../../contract/manifest/index.ts';
import { pluginIdSchema } from '../../contract/model/ids.ts';
import { packedEntries } from './packed-entries.ts';

/** As many reviews as there may be, as long as they may be, and every letter of four bytes. */
const MOST_ENTRY_BYTES = 1024 ** 2;

export type ReviewsOfPlugin = CatalogReviews['plugins'][number];

/**
 * The reviews in a verified `reviews-DATE.json.br`, plugin by plugin. What is none is reported and left out, the others are taken.
 * @throws AppError `catalog/refused` for a file that holds no list
 */
export async function* readReviews(file: string, report: (bad: { id: string | null; message: string }) => void): AsyncGenerator<ReviewsOfPlugin> {
  for await (const entry of packedEntries(file, { what: 'reviews', key: 'plugins', mostEntryBytes: MOST_ENTRY_BYTES })) {
    const { id, reviews } = entry as { id?: unknown; reviews?: unknown };
    const known = pluginIdSchema.safeParse(id);
    if (!known.success || !Array.isArray(reviews)) report({ id: known.success ? known.data : null, message: 'Its reviews have another form and were left out.' });
    else yield { id: known.data, reviews: readAll(known.data, reviews, report) };
  }
}

function readAll(id: string, entries: readonly unknown[], report: (bad: { id: string; message: string }) => void): PluginReview[] {
  if (entries.length > MOST_REVIEWS) report({ id, message: `Its reviews after the first ${MOST_REVIEWS} were left out.` });
  return entries.slice(0, MOST_REVIEWS).flatMap((entry, at) => {
    const read = pluginReviewSchema.safeParse(entry);
    if (read.success) return [read.data];
    report({ id, message: `Its review ${at + 1} was left out: ${problemsOf(entry, read.error.issues)[0]?.message ?? 'it has another form.'}` });
    return [];
  });
}
