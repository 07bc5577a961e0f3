/** The code that opens a home when the keychain no longer does: 130 random bits to be written on paper. */
import { createHash, randomBytes } from 'node:crypto';

/** Crockford's alphabet: no I, L, O, U, so that a hand-written code can be read back. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOLS = 26;
const CHECK = 2;
const GROUP = 4;

/** A fresh code: seven groups of four, the last two characters check the others. */
export function newRecoveryCode(): string {
  const body = [...randomBytes(SYMBOLS)].map((byte) => ALPHABET[byte & 31]).join('');
  return (body + checkOf(body)).match(new RegExp(`.{${GROUP}}`, 'g'))?.join('-') ?? '';
}

/**
 * Reads a code as people type it: any case, spaces or dashes anywhere, O for 0, I or L for 1.
 * @returns its canonical form, or undefined when it was mistyped
 */
export function readRecoveryCode(typed: string): string | undefined {
  const plain = typed.toUpperCase().replace(/[\s\-–—_.]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (plain.length !== SYMBOLS + CHECK || [...plain].some((symbol) => !ALPHABET.includes(symbol))) return undefined;
  const body = plain.slice(0, SYMBOLS);
  return checkOf(body) === plain.slice(SYMBOLS) ? body : undefined;
}

function checkOf(body: string): string {
  const [first = 0, second = 0] = createHash('sha256').update(`troupe recovery ${body}`).digest();
  return `${ALPHABET[first & 31]}${ALPHABET[second & 31]}`;
}
