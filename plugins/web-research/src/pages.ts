import type { ToolContext } from '../../../sdk/index.ts';
import { decodeEntities, readHtml } from './html.ts';

/** Says who asks, as Wikipedia wants it. */
const HEADERS = { 'user-agent': 'TroupeWebResearch/1.1 (a person\'s own research agent)' };

const MAX_WAIT_SECONDS = 20;

/** What HTTP Tools says of asking again; without that tool nothing is asked twice. */
async function waitBefore(ctx: ToolContext, status: number, header: string | null): Promise<number | undefined> {
  const plan: unknown = await ctx.tools.call('dev.troupe.http-tools/plan_retry', { status, attempt: 1, max_attempts: 2, ...(header !== null && { retry_after: header.slice(0, 100) }) })
    .catch((error: unknown) => { ctx.log.warn('Asking again was not planned:', error instanceof Error ? error.message : String(error)); });
  const { retry, wait_seconds: seconds } = (plan ?? {}) as { retry?: unknown; wait_seconds?: unknown };
  return retry === true && typeof seconds === 'number' && seconds <= MAX_WAIT_SECONDS ? seconds : undefined;
}

async function open(ctx: ToolContext, url: string, accept: string) {
  const ask = () => ctx.fetch(url, { headers: { ...HEADERS, accept } });
  let response = await ask();
  const seconds = response.status === 429 || response.status >= 500 ? await waitBefore(ctx, response.status, response.headers.get('retry-after')) : undefined;
  if (seconds !== undefined) {
    await ctx.sleep(seconds * 1000);
    response = await ask();
  }
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
