import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversUrl, isLoopbackHost, isPublicAddress } from '../../../main/core/base/http/index.ts';
import { permissionFor } from '../../../main/core/base/http/host-pattern.ts';

describe('I2 which addresses are the public internet', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '192.169.0.1', '2606:4700::1111', '64:ff9b::808:808', '2a00:1450::1'])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each(['127.0.0.1', '127.255.255.255', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '198.18.0.1', '203.0.113.9', '224.0.0.1', '255.255.255.255',
    '::', '::1', 'fc00::1', 'fd12::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:a9fe:a9fe', '::8.8.8.8', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '2001:db8::1', '100::1', '3fff::1', 'nonsense', '', '1.2.3', '2130706433'])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it('judges an IPv4 address inside the NAT64 prefix as it judges it bare', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => {
      const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number];
      const inside = `64:ff9b::${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      expect(isPublicAddress(inside)).toBe(isPublicAddress(address));
    }));
  });
  it('knows this machine by its names without asking anyone', () => {
    for (const host of ['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::ffff:127.0.0.1']) expect({ host, own: isLoopbackHost(host) }).toEqual({ host, own: true });
    for (const host of ['localhost.example.com', 'notlocalhost', '128.0.0.1', '[::2]', '10.0.0.1', 'example.com']) expect({ host, own: isLoopbackHost(host) }).toEqual({ host, own: false });
  });
});

describe('I2 what a network permission covers', () => {
  it.each([
    ['api.example.com', 'https://api.example.com/x?y#z', true], ['API.Example.com', 'https://api.example.com/', true], ['api.example.com', 'https://api.example.com./', true], ['api.example.com', 'https://api.example.com:443/', true],
    ['api.example.com', 'http://api.example.com/', false], ['api.example.com', 'https://api.example.com:8443/', false], ['api.example.com', 'https://xapi.example.com/', false], ['api.example.com', 'https://api.example.com.evil.org/', false],
    ['*.example.org', 'https://a.example.org/', true], ['*.example.org', 'https://a.b.example.org/', true], ['*.example.org', 'https://example.org/', false], ['*.example.org', 'https://badexample.org/', false], ['*.example.org', 'https://.example.org/', false],
    ['*.example.org:8443', 'https://a.example.org:8443/', true], ['*.example.org:8443', 'http://a.example.org:8443/', false], ['*.example.org:8443', 'https://a.example.org/', false],
    ['example.org:80', 'http://example.org/', true], ['example.org:80', 'https://example.org/', false], ['http://example.org', 'http://example.org/', true], ['http://example.org', 'https://example.org/', false], ['https://example.org:3000', 'http://example.org:3000/', false],
    ['localhost:3000', 'http://localhost:3000/', true], ['localhost:3000', 'https://localhost:3000/', true], ['[::1]:3000', 'http://[::1]:3000/', true], ['127.0.0.1:3000', 'http://0x7f.1:3000/', true],
    ['bücher.example', 'https://xn--bcher-kva.example/', true], ['*', 'https://example.org/', false], ['*.*.org', 'https://a.b.org/', false], ['a.*.org', 'https://a.b.org/', false], ['example.org/path', 'https://example.org/path', false], ['user@example.org', 'https://example.org/', false], ['', 'https://example.org/', false],
  ])('%s and %s: %s', (entry, url, covered) => {
    expect(coversUrl(entry, new URL(url))).toBe(covered);
  });
  it('covers what the permission it names covers', () => {
    for (const url of ['https://a.example.org/x', 'http://a.example.org/x', 'https://a.example.org:8443/', 'http://127.0.0.1:3000/', 'https://[::1]:99/', 'http://[::1]/']) expect(coversUrl(permissionFor(new URL(url)).slice('network:'.length), new URL(url))).toBe(true);
  });
});
