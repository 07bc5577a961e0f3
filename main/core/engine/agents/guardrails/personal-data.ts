import { isIP } from 'node:net';
import type { PersonalDataKind } from '../../../../../contract/manifest/index.ts';

/** A piece of personal data in a text: from `start` to `end`, in UTF-16 units. */
export interface Finding { readonly kind: PersonalDataKind; readonly start: number; readonly end: number }

/** How long an account number is, by country: what follows it is not taken for a part of it. Source: the SWIFT IBAN registry. */
const IBAN_LENGTH: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, BA: 20, BE: 16, BG: 22, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27, HR: 21, HU: 28, IE: 22, IL: 23,
  IS: 26, IT: 27, LI: 21, LT: 20, LU: 20, LV: 21, MC: 27, MD: 24, ME: 22, MK: 19, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, RS: 22, SA: 24, SE: 24, SI: 19, SK: 24, SM: 27, TR: 26, UA: 29, VA: 22, XK: 20,
};

/** ISO 13616: the number with its head moved to the end leaves 1 when divided by 97. `iban` without spaces, in capitals. */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(iban) || IBAN_LENGTH[iban.slice(0, 2)] !== iban.length) return false;
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** ISO/IEC 7812: 13 to 19 digits with the check digit of Luhn; the first digits of cards for payment are 2 to 6. */
export function isCard(digits: string): boolean {
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    sum += index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';
const isDni = (id: string): boolean => DNI_LETTERS[Number(id.slice(0, 8)) % 23] === id[8];
const isNir = (id: string): boolean => { const digits = id.replaceAll(' ', ''); return 97n - BigInt(digits.slice(0, 13)) % 97n === BigInt(digits.slice(13)); };
const isSsn = (id: string): boolean => !/^(?:000|666|9)|-00-|-0000$/.test(id);

/** Each has bounded repeats only, so that no text makes it slow. `length` shortens a match to what is right, 0 drops it. */
interface Detector { readonly kind: PersonalDataKind; readonly pattern: RegExp; readonly length: (match: string) => number }
const whole = (right: (match: string) => boolean) => (match: string): number => (right(match) ? match.length : 0);

function ibanLength(match: string): number {
  const wanted = IBAN_LENGTH[match.slice(0, 2)] ?? 0;
  let read = '';
  for (const [at, character] of [...match].entries()) {
    if (character !== ' ') read += character;
    if (read.length === wanted) return isIban(read) ? at + 1 : 0;
  }
  return 0;
}

/** Where two meet, the earlier in this list wins: what has check digits before what has only a form. */
const DETECTORS: readonly Detector[] = [
  { kind: 'email', pattern: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu, length: whole(() => true) },
  { kind: 'iban', pattern: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,27}/gu, length: ibanLength },
  { kind: 'card', pattern: /(?<![\p{L}\p{N}])\d(?:[ -]?\d){12,18}(?![\p{L}\p{N}])/gu, length: whole((match) => isCard(match.replace(/[ -]/g, ''))) },
  { kind: 'national_id', pattern: /(?<![\p{L}\p{N}])[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?![\p{L}\p{N}])/gu, length: whole(isNir) },
  { kind: 'national_id', pattern: /(?<![\p{L}\p{N}-])\d{3}-\d{2}-\d{4}(?![\p{L}\p{N}-])/gu, length: whole(isSsn) },
  { kind: 'national_id', pattern: /(?<![\p{L}\p{N}])\d{8}[A-Z](?![\p{L}\p{N}])/gu, length: whole(isDni) },
  { kind: 'ip', pattern: /(?<![\p{L}\p{N}.])(?:\d{1,3}\.){3}\d{1,3}(?![\p{L}\p{N}]|\.\d)/gu, length: whole((match) => isIP(match) === 4) },
  { kind: 'ip', pattern: /(?<![\p{L}\p{N}:])[0-9a-fA-F:]{6,39}(?![\p{L}\p{N}:])/gu, length: whole((match) => isIP(match) === 6) },
  { kind: 'phone', pattern: /(?<![\p{L}\p{N}+])(?:\+|(?<!\d[ -])00)[1-9](?:[ ().\/-]{0,2}\d){6,13}(?!\d)/gu, length: whole(() => true) },
  { kind: 'phone', pattern: /(?<![\p{L}\p{N}+])(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[ .-]\d{4}(?![\p{L}\p{N}])/gu, length: whole(() => true) },
  // Three digits at least stand before the stroke, since dates have two; and no number that it could be the middle of.
  { kind: 'phone', pattern: /(?<![\p{L}\p{N}+]|\d[ -])0\d{2,4}[ \/-]\d{3,8}(?:[ -]\d{2,4}){0,2}(?![\p{L}\p{N}])/gu, length: whole(() => true) },
];

/** Personal data of these kinds in the text, in its order and without overlaps. `taken` is what stands there already. */
export function findPersonalData(text: string, kinds: readonly PersonalDataKind[], taken: readonly { readonly start: number; readonly end: number }[] = []): Finding[] {
  const found: Finding[] = [];
  // One mark for each unit keeps the cost linear, however many there are.
  const used = new Uint8Array(text.length);
  for (const { start, end } of taken) used.fill(1, start, end);
  for (const { kind, pattern, length } of DETECTORS) {
    if (!kinds.includes(kind)) continue;
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + length(match[0])];
      if (end === start || used.subarray(start, end).includes(1)) continue;
      used.fill(1, start, end);
      found.push({ kind, start, end });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}
