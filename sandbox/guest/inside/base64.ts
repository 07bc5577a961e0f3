/** `atob` and `btoa` as the HTML standard has them. Evaluated inside the isolate: refers to nothing outside itself. */
export function installBase64(global: Record<string, unknown>): void {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values: Record<string, number> = {};
  for (let index = 0; index < 64; index += 1) values[alphabet[index] as string] = index;
  const invalid = (what: string): Error => Object.assign(new Error(what), { name: 'InvalidCharacterError' });

  function btoa(text: unknown): string {
    const source = String(text);
    let out = '';
    for (let at = 0; at < source.length; at += 3) {
      const a = source.charCodeAt(at);
      const b = at + 1 < source.length ? source.charCodeAt(at + 1) : 0;
      const c = at + 2 < source.length ? source.charCodeAt(at + 2) : 0;
      if (a > 255 || b > 255 || c > 255) throw invalid('btoa: the string has characters outside of Latin-1.');
      out += (alphabet[a >> 2] as string) + (alphabet[((a & 3) << 4) | (b >> 4)] as string);
      out += at + 1 < source.length ? (alphabet[((b & 15) << 2) | (c >> 6)] as string) : '=';
      out += at + 2 < source.length ? (alphabet[c & 63] as string) : '=';
    }
    return out;
  }

  function atob(text: unknown): string {
    let source = String(text).replace(/[\t\n\f\r ]+/g, '');
    if (source.length % 4 === 0) source = source.replace(/={1,2}$/, '');
    if (source.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(source)) throw invalid('atob: the string is not base64.');
    let out = '';
    let bits = 0;
    let count = 0;
    for (let at = 0; at < source.length; at += 1) {
      bits = ((bits << 6) | (values[source[at] as string] as number)) & 0xffffff;
      count += 6;
      if (count >= 8) {
        count -= 8;
        out += String.fromCharCode((bits >> count) & 255);
      }
    }
    return out;
  }

  for (const [name, value] of Object.entries({ atob, btoa })) Object.defineProperty(global, name, { value, writable: true, configurable: true });
}
