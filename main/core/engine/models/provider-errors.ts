import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { isErrorCode, type ErrorCode } from '../../../../contract/errors/codes.ts';

/** Who was asked, for the sentence and for `details`. */
export interface Asked { readonly providerId: string; readonly providerName: string; readonly host: string; readonly model: string | null; readonly hasKey: boolean; readonly redact: (text: string) => Promise<string> }

/** What a provider's refusal says, whichever library reported it. */
export interface Refusal { readonly status: number | undefined; readonly code: string; readonly message: string; readonly headers: Headers | undefined }

/** Reads the error that the client throws. Its parts are data of the provider and are not trusted. */
export function readRefusal(error: unknown): Refusal | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const body = 'error' in error && typeof error.error === 'object' && error.error !== null ? error.error : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const message = 'message' in body ? text(body.message) : '';
  const code = ['code', 'type'].map((key) => text((body as Record<string, unknown>)[key])).filter((part) => part !== '').join(' ');
  const status = typeof error.status === 'number' ? error.status : Number.parseInt(/^[45]\d\d/.exec('code' in body ? String(body.code) : '')?.[0] ?? '', 10) || undefined;
  return {
    status, code, message: message || ('message' in error ? text(error.message).replace(/^\d{3} /, '') : ''),
    headers: 'headers' in error && error.headers instanceof Headers ? error.headers : undefined,
  };
}

const TOO_LONG = /context.?(length|window|size)|maximum.{0,20}(context|tokens)|too many (input )?tokens|prompt is too long|input is too long|token limit|exceeds.{0,40}tokens|n_ctx|reduce the length/i;
const NO_CREDIT = /insufficient.?(quota|credit|balance|funds)|billing|payment required|out of credits|credit balance/i;
const NO_MODEL = /model.{0,60}(not found|does not exist|not exist|is not available|unknown)|(unknown|invalid|no such) model|model_not_found/i;

/** Which of our codes a provider's refusal is. */
export function codeOf({ status, code, message }: Refusal): ErrorCode {
  const said = `${code} ${message}`;
  if (status === 402 || ((status === 429 || status === 403 || status === 400) && NO_CREDIT.test(said))) return 'models/no-credit';
  if (status === 401 || status === 403) return 'models/unauthorized';
  if ((status === 400 || status === 413 || status === 422 || status === undefined) && TOO_LONG.test(said)) return 'models/context-too-long';
  if (status === 404 || (status === 400 && NO_MODEL.test(said))) return 'models/not-found';
  if (status === 429) return 'models/rate-limited';
  if (status === 408 || status === 409 || (status !== undefined && status >= 500)) return 'models/overloaded';
  if (status !== undefined && status >= 400) return 'models/bad-request';
  return /overload|unavailable|capacity|timeout/i.test(said) ? 'models/overloaded' : /rate.?limit/i.test(said) ? 'models/rate-limited' : 'models/bad-answer';
}

const SENTENCES: Readonly<Partial<Record<ErrorCode, (asked: Asked) => string>>> = {
  'models/unauthorized': (asked) => `${asked.providerName} refused the key. Check it under Settings → Models and test the connection.`,
  'models/no-key': (asked) => `${asked.providerName} wants a key and none is set. Add one under Settings → Models.`,
  'models/no-credit': (asked) => `${asked.providerName} says that the account has no credit left. Top it up, or choose another model.`,
  'models/not-found': (asked) => `${asked.providerName} does not offer ${asked.model === null ? 'this address' : `the model "${asked.model}"`}. Choose another model, or check the provider's address.`,
  'models/rate-limited': (asked) => `${asked.providerName} allows no more requests for now. Wait a little, or choose another model.`,
  'models/overloaded': (asked) => `${asked.providerName} cannot answer at the moment. Try again in a while, or choose another model.`,
  'models/context-too-long': (asked) => `The conversation is longer than "${asked.model ?? 'the model'}" can read. Start a new one, shorten it, or choose a model with a longer context.`,
  'models/bad-request': (asked) => `${asked.providerName} did not accept the request.`,
  'models/bad-answer': (asked) => `${asked.providerName} answered something that is no chat answer. Check the provider's address, or choose another model.`,
};

/** An error of ours for a refusal: a whole sentence, what the provider said in it, never the key. */
export async function refusalError(refusal: Refusal, asked: Asked, more: Readonly<Record<string, unknown>> = {}): Promise<AppError> {
  const found = codeOf(refusal);
  const code: ErrorCode = found === 'models/unauthorized' && !asked.hasKey ? 'models/no-key' : found;
  // Refused keys are printed by some providers, in part or in a form of their own.
  const said = code === 'models/unauthorized' || code === 'models/no-key' ? '' : await quoted(refusal.message, asked);
  const sentence = SENTENCES[code]?.(asked) ?? `${asked.providerName} failed.`;
  return new AppError(code, said === '' ? sentence : `${sentence} It said: ${said}`, { details: { provider: asked.providerId, model: asked.model, host: asked.host, status: refusal.status ?? null, ...more } });
}

async function quoted(message: string, asked: Asked): Promise<string> {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  const safe = await asked.redact(line);
  return `“${safe.length > 300 ? `${safe.slice(0, 300)}…` : safe}”`;
}

/** An error of ours that a library wrapped, at any depth; undefined when there is none. */
export function ownError(error: unknown, depth = 0): AppError | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  if (error instanceof Error && 'code' in error && isErrorCode(error.code)) return error as AppError;
  return 'cause' in error ? ownError(error.cause, depth + 1) : undefined;
}

/** Connection failures get the models' own code and say which host; other errors of ours (offline, a locked vault) stay what they are. */
export function connectionError(error: AppError, asked: Asked): AppError {
  if (!hasCode(error, 'core/unreachable')) return error;
  const why = /could not be reached: (.+?)\. Check/.exec(error.message)?.[1];
  const details = { provider: asked.providerId, model: asked.model, host: asked.host, reason: error.details['reason'] ?? null };
  if (error.details['reason'] === 'proxy') return new AppError('models/unreachable', `${asked.providerName} could not be reached at ${asked.host}, since the proxy of this computer did not let it through. Check the proxy in the settings of the system or in HTTP_PROXY and HTTPS_PROXY, and try again.`, { details });
  return new AppError('models/unreachable', `${asked.providerName} could not be reached at ${asked.host}${why === undefined ? '' : `: ${why}`}. Check that it runs and that the address is right.`, { details });
}

/** The wait that a provider asks for, in ms: `retry-after-ms`, or `retry-after` in seconds or as a date. Undefined when it says none. */
export function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const text = headers?.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isFinite(at) ? Math.max(0, at - now) : undefined;
}
