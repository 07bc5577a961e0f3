const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', nbsp: ' ', ndash: '–', mdash: '—', hellip: '…', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', times: '×', middot: '·', deg: '°' };

/** Character references; an unknown one stays as it is. */
export const decodeEntities = (text: string): string => text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/giu, (whole, decimal?: string, hex?: string, name?: string) => {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
  const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16);
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || code === 0 ? '�' : String.fromCodePoint(code);
});

/** Elements whose text is no part of what a reader reads. */
const UNREAD = /<(script|style|noscript|template|svg|math|nav|header|footer|aside|form|button|select|figure|sup)\b[^>]*>[\s\S]*?<\/\1\s*>/giu;
const BLOCKS = /<\/?(?:p|div|section|article|main|br|hr|li|ul|ol|dl|dt|dd|tr|table|thead|tbody|blockquote|pre|h[1-6])\b[^>]*>/giu;

const plain = (html: string): string => decodeEntities(html.replace(/<[^>]*>/gu, '')).replace(/\s+/gu, ' ').trim();

/** Removes unread elements until none is left, since they stand in each other. */
function withoutUnread(html: string): string {
  let rest = html.replace(/<!--[\s\S]*?-->/gu, ' ');
  for (let round = 0; round < 5; round += 1) {
    const next = rest.replace(UNREAD, ' ');
    if (next === rest) break;
    rest = next;
  }
  return rest;
}

export interface ReadablePage { title: string; text: string; links: { url: string; label: string }[] }

/** The title, the text without menus and footnote marks, and the links of a page, without running anything of it. */
export function readHtml(html: string, base: string): ReadablePage {
  const title = plain(/<title[^>]*>([\s\S]*?)<\/title>/iu.exec(html)?.[1] ?? '').replace(/\s+[-–—|]\s+Wikipedia.*$/u, '');
  const main = /<main\b[^>]*>([\s\S]*)<\/main>/iu.exec(html)?.[1] ?? /<body\b[^>]*>([\s\S]*)<\/body>/iu.exec(html)?.[1] ?? html;
  const body = withoutUnread(main);
  const links = new Map<string, string>();
  for (const [, , address = '', label = ''] of body.matchAll(/<a\b[^>]*?\bhref\s*=\s*(["'])(.*?)\1[^>]*>([\s\S]*?)<\/a\s*>/giu)) {
    const url = URL.parse(decodeEntities(address), base);
    if (!url || !/^https?:$/u.test(url.protocol) || plain(label) === '') continue;
    url.hash = '';
    if (!links.has(url.href) && url.href !== base) links.set(url.href, plain(label));
  }
  const text = body.replace(/<h([1-6])\b[^>]*>([\s\S]*?)<\/h\1\s*>/giu, (_, level: string, inner: string) => `\n\n${'#'.repeat(Number(level))} ${plain(inner)}\n\n`)
    .replace(/<li\b[^>]*>/giu, '\n- ').replace(BLOCKS, '\n').replace(/<[^>]*>/gu, '');
  const lines = decodeEntities(text).split('\n').map((line) => line.replace(/[^\S\n]+/gu, ' ').trim()).filter((line) => line !== '' && line !== '-');
  return { title, text: lines.join('\n'), links: [...links].slice(0, 50).map(([url, label]) => ({ url, label })) };
}
