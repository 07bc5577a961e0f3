/**
 * The host parser of the URL standard, put into the global under a symbol for `url.ts` and removed after boot.
 * International names are lowercased, normalised and punycoded; the full UTS 46 tables are not here, so an unusual name may
 * read differently than in the core. That is harmless: the core parses the address again and decides by its own reading.
 */
export function installHostName(global: Record<symbol, unknown>): void {
  const forbidden = /[\0\t\n\r #/:<>?@[\\\]^|]/;
  const forbiddenDomain = new RegExp('[\\u0000-\\u0020#%/:<>?@\\[\\\\\\]^|\\u007f]');

  function punycode(label: string): string {
    const points = Array.from(label, (character) => character.codePointAt(0) as number);
    let out = points.filter((point) => point < 128).map((point) => String.fromCharCode(point)).join('');
    const basic = out.length;
    let handled = basic;
    let n = 128;
    let delta = 0;
    let bias = 72;
    if (basic > 0) out += '-';
    const digit = (value: number): string => String.fromCharCode(value < 26 ? value + 97 : value + 22);
    while (handled < points.length) {
      const next = Math.min(...points.filter((point) => point >= n));
      delta += (next - n) * (handled + 1);
      n = next;
      for (const point of points) {
        if (point < n) delta += 1;
        if (point !== n) continue;
        let q = delta;
        for (let k = 36; ; k += 36) {
          const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
          if (q < t) break;
          out += digit(t + ((q - t) % (36 - t)));
          q = Math.floor((q - t) / (36 - t));
        }
        out += digit(q);
        let spread = handled === basic ? Math.floor(delta / 700) : delta >> 1;
        spread += Math.floor(spread / (handled + 1));
        let k = 0;
        for (; spread > 455; k += 36) spread = Math.floor(spread / 35);
        bias = k + Math.floor((36 * spread) / (spread + 38));
        delta = 0;
        handled += 1;
      }
      delta += 1;
      n += 1;
    }
    return `xn--${out}`;
  }

  function toAscii(domain: string): string {
    const lower = domain.replace(/[\u00ad\u200b\u2060\ufeff\ufe00-\ufe0f]/g, '').normalize('NFKC').toLowerCase().normalize('NFC').replace(/[\u3002\uff0e\uff61]/g, '.');
    if (/^[\0-\x7f]*$/.test(lower)) return lower;
    return lower.split('.').map((label) => (/^[\0-\x7f]*$/.test(label) ? label : punycode(label))).join('.');
  }

  function ipv4Number(part: string): number | null {
    if (part === '') return null;
    if (/^0x[0-9a-f]*$/i.test(part)) return part.length === 2 ? 0 : parseInt(part.slice(2), 16);
    if (/^0[0-7]*$/.test(part)) return parseInt(part, 8);
    return /^[0-9]+$/.test(part) && !/^0/.test(part) ? parseInt(part, 10) : null;
  }

  /** undefined: no IPv4 address at all; null: looks like one and is none. */
  function ipv4(domain: string): number | null | undefined {
    const parts = domain.split('.');
    if (parts.length > 1 && parts[parts.length - 1] === '') parts.pop();
    const last = parts[parts.length - 1] as string;
    if (!/^[0-9]+$/.test(last) && !/^0x[0-9a-f]*$/i.test(last)) return undefined;
    if (parts.length > 4) return null;
    const numbers = parts.map(ipv4Number);
    if (numbers.includes(null)) return null;
    const values = numbers as number[];
    const end = values.pop() as number;
    if (values.some((value) => value > 255) || end >= 256 ** (4 - values.length)) return null;
    return values.reduce((sum, value, index) => sum + value * 256 ** (3 - index), end);
  }

  function ipv6(text: string): string | null {
    let source = text;
    const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(source);
    if (dotted) {
      const four = dotted.slice(2);
      if (four.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return null;
      const [a, b, c, d] = four.map(Number) as [number, number, number, number];
      source = `${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    }
    const halves = source.split('::');
    if (halves.length > 2) return null;
    const pieces = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
    const head = pieces(halves[0]);
    const tail = pieces(halves[1]);
    if ([...head, ...tail].some((piece) => !/^[0-9a-f]{1,4}$/i.test(piece))) return null;
    const count = head.length + tail.length;
    if (halves.length === 1 ? count !== 8 : count > 7) return null;
    const all = [...head, ...new Array<string>(8 - count).fill('0'), ...tail].map((piece) => parseInt(piece, 16));
    let from = -1;
    let most = 1;
    for (let at = 0; at < 8; at += 1) {
      let run = 0;
      while (at + run < 8 && all[at + run] === 0) run += 1;
      if (run > most) { most = run; from = at; }
    }
    const hex = (list: number[]): string => list.map((piece) => piece.toString(16)).join(':');
    return from === -1 ? hex(all) : `${hex(all.slice(0, from))}::${hex(all.slice(from + most))}`;
  }

  /** @returns the serialised host, or null when there is no such host */
  function parseHost(text: string, special: boolean, encodeControl: (text: string) => string, decode: (text: string) => string): string | null {
    if (text.startsWith('[')) {
      if (!text.endsWith(']')) return null;
      const address = ipv6(text.slice(1, -1));
      return address === null ? null : `[${address}]`;
    }
    if (!special) return forbidden.test(text) ? null : encodeControl(text);
    const domain = toAscii(decode(text));
    if (domain === '' || forbiddenDomain.test(domain)) return null;
    const address = ipv4(domain);
    if (address === undefined) return domain;
    return address === null ? null : [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  }

  global[Symbol.for('troupe.parse-host')] = parseHost;
}
