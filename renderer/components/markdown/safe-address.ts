/** Where a link of somebody else's text leads. `shown` is the part that a person can judge: the host, or the mail address. */
export interface Address { kind: 'web' | 'mail'; href: string; shown: string }

const MAX_LENGTH = 4096;
// Control and direction characters make an address look like another one, and browsers drop some of them silently.
const DISGUISE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const MAIL = /^[^\s@<>"',;:\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/**
 * Reads an address out of Markdown. Only `https:` and `mailto:` lead anywhere; of a mail address everything behind `?`
 * is dropped, since some mail programs attach files for it. The host comes as the network sees it (punycode).
 * @returns null when the address must be shown as text only
 */
export function safeAddress(raw: string): Address | null {
  const text = decoded(raw);
  if (text === null || text.length > MAX_LENGTH || DISGUISE.test(text) || DISGUISE.test(raw)) return null;
  if (/^mailto:/i.test(text)) {
    const address = text.slice('mailto:'.length).split('?')[0] ?? '';
    return MAIL.test(address) ? { kind: 'mail', href: `mailto:${address}`, shown: address } : null;
  }
  if (!/^https:\/\//i.test(text) || !URL.canParse(raw)) return null;
  const url = new URL(raw);
  // A name before the host (https://bank.example@evil.example) is only ever there to mislead.
  if (url.protocol !== 'https:' || url.hostname === '' || url.username !== '' || url.password !== '') return null;
  return { kind: 'web', href: url.href, shown: url.host };
}

/**
 * Whether the words of a link claim another host than the one it leads to, so that the real one has to stand beside them.
 * True as well for a host with letters outside ASCII, which may imitate another.
 */
export function misleads(words: string, address: Address): boolean {
  if (address.kind === 'mail') return false;
  if (address.shown.split('.').some((label) => label.startsWith('xn--'))) return true;
  const claimed = /(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,})/iu.exec(words)?.[1]?.toLowerCase();
  if (claimed === undefined || !/\.[\p{L}]{2,}$/u.test(claimed)) return false;
  const host = address.shown.replace(/:\d+$/, '').toLowerCase();
  return !(host === claimed || host === `www.${claimed}` || `www.${host}` === claimed) && looksLikeHost(words, claimed);
}

/** A claim is a whole word that is an address, not a file name such as `readme.md` inside a sentence. */
function looksLikeHost(words: string, claimed: string): boolean {
  return /^\s*https?:\/\//i.test(words) || words.trim().toLowerCase() === claimed;
}

function decoded(raw: string): string | null {
  try { return decodeURI(raw); } catch (error) { return error instanceof URIError ? null : raw; }
}
