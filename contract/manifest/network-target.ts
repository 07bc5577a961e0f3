/** Where a plugin may connect: `host` is a lower-case name, an IPv4 address or an IPv6 address without brackets. */
export interface NetworkTarget {
  scheme: 'http' | 'https';
  /** Without the leading `*.` of a wildcard. */
  host: string;
  port: number;
  /** Any name below `host` (not `host` itself). */
  wildcard: boolean;
  /** Loopback, private, link-local or a name that only a local network resolves. */
  private: boolean;
}

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const ENTRY = /^(?:(https?):\/\/)?(\*\.)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/;

/**
 * Reads one entry of `permissions.network`: an exact host or one leading wildcard, with an optional port and scheme;
 * https unless the scheme says otherwise or the port is 80.
 * @returns the target, or a sentence part that says what is wrong
 */
export function parseNetworkTarget(text: string): NetworkTarget | string {
  const match = ENTRY.exec(text);
  if (!match) return 'is not a host such as api.example.com, *.example.org:8443 or http://localhost:8080 (lower case, no path)';
  const [, scheme, star, written = '', portText] = match;
  const host = written.startsWith('[') ? written.slice(1, -1) : written;
  const wildcard = star !== undefined;
  const address = isIpv4(host) || written.startsWith('[');
  if (wildcard && address) return 'puts a wildcard before an address; a wildcard stands before a name';
  if (written.startsWith('[') ? !isIpv6(host) : !address && !isName(host)) return `names the host ${host}, which is neither a host name nor an address`;
  if (wildcard && host.split('.').length < 2) return `would allow every host below .${host}; a wildcard needs a name of at least two parts after it`;
  const port = portText === undefined ? (scheme === 'http' ? 80 : 443) : Number(portText);
  if (port < 1 || port > 65535) return `has the port ${portText}; a port is a number from 1 to 65535`;
  const chosen = scheme === undefined ? (port === 80 ? 'http' : 'https') : (scheme as 'http' | 'https');
  return { scheme: chosen, host, port, wildcard, private: isPrivateHost(host) };
}

/**
 * A request for hosts that the person enters, in an entry of the configuration: `config:hosts` for those on the internet,
 * `config-private:hosts` for those on this machine and its local network. Undefined when the text is no such request.
 */
export function parseConfiguredHosts(text: string): { key: string; private: boolean } | undefined {
  const match = /^config(-private)?:([a-zA-Z][a-zA-Z0-9_.-]{0,63})$/.exec(text);
  return match?.[2] === undefined ? undefined : { key: match[2], private: match[1] !== undefined };
}

const MOST_HOSTS = 20;

/** The hosts that a person entered, between commas, blanks or line ends, each as `parseNetworkTarget` reads it; undefined when one is none. */
export function readHosts(text: string): NetworkTarget[] | undefined {
  const targets = text.split(/[\s,;]+/).filter((word) => word !== '').map((word) => parseNetworkTarget(word.toLowerCase().replace(/\/$/, '')));
  const read = targets.filter((target) => typeof target !== 'string');
  return read.length === 0 || read.length < targets.length || read.length > MOST_HOSTS ? undefined : read;
}

/** Scheme, host and port of an http address, as an entry that `parseNetworkTarget` reads. Path and query are left out. */
export const originOf = (url: string): string => /^https?:\/\/[^/?#]*/i.exec(url)?.[0].toLowerCase() ?? url;

/** The one way to write a target, so that two spellings of it are one permission. */
export function formatNetworkTarget(target: Pick<NetworkTarget, 'scheme' | 'host' | 'port' | 'wildcard'>): string {
  const host = `${target.wildcard ? '*.' : ''}${target.host.includes(':') ? `[${target.host}]` : target.host}`;
  if (target.scheme === 'https') return target.port === 443 ? host : `${host}:${target.port}`;
  return target.port === 80 ? `http://${host}` : `http://${host}:${target.port}`;
}

/**
 * Whether a host lies on this machine or a local network as far as its name tells. The core asks again for the address
 * that the name resolves to.
 */
export function isPrivateHost(host: string): boolean {
  if (isIpv4(host)) return isPrivateIpv4(host);
  if (host.includes(':')) return !/^[23]/.test(expandFirst(host));
  const name = host.replace(/\.$/, '');
  return !name.includes('.') || /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa)$/.test(name);
}

const isName = (host: string): boolean => host.length <= 253 && host.split('.').every((label) => LABEL.test(label)) && !/^\d+$/.test(host.split('.').at(-1) ?? '');

/** Only the plain four-part form; 127.1 and 0x7f.1 are refused as names, so that no address hides in them. */
const isIpv4 = (host: string): boolean => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(host) && !/(^|\.)0\d/.test(host);

function isIpv6(host: string): boolean {
  const halves = host.split('::');
  if (halves.length > 2 || !/^[0-9a-f:]+$/.test(host)) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group)) && (halves.length === 2 ? groups.length < 8 : groups.length === 8);
}

/** The first group with its leading zeros; global unicast addresses begin with 2 or 3. */
const expandFirst = (host: string): string => (host.split(':')[0] ?? '').padStart(4, '0');

function isPrivateIpv4(host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number);
  return a === 0 || a === 10 || a === 127 || a >= 224 || (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254)
    || (a === 172 && b >= 16 && b < 32) || (a === 192 && (b === 168 || b === 0)) || (a === 198 && (b === 18 || b === 19));
}
