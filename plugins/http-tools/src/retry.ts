export interface RetryInput { status: number; method?: string; attempt?: number; max_attempts?: number; retry_after?: string | undefined; now?: string }

const PASSING: Readonly<Record<number, string>> = { 408: 'the server waited too long for the request', 425: 'the server did not want to begin yet', 429: 'too many requests were made', 500: 'the server failed', 502: 'the server behind the gateway failed', 503: 'the server is busy or being serviced', 504: 'the server behind the gateway did not answer in time' };
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const FIRST_WAIT = 1;
const LONGEST_WAIT = 60;

/** Seconds that a `Retry-After` header asks for: a number, or a date compared with `now`. */
function askedSeconds(header: string | undefined, now: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,7}\s*$/u.test(header)) return Number(header);
  const [at, from] = [Date.parse(header), Date.parse(now ?? '')];
  return Number.isNaN(at) || Number.isNaN(from) ? undefined : Math.max(0, Math.ceil((at - from) / 1000));
}

/** Whether and when to ask again: what passes by itself, with a method that may be repeated, each time after twice the wait. */
export function planRetry({ status, method = 'GET', attempt = 1, max_attempts: most = 3, retry_after: header, now }: RetryInput) {
  const why = PASSING[status];
  const never = (reason: string) => ({ retry: false, wait_seconds: 0, reason });
  if (status >= 200 && status < 300) return never(`Status ${status}: it worked.`);
  if (why === undefined) return never(`Status ${status} does not pass by itself. ${meaningOf(status)}`);
  if (!REPEATABLE.has(method.toUpperCase()) && status !== 429 && status !== 503) return never(`${why}, and a repeated ${method.toUpperCase()} might do its work twice. Look first whether it was done.`.replace(/^./u, (first) => first.toUpperCase()));
  if (attempt >= most) return never(`Status ${status}: ${why}, ${attempt} ${attempt === 1 ? 'time' : 'times'}. Try again later.`);
  const seconds = askedSeconds(header, now) ?? Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
  return { retry: true, wait_seconds: seconds, reason: `Status ${status}: ${why}. Wait ${seconds} s${header === undefined ? '' : ', as the server asks'}, then try again.` };
}

const MEANINGS: Readonly<Record<number, string>> = {
  301: 'The page has moved for good; use the address in Location.', 302: 'The answer is at the address in Location for now.', 304: 'Nothing has changed since the copy that you have.', 307: 'Ask again at the address in Location, in the same way.', 308: 'The page has moved for good; ask there in the same way.',
  400: 'The server does not understand the request: check parameters and body.', 401: 'The server wants to know who asks: a key or token is missing or wrong.', 403: 'The server knows who asks and does not allow it.', 404: 'There is nothing at this address: check it letter by letter.',
  405: 'This address does not take this method.', 406: 'The server has no form of it that Accept names.', 409: 'It collides with what is there already.', 410: 'It was there and is gone for good.', 413: 'The request is too large.', 414: 'The address is too long.', 415: 'The server does not read this content type.',
  422: 'The form is right and a value is not: the body of the answer names it.', 426: 'The server wants a newer protocol.', 431: 'The headers are too large.', 451: 'It is held back for legal reasons.', 501: 'The server does not know this method.', 505: 'The server does not speak this version of HTTP.', 511: 'The network wants a sign-in first.',
};

export const meaningOf = (status: number): string => MEANINGS[status] ?? (status < 200 ? 'The server is still at it.' : status < 300 ? 'It worked.' : status < 400 ? 'The answer is elsewhere.' : status < 500 ? 'Something about the request is wrong.' : 'The server failed.');

export function explainStatus({ status }: { status: number }) {
  const kind = status < 200 ? 'interim' : status < 300 ? 'success' : status < 400 ? 'redirect' : status < 500 ? 'client_error' : 'server_error';
  return { status, kind, meaning: PASSING[status] === undefined ? meaningOf(status) : `It may pass: ${PASSING[status]}.`, may_pass: PASSING[status] !== undefined };
}
