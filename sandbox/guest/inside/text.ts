/** `TextEncoder` and `TextDecoder` (UTF-8 only). Evaluated inside the isolate: refers to nothing outside itself. */
export function installText(global: Record<string, unknown>): void {
  class TextEncoder {
    get encoding(): string { return 'utf-8'; }

    encode(text: unknown = ''): Uint8Array {
      const source = String(text).toWellFormed();
      let size = 0;
      for (let at = 0; at < source.length; at += 1) {
        const code = source.charCodeAt(at);
        size += code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0xd800 && code < 0xe000 ? 2 : 3;
      }
      const out = new Uint8Array(size);
      this.encodeInto(source, out);
      return out;
    }

    encodeInto(text: unknown, out: Uint8Array): { read: number; written: number } {
      const source = String(text).toWellFormed();
      let written = 0;
      let read = 0;
      while (read < source.length) {
        const code = source.codePointAt(read) as number;
        const need = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        if (written + need > out.length) break;
        if (need === 1) out[written] = code;
        else {
          for (let left = need - 1, rest = code; left > 0; left -= 1, rest >>= 6) out[written + left] = 0x80 | (rest & 63);
          out[written] = ((0xf00 >> need) & 0xff) | (code >> (6 * (need - 1)));
        }
        written += need;
        read += code > 0xffff ? 2 : 1;
      }
      return { read, written };
    }
  }

  class TextDecoder {
    readonly encoding = 'utf-8';
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    #left: number[] = [];
    #started = false;

    constructor(label: unknown = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      if (!/^\s*(utf-?8|unicode-1-1-utf-8|unicode11utf8|unicode20utf8|x-unicode20utf8)\s*$/i.test(String(label))) throw new RangeError(`TextDecoder: only utf-8 is supported, got ${JSON.stringify(String(label))}.`);
      this.fatal = options.fatal === true;
      this.ignoreBOM = options.ignoreBOM === true;
    }

    decode(input?: ArrayBuffer | ArrayBufferView, options: { stream?: boolean } = {}): string {
      const given = input === undefined ? new Uint8Array(0) : ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : new Uint8Array(input);
      const bytes = this.#left.length === 0 ? given : Uint8Array.from([...this.#left, ...given]);
      this.#left = [];
      let out = '';
      let units: number[] = [];
      let at = 0;
      const bad = (): void => {
        if (this.fatal) { this.#left = []; this.#started = false; throw new TypeError('TextDecoder: the bytes are not UTF-8.'); }
        units.push(0xfffd);
      };
      while (at < bytes.length) {
        const first = bytes[at] as number;
        const need = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
        let have = 0;
        let code = need === 0 ? first : need === 1 ? first & 31 : need === 2 ? first & 15 : first & 7;
        while (have < need && at + 1 + have < bytes.length) {
          const next = bytes[at + 1 + have] as number;
          const low = have === 0 ? (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80) : 0x80;
          const high = have === 0 ? (first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf) : 0xbf;
          if (next < low || next > high) break;
          code = (code << 6) | (next & 63);
          have += 1;
        }
        if (need < 0) { bad(); this.#started = true; at += 1; }
        else if (have === need) {
          if (code > 0xffff) units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
          else if (code !== 0xfeff || this.#started || this.ignoreBOM) units.push(code);
          this.#started = true;
          at += 1 + need;
        } else if (options.stream === true && at + 1 + have === bytes.length) {
          this.#left = [...bytes.subarray(at)];
          break;
        } else { bad(); this.#started = true; at += 1 + have; }
        if (units.length > 4_000) { out += String.fromCharCode(...units); units = []; }
      }
      if (options.stream !== true) this.#started = false;
      return out + String.fromCharCode(...units);
    }
  }

  for (const [name, value] of Object.entries({ TextEncoder, TextDecoder })) Object.defineProperty(global, name, { value, writable: true, configurable: true });
}
