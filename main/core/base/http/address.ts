import { BlockList, isIP } from 'node:net';

/** IPv4 ranges that are not the public internet: this host, private, shared, loopback, link-local, documentation, benchmarks, multicast, reserved. */
const SPECIAL_V4 = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24],
  ['192.31.196.0', 24], ['192.52.193.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['192.175.48.0', 24], ['198.18.0.0', 15], ['198.51.100.0', 24],
  ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) SPECIAL_V4.addSubnet(net, bits, 'ipv4');

/** Only 2000::/3 is public; inside it these are not: protocol assignments with Teredo, 6to4, documentation. */
const PUBLIC_V6 = new BlockList();
PUBLIC_V6.addSubnet('2000::', 3, 'ipv6');
const SPECIAL_V6 = new BlockList();
for (const [net, bits] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) SPECIAL_V6.addSubnet(net, bits, 'ipv6');
const NAT64 = new BlockList();
NAT64.addSubnet('64:ff9b::', 96, 'ipv6');

/** Whether an IP address belongs to the public internet. Whatever cannot be read does not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL_V4.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  // Networks with IPv6 only reach the IPv4 internet through this prefix: judge the address inside.
  if (NAT64.check(address, 'ipv6')) return isPublicAddress(lastFourBytes(address));
  return PUBLIC_V6.check(address, 'ipv6') && !SPECIAL_V6.check(address, 'ipv6');
}

export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return address.startsWith('127.');
  return family === 6 && (canonical(address) === '::1' || /^::ffff:7f/.test(canonical(address)));
}

/** Whether a host of a URL means this machine without asking anyone: `localhost`, a name below it, or a loopback address. */
export function isLoopbackHost(host: string): boolean {
  const name = bareHost(host);
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}

/** The host of a URL without brackets and trailing dot, lower case. */
export const bareHost = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

const canonical = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

function lastFourBytes(address: string): string {
  const [high = '0', low = '0'] = canonical(address).split(':').slice(-2).map((group) => (group === '' ? '0' : group));
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return bits.flatMap((word) => [word >> 8, word & 255]).join('.');
}
