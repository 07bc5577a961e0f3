import type { Message } from '../../../../contract/model/message.ts';

const SEARCH = 'builtin.web_search@';
/** What a person quotes, somebody else said. */
const QUOTED = /^>.*$/gmu;
/**
 * One form for addresses that lead to the same page: whatever their scheme and fragment are. Undefined for what is none.
 * Everything that reaches the host stays, so that an address with one letter more is another one.
 */
export function comparable(address: string): string | undefined {
  const url = URL.parse(/^https?:\/\//i.test(address) ? address : `https://${address}`);
  return url === null || url.username !== '' || url.password !== '' ? undefined : `${url.host}${url.pathname}${url.search}`;
}

/** The web addresses that stand in a text, with or without a scheme, comparable. A point or bracket that ends the sentence is none of the address. */
export const addressesIn = (text: string): string[] => text.split(/[\s<>"'`]+/).flatMap((word) => {
  const scheme = word.search(/https?:\/\//i);
  const begun = scheme >= 0 ? word.slice(scheme) : word.replace(/^[([{*_]+/, '');
  if (!/^(https?:\/\/.|[\p{L}\p{N}.-]{1,253}\.\p{L}{2,24}(?:[:/?#]|[^\p{L}\p{N}]*$))/iu.test(begun)) return [];
  let end = begun.length;
  while (end > 0 && '.,;:!?)]}*_'.includes(begun.charAt(end - 1))) end -= 1;
  return [...new Set([comparable(begun), comparable(begun.slice(0, end))])].filter((one) => one !== undefined);
});

/** What the person wrote in a conversation, and what searches answered in it. Words of the model, of pages and of files make no address known. */
export function addressesKnown(history: readonly Message[]): string[] {
  const searches = new Set(history.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_call' && part.tool?.startsWith(SEARCH) ? [part.id] : []))));
  return history.flatMap(({ role, parts }) => parts.flatMap((part) => {
    if (part.type === 'text' && role === 'user') return addressesIn(part.text.replace(QUOTED, ''));
    return part.type === 'tool_result' && searches.has(part.callId) ? foundIn(parsed(part.content)) : [];
  }));
}

/** The addresses of what a search answered; its other words may be anybody's. */
export function foundIn(output: unknown): string[] {
  const results: unknown = typeof output === 'object' && output !== null && 'results' in output ? output.results : [];
  return (Array.isArray(results) ? results as unknown[] : []).flatMap((one) => (typeof one === 'object' && one !== null && 'url' in one && typeof one.url === 'string' ? comparable(one.url) ?? [] : []));
}

/** A long answer is kept cut, and then names nothing. */
function parsed(content: string): unknown {
  try { return JSON.parse(content); } catch { return undefined; } // cut
}
