export type PersonalKind = 'email' | 'phone' | 'card' | 'iban' | 'ip';

const digitsOf = (text: string): string => text.replace(/\D/gu, '');

/** The check digit of payment cards (Luhn, ISO/IEC 7812). */
function isCard(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length < 13 || digits.length > 19) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => { const value = Number(digit) * (index % 2 === 1 ? 2 : 1); return total + (value > 9 ? value - 9 : value); }, 0);
  return sum % 10 === 0;
}

/** The check digits of a bank account number (ISO 13616): the number, read with letters as 10 to 35, leaves 1 by 97. */
function isIban(text: string): boolean {
  const bare = text.replace(/\s/gu, '').toUpperCase();
  if (bare.length < 15 || bare.length > 34) return false;
  let rest = 0;
  for (const character of `${bare.slice(4)}${bare.slice(0, 4)}`) for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** In this order: what an earlier kind took, a later one does not see. */
const KINDS: readonly { kind: PersonalKind; pattern: RegExp; fits?: (text: string) => boolean }[] = [
  { kind: 'email', pattern: /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu },
  { kind: 'iban', pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b/gu, fits: isIban },
  { kind: 'card', pattern: /\b\d(?:[ -]?\d){12,18}\b/gu, fits: isCard },
  { kind: 'ip', pattern: /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/gu },
  { kind: 'phone', pattern: /(?<![\p{L}\p{N}])(?:\+|00|\(?0)[\d ()/.-]{6,20}\d(?![\p{L}\p{N}])/gu, fits: (text) => { const { length } = digitsOf(text); return length >= 7 && length <= 15; } },
];

/** Puts a label in the place of what points at a person. The same value gets the same label, so that the text still makes sense. */
export function redact({ text, kinds = KINDS.map(({ kind }) => kind) }: { text: string; kinds?: PersonalKind[] }) {
  const counts: { kind: PersonalKind; found: number; distinct: number }[] = [];
  let result = text;
  for (const { kind, pattern, fits } of KINDS) {
    if (!kinds.includes(kind)) continue;
    const labels = new Map<string, string>();
    let found = 0;
    result = result.replace(pattern, (value) => {
      if (fits && !fits(value)) return value;
      found += 1;
      const key = kind === 'email' || kind === 'ip' ? value.toLowerCase() : value.toLowerCase().replace(/[\s()/.-]/gu, '');
      const label = labels.get(key) ?? `[${kind} ${labels.size + 1}]`;
      labels.set(key, label);
      return label;
    });
    counts.push({ kind, found, distinct: labels.size });
  }
  return { text: result, found: counts.reduce((sum, { found }) => sum + found, 0), counts };
}
