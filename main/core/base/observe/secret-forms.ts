/** A shorter value would blank out half of what it is looked for in. */
export const SHORTEST_SECRET = 4;
const SHORTEST_FORM = 6;

/**
 * The ways in which a secret commonly stands in a text: as it is, escaped for JSON, HTML and addresses (in part or in full), in hex, and in
 * base64 wherever in a longer text it began. Longest first, since one may hold another. Empty for a value that is too short.
 */
export function secretForms(value: string): readonly string[] {
  if (value.length < SHORTEST_SECRET) return [];
  const bytes = Buffer.from(value, 'utf8');
  const address = encodeURIComponent(value);
  const hex = bytes.toString('hex');
  const json = JSON.stringify(value).slice(1, -1);
  const encoded = [
    // Twice: JSON as a text within JSON, as when a log line repeats an answer.
    json, JSON.stringify(json).slice(1, -1), address, address.replace(/%[0-9A-F]{2}/g, (part) => part.toLowerCase()), address.replaceAll('%20', '+'), new URLSearchParams({ v: value }).toString().slice(2),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'), value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    hex, hex.toUpperCase(), hex.replace(/../g, '%$&'), hex.toUpperCase().replace(/../g, '%$&'), ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
  ];
  return [...new Set([value, ...encoded.filter((form) => form.length >= SHORTEST_FORM)])].sort((a, b) => b.length - a.length);
}

/** The characters that these bytes alone decide, when `offset` other bytes (modulo three) stand before them. */
function base64At(bytes: Buffer, offset: number): string[] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const inner = whole.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((whole.length * 8) / 6));
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}
