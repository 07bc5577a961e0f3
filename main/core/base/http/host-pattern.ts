import { bareHost } from './address.ts';

/** One entry of a network permission, taken apart. `port` null means the scheme's own. */
interface HostPattern { readonly schemes: readonly string[]; readonly host: string; readonly wildcard: boolean; readonly port: string | null }

const ENTRY = /^(?:(https?):\/\/)?(\*\.)?(\[[0-9a-fA-F:.]+\]|[^\s/:*?#@[\]]+)(?::(\d{1,5}))?\/?$/;

/** Undefined when the entry is no exact host and no host below one leading wildcard. */
function parseHostPattern(entry: string): HostPattern | undefined {
  const match = ENTRY.exec(entry.trim());
  if (!match?.[3]) return undefined;
  const [, scheme, wildcard, written, port] = match;
  // The URL parser brings the host to the form in which it later stands in a request (case, punycode, odd IPv4 spellings).
  const parsed = URL.parse(`http://${written}`);
  if (!parsed) return undefined;
  return { schemes: schemesOf(scheme, port), host: bareHost(parsed.hostname), wildcard: wildcard !== undefined, port: port ?? null };
}

/** https, unless the scheme or the port says otherwise: 80 is http's, 443 and 8443 are https', any other may be either. */
function schemesOf(scheme: string | undefined, port: string | undefined): string[] {
  if (scheme !== undefined) return [`${scheme}:`];
  if (port === '80') return ['http:'];
  return port === undefined || port === '443' || port === '8443' ? ['https:'] : ['http:', 'https:'];
}

const portOf = (url: URL): string => (url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80');

/** Whether a network permission covers an address. A wildcard covers the names below its host, not the host itself. */
export function coversUrl(entry: string, url: URL): boolean {
  const pattern = parseHostPattern(entry);
  if (!pattern?.schemes.includes(url.protocol)) return false;
  if (portOf(url) !== (pattern.port ?? (url.protocol === 'https:' ? '443' : '80'))) return false;
  const host = bareHost(url.hostname);
  return pattern.wildcard ? host.endsWith(`.${pattern.host}`) && host.length > pattern.host.length + 1 : host === pattern.host;
}

/** The permission that would allow an address, in the form that a manifest writes. */
export function permissionFor(url: URL): string {
  const standard = url.protocol === 'https:' && url.port === '';
  return `network:${standard ? url.hostname : `${url.protocol === 'http:' ? 'http://' : ''}${url.host}`}`;
}
