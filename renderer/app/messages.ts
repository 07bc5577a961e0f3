import { pseudo } from '../lib/pseudo-locale.ts';

const files = import.meta.glob<Record<string, string>>('../../resources/locales/en/*.json', { eager: true, import: 'default' });

/** All words of the interface in English: one file per domain, keys `domain.what`, ICU syntax. */
export const english: Record<string, string> = Object.assign({}, ...Object.values(files)) as Record<string, string>;

/** The words of a language; en-XA is made from English for finding text that does not come from the files. */
export function messagesFor(language: string): Record<string, string> {
  if (language !== 'en-XA') return english;
  return Object.fromEntries(Object.entries(english).map(([id, message]) => [id, pseudo(message)]));
}
