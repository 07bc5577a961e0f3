import { bareHost, isLoopbackHost } from './address.ts';
import type { ProxyAddress } from './connect.ts';

/** Answers in the browser's words: `DIRECT`, `PROXY host:port`, `HTTPS host:port; DIRECT`; undefined when it does not know. */
export type ResolveProxy = (url: string) => Promise<string | undefined>;

/** The proxy for an address: what the system says, else the usual environment variables. This machine is never asked through one. */
export async function proxyFor(url: URL, resolveProxy: ResolveProxy | undefined, environment: Readonly<Record<string, string | undefined>>): Promise<ProxyAddress | undefined> {
  if (isLoopbackHost(url.hostname)) return undefined;
  const said = await resolveProxy?.(url.href);
  return said === undefined ? fromEnvironment(url, environment) : parseProxyList(said);
}

/** The first entry that we can use; SOCKS is not spoken. */
function parseProxyList(list: string): ProxyAddress | undefined {
  for (const entry of list.split(';').map((part) => part.trim())) {
    const match = /^(DIRECT|PROXY|HTTP|HTTPS)(?:\s+(\S+))?$/i.exec(entry);
    if (!match) continue;
    if (match[1]?.toUpperCase() === 'DIRECT') return undefined;
    return parseProxyUrl(`${match[1]?.toUpperCase() === 'HTTPS' ? 'https' : 'http'}://${match[2] ?? ''}`);
  }
  return undefined;
}

function fromEnvironment(url: URL, environment: Readonly<Record<string, string | undefined>>): ProxyAddress | undefined {
  const read = (name: string): string | undefined => environment[name.toLowerCase()] || environment[name.toUpperCase()] || undefined;
  const value = read(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ?? read('all_proxy');
  if (value === undefined || isExempt(url, read('no_proxy') ?? '')) return undefined;
  return parseProxyUrl(value.includes('://') ? value : `http://${value}`);
}

function isExempt(url: URL, list: string): boolean {
  const host = bareHost(url.hostname);
  const port = url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const match = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry.toLowerCase());
    return match?.[1] !== undefined && (match[2] === undefined || match[2] === port) && (host === match[1] || host.endsWith(`.${match[1]}`));
  });
}

function parseProxyUrl(text: string): ProxyAddress | undefined {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined;
  const secure = url.protocol === 'https:';
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { host: bareHost(url.hostname), port: Number(url.port || (secure ? 443 : 80)), secure, authorization: url.username === '' ? undefined : `Basic ${Buffer.from(user).toString('base64')}` };
}
