import { RE2JS } from 're2js';
import type { GuardrailRule } from '../../../../../contract/manifest/index.ts';
import { findPersonalData } from './personal-data.ts';

/** What a check says of a text. `reason` is one sentence for the person; empty when there is nothing to tell. */
export type Verdict =
  | { readonly verdict: 'passed'; readonly reason: string }
  | { readonly verdict: 'refused'; readonly reason: string }
  | { readonly verdict: 'changed'; readonly reason: string; readonly text: string };
type Rule<T extends GuardrailRule['type']> = Extract<GuardrailRule, { type: T }>;

export const passed: Verdict = { verdict: 'passed', reason: '' };
const refused = (reason: string): Verdict => ({ verdict: 'refused', reason });

export function checkLength(rule: Rule<'length'>, text: string): Verdict {
  const characters = [...text].length;
  const words = text.match(/\S+/gu)?.length ?? 0;
  const bounds: readonly (readonly [number, string, number | undefined, number | undefined])[] = [[characters, 'characters', rule.min_characters, rule.max_characters], [words, 'words', rule.min_words, rule.max_words]];
  for (const [count, what, least, most] of bounds) {
    if (least !== undefined && count < least) return refused(`The text has ${count} ${what}; at least ${least} are needed.`);
    if (most !== undefined && count > most) return refused(`The text has ${count} ${what}; at most ${most} are allowed.`);
  }
  return passed;
}

/** A hyphen stays: outside of a class it means itself, and with the flag `u` an escaped one is no pattern at all. */
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
/** Characters that are not seen, by which a word could be hidden. */
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/gu;
const plain = (text: string): string => text.replace(UNSEEN, '').normalize('NFKC');

/** Why a pattern cannot be used, or undefined. Look-around and back references are unknown to RE2, which never gets slow. */
export function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read';
  }
}

/**
 * The words are found whole, whatever their case and width; between two words of a phrase any space may stand. The reason
 * does not repeat them: they may be what nobody is to read.
 */
export function checkBanned(rule: Rule<'banned'>, given: string): Verdict {
  const text = plain(given);
  const words = rule.words.map((word) => plain(word).trim().split(/\s+/u).map(escaped).join('\\s+')).filter((word) => word !== '');
  const pattern = words.length === 0 ? undefined : new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words.join('|')})(?![\\p{L}\\p{N}_])`, 'giu');
  let count = 0;
  let rest = text;
  const cover = (found: string): string => { count += 1; return '█'.repeat(Math.min([...found].length, 40)); };
  if (pattern) rest = rest.replace(pattern, cover);
  for (const source of rule.patterns) {
    const matcher = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).matcher(rest);
    let [covered, from] = ['', 0];
    while (matcher.find()) {
      if (matcher.end() === matcher.start()) continue;
      covered += rest.slice(from, matcher.start()) + cover(rest.slice(matcher.start(), matcher.end()));
      from = matcher.end();
    }
    rest = covered + rest.slice(from);
  }
  if (count === 0) return passed;
  const what = count === 1 ? 'one word or phrase' : `${count} words or phrases`;
  return rule.action === 'mask' ? { verdict: 'changed', reason: `A guardrail covered ${what} that the agent may not say.`, text: rest } : refused(`The text has ${what} that must not stand in it.`);
}

const NAMES = { email: 'e-mail address', phone: 'phone number', iban: 'bank account', card: 'card number', ip: 'IP address', national_id: 'national id number' } as const;

/** What is found is told by kind and number, never by value. `shown`: the person keeps seeing it, the model does not. */
export function checkPersonalData(rule: Rule<'personal_data'>, text: string): Verdict {
  const found = findPersonalData(text, rule.kinds);
  if (found.length === 0) return passed;
  const counts = Object.entries(NAMES).flatMap(([kind, name]) => { const count = found.filter((one) => one.kind === kind).length; return count === 0 ? [] : [`${name} (${count})`]; }).join(', ');
  if (rule.action !== 'mask') return refused(`The text has personal data: ${counts}.`);
  if (rule.on === 'input') return { verdict: 'passed', reason: `Personal data was hidden from the model: ${counts}.` };
  let [masked, from] = ['', 0];
  for (const { kind, start, end } of found) {
    masked += `${text.slice(from, start)}[${NAMES[kind]} removed]`;
    from = end;
  }
  return { verdict: 'changed', reason: `A guardrail took personal data out of the answer: ${counts}.`, text: masked + text.slice(from) };
}
