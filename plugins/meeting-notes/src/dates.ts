const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const DAY_MS = 86_400_000;

const month = MONTHS.map((name) => `${name}|${name.slice(0, 3)}`).join('|');
const DUE = new RegExp(String.raw`\b((?:end of (?:the |this |next )?(?:day|week|month|quarter))|(?:(?:next|this)\s+)?(?:${DAYS.join('|')})|today|tonight|tomorrow|next week|next month|eod|in \d{1,3} (?:days?|weeks?)|\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.(?:\d{4})?|(?:${month})\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:${month})(?:\s+\d{4})?)(?![\p{L}\p{N}])`, 'iu');

const iso = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The instant of a day `YYYY-MM-DD`; undefined for a day that no calendar has. */
export function dayOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/u.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) || iso(at) !== text ? undefined : at;
}

function calendarDay(year: number, monthIndex: number, day: number): string | null {
  const at = Date.UTC(year, monthIndex, day);
  return new Date(at).getUTCDate() === day && new Date(at).getUTCMonth() === monthIndex ? iso(at) : null;
}

/** "3 December", "Dec 3, 2027", "24.12.": a day of the calendar, perhaps without its year. */
function calendarParts(text: string): { day: number; month: number; year: number | undefined } | undefined {
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/u.exec(text);
  const named = /^(?:(\d{1,2})\s+([a-z]{3})[a-z]*|([a-z]{3})[a-z]*\.?\s+(\d{1,2}))(?:,?\s+(\d{4}))?$/u.exec(text);
  const year = dotted?.[3] ?? named?.[5];
  if (dotted) return { day: Number(dotted[1]), month: Number(dotted[2]) - 1, year: year === undefined ? undefined : Number(year) };
  if (!named) return undefined;
  return { day: Number(named[1] ?? named[4]), month: MONTHS.findIndex((name) => name.startsWith(named[2] ?? named[3] ?? '?')), year: year === undefined ? undefined : Number(year) };
}

/** What a phrase means when it is said on that day. Without a day only what names one in full can be told. */
function resolve(phrase: string, said: number | undefined): string | null {
  const text = phrase.toLowerCase().replace(/(\d)(?:st|nd|rd|th)\b/gu, '$1').replace(/(\d)\s+of\s+/gu, '$1 ');
  if (dayOf(text) !== undefined) return text;
  const parts = calendarParts(text);
  if (parts) {
    if (parts.year !== undefined) return calendarDay(parts.year, parts.month, parts.day);
    if (said === undefined) return null;
    const year = new Date(said).getUTCFullYear();
    const found = calendarDay(year, parts.month, parts.day);
    // A day without a year that has gone by is meant for the next one.
    return found !== null && found < iso(said) ? calendarDay(year + 1, parts.month, parts.day) : found;
  }
  return said === undefined ? null : fromDay(text, said);
}

function fromDay(text: string, said: number): string | null {
  const weekday = new Date(said).getUTCDay();
  const next = text.includes('next');
  if (/^(?:today|tonight|eod|end of (?:the |this )?day)$/u.test(text)) return iso(said);
  if (text === 'tomorrow') return iso(said + DAY_MS);
  const count = /^in (\d{1,3}) (day|week)/u.exec(text);
  if (count) return iso(said + Number(count[1]) * DAY_MS * (count[2] === 'week' ? 7 : 1));
  const named = DAYS.findIndex((day) => text.endsWith(day));
  // The one after today; "next Friday", said on a Monday, is the one of the week after.
  if (named >= 0) return iso(said + (((named - weekday + 6) % 7) + 1 + (next && named > weekday ? 7 : 0)) * DAY_MS);
  // A week ends on Friday.
  if (text.endsWith('week')) return iso(said + (((5 - weekday + 7) % 7) + (next ? 7 : 0)) * DAY_MS);
  const [year, monthIndex] = [new Date(said).getUTCFullYear(), new Date(said).getUTCMonth()];
  if (text.endsWith('month')) return iso(Date.UTC(year, monthIndex + (next ? 2 : 1), 0));
  return text.endsWith('quarter') ? iso(Date.UTC(year, (Math.floor(monthIndex / 3) + (next ? 2 : 1)) * 3, 0)) : null;
}

/** When something is due: the words, and the day when it can be told. */
export function dueIn(sentence: string, said: number | undefined): { due: string; date: string | null } | undefined {
  const phrase = DUE.exec(sentence)?.[1];
  return phrase === undefined ? undefined : { due: phrase, date: resolve(phrase, said) };
}
