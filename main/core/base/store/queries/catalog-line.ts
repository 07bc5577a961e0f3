/** What the sync thread hands to the writer, one JSON line a plugin; verified and parsed before it is written. */
import type { BlobReference, CatalogCard, Review } from '../../../../../contract/model/catalog.ts';

/** The part of a card that does not change without a new record. */
export type StoredCard = Omit<CatalogCard, 'installs' | 'trend' | 'rating' | 'ratings' | 'compatible' | 'registry' | 'installedVersion'>;

/** What filters and compatibility need of a plugin. */
export interface EntryFacts {
  kinds: string[]; categories: string[]; tags: string[]; publisher: string; tier: string; price: string;
  /** Of the version on the card; foreign ones left out. */
  dependencies: { id: string; range: string }[];
  /** Versions that may be installed here, newest first. */
  versions: string[];
}

/** Words to be found by, per column of the index: tokens with a blank between. */
export interface EntryTexts { name: string; tags: string; publisher: string; description: string }

export interface CatalogLine {
  id: string;
  /** Of all that the line is made from: a line with the digest that is stored already is skipped. */
  digest: string;
  card: StoredCard; facts: EntryFacts; texts: EntryTexts;
  /** By which names are sorted and compared. */
  foldedName: string;
  /** The signed record as JSON text. */
  record: string;
  /** Blocked by moderation: kept, so that an installed one can be told apart, but not shown. */
  blocked: boolean;
  /** Whether app version and platform suit; dependencies are judged when all lines are in. */
  fits: boolean;
  images: BlobReference[];
}

/** How often a plugin was installed (altogether, and a day, oldest first) and how many gave 1 to 5 stars. */
export interface EntryFigures { id: string; installs: number; trend: readonly number[]; histogram: readonly number[] }

/** What people wrote about a plugin. */
export interface EntryReviews { id: string; reviews: readonly Review[] }

/** `remove` names a plugin that left the catalog; `figures` come before the plugins, `reviews` after them; `bad` says at the end which records were left out and why. */
export type CatalogChange = { put: CatalogLine } | OtherChange;
type OtherChange = { remove: string } | { figures: EntryFigures } | { reviews: EntryReviews } | { bad: readonly string[] };

/** A line as it is taken: what is stored as JSON, and follows the head, stays the text that it is. */
export type TakenLine = LineHead & Record<'card' | 'facts' | 'texts' | 'record', string>;
type LineHead = Pick<CatalogLine, 'id' | 'digest' | 'foldedName' | 'blocked' | 'fits' | 'images'> & { publishedAt: number; needs: readonly string[] };
export type TakenChange = { put: TakenLine } | OtherChange;

/** JSON holds no tab that is not written as `\\t`, so one tells a part of a line from the next, and no text need be parsed and written again. */
const NEXT = '\t';

/** A change as one line of the file, with its line break. */
export function textOfChange(change: CatalogChange): string {
  if (!('put' in change)) return `${JSON.stringify(change)}\n`;
  const { card, facts, texts, record, ...line } = change.put;
  const head: LineHead = { ...line, publishedAt: card.publishedAt, needs: facts.dependencies.map(({ id }) => id) };
  return `${[JSON.stringify({ put: head }), JSON.stringify(card), JSON.stringify(facts), JSON.stringify(texts), record].join(NEXT)}\n`;
}

/** The change that `textOfChange` wrote. */
export function changeOfText(text: string): TakenChange {
  const [first = '', card = '', facts = '', texts = '', record = ''] = text.split(NEXT);
  const change = JSON.parse(first) as { put: LineHead } | OtherChange;
  return 'put' in change ? { put: { ...change.put, card, facts, texts, record } } : change;
}
