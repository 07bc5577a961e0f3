/** Reviews as people write them, the same for the same seed: those of a plugin follow how it is rated. */
import type { CatalogRecord, CatalogReviews, PluginReview, PluginStats } from '../contract/manifest/index.ts';
import { seeded } from './generate-catalog.ts';

const DAY = 86_400_000;
/** Few write; where so many rated somebody did. */
const RATED_OFTEN = 100;
const MOST = 4;

const AUTHORS = ['Ada L.', 'Bruno', 'chiara.m', 'Dayo Adeyemi', 'Élodie', 'Farid', 'Greta H.', 'Hiro', 'Ines P.', 'Jonas', 'Katya', 'Lin Wei', 'Mirela', 'Nils', 'Olu', 'Priya S.'];
const SAID: Readonly<Record<1 | 2 | 3 | 4 | 5, readonly (readonly [string | null, string])[]>> = {
  1: [['Did not work here', 'It stops after the first file and says nothing of why. I took it off again.'], [null, 'Asks for far more than it needs.']],
  2: [['Promising', 'The idea is good. Dates come out in the wrong order, and larger files take minutes.'], [null, 'Needs a setting for the language.']],
  3: [['Fine for small things', 'Does one thing well. For more than a handful of documents it is too slow.'], [null, 'It is all right. The earlier version was simpler.']],
  4: [['Good, with one wish', 'Saves me an hour a week. I would like to choose what it leaves out.'], [null, 'Easy to set up. The summary is sometimes a little long.']],
  5: [['Exactly what I needed', 'Installed it, gave it a folder, and had the report before the coffee was ready.\n\nIt asked before it wrote anything.'], ['Reliable', 'Runs every morning for two months now without a miss.'], [null, 'Works without a network. That alone is worth five stars.']],
};

/** @param date the day (UTC) up to which they were written */
export function generateReviews(plugins: readonly { record: CatalogRecord; figures: PluginStats }[], date: string, seed = 7): CatalogReviews {
  const random = seeded(seed + 2);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const review = (record: CatalogRecord, { ratings }: PluginStats): PluginReview => {
    const all = ratings.flatMap((count, star) => Array<1 | 2 | 3 | 4 | 5>(count).fill((star + 1) as 1 | 2 | 3 | 4 | 5));
    const rating = pick(all);
    const [title, body] = pick(SAID[rating]);
    const written = Date.parse(`${date}T00:00:00Z`) - Math.floor(random() * 200) * DAY;
    return {
      author: pick(AUTHORS), rating, title, body, version: pick(record.versions).version, written_at: written, helpful: Math.floor(30 * random() ** 3),
      reply: rating <= 3 && random() < 0.5 ? { body: 'Thank you for telling us. The next version does better here.', written_at: written + DAY } : null,
    };
  };
  return {
    date, plugins: plugins.filter(({ figures }) => figures.ratings.reduce((sum, count) => sum + count, 0) >= RATED_OFTEN)
      .map(({ record, figures }) => ({ id: record.id, reviews: Array.from({ length: 1 + Math.floor(random() * MOST) }, () => review(record, figures)) })),
  };
}
