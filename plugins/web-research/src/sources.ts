import type { ToolContext } from '../../../sdk/index.ts';
import { formatCitation } from './citation.ts';

const text = (value: unknown, key: string): string => { const found: unknown = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined; return typeof found === 'string' ? found : ''; };
const MOST_SOURCES = 100;

/** Every source of a text once, under its shortest address, numbered in the order in which they appear. */
export async function listSources({ text: notes, style = 'note' }: { text: string; style?: 'note' | 'markdown' | 'bibtex' }, ctx: ToolContext) {
  const found = await ctx.tools.call('dev.troupe.text-toolkit/extract_links', { text: notes });
  const links: unknown = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)['links'] : undefined;
  const read = (Array.isArray(links) ? links : []).map((link: unknown) => ({ url: text(link, 'url'), label: text(link, 'label') })).filter(({ url }) => /^https?:/iu.test(url)).slice(0, MOST_SOURCES);
  const titles = new Map<string, string>();
  for (const { url, label } of read) {
    const clean = text(await ctx.tools.call('dev.troupe.http-tools/clean_url', { url }), 'url') || url;
    if (!titles.get(clean)) titles.set(clean, label);
  }
  return {
    sources: [...titles].map(([url, label], index) => ({ number: index + 1, url, citation: formatCitation({ title: label || titleOf(url), url, number: index + 1, style }).citation })),
    repeated: read.length - titles.size,
  };
}

/** What an address says of its page: its last part in words, and its host. */
function titleOf(url: string): string {
  const address = URL.parse(url);
  if (!address) return url;
  const last = address.pathname.split('/').filter((part) => part !== '').at(-1) ?? '';
  const words = decode(last).replace(/\.[a-z]{2,5}$/iu, '').replace(/[-_+]+/gu, ' ').trim();
  return words === '' ? address.hostname : `${words}, ${address.hostname}`;
}

function decode(part: string): string {
  try { return decodeURIComponent(part); } catch (error) { if (error instanceof URIError) return part; throw error; }
}
