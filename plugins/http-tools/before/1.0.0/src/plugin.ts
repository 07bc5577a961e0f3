import { definePlugin } from '../../../../../sdk/index.ts';
import { buildUrl, cleanUrl, parseUrl } from '../../../src/addresses.ts';
import { parseCookies, parseHeaders } from '../../../src/headers.ts';
import { queryJson } from '../../../src/json-query.ts';
import { request } from './request.ts';
import { explainStatus, planRetry } from '../../../src/retry.ts';

export default definePlugin({
  tools: {
    request, json_query: queryJson, parse_url: parseUrl, clean_url: cleanUrl, build_url: buildUrl, parse_headers: parseHeaders, parse_cookies: parseCookies, plan_retry: planRetry, explain_status: explainStatus,
  },
  healthCheck: () => ({ ok: queryJson({ json: '{"a":[1,2]}', path: 'a[-1]' }).values[0]?.json === '2' }),
});
