import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { installBase64 } from '../../sandbox/guest/inside/base64.ts';
import { installClone } from '../../sandbox/guest/inside/clone.ts';
import { installHostName } from '../../sandbox/guest/inside/host-name.ts';
import { installSearchParams } from '../../sandbox/guest/inside/search-params.ts';
import { installText } from '../../sandbox/guest/inside/text.ts';
import { installUrl } from '../../sandbox/guest/inside/url.ts';

/** The guest's own globals, installed into an object and compared with Node's, which follow the same standards. */
const guest = {} as typeof globalThis & Record<string | symbol, unknown>;
for (const install of [installBase64, installText, installClone, installSearchParams, installHostName, installUrl]) install(guest);

const outcome = (run: () => unknown): unknown => { try { return run(); } catch { return 'throws'; } };

describe('atob and btoa', () => {
  test('as Node does, for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      const text = String.fromCharCode(...bytes);
      expect(guest.btoa(text)).toBe(btoa(text));
      expect(guest.atob(btoa(text))).toBe(text);
    }));
  });
  test.each(['', 'YQ', 'YQ=', 'YQ==', ' Y Q = = ', 'YWI=', 'a', '====', 'Y!==', 'ab\n', 'YWJj', 'AA=A'])('atob(%j)', (text) => { expect(outcome(() => guest.atob(text))).toEqual(outcome(() => atob(text))); });
  test('characters beyond Latin-1 are refused', () => { expect(() => guest.btoa('ā')).toThrow(/Latin-1/); });
});

describe('TextEncoder and TextDecoder', () => {
  test('any text, well-formed or not', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('\ud800', '\udc00', 'a', '😀'), { maxLength: 4 }), (a, b) => {
      const text = a + b.join('');
      const bytes = new TextEncoder().encode(text);
      expect([...new guest.TextEncoder().encode(text)]).toEqual([...bytes]);
      expect(new guest.TextDecoder().decode(bytes)).toBe(new TextDecoder().decode(bytes));
    }));
  });
  test('any bytes, whole and in pieces', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xef, 0xbb, 0xbf, 0xf0, 0x90, 0xf4, 0x8f, 0xff), { maxLength: 12 }), fc.nat(12), (list, cut) => {
      const bytes = Uint8Array.from(list);
      expect(new guest.TextDecoder().decode(bytes)).toBe(new TextDecoder().decode(bytes));
      const decoder = new guest.TextDecoder();
      expect(decoder.decode(bytes.subarray(0, cut), { stream: true }) + decoder.decode(bytes.subarray(cut))).toBe(new TextDecoder().decode(bytes));
      expect(outcome(() => new guest.TextDecoder('utf-8', { fatal: true }).decode(bytes))).toBe(outcome(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    }), { numRuns: 500 });
  });
  test('encodeInto stops at the end of the buffer, between characters', () => {
    const out = new Uint8Array(5);
    expect(new guest.TextEncoder().encodeInto('aé漢b', out)).toEqual(new TextEncoder().encodeInto('aé漢b', new Uint8Array(5)));
  });
  test('long text, buffers and views, other labels', () => {
    const long = 'ä'.repeat(10_000);
    expect(new guest.TextDecoder('UTF8').decode(new TextEncoder().encode(long).buffer)).toBe(long);
    expect(new guest.TextDecoder().decode()).toBe('');
    expect(new guest.TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
    expect(new guest.TextEncoder().encoding).toBe('utf-8');
    expect(() => new guest.TextDecoder('latin1')).toThrow(RangeError);
  });
});

describe('structuredClone', () => {
  test('plain values, as deep as they are', () => {
    fc.assert(fc.property(fc.anything({ withDate: true, withMap: true, withSet: true, withTypedArray: true, withBigInt: true, withSparseArray: true }), (value) => {
      expect(guest.structuredClone(value)).toEqual(structuredClone(value));
    }));
  });
  test('a member called __proto__ is a member', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"list":[{"__proto__":[2]}]}') as object;
    const copied = guest.structuredClone(value) as object;
    expect(JSON.stringify(copied)).toBe('{"__proto__":{"a":1},"list":[{"__proto__":[2]}]}');
    expect(Object.getPrototypeOf(copied)).toBe(Object.prototype);
  });
  test('cycles, errors, boxed values, regular expressions, views of one buffer', () => {
    const buffer = new ArrayBuffer(8);
    const value: Record<string, unknown> = { error: new RangeError('x', { cause: 1 }), boxed: [Object('a'), Object(1), Object(true), Object(1n)], re: /a/gi, bytes: new Uint8Array(buffer, 2, 3), view: new DataView(buffer, 1, 2), keep: new Error('y') };
    value['self'] = value;
    const clone = guest.structuredClone(value);
    const reference = structuredClone(value);
    for (const key of Object.keys(value).filter((name) => name !== 'self')) expect({ [key]: clone[key] }).toEqual({ [key]: reference[key] });
    expect(clone['self']).toBe(clone);
    expect((clone['bytes'] as Uint8Array).buffer).toBe((clone['view'] as DataView).buffer);
  });
  test('transferred buffers move', () => {
    const buffer = new ArrayBuffer(4);
    const moved = guest.structuredClone({ buffer }, { transfer: [buffer] }) as { buffer: ArrayBuffer };
    expect([moved.buffer.byteLength, buffer.byteLength]).toEqual([4, 0]);
  });
  test.each([[() => undefined], [Symbol('x')], [{ a: () => undefined }], [Promise.resolve()], [new WeakMap()]])('refuses %s', (value) => { expect(() => guest.structuredClone(value)).toThrow(/cannot be cloned/); });
});

describe('URLSearchParams', () => {
  const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), { maxLength: 6 });
  test('any pairs written, any text read', () => {
    fc.assert(fc.property(pairs, fc.string({ unit: 'grapheme' }), (list, text) => {
      expect(new guest.URLSearchParams(list).toString()).toBe(new URLSearchParams(list).toString());
      expect([...new guest.URLSearchParams(text)]).toEqual([...new URLSearchParams(text)]);
    }));
  });
  test.each(['?a=b&c', 'a=%', 'a=%zz%41', 'a=%ff%fe', '%e4%bd', 'a+b=c+d', '=&=', '&&a', 'a=b=c'])('%j', (text) => { expect([...new guest.URLSearchParams(text)]).toEqual([...new URLSearchParams(text)]); });
  test('an escape that is none beside text that needs none', () => { expect(new guest.URLSearchParams('a=%F0%9F%98%80😀%f').get('a')).toBe('😀😀%f'); });
  test('every method', () => {
    const use = (Kind: typeof URLSearchParams): unknown[] => {
      const params = new Kind({ b: '1', a: '2' });
      params.append('b', '3');
      params.set('a', '4');
      params.set('new', '5');
      const seen: unknown[] = [params.size, params.get('b'), params.get('none'), params.getAll('b'), params.has('b'), params.has('b', '9'), [...params.keys()], [...params.values()], [...params.entries()]];
      params.forEach((value, name) => seen.push([name, value]));
      params.delete('b', '1');
      params.sort();
      seen.push(params.toString());
      params.set('a', '6');
      params.append('a', '7');
      params.set('a', '8');
      params.delete('b');
      return [...seen, String(params)];
    };
    expect(use(guest.URLSearchParams)).toEqual(use(URLSearchParams));
    expect(() => new guest.URLSearchParams([['a']] as never)).toThrow(TypeError);
  });
});

const KEYS = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] as const;
const parts = (url: URL): Record<string, string> => Object.fromEntries(KEYS.map((key) => [key, url[key]]));

describe('URL', () => {
  const same = (input: string, base?: string): void => {
    expect({ input, base, ...(outcome(() => parts(new guest.URL(input, base))) as object) }).toEqual({ input, base, ...(outcome(() => parts(new URL(input, base))) as object) });
    expect(guest.URL.canParse(input, base)).toBe(URL.canParse(input, base));
  };

  test.each([
    'https://example.com', 'HTTPS://EXAMPLE.com:443/a/../b/./c?d=e f#g h', 'http://user:pa:ss@host:8080/p', 'http://u@h', 'http://@h', 'http://:p@h/', 'https://h:0443', 'http://h:', 'http://h:65536', 'http://h:x', 'http://',
    'http:/h/p', 'http:h', 'http:\\\\h\\p', 'http:////h/p', 'ftp://h:21/x', 'ws://h:80/', 'wss://h:81/',
    'http://1.2.3.4', 'http://1.2.3', 'http://0x7f.1', 'http://017700000001', 'http://256.1.1.1', 'http://1.2.3.4.5', 'http://1.2.3.08', 'http://4294967296', 'http://1.', 'http://a.1', 'http://0x', 'http://1..2',
    'http://[::1]/', 'http://[1:2:3:4:5:6:7:8]', 'http://[1:0:0:4:0:0:0:8]', 'http://[::ffff:1.2.3.4]', 'http://[::1', 'http://[::g]', 'http://[1::2::3]', 'http://[1:2:3:4:5:6:7]', 'http://[::1.2.3.256]', 'http://[1:2:3:4:5:6:7::]', 'http://[::1]:81/',
    'http://münchen.de/ä?ö#ü', 'http://日本語.jp', 'http://ＥＸＡＭＰＬＥ.com', 'http://faß.de', 'http://a。b', 'http://xn--mnchen-3ya.de', 'http://a%41.de', 'http://a%2fb', 'http://a b', 'http://a<b', 'http://a%zz', 'http://a^b', 'http://a|b',
    'mailto:a@b.c?subject=x y', 'data:text/plain,hello world#f', 'javascript:alert(1)', 'urn:isbn:1', 'blob:x', 'custom://host:99/p/../q?r', 'custom://', 'custom:///p', 'custom:/p/./q', 'custom:/..//p', 'custom://h[', 'custom://:80', 'custom://u@/', 'about:blank', 'custom:a b ?q',
    'file:///etc/passwd', 'file://localhost/x', 'file://host/x', 'file:/x', 'file:x', 'file:///C:/a/../../b', 'file:///C|/a', 'file://C:/a', 'file:', 'file:?q', 'file://1.2.3.4.5/',
    '  https://trim.me \n', 'ht\ntps://ex\tample.com/a\rb', 'http://h/%7Ea%zz/é"<>`{}^|', 'http://h/?\'"<>#', 'http://h/#`"<> ', 'http://h?q', 'http://h#f', 'http://h/a%2e%2E/b/%2e', 'http://h/a/..', 'http://h/a/.', 'http://h//a//', '', 'nonsense', '//x', '://x', '1http://x', 'http//x', 'http://h/😀\ud800',
  ])('%j', (input) => { same(input); });

  test.each([
    ['b', 'http://h/a/c?q#f'], ['/b', 'http://h/a/c'], ['//other/p', 'https://h/a'], ['?q', 'http://h/a?b#c'], ['#f', 'http://h/a?b#c'], ['', 'http://u:p@h:81/a?b#c'], ['../../..', 'http://h/a/b/c/d'], ['./x', 'http://h/a/'], ['\\b', 'http://h/a'], ['http:x', 'http://h/a/b'], ['http:x', 'https://h/a/b'], ['https:/x', 'https://h/a'],
    ['x', 'mailto:a@b'], ['#f', 'mailto:a@b?c'], ['', 'mailto:a'], ['x', 'custom://h/a/b'], ['/x', 'custom://h/a/b'], ['//g/x', 'custom://h/a'], ['?y', 'custom:/a/b'], ['x', 'custom://h'],
    ['x', 'file:///a/b'], ['/x', 'file:///C:/a'], ['..', 'file:///C:/'], ['D:/x', 'file:///C:/a'], ['//h/x', 'file:///a'], ['', 'file:///a?b'], ['?c', 'file:///a?b'], ['\\x', 'file://h/a'], ['file:x', 'file:///a/b'], ['x', 'nonsense'],
  ])('%j against %j', (input, base) => { same(input, base); });

  test('any address made of likely pieces', () => {
    const piece = fc.constantFrom('http:', 'https:', 'file:', 'custom:', '/', '//', '\\', '@', ':', '?', '#', '.', '..', 'a', 'b.c', '%2e', '%41', '80', '8080', '[::1]', '127.1', ' ', 'ä', '"', "'", '<', 'C:', 'C|', 'user', '=', '&', '%');
    fc.assert(fc.property(fc.array(piece, { maxLength: 9 }), fc.constantFrom(undefined, 'http://h/a/b?c#d', 'https://u:p@h:81/', 'file:///C:/a/b', 'custom://h/a', 'custom:o'), (list, base) => { same(list.join(''), base); }), { numRuns: 3_000 });
  });

  test('setters do what Node does', () => {
    const values = ['', 'a', 'b.c', '80', '443', '8080x', 'x', 'http', 'https:', 'custom', 'ftp', 'file', 'h2:99', '[::1]', '1.2', '/p q', 'p?#', '?q r', "?'", '#f g', 'u@:', 'http://n/', '\t', ':1', 'localhost', 'a b', '99999', '/../x'];
    const bases = ['https://user:pw@example.com:81/a/b?c=d#e', 'http://h/', 'file:///C:/x', 'custom://h:1/p', 'mailto:x@y', 'custom:/p', 'https://1.2.3.4/'];
    fc.assert(fc.property(fc.constantFrom(...bases), fc.array(fc.tuple(fc.constantFrom(...KEYS.filter((key) => key !== 'origin')), fc.constantFrom(...values)), { maxLength: 4 }), (base, changes) => {
      const ours = new guest.URL(base);
      const theirs = new URL(base);
      for (const [key, value] of changes) {
        const failed = outcome(() => { theirs[key] = value; return ''; });
        expect(outcome(() => { ours[key] = value; return ''; })).toBe(failed);
      }
      expect({ base, changes, ...parts(ours) }).toEqual({ base, changes, ...parts(theirs) });
    }), { numRuns: 2_000 });
  });

  test('searchParams and search follow each other', () => {
    const use = (Kind: typeof URL): string[] => {
      const url = new Kind('https://h/?a=1');
      const { searchParams } = url;
      searchParams.append('b', 'x y');
      const seen = [url.href];
      url.search = '?c=3';
      seen.push(searchParams.toString());
      searchParams.delete('c');
      seen.push(url.href, JSON.stringify({ url }), String(url));
      url.href = 'https://g/?z=1';
      return [...seen, searchParams.toString(), String(url.searchParams === searchParams)];
    };
    expect(use(guest.URL)).toEqual(use(URL));
    expect(guest.URL.parse('x')).toBeNull();
    expect(guest.URL.parse('x', 'https://h/')?.href).toBe('https://h/x');
  });
});
