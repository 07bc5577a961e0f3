import type { Kernel, StartOrder } from './kernel.ts';

/**
 * Builds `ctx` for one run: the friendly face of host calls. It runs with the plugin's own authority and is no wall;
 * whatever it lets through, kernel, host and core check again. Evaluated inside the isolate. The order of `names` is HOST_CALLS'.
 */
export function contextMaker(kernel: Kernel, names: readonly string[]): (start: StartOrder) => unknown {
  const call = (name: string, args: unknown, body?: string): Promise<unknown> => kernel.hostCall(names.indexOf(name), args, body);
  const BASE64 = 'base64';

  const bytesOf = (value: ArrayBuffer | ArrayBufferView): Uint8Array => (ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value));
  const toBase64 = (bytes: Uint8Array): string => {
    let out = '';
    // 6,000 divides by three, so that the pieces join without padding.
    for (let at = 0; at < bytes.length; at += 6_000) out += btoa(String.fromCharCode(...bytes.subarray(at, at + 6_000)));
    return out;
  };
  const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

  class Headers {
    #list: [string, string][] = [];

    constructor(init?: unknown) {
      if (init === undefined || init === null) return;
      const pairs = init instanceof Headers ? [...init] : Symbol.iterator in (init as object) ? [...(init as Iterable<[unknown, unknown]>)] : Object.entries(init as object);
      for (const [name, value] of pairs) this.append(name, value);
    }

    #key(name: unknown): string {
      const key = String(name).toLowerCase();
      if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(key)) throw new TypeError(`Headers: ${JSON.stringify(key)} is no header name.`);
      return key;
    }

    append(name: unknown, value: unknown): void {
      const text = String(value).trim();
      if (/[\0\r\n]/.test(text)) throw new TypeError(`Headers: the value of ${this.#key(name)} may have no line breaks.`);
      this.#list.push([this.#key(name), text]);
    }

    set(name: unknown, value: unknown): void { this.delete(name); this.append(name, value); }
    delete(name: unknown): void { const key = this.#key(name); this.#list = this.#list.filter((pair) => pair[0] !== key); }
    has(name: unknown): boolean { const key = this.#key(name); return this.#list.some((pair) => pair[0] === key); }
    get(name: unknown): string | null { const key = this.#key(name); const found = this.#list.filter((pair) => pair[0] === key); return found.length === 0 ? null : found.map((pair) => pair[1]).join(', '); }
    getSetCookie(): string[] { return this.#list.filter((pair) => pair[0] === 'set-cookie').map((pair) => pair[1]); }
    forEach(callback: (value: string, name: string, headers: Headers) => void): void { for (const [name, value] of this) callback(value, name, this); }
    *entries(): Generator<[string, string]> {
      const keys = [...new Set(this.#list.map((pair) => pair[0]))].sort();
      for (const key of keys) yield [key, this.get(key) as string];
    }
    *keys(): Generator<string> { for (const [name] of this.entries()) yield name; }
    *values(): Generator<string> { for (const [, value] of this.entries()) yield value; }
    [Symbol.iterator](): Generator<[string, string]> { return this.entries(); }
  }

  interface Answer { url?: string; status: number; statusText?: string; headers?: [string, string][]; redirected?: boolean; encoding?: string; body?: string }

  class Response {
    readonly status: number;
    readonly statusText: string;
    readonly ok: boolean;
    readonly redirected: boolean;
    readonly url: string;
    readonly type = 'basic';
    readonly headers: Headers;
    #answer: Answer;
    #used = false;

    constructor(answer: Answer) {
      this.#answer = answer;
      this.status = answer.status;
      this.statusText = answer.statusText ?? '';
      this.ok = answer.status >= 200 && answer.status < 300;
      this.redirected = answer.redirected === true;
      this.url = answer.url ?? '';
      this.headers = new Headers(answer.headers ?? []);
    }

    get bodyUsed(): boolean { return this.#used; }
    #take(): string {
      if (this.#used) throw new TypeError('Response: the body has been read already; use clone() before reading it twice.');
      this.#used = true;
      return this.#answer.body ?? '';
    }

    clone(): Response {
      if (this.#used) throw new TypeError('Response: a body that has been read cannot be cloned.');
      return new Response(this.#answer);
    }

    async text(): Promise<string> {
      const body = this.#take();
      return this.#answer.encoding === BASE64 ? new TextDecoder().decode(fromBase64(body)) : body.replace(/^\ufeff/, '');
    }

    async json(): Promise<unknown> { return JSON.parse(await this.text()); }
    async bytes(): Promise<Uint8Array> { const body = this.#take(); return this.#answer.encoding === BASE64 ? fromBase64(body) : new TextEncoder().encode(body); }
    async arrayBuffer(): Promise<ArrayBuffer> { const bytes = await this.bytes(); return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer; }
  }

  interface Init { method?: string; headers?: unknown; body?: unknown; redirect?: string; signal?: unknown }

  async function fetch(input: unknown, init: Init = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const args: Record<string, unknown> = { url: String(input), method: String(init.method ?? 'GET').toUpperCase(), redirect: init.redirect ?? 'follow' };
    let body: string | undefined;
    if (init.body !== undefined && init.body !== null) {
      const binary = init.body instanceof ArrayBuffer || ArrayBuffer.isView(init.body);
      body = binary ? toBase64(bytesOf(init.body as ArrayBuffer)) : String(init.body);
      args['encoding'] = binary ? BASE64 : 'utf8';
      if (!headers.has('content-type') && !binary) headers.set('content-type', init.body instanceof URLSearchParams ? 'application/x-www-form-urlencoded;charset=UTF-8' : 'text/plain;charset=UTF-8');
    }
    args['headers'] = [...headers];
    return new Response((await call('fetch', args, body)) as Answer);
  }

  const words = (items: unknown[]): string => items.map((item) => {
    if (typeof item === 'string') return item;
    if (item instanceof Error) return `${item.name}: ${item.message}`;
    try { return JSON.stringify(item) ?? String(item); } catch { return '[cannot be shown as JSON]'; }
  }).join(' ');

  // The signal of a run never fires inside: cancelling disposes the isolate. It is there for libraries that expect one.
  const signal = { aborted: false, reason: undefined, onabort: null, addEventListener() {}, removeEventListener() {}, dispatchEvent: () => false, throwIfAborted() {} };

  return (start) => ({
    execution: start.context.execution,
    parameters: start.context.parameters,
    config: start.context.config,
    signal,
    fetch,
    secret: async (key: string) => call('secret', { key }),
    storage: {
      get: async (key: string) => call('storage.get', { key }),
      set: async (key: string, value: unknown) => call('storage.set', { key, value }),
      delete: async (key: string) => call('storage.delete', { key }),
      list: async (prefix = '') => call('storage.list', { prefix }),
    },
    files: {
      list: async (key: string, path = '') => call('files.list', { key, path }),
      readText: async (key: string, path: string) => call('files.readText', { key, path }),
      readBytes: async (key: string, path: string) => call('files.readBytes', { key, path }),
      writeText: async (key: string, path: string, text: string) => call('files.writeText', { key, path }, String(text)),
      remove: async (key: string, path: string) => call('files.remove', { key, path }),
    },
    model: { complete: async (request: unknown) => call('model.complete', request) },
    tools: { call: async (name: string, input: unknown) => call('tools.call', { name, input }) },
    log: {
      debug: (...items: unknown[]) => kernel.log(0, words(items)),
      info: (...items: unknown[]) => kernel.log(1, words(items)),
      warn: (...items: unknown[]) => kernel.log(2, words(items)),
      error: (...items: unknown[]) => kernel.log(3, words(items)),
    },
    progress: async (fraction: number, message?: string) => call('progress', message === undefined ? { fraction } : { fraction, message }),
    sleep: async (milliseconds: number) => call('sleep', { ms: milliseconds }),
  });
}
