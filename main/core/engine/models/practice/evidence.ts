import { findFacts, numberOf, type Fact } from './facts.ts';
import { stem, stemsOf, wordsOf } from './words.ts';

/**
 * What arguments are taken from: the request, what is found in it, and the text that came before it (a tool's result or
 * an answer), which "it" and "that" mean. `now` in ms UTC. A fact is used up once it stands in an argument.
 */
export interface Evidence {
  readonly text: string;
  readonly facts: readonly Fact[];
  readonly previous: string | undefined;
  readonly free: string;
  readonly now: number;
  readonly used: Set<Fact>;
}

export function gather(text: string, toolWords: readonly string[], previous: string | undefined, now: number): Evidence {
  const facts = findFacts(text);
  return { text, facts, previous, free: freeText(text, facts, toolWords, previous), now, used: new Set() };
}

/** What the request is about, when nothing in it is quoted: after a colon, after a preposition, else without the words that name the tool. */
function freeText(text: string, facts: readonly Fact[], toolWords: readonly string[], previous: string | undefined): string {
  const quoted = facts.find((fact) => fact.kind === 'quoted');
  if (quoted) return quoted.text;
  const line = text.trim();
  const colon = /:\s+(\S[\s\S]*)$|:\n([\s\S]+)$/.exec(line);
  if (colon) return (colon[1] ?? colon[2] ?? '').trim();
  if (previous !== undefined && /\b(it|that|this|them|these|those|result|answer|above)\b/i.test(line)) return previous;
  const tool = new Set(toolWords.map(stem));
  const says = (words: string): boolean => stemsOf(words).some((word) => !tool.has(word));
  const preposition = /\b(?:in|of|for|about|on|from|at|to|named|called|titled|saying|says|with)\s+(?:the\s+(?:text|word|words|phrase|sentence|string|name|topic|subject)\s+)?(\S[\s\S]*?)[.?!]*$/i.exec(line);
  if (preposition?.[1] && says(preposition[1])) return preposition[1].replace(/\s+(?:for|with|in|on|at|by|within|until)\s+(?:\w+\s+)?\d.*$/i, '').trim();
  const rest = line.split(/\s+/).filter((word) => wordsOf(word).some((part) => !tool.has(stem(part)) && stemsOf(part).length > 0)).join(' ').replace(/[.?!]+$/, '');
  return rest === '' ? line : rest;
}

/** `name: value`, `name = value`, `name is value` in the request. A value that is a fact is answered as that fact. */
export function saidOf(name: string, evidence: Evidence): Fact | string | undefined {
  const words = wordsOf(name);
  if (words.length === 0) return undefined;
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${words.join('[\\s_-]*')}(?![\\p{L}\\p{N}])["'\`]?(\\s*(?:=|:|→)\\s*|\\s+(?:is|as)\\s+)`, 'giu');
  // "the room: room = Aspen": an equals sign says more than a colon.
  const all = [...evidence.text.matchAll(pattern)];
  const match = all.find((candidate) => candidate[1]?.trim() === '=') ?? all[0];
  if (!match) return words.at(-1) === 'by' ? saidBy(words, evidence) : undefined;
  const from = match.index + match[0].length;
  const fact = evidence.facts.find((candidate) => candidate.start === from);
  if (fact) return evidence.used.has(fact) ? undefined : fact;
  const bare = /^[^,;\n]*?(?=\s+and\s|[,;\n]|[.?!](?:\s|$)|$)/.exec(evidence.text.slice(from))?.[0].trim();
  return bare === '' ? undefined : bare;
}

/** "sorted by price", "grouped by region": the word after it, for a name such as `sort_by`. */
function saidBy(words: readonly string[], evidence: Evidence): Fact | string | undefined {
  const [verb = ''] = words.slice(-2);
  for (const match of evidence.text.matchAll(/([\p{L}]+)\s+by\s+(?:the\s+)?([\p{L}\p{N}_-]+|(?=["'`“]))/giu)) {
    if (stem(match[1] ?? '') !== stem(verb)) continue;
    const from = match.index + match[0].length;
    return match[2] || evidence.facts.find((fact) => fact.start === from && !evidence.used.has(fact));
  }
  return undefined;
}

/** Whether all words of a name stand in the request, in any form. */
export function mentions(text: string, name: string): boolean {
  const said = new Set(wordsOf(text).map(stem));
  const words = wordsOf(name).map(stem);
  return words.length > 0 && words.every((word) => said.has(word));
}

/** Which words before a fact speak for which words in a property's name. */
const PREPOSITIONS = new Map<string, readonly string[]>(Object.entries({
  with: ['replac', 'new', 'with', 'suffix', 'replacement', 'body', 'content'],
  by: ['replac', 'new', 'by', 'separator', 'delimit', 'step', 'factor', 'author'],
  in: ['text', 'content', 'input', 'haystack', 'source', 'city', 'location', 'place', 'languag', 'lang', 'folder', 'document', 'unit'],
  of: ['text', 'content', 'input', 'valu', 'city', 'location', 'base'],
  for: ['query', 'search', 'term', 'keyword', 'topic', 'city', 'location', 'name', 'pattern', 'find'],
  about: ['query', 'topic', 'subject', 'about'],
  from: ['from', 'sourc', 'start', 'send', 'origin', 'begin', 'min'],
  to: ['to', 'target', 'end', 'recipient', 'destination', 'languag', 'lang', 'max', 'until'],
  into: ['to', 'target', 'languag', 'lang', 'into', 'format', 'unit'],
  as: ['as', 'format', 'name', 'typ'],
  named: ['name', 'titl', 'id'], called: ['name', 'titl', 'id'], titled: ['titl', 'name', 'subject'],
  at: ['at', 'tim', 'plac', 'location', 'address', 'host', 'url'],
  until: ['until', 'end', 'to'], between: ['from', 'start', 'min'], saying: ['messag', 'text', 'body', 'content'],
}));

const MAIN_TEXT = new Set(['text', 'content', 'body', 'input', 'messag', 'document', 'string', 'query', 'question', 'prompt', 'sentenc', 'markdown', 'data']);
const KIND_WORDS: readonly (readonly [Fact['kind'], ReadonlySet<string>])[] = [
  ['url', new Set(['url', 'uri', 'link', 'href', 'websit', 'pag', 'endpoint', 'webhook', 'sit'])],
  ['email', new Set(['email', 'mail', 'recipient', 'to', 'cc', 'bcc', 'from', 'send', 'address'])],
  ['file', new Set(['fil', 'path', 'filenam', 'document', 'fold'])],
  ['date', new Set(['dat', 'day', 'due', 'deadlin', 'start', 'end', 'from', 'to', 'since', 'until', 'birthday'])],
  ['date_time', new Set(['dat', 'at', 'tim', 'start', 'end', 'when', 'timestamp'])],
  ['time', new Set(['tim', 'at', 'start', 'end', 'hour'])],
];

const AMOUNTS = new Set(['limit', 'count', 'max', 'top', 'first', 'amount']);

/** How well a fact suits a property that wants a text (`wants: 'string'`) or a number; 0 when it does not. */
export function suits(fact: Fact, name: string, format: string | undefined, wants: 'string' | 'number'): number {
  const words = wordsOf(name).map(stem);
  let score: number;
  if (wants === 'number') {
    if (numberOf(fact) === undefined) return 0;
    score = fact.kind === 'number' ? 2 : 1;
    if (fact.after.some((word) => words.includes(stem(word)))) score += 6;
    // "5 rows", "the first 3": how many there may be.
    else if (fact.kind === 'number' && words.some((word) => AMOUNTS.has(word)) && (/^\p{L}{2,}s$/u.test(fact.after[0] ?? '') || ['first', 'top'].includes(fact.before.at(-1) ?? ''))) score += 4;
  } else {
    score = fact.kind === 'quoted' ? 3 : 0;
    const kind = KIND_WORDS.find(([of]) => of === fact.kind);
    if (kind && words.some((word) => kind[1].has(word))) score += 5;
    if (format !== undefined && format === FORMAT_OF[fact.kind]) score += 6;
    if (fact.kind === 'number' || fact.kind === 'json') score += 0.5;
    if (score > 0 && words.some((word) => MAIN_TEXT.has(word))) score += Math.min(1, fact.text.length / 100);
  }
  if (score === 0) return 0;
  const last = fact.before.at(-1) ?? '';
  if ((PREPOSITIONS.get(last) ?? []).some((word) => words.includes(word))) score += 6;
  else if (fact.before.slice(-2).some((word) => words.includes(stem(word.replace(/[:=]+$/, ''))))) score += 4;
  return score;
}

const FORMAT_OF: Readonly<Partial<Record<Fact['kind'], string>>> = { url: 'uri', email: 'email', date: 'date', date_time: 'date-time', time: 'time' };
