import type { ToolContext } from '../../../sdk/index.ts';
import { planRetry } from './retry.ts';

const MAX_WAIT_SECONDS = 20;

export interface RequestInput { url: string; method?: 'GET' | 'HEAD'; headers?: Record<string, string>; retries?: number; max_characters?: number }

/** What a caller may not set: the core writes these, or they would name another host than the address. */
const REFUSED = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'cookie', 'authorization', 'proxy-authorization', 'upgrade']);

function headersOf(given: Record<string, string> = {}): Record<string, string> {
  for (const name of Object.keys(given)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/u.test(name)) throw new TypeError(`A header's name holds letters, digits and hyphens; got ${JSON.stringify(name.slice(0, 100))}.`);
    if (REFUSED.has(name.toLowerCase())) throw new TypeError(`The header ${name} cannot be set here. Leave it out; this tool asks for public data only and sends no credentials.`);
  }
  return { 'user-agent': 'TroupeHttpTools/1.1', accept: 'application/json, text/*;q=0.9, */*;q=0.1', ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])) };
}

/** Asks once, and again when the answer says that waiting helps. The core refuses every host that was not granted. */
export async function request({ url, method = 'GET', headers, retries = 2, max_characters: most = 20_000 }: RequestInput, ctx: ToolContext) {
  const address = URL.parse(url);
  if (address?.protocol !== 'https:' && address?.protocol !== 'http:') throw new TypeError(`A whole https address was expected, such as https://api.open-meteo.com/v1/forecast; got ${JSON.stringify(url.slice(0, 200))}.`);
  if (address.username !== '' || address.password !== '') throw new TypeError('An address without a name and password in it was expected.');
  const sent = headersOf(headers);
  for (let attempt = 1; ; attempt += 1) {
    const response = await ctx.fetch(address.href, { method, headers: sent });
    const plan = planRetry({ status: response.status, method, attempt, max_attempts: retries + 1, retry_after: response.headers.get('retry-after') ?? undefined });
    if (plan.retry && plan.wait_seconds <= MAX_WAIT_SECONDS) {
      ctx.log.info(`${address.hostname} answered ${response.status}; trying again in ${plan.wait_seconds} s`);
      await ctx.sleep(plan.wait_seconds * 1000);
      continue;
    }
    const type = response.headers.get('content-type') ?? '';
    const text = method === 'HEAD' ? '' : await response.text();
    if (/^(?:image|audio|video|font)\/|octet-stream|zip|pdf/iu.test(type)) throw new TypeError(`${address.hostname} gave ${type}; text or JSON was expected.`);
    return {
      url: response.url === '' ? address.href : response.url, status: response.status, ok: response.ok, content_type: type, attempts: attempt,
      headers: [...response.headers].slice(0, 60).map(([name, value]) => ({ name, value: name === 'set-cookie' ? '(not shown)' : value.slice(0, 500) })),
      body: text.slice(0, most), truncated: text.length > most, note: plan.reason,
    };
  }
}
