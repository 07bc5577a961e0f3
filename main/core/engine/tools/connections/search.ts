/** Web search through a provider of the person's choice. What tells providers apart is data. */
import * as z from 'zod/mini';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { foundIn } from '../addresses.ts';
import { field, textOf, type Kind, type Reach, type Values } from './kind.ts';
import { told } from './http-kinds.ts';

const MOST = 20;
const text = z.catch(z.string(), '');
const hit = (title: string, url: string, words: string) => z.pipe(z.object({ [title]: text, [url]: z.string(), [words]: text }), z.transform((one) => ({ title: String(one[title]), url: String(one[url]), text: String(one[words]).replace(/<[^>]{0,200}>/g, '') })));

interface Provider {
  readonly address: string;
  readonly needsKey: boolean;
  request(words: string, count: number, key: string): { path: string; query: Readonly<Record<string, string>>; headers: readonly (readonly [string, string])[]; body?: object };
  /** Where the hits lie in its answer. */
  hits: z.core.$ZodType<readonly { title: string; url: string; text: string }[]>;
}

const lookUp = (name: string): Provider => PROVIDERS[name] ?? PROVIDERS['searxng'] as Provider;
const PROVIDERS: Readonly<Record<string, Provider>> = {
  searxng: {
    address: '', needsKey: false, request: (words) => ({ path: 'search', query: { q: words, format: 'json' }, headers: [] }),
    hits: z.pipe(z.object({ results: z.array(hit('title', 'url', 'content')) }), z.transform(({ results }) => results)),
  },
  brave: {
    address: 'https://api.search.brave.com/res/v1/', needsKey: true, request: (words, count, key) => ({ path: 'web/search', query: { q: words, count: String(count) }, headers: [['x-subscription-token', key]] }),
    hits: z.pipe(z.object({ web: z.optional(z.object({ results: z.array(hit('title', 'url', 'description')) })) }), z.transform(({ web }) => web?.results ?? [])),
  },
  tavily: {
    address: 'https://api.tavily.com/', needsKey: true, request: (words, count, key) => ({ path: 'search', query: {}, headers: [['authorization', `Bearer ${key}`], ['content-type', 'application/json']], body: { query: words, max_results: count } }),
    hits: z.pipe(z.object({ results: z.array(hit('title', 'url', 'content')) }), z.transform(({ results }) => results)),
  },
};

const addressOf = (values: Values): string => textOf(values, 'address') || lookUp(textOf(values, 'provider')).address;

async function ask(reach: Reach, words: string, count: number): Promise<readonly { title: string; url: string; text: string }[]> {
  const name = textOf(reach.values, 'provider');
  const provider = lookUp(name);
  const address = addressOf(reach.values);
  const origin = new URL(address.endsWith('/') ? address : `${address}/`);
  return reach.withSecret('key', async (key) => {
    const { path, query, headers, body } = provider.request(words, count, key ?? '');
    const url = new URL(path, origin);
    for (const [part, value] of Object.entries(query)) url.searchParams.set(part, value);
    // Asking is all that a search does, also where the provider takes its questions by POST.
    const response = await reach.request(origin, { url: url.href, method: body ? 'POST' : 'GET', headers: [['accept', 'application/json'], ...headers], body: body && Buffer.from(JSON.stringify(body)) }, !body);
    if (response.status !== 200) throw new AppError('tools/failed', `The search provider answered ${response.status}. ${response.status === 401 || response.status === 403 ? 'Check its key, and for SearXNG that it answers in JSON.' : 'Try again later.'}`, { details: { status: response.status } });
    const found = z.safeParse(provider.hits, readJson(told(response).body));
    if (!found.success) throw new AppError('tools/failed', `${origin.host} answered something else than ${name} does. Check the address${name === 'searxng' ? ', and that its settings allow the format json' : ''}.`);
    return found.data.filter(({ url: one }) => /^https?:\/\//i.test(one)).slice(0, count);
  });
}

function readJson(body: string): unknown {
  try { return JSON.parse(body); } catch { return undefined; } // No JSON is no answer either.
}

export const search: Kind = {
  kind: 'search', picks: false,
  fields: [
    field('provider', 'enum', 'Provider', 'Who searches. SearXNG can run on this machine; the others need a key.', { options: Object.keys(PROVIDERS) }),
    field('address', 'url', 'Address', 'Where your SearXNG answers; the others have their own.', { required: false, example: 'http://127.0.0.1:8888' }),
    field('key', 'secret', 'Key', 'The key that Brave or Tavily gave you.', { required: false }),
  ],
  goesTo: (values) => URL.parse(addressOf(values))?.origin ?? '',
  place: (values) => URL.parse(addressOf(values))?.host ?? '',
  problem: (values) => (textOf(values, 'provider') === 'searxng' && textOf(values, 'address') === '' ? 'SearXNG needs the address at which it answers.' : undefined),
  tools: [{
    id: 'builtin.web_search', title: 'Web search', effect: 'read', description: 'Searches the web and answers titles, addresses and short texts.',
    input: { type: 'object', additionalProperties: false, required: ['query'], properties: { query: { type: 'string', minLength: 1, maxLength: 400, description: 'What to look for.' }, count: { type: 'integer', minimum: 1, maximum: MOST, description: '8 when left out.' } } },
    found: foundIn,
    output: { type: 'object', required: ['results'], properties: { results: { type: 'array', items: { type: 'object', required: ['title', 'url', 'text'] } } } },
    run: async ({ query, count }, reach) => ({ results: (await ask(reach, String(query), typeof count === 'number' ? count : 8)).map((one) => ({ title: one.title.slice(0, 300), url: one.url.slice(0, 2000), text: one.text.slice(0, 1000) })) }),
  }],
  test: async (reach) => { const { length } = await ask(reach, 'weather', 3); return `It answers, with ${length} results for "weather".`; },
};
