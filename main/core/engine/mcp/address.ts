import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { createHttp, isLoopbackHost, isPublicAddress, type HttpParts } from '../../base/http/index.ts';
import { isIP } from 'node:net';
import { lookup as lookupName } from 'node:dns/promises';
import { MESSAGE_BOUNDS } from './limits.ts';

export interface TypedAddress { readonly url: string; readonly privateNetwork: boolean }

export interface ServerFetch { readonly fetch: (input: string | URL, init?: RequestInit) => Promise<Response>; close(): void }

const bare = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');
const isPrivateLiteral = (url: URL): boolean => isLoopbackHost(url.hostname) || (isIP(bare(url)) !== 0 && !isPublicAddress(bare(url)));

/**
 * The address as it may be used: https, or plain http where what is sent stays in this machine or in a private network that was named.
 * @throws AppError `core/bad-input`
 */
export function readAddress({ url: text, privateNetwork }: TypedAddress): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new AppError('core/bad-input', `Expected the address of an MCP server, such as https://example.com/mcp, and got "${text.slice(0, 80)}".`);
  if (url.username !== '' || url.password !== '') throw new AppError('core/bad-input', 'An address must not hold a user name or a password. Put them into a header, whose value is kept as a secret.');
  if (url.protocol === 'http:' && !isPrivateLiteral(url) && !privateNetwork) throw new AppError('core/bad-input', `${url.host} would be reached without encryption. Use https, or say that the server is in your private network.`);
  return url;
}

/**
 * `fetch` for one server. The host that the person typed may be on this machine or, when they said so, in a private network;
 * whatever else the server leads to (its sign-in, a redirect) has to be public and https.
 */
export function serverFetch(address: TypedAddress, network: HttpParts): ServerFetch {
  const typed = readAddress(address);
  const mayBePrivate = (url: URL): boolean => url.hostname === typed.hostname || (isLoopbackHost(typed.hostname) && isLoopbackHost(url.hostname));
  const lookup = async (host: string): Promise<readonly string[]> => {
    const addresses = network.lookup ? await network.lookup(host) : (await lookupName(host, { all: true })).map((entry) => entry.address);
    const hidden = address.privateNetwork && host === bare(typed) ? undefined : addresses.find((one) => !isPublicAddress(one));
    if (hidden !== undefined) throw new AppError('permission/denied', `${host} leads to ${hidden}, an address in a private network. Say that the server is in your private network if that is meant.`, { details: { host } });
    return addresses;
  };
  const http = createHttp({ ...network, lookup });
  return {
    async fetch(input, init) {
      const url = new URL(String(input));
      if (!mayBePrivate(url) && (url.protocol !== 'https:' || isPrivateLiteral(url))) throw new AppError('permission/denied', `The MCP server leads to ${url.origin}, which is not public or not encrypted. Only the address that you entered may be so.`, { details: { host: url.host } });
      // What is within the server's origin the SDK follows itself; where else a redirect leads was entered by nobody.
      const response = await http.fetch(url, { ...init, redirect: 'manual' }).catch((error: unknown) => {
        // A name that was refused is no host that cannot be reached.
        throw error instanceof Error && hasCode(error.cause, 'permission/denied') ? error.cause : error;
      });
      return bounded(response);
    },
    close: () => { http.close(); },
  };
}

/** The answer, cut off when one message in it grows too large. A stream of events may be endless; each of them may not. */
function bounded(response: Response): Response {
  if (!response.body) return response;
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  let size = 0;
  let before = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (isStream) for (let at = 0; at < chunk.length; at += 1) {
        // An empty line ends an event.
        if (chunk[at] === 10 && before === 10) size = chunk.length - at;
        if (chunk[at] !== 13) before = chunk[at] ?? 0;
      }
      if (size > MESSAGE_BOUNDS.bytes) controller.error(new AppError('mcp/bad-answer', `The MCP server sent a message of more than ${MESSAGE_BOUNDS.bytes} bytes.`));
      else controller.enqueue(chunk);
    },
  });
  const answer = new Response(response.body.pipeThrough(count), { status: response.status, statusText: response.statusText, headers: response.headers });
  Object.defineProperty(answer, 'url', { value: response.url });
  return answer;
}
