const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;
const MARKDOWN = /\[([^\]\n]*)\]\(\s*<?(https?:\/\/[^\s)<>]+(?:\([^\s)<>]*\)[^\s)<>]*)*)>?(?:\s+"[^"\n]*")?\s*\)/giu;
const BARE = /https?:\/\/[^\s<>"'`\]|\\^{}]+/giu;

/** Each address once; upper and lower case count as the same. */
export function extractEmails({ text }: { text: string }) {
  const seen = new Map<string, string>();
  for (const [email] of text.matchAll(EMAIL)) {
    const clean = email.replace(/^[.]+/u, '');
    if (!seen.has(clean.toLowerCase())) seen.set(clean.toLowerCase(), clean);
  }
  const emails = [...seen.values()];
  return { emails, count: emails.length };
}

/** Punctuation that ends the sentence and not the address; a closing bracket stays when it was opened inside. */
function trimmed(url: string): string {
  let end = url.replace(/[.,;:!?…*_~]+$/u, '');
  while (end.endsWith(')') && end.split('(').length < end.split(')').length) end = end.slice(0, -1).replace(/[.,;:!?]+$/u, '');
  return end;
}

export function extractLinks({ text }: { text: string }) {
  const found = new Map<string, { url: string; label: string | null; at: number }>();
  const add = (url: string, label: string | null, at: number): void => { if (!found.has(url)) found.set(url, { url, label, at }); };
  const rest = text.replace(MARKDOWN, (whole, label: string, url: string, at: number) => { add(url, label.trim() === '' ? null : label.trim(), at); return ' '.repeat(whole.length); });
  for (const match of rest.matchAll(BARE)) add(trimmed(match[0]), null, match.index);
  const links = [...found.values()].sort((a, b) => a.at - b.at).map(({ url, label }) => ({ url, label }));
  return { links, count: links.length };
}
