import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Http } from '../../base/http/index.ts';
import { keyHeaders, presetOf } from './presets.ts';
import type { ModelSecrets, StoredProvider } from './store.ts';

/** Asks one provider, with its key put in at the last moment; the key is nowhere else. */
export interface ProviderAddress {
  readonly provider: StoredProvider;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** The text without the key, whole or in a form that providers print. */
  redact(text: string): Promise<string>;
}

/** Headers of ours that go out; whatever a client library adds about this machine does not. */
const SENT = ['accept', 'content-type'];

export function providerAddress(provider: StoredProvider, http: Http, secrets: ModelSecrets): ProviderAddress {
  const style = presetOf(provider.preset)?.keyStyle ?? 'bearer';
  const withKey = <T>(use: (key: string | undefined) => Promise<T> | T): Promise<T> =>
    (provider.secretId === null ? Promise.resolve(use(undefined)) : secrets.withSecret(provider.secretId, use));
  return {
    provider,
    fetch: (url, init) => withKey((key) => {
      const given = new Headers(init.headers);
      const headers = new Headers(SENT.flatMap((name) => (given.has(name) ? [[name, given.get(name) ?? ''] as [string, string]] : [])));
      for (const [name, value] of Object.entries(key === undefined ? {} : keyHeaders(style, key))) headers.set(name, value);
      return http.fetch(url, { ...init, headers });
    }),
    redact: async (text) => {
      const plain = await withKey((key) => (key === undefined || key === '' ? text : text.replaceAll(key, '[key]')));
      return plain.replaceAll(/\b(?:sk|pk|rk|gsk|xai|key|api)[-_][\w*-]{6,}|Bearer\s+\S+|AIza[\w*-]{6,}/gi, '[key]');
    },
  };
}

/**
 * Brings an address that a person typed into the form that paths are added to.
 * Errors: `core/bad-input`.
 */
export function readBaseUrl(typed: string): string {
  const text = typed.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${/^(localhost|127\.|\[::1\])/i.test(text) ? 'http' : 'https'}://${text}`);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') throw new AppError('core/bad-input', 'Expected the address of a model server, like https://api.example.com/v1. Check how it is written.');
  if (url.username !== '' || url.password !== '') throw new AppError('core/bad-input', 'The address must not hold a user name or a key. Give the key in its own field.');
  url.hash = '';
  url.pathname = url.pathname.replace(/\/(chat\/completions|models)\/?$/, '').replace(/\/+$/, '');
  return url.href.replace(/\/$/, '');
}

/** `path` below a base address, its query (an API version, say) kept. */
export function below(baseUrl: string, path: string): string {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url.href;
}
