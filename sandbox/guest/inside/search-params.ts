/** `URLSearchParams`. Evaluated inside the isolate before `url.ts`, which listens to changes through a symbol. */
export function installSearchParams(global: Record<string, unknown>): void {
  const changed = Symbol.for('troupe.search-params.changed');

  function decode(text: string): string {
    const spaced = text.replaceAll('+', ' ');
    if (!spaced.includes('%')) return spaced;
    try {
      return decodeURIComponent(spaced);
    } catch {
      // Byte by byte: what is no escape stands for itself, what is no UTF-8 becomes U+FFFD.
      const Decoder = global['TextDecoder'] as new (label: string, options: { ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };
      const Encoder = global['TextEncoder'] as new () => { encode(text: string): Uint8Array };
      const bytes: number[] = [];
      for (let at = 0; at < spaced.length;) {
        const escape = /^%[0-9a-f]{2}/i.test(spaced.slice(at, at + 3));
        if (escape) { bytes.push(parseInt(spaced.slice(at + 1, at + 3), 16)); at += 3; continue; }
        const character = String.fromCodePoint(spaced.codePointAt(at) as number);
        bytes.push(...new Encoder().encode(character));
        at += character.length;
      }
      return new Decoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
    }
  }

  function encode(text: string): string {
    return encodeURIComponent(text.toWellFormed()).replace(/[!'()~]|%20/g, (found) => (found === '%20' ? '+' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`));
  }

  class URLSearchParams {
    #pairs: [string, string][] = [];
    [changed]: (() => void) | undefined;

    constructor(init: unknown = '') {
      if (typeof init === 'object' && init !== null && Symbol.iterator in init) {
        for (const pair of init as Iterable<Iterable<unknown>>) {
          const both = [...pair];
          if (both.length !== 2) throw new TypeError(`URLSearchParams: each entry must have two items, got ${both.length}.`);
          this.#pairs.push([String(both[0]).toWellFormed(), String(both[1]).toWellFormed()]);
        }
      } else if (typeof init === 'object' && init !== null) {
        for (const [name, value] of Object.entries(init)) this.#pairs.push([name.toWellFormed(), String(value).toWellFormed()]);
      } else this.#read(String(init));
    }

    #read(text: string): void {
      this.#pairs = text.replace(/^\?/, '').split('&').filter((part) => part !== '').map((part) => {
        const equals = part.indexOf('=');
        return equals === -1 ? [decode(part), ''] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
      });
    }

    #write(): void { this[changed]?.(); }

    /** For `URL` alone: replaces the list without telling the URL, which is where the change came from. */
    static [changed](params: URLSearchParams, text: string): void { params.#read(text); }

    get size(): number { return this.#pairs.length; }

    append(name: unknown, value: unknown): void {
      this.#pairs.push([String(name).toWellFormed(), String(value).toWellFormed()]);
      this.#write();
    }

    delete(name: unknown, value?: unknown): void {
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== String(name) || (value !== undefined && pair[1] !== String(value)));
      this.#write();
    }

    get(name: unknown): string | null { return this.#pairs.find((pair) => pair[0] === String(name))?.[1] ?? null; }

    getAll(name: unknown): string[] { return this.#pairs.filter((pair) => pair[0] === String(name)).map((pair) => pair[1]); }

    has(name: unknown, value?: unknown): boolean {
      return this.#pairs.some((pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value)));
    }

    set(name: unknown, value: unknown): void {
      const wanted = String(name).toWellFormed();
      const first = this.#pairs.find((pair) => pair[0] === wanted);
      if (first === undefined) this.#pairs.push([wanted, String(value).toWellFormed()]);
      else {
        first[1] = String(value).toWellFormed();
        this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== wanted);
      }
      this.#write();
    }

    sort(): void {
      this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
      this.#write();
    }

    forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
      for (const [name, value] of this) callback.call(self, value, name, this);
    }

    *entries(): Generator<[string, string]> { for (let at = 0; at < this.#pairs.length; at += 1) yield [...(this.#pairs[at] as [string, string])]; }
    *keys(): Generator<string> { for (const [name] of this.entries()) yield name; }
    *values(): Generator<string> { for (const [, value] of this.entries()) yield value; }
    [Symbol.iterator](): Generator<[string, string]> { return this.entries(); }

    toString(): string { return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'); }
  }

  Object.defineProperty(global, 'URLSearchParams', { value: URLSearchParams, writable: true, configurable: true });
}
