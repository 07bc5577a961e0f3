/** Connections that speak HTTP with one host: an API, a webhook, Slack. */
import { createHmac } from 'node:crypto';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { GuardedResponse } from '../../../base/http/index.ts';
import { field, textOf, type ConnectedTool, type Kind, type Reach } from './kind.ts';

const MAX_BODY = 200_000;
const MAX_TEXT = 100_000;
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');
const hostOf = (address: string): string => URL.parse(address)?.host ?? address;

/** An answer as a model can use it: text that is text, and nothing of what is not. */
export function told(response: GuardedResponse): { status: number; type: string; body: string; cut: boolean } {
  const type = response.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  let body: string;
  try {
    body = new TextDecoder('utf-8', { fatal: true }).decode(response.body);
  } catch {
    // Not text: its bytes would be of no use to a model.
    body = `[${response.body.byteLength} bytes that are not text]`;
  }
  return { status: response.status, type, body: body.slice(0, MAX_TEXT), cut: body.length > MAX_TEXT };
}

/** @throws AppError `tools/failed` for an answer that is no success */
function succeeded(name: string, response: GuardedResponse): GuardedResponse {
  if (response.status >= 200 && response.status < 300) return response;
  throw new AppError('tools/failed', `${name} answered ${response.status}${response.statusText === '' ? '' : ` ${response.statusText.slice(0, 100)}`}: ${told(response).body.slice(0, 300) || 'nothing more'}.`, { details: { status: response.status } });
}

const base = (reach: Reach): URL => new URL(textOf(reach.values, 'address'));

/** The address below the connection's own; a path cannot leave it. */
function below(reach: Reach, input: Readonly<Record<string, unknown>>): URL {
  const root = base(reach);
  const path = typeof input.path === 'string' ? input.path : '';
  const folder = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`;
  const url = URL.parse(`${root.origin}${folder}${path.replace(/^\/+/, '')}`);
  if (!url || url.origin !== root.origin || !`${url.pathname}/`.startsWith(folder)) throw new AppError('tools/bad-arguments', `The path has to lie below ${root.href}. Name it without "..".`);
  for (const [key, value] of Object.entries((input.query ?? {}) as Record<string, string>)) url.searchParams.append(key, value);
  return url;
}

async function call(reach: Reach, input: Readonly<Record<string, unknown>>, method: string): Promise<unknown> {
  const url = below(reach, input);
  const hasBody = input.body !== undefined;
  return reach.withSecret('token', async (token) => told(await reach.request(base(reach), {
    url: url.href, method, body: hasBody ? json(input.body) : undefined,
    headers: [['accept', 'application/json, text/*;q=0.9, */*;q=0.1'], ...(hasBody ? [['content-type', 'application/json'] as const] : []), ...(token === undefined ? [] : [[textOf(reach.values, 'header') || 'authorization', token] as const])],
  }, method === 'GET')));
}

const place = { path: { type: 'string', maxLength: 2000, description: 'The path below the address of the connection, such as items/42.' }, query: { type: 'object', maxProperties: 50, additionalProperties: { type: 'string', maxLength: 2000 }, description: 'Values for the part after the question mark.' } };
const answer = { type: 'object', required: ['status', 'body'], properties: { status: { type: 'number' }, type: { type: 'string' }, body: { type: 'string' }, cut: { type: 'boolean' } } };

const httpTools: readonly ConnectedTool[] = [
  { id: 'builtin.http_get', title: 'HTTP request: read', effect: 'read', output: answer, description: 'Reads from a web service (GET).', input: { type: 'object', additionalProperties: false, properties: place }, run: (input, reach) => call(reach, input, 'GET') },
  { id: 'builtin.http_send', title: 'HTTP request: send', effect: 'write', output: answer, description: 'Sends JSON to a web service (POST, PUT or PATCH).', offered: (values) => values['access'] === 'write',
    input: { type: 'object', additionalProperties: false, required: ['body'], properties: { method: { enum: ['POST', 'PUT', 'PATCH'], description: 'POST when left out.' }, ...place, body: { description: 'What is sent, as JSON.' } } }, run: (input, reach) => call(reach, input, typeof input.method === 'string' ? input.method : 'POST') },
  { id: 'builtin.http_delete', title: 'HTTP request: delete', effect: 'destructive', output: answer, description: 'Deletes something at a web service (DELETE).', offered: (values) => values['access'] === 'write',
    input: { type: 'object', additionalProperties: false, required: ['path'], properties: place }, run: (input, reach) => call(reach, input, 'DELETE') },
];

const ACCESS = field('access', 'enum', 'May', 'read: agents may only look. write: they may also change something, and are asked about each time.', { options: ['read', 'write'], default: 'read', required: false });

export const http: Kind = {
  kind: 'http', picks: false, tools: httpTools, place: (values) => hostOf(textOf(values, 'address')), goesTo: (values) => URL.parse(textOf(values, 'address'))?.origin ?? '',
  fields: [
    field('address', 'url', 'Address', 'Agents reach this address and what lies below it, and no other. It may be on this machine.', { example: 'https://api.example.com/v1/' }), ACCESS,
    field('header', 'string', 'Header for the key', 'The name of the header in which the key is sent.', { default: 'Authorization', required: false }),
    field('token', 'secret', 'Key', 'What stands in that header, whole: for many services "Bearer" and then the key.', { required: false, example: 'Bearer 0123…' }),
  ],
  problem: (values) => (/^[!#$%&'*+.^_`|~0-9A-Za-z-]{0,100}$/.test(textOf(values, 'header')) ? undefined : 'The name of the header may hold letters, digits and hyphens.'),
  async test(reach) {
    const { status } = (await call(reach, {}, 'GET')) as { status: number };
    if (status === 401 || status === 403) throw new AppError('tools/failed', `The service refused the key (${status}). Check it.`);
    return `${base(reach).host} answered with ${status}.`;
  },
};

/** Signed as many services do it: `sha256=` and the HMAC of `<timestamp>.<body>` in hex. The receiver drops a key that it has seen. */
async function deliver(reach: Reach, input: Readonly<Record<string, unknown>>): Promise<GuardedResponse> {
  const at = String(Math.floor(reach.clock.now() / 1000));
  const key = typeof input.idempotency_key === 'string' ? input.idempotency_key : reach.ids.next();
  const body = json({ event: input.event, data: input.data ?? {}, sent_at: new Date(reach.clock.now()).toISOString() });
  return reach.withSecret('secret', (secret) => reach.request(base(reach), {
    url: base(reach).href, method: 'POST', body,
    headers: [['content-type', 'application/json'], ['idempotency-key', key], ['x-troupe-timestamp', at], ...(secret === undefined ? [] : [['x-troupe-signature', `sha256=${createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex')}`] as const])],
  }, false));
}

export const webhook: Kind = {
  kind: 'webhook', picks: false, place: (values) => hostOf(textOf(values, 'address')),
  fields: [
    field('address', 'url', 'Address', 'Where the events are sent. It may be on this machine.', { example: 'https://example.com/hooks/troupe' }),
    field('secret', 'secret', 'Signing key', 'With it each event is signed, so that the receiver knows who sent it.', { required: false }),
  ],
  tools: [{
    id: 'builtin.webhook_send', title: 'Webhook', effect: 'write', description: 'Sends an event to a webhook: a name and JSON data.',
    input: { type: 'object', additionalProperties: false, required: ['event'], properties: { event: { type: 'string', minLength: 1, maxLength: 200, description: 'What happened, such as report.finished.' }, data: { type: 'object', description: 'Details as JSON.' }, idempotency_key: { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$', description: 'The same key makes a repeat the same event; made anew when left out.' } } },
    async run(input, reach) {
      if (JSON.stringify(input).length > MAX_BODY) throw new AppError('tools/bad-arguments', `An event may have ${MAX_BODY} characters. Send less.`);
      const { status } = succeeded('The webhook', await deliver(reach, input));
      return { sent: true, status };
    },
  }],
  // A webhook cannot be tried without an event: it gets one that says so.
  async test(reach) { return `${base(reach).host} took a test event (${succeeded('The webhook', await deliver(reach, { event: 'troupe.test', data: {} })).status}).`; },
};

/** The whole address is the key: who has it can post. */
const slackAddress = (text: string | undefined): URL => {
  const url = URL.parse(text?.trim() ?? '');
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new AppError('tools/failed', 'The address of the Slack webhook is missing or is no web address. Enter it again in Settings › Tools.');
  return url;
};
/** As Slack wants it: these three characters mean something to it. */
const slackText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const slack: Kind = {
  kind: 'slack', picks: false, place: (values) => textOf(values, 'channel') || 'Slack',
  fields: [
    field('address', 'secret', 'Webhook address', 'Slack shows it under "Incoming Webhooks" of your app. Who knows it can post, so it is kept like a key.', { example: 'https://hooks.slack.com/services/…' }),
    field('channel', 'string', 'Channel', 'The channel that the webhook posts to, for you to tell connections apart.', { required: false, example: '#team' }),
  ],
  tools: [{
    id: 'builtin.slack_post', title: 'Slack message', effect: 'write', description: 'Posts a message to a Slack channel.',
    input: { type: 'object', additionalProperties: false, required: ['text'], properties: { text: { type: 'string', minLength: 1, maxLength: 10_000, description: 'The message.' } } },
    run: (input, reach) => reach.withSecret('address', async (text) => {
      const url = slackAddress(text);
      succeeded('Slack', await reach.request(url, { url: url.href, method: 'POST', headers: [['content-type', 'application/json']], body: json({ text: slackText(String(input.text)) }) }, false));
      return { posted: true };
    }),
  }],
  // Slack answers an empty message with `no_text` when the address is right, and posts nothing.
  test: (reach) => reach.withSecret('address', async (text) => {
    const url = slackAddress(text);
    const response = await reach.request(url, { url: url.href, method: 'POST', headers: [['content-type', 'application/json']], body: json({}) }, false);
    if (response.status === 404 || response.status === 403 || response.status === 410) throw new AppError('tools/failed', `Slack does not know this address (${response.status}). Make a new one there and enter it here.`);
    return 'Slack knows this address. Nothing was posted.';
  }),
};
