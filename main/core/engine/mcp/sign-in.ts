import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod/mini';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { isLoopbackHost } from '../../base/http/index.ts';
import type { ServerFetch } from './address.ts';
import { secretId, type McpSecrets } from './values.ts';

/** What is kept of a sign-in, sealed as one secret: who Troupe is at the server's authorization server, and its tokens. */
const keptSchema = z.object({ client: z.optional(z.looseObject({ client_id: z.string() })), tokens: z.optional(z.looseObject({ access_token: z.string(), token_type: z.string() })), discovery: z.optional(z.looseObject({ authorizationServerUrl: z.string() })) });
type Kept = z.infer<typeof keptSchema>;

export interface SignInParts {
  readonly secrets: McpSecrets;
  readonly serverId: string;
  readonly name: string;
  readonly url: URL;
  readonly fetch: ServerFetch['fetch'];
}

const PATH = '/signed-in';
const WAIT_MS = 5 * 60_000;
const needed = (name: string): AppError => new AppError('mcp/sign-in-needed', `The MCP server "${name}" asks for a sign-in. Sign in under Settings → MCP servers.`);

function keeper({ secrets, serverId, name }: SignInParts) {
  const id = secretId(serverId, 'oauth');
  const read = async (): Promise<Kept> => {
    try {
      return await secrets.withSecret(id, (text) => keptSchema.parse(JSON.parse(text)));
    } catch (error) {
      if (hasCode(error, 'credentials/not-found', 'credentials/key-changed', 'credentials/no-store')) return {};
      throw error;
    }
  };
  return { read, change: async (part: Partial<Kept>): Promise<void> => { await secrets.set(id, `${name}: sign-in`, JSON.stringify({ ...await read(), ...part })); } };
}

/** The SDK's view of a sign-in. Without `asked` nothing is begun: tokens are used and refreshed, and what is more needs the person. */
function providerOf(parts: SignInParts, asked?: { redirect: string; state: string; go: (url: URL) => void }): OAuthClientProvider {
  const kept = keeper(parts);
  let verifier = '';
  return {
    get redirectUrl() { return asked?.redirect ?? 'http://127.0.0.1/'; },
    get clientMetadata() { return { client_name: 'Troupe', redirect_uris: [asked?.redirect ?? 'http://127.0.0.1/'], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'none' }; },
    state: () => asked?.state ?? '',
    async clientInformation() {
      const { client } = await kept.read();
      if (!asked) { if (!client) throw needed(parts.name); return client as never; }
      // Many servers hold a client to the very address that it registered with, port and all.
      const redirects = client?.['redirect_uris'];
      return Array.isArray(redirects) && redirects.includes(asked.redirect) ? client as never : undefined;
    },
    saveClientInformation: (client) => kept.change({ client: client as Kept['client'] }),
    tokens: async () => (await kept.read()).tokens as never,
    saveTokens: (tokens) => kept.change({ tokens: tokens as Kept['tokens'] }),
    redirectToAuthorization(url) { if (!asked) throw needed(parts.name); asked.go(url); },
    saveCodeVerifier(text) { verifier = text; },
    codeVerifier: () => verifier,
    // What was found without a sign-in may be different when somebody signs in.
    saveDiscoveryState: async (discovery) => { if (asked) await kept.change({ discovery: discovery as never }); },
    discoveryState: async () => (asked ? undefined : (await kept.read()).discovery as never),
    invalidateCredentials: (scope) => kept.change({ ...(scope === 'all' || scope === 'client' ? { client: undefined } : {}), ...(scope === 'all' || scope === 'tokens' ? { tokens: undefined } : {}), ...(scope === 'all' || scope === 'discovery' ? { discovery: undefined } : {}) }),
  };
}

/** For calls: uses what the person signed in to before, and asks nobody. */
export const keptSignIn = (parts: SignInParts): OAuthClientProvider => providerOf(parts);

/** `at` is where the person signs in, or null when that was not needed. `done` resolves when they did. */
export interface SignIn { readonly at: string | null; readonly done: Promise<void>; cancel(): void }

/**
 * Begins a sign-in (OAuth 2.1 with PKCE, as the protocol says): finds the authorization server, registers, and waits on this
 * machine for the browser to come back.
 * @param newState a secret of one sign-in, by which its answer is known
 * @throws AppError `mcp/bad-answer` when the server's sign-in cannot be used
 */
export async function beginSignIn(parts: SignInParts, newState: string): Promise<SignIn> {
  const { promise: answered, resolve, reject } = Promise.withResolvers<string>();
  answered.catch(() => undefined);
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '', `http://${request.headers.host ?? ''}`);
    const isOurs = request.method === 'GET' && url?.pathname === PATH && request.headers.host === `127.0.0.1:${port}` && url.searchParams.get('state') === newState;
    const code = url?.searchParams.get('code');
    response.writeHead(isOurs ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'", 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' });
    response.end(isOurs ? `<!doctype html><html lang="en"><title>Troupe</title><h1>${code ? 'Signed in' : 'Not signed in'}</h1><p>You can close this page and go back to Troupe.</p>` : '<!doctype html><title>Troupe</title><p>There is nothing here.</p>');
    if (!isOurs) return;
    if (code) resolve(code);
    else reject(new AppError('mcp/sign-in-needed', `The sign-in at "${parts.name}" was refused${url.searchParams.has('error') ? ` (${(url.searchParams.get('error') ?? '').slice(0, 60)})` : ''}. Try again.`));
  });
  await new Promise<void>((ready, failed) => { server.once('error', failed); server.listen(0, '127.0.0.1', ready); });
  const { port } = server.address() as AddressInfo;
  const timer = setTimeout(() => { reject(new AppError('mcp/sign-in-needed', 'Nobody signed in for five minutes. Try again.')); }, WAIT_MS);
  timer.unref();
  const end = (): void => { clearTimeout(timer); server.closeAllConnections(); server.close(); };
  let at: URL | null = null;
  const provider = providerOf(parts, { redirect: `http://127.0.0.1:${port}${PATH}`, state: newState, go: (url) => { at = url; } });
  const step = (authorizationCode?: string): ReturnType<typeof auth> => auth(provider, { serverUrl: parts.url, fetchFn: parts.fetch, ...(authorizationCode !== undefined && { authorizationCode }) }).catch((error: unknown) => {
    throw error instanceof AppError ? error : new AppError('mcp/bad-answer', `The sign-in of the MCP server "${parts.name}" cannot be used: ${(error instanceof Error ? error.message : String(error)).slice(0, 300)}`, { cause: error });
  });
  try {
    await step();
    const target = at as URL | null;
    if (target && target.protocol !== 'https:' && !(isLoopbackHost(target.hostname) && isLoopbackHost(parts.url.hostname))) throw new AppError('mcp/bad-answer', `The MCP server "${parts.name}" wants you to sign in at ${target.origin}, without encryption. That is refused.`);
    if (!target) { end(); return { at: null, done: Promise.resolve(), cancel: () => undefined }; }
    const done = answered.then(async (code) => { await step(code); }).finally(end);
    done.catch(() => undefined);
    return { at: target.href, done, cancel: () => { reject(new AppError('mcp/sign-in-needed', 'The sign-in was ended.')); } };
  } catch (error) {
    end();
    throw error;
  }
}
