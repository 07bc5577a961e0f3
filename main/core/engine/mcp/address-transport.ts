import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { ServerFetch } from './address.ts';

const RECONNECT = { initialReconnectionDelay: 1_000, maxReconnectionDelay: 30_000, reconnectionDelayGrowFactor: 2, maxRetries: 5 };

/** A server at an address, spoken to by streamable HTTP. Lost streams are taken up again where they broke off; sessions end when they are closed. */
export function addressTransport(url: URL, fetch: ServerFetch['fetch'], headers: Readonly<Record<string, string>>, signIn?: OAuthClientProvider): Transport {
  const transport = new StreamableHTTPClientTransport(url, { fetch, requestInit: { headers: { ...headers } }, reconnectionOptions: RECONNECT, ...(signIn && { authProvider: signIn }) });
  const [send, close] = [transport.send.bind(transport), transport.close.bind(transport)];
  transport.send = async (message, options) => {
    try {
      await send(message, options);
    } catch (error) {
      // A server answers 404 for a session that it does not know any more, some 400 with a word about it: it did nothing with the message.
      const isUnknown = error instanceof StreamableHTTPError && (error.code === 404 || (error.code === 400 && /session/i.test(error.message)));
      if (isUnknown && transport.sessionId !== undefined) throw new AppError('mcp/unavailable', 'The MCP server does not know this session any more.', { details: { session: 'gone' }, cause: error });
      throw error;
    }
  };
  transport.close = async () => {
    // A server may keep its sessions to itself (405), or be gone.
    await transport.terminateSession().catch(() => undefined);
    await close();
  };
  return transport as Transport;
}
