import type { ToolContext } from '../../../../../sdk/index.ts';
import { decodeEntities, readHtml } from '../../../src/html.ts';

/** Says who asks, as Wikipedia wants it. */
const HEADERS = { 'user-agent': 'TroupeWebResearch/1.0 (a person\'s own research agent)' };

async function open(ctx: ToolContext, url: string, accept: string) {
  const response = await ctx.fetch(url, { headers: { ...HEADERS, accept } });
  if (!response.ok) throw new Error(response.status === 404 ? `There is no page at ${url}.` : `${new URL(url).hostname} answered with status ${response.status}. Try another page, or later.`);
  return response;
}

export async function fetchPage({ url, max_characters: most = 12_000 }: { url: string; max_characters?: number }, ctx: ToolContext) {
  const address = URL.parse(url);
  if (!address || address.protocol !== 'https:') throw new TypeError(`An https address was expected; got ${JSON.stringify(url.slice(0, 200))}.`);
  const response = await open(ctx, address.href, 'text/html, text/plain;q=0.8');
  const type = response.headers.get('content-type') ?? 'text/html';
  if (!/^text\/|xhtml/iu.test(type)) throw new TypeError(`A page of text was expected; ${address.hostname} gave ${type}.`);
  const body = await response.text();
  const page = /html/iu.test(type) ? readHtml(body, response.url === '' ? address.href : response.url) : { title: address.pathname, text: body, links: [] };
  const truncated = page.text.length > most;
  // Cut at the end of a line, so that no sentence ends in its middle.
  const text = truncated ? page.text.slice(0, Math.max(page.text.lastIndexOf('\n', most), Math.floor(most / 2))).slice(0, most) : page.text;
  ctx.log.info(`Read ${page.text.length} characters of ${address.hostname}`);
  return { url: response.url === '' ? address.href : response.url, title: page.title, text, truncated, links: page.links };
}

interface SearchAnswer { query?: { search?: { title?: unknown; snippet?: unknown; wordcount?: unknown }[] } }

export async function searchWikipedia({ query, language, limit = 5 }: { query: string; language?: string; limit?: number }, ctx: ToolContext) {
  const configured = ctx.config['language'];
  const code = language ?? (typeof configured === 'string' ? configured : 'en');
  if (!/^[a-z]{2,3}(-[a-z]{2,8})?$/u.test(code)) throw new TypeError(`A language such as en or de was expected; got ${JSON.stringify(code)}.`);
  const site = `https://${code}.wikipedia.org`;
  const parameters = new URLSearchParams({ action: 'query', list: 'search', format: 'json', srlimit: String(limit), srsearch: query });
  const answer = (await (await open(ctx, `${site}/w/api.php?${parameters.toString()}`, 'application/json')).json()) as SearchAnswer;
  const results = (answer.query?.search ?? []).slice(0, limit).map(({ title, snippet, wordcount }) => ({
    title: String(title), url: `${site}/wiki/${encodeURIComponent(String(title).replace(/ /gu, '_'))}`,
    snippet: decodeEntities(String(snippet ?? '').replace(/<[^>]*>/gu, '')).replace(/\s+/gu, ' ').trim(), words: Number.isInteger(wordcount) ? (wordcount as number) : 0,
  }));
  return { results };
}
