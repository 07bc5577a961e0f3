import type { Agent } from 'node:http';
import { lookup as lookupName } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { bareHost, isLoopbackHost } from './address.ts';
import { connectNetwork, type Connect } from './connect.ts';
import { OpeningAgent } from './exchange.ts';
import { guardedFetch, resolvedOnce, type GuardedRequest, type GuardedResponse, type GuardPolicy } from './guarded-fetch.ts';
import { proxyFor, type ResolveProxy } from './proxy.ts';
import { trustedFetch } from './trusted-fetch.ts';

export type { Connect, ConnectTarget, ProxyAddress } from './connect.ts';
export type { GuardedRequest, GuardedResponse, GuardPolicy } from './guarded-fetch.ts';
export type { ResolveProxy } from './proxy.ts';
export { isLoopbackHost, isPublicAddress } from './address.ts';
export { coversUrl } from './host-pattern.ts';
export { MAX_BODY_BYTES } from './guarded-fetch.ts';

/** Every request that the core makes goes through here. */
export interface Http {
  /**
   * WHATWG `fetch` with a streaming answer, for addresses that the user or Troupe itself chose: loopback allowed, system
   * proxy respected, connections kept. Aborting closes the connection. Errors: `core/offline`, `core/unreachable`
   * (`details.reason` is the system's code), `core/bad-input`; the signal's reason when aborted.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** For code that is not trusted: see `guarded-fetch.ts`. */
  guardedFetch(request: GuardedRequest, policy: GuardPolicy): Promise<GuardedResponse>;
  /**
   * Addresses for a connection that is not HTTP, to a host that the person chose; asked for once, so that the connection
   * goes where it was looked up. Errors: `core/offline`, `core/unreachable`, `core/bad-input`.
   */
  addressesOf(host: string, port: number): Promise<readonly string[]>;
  /** Closes the connections that are kept. */
  close(): void;
}

export interface HttpParts {
  /** Whether the user works offline: then only this machine is asked. */
  readonly offline: () => boolean;
  readonly resolveProxy?: ResolveProxy | undefined;
  /** Replaced by tests, to see that a refused address was never reached for. */
  readonly connect?: Connect | undefined;
  /** Name to IP addresses. */
  readonly lookup?: ((host: string) => Promise<readonly string[]>) | undefined;
  /** Where proxies are named; the process's own by default. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** For addresses where nothing older will do. */
  readonly minimumTls?: 'TLSv1.3' | undefined;
  readonly userAgent?: string | undefined;
}

export function createHttp(parts: HttpParts): Http {
  const connect = parts.connect ?? connectNetwork;
  const environment = parts.environment ?? process.env;
  const userAgent = parts.userAgent ?? 'Troupe';
  const lookup = async (host: string): Promise<readonly string[]> => {
    // These names mean this machine (RFC 6761); a name server is not asked what they mean.
    if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1', '::1'];
    return parts.lookup ? parts.lookup(host) : (await lookupName(host, { all: true })).map((entry) => entry.address);
  };
  const allow = (url: URL): void => {
    if (parts.offline() && !isLoopbackHost(url.hostname)) throw new AppError('core/offline', `Troupe works offline now and did not ask ${url.host}. Go online in the settings, or use something on this machine.`, { details: { host: url.host } });
  };

  const agents = new Map<string, OpeningAgent>();
  const agentFor = async (url: URL): Promise<Agent> => {
    const secure = url.protocol === 'https:';
    const proxy = await proxyFor(url, parts.resolveProxy, environment);
    const name = `${url.protocol} ${proxy ? `${proxy.host}:${proxy.port}` : 'direct'}`;
    const known = agents.get(name);
    if (known) return known;
    const agent = new OpeningAgent(secure, async (host, port) => connect({ host, port, secure, proxy, minimumTls: parts.minimumTls, addresses: proxy ? [] : isIP(bareHost(host)) ? [bareHost(host)] : await lookup(bareHost(host)) }), true);
    agents.set(name, agent);
    return agent;
  };

  return {
    fetch: (input, init) => trustedFetch(input, init, { allow, agentFor, userAgent }),
    guardedFetch: (request, policy) => guardedFetch(request, policy, { allow, lookup, connect, userAgent }),
    async addressesOf(host, port) {
      const url = URL.parse(`tcp://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`);
      if (!url || url.hostname === '' || url.username !== '' || url.pathname !== '') throw new AppError('core/bad-input', `Expected the name or address of a host, got "${host.slice(0, 80)}". Check how it is written.`);
      allow(url);
      return resolvedOnce(url, { lookup });
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}
