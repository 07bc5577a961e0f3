/** `URL` by the URL standard. Evaluated inside the isolate after `search-params.ts` and `host-name.ts`. */
export function installUrl(global: Record<string | symbol, unknown>): void {
  interface Parts { scheme: string; username: string; password: string; host: string | null; port: string; path: string[] | string; query: string | null; fragment: string | null }
  interface Params { toString(): string; [key: symbol]: unknown }
  const parseHost = global[Symbol.for('troupe.parse-host')] as (text: string, special: boolean, encode: (text: string) => string, decode: (text: string) => string) => string | null;
  const changed = Symbol.for('troupe.search-params.changed');
  const SearchParams = global['URLSearchParams'] as { new (init: string): Params; [key: symbol]: unknown };
  const ports: Record<string, string> = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
  const isSpecial = (scheme: string): boolean => Object.hasOwn(ports, scheme);
  const drive = /^[A-Za-z][:|]$/;
  const startsWithDrive = (text: string): boolean => /^[A-Za-z][:|]([/\\]|$)/.test(text);

  const encoder = (set: string) => (text: string): string => {
    const source = text.toWellFormed();
    let out = '';
    for (const character of source) {
      const code = character.codePointAt(0) as number;
      if (code > 0x7e) out += code === 0x7f ? '%7F' : encodeURIComponent(character);
      else if (code < 0x20 || set.includes(character)) out += `%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`;
      else out += character;
    }
    return out;
  };
  const encodeControl = encoder('');
  const encodeFragment = encoder(' "<>`');
  const encodeQuery = encoder(' "#<>');
  const encodeSpecialQuery = encoder(' "#<>\'');
  const encodePath = encoder(' "#<>?^`{}');
  const encodeUser = encoder(' "#<>?^`{}/:;=@[\\]|');
  const decodeHost = (text: string): string => {
    if (!text.includes('%')) return text;
    try { return decodeURIComponent(text); } catch { return '%'; } // no host can hold a percent sign
  };

  function shorten(url: Parts): void {
    const path = url.path as string[];
    if (!(url.scheme === 'file:' && path.length === 1 && /^[A-Za-z]:$/.test(path[0] as string))) path.pop();
  }

  function readPath(url: Parts, text: string): void {
    const special = isSpecial(url.scheme);
    const path = url.path as string[];
    if (text === '') { if (special && path.length === 0) path.push(''); return; }
    const slash = special ? /[/\\]/ : /\//;
    const parts = (slash.test(text[0] as string) ? text.slice(1) : text).split(slash);
    parts.forEach((part, index) => {
      const last = index === parts.length - 1;
      const dots = part.replace(/%2e/gi, '.');
      if (dots === '..') { shorten(url); if (last) path.push(''); }
      else if (dots === '.') { if (last) path.push(''); }
      else if (url.scheme === 'file:' && path.length === 0 && drive.test(part)) path.push(`${part[0] as string}:`);
      else path.push(encodePath(part));
    });
  }

  function readAuthority(url: Parts, text: string): boolean {
    const special = isSpecial(url.scheme);
    const end = text.search(special ? /[/\\]/ : /\//);
    const authority = end === -1 ? text : text.slice(0, end);
    const at = authority.lastIndexOf('@');
    if (at !== -1) {
      const user = authority.slice(0, at);
      const colon = user.indexOf(':');
      url.username = encodeUser(colon === -1 ? user : user.slice(0, colon));
      url.password = colon === -1 ? '' : encodeUser(user.slice(colon + 1));
    }
    const hostAndPort = authority.slice(at + 1);
    if (at !== -1 && hostAndPort === '') return false;
    if (!readHostAndPort(url, hostAndPort)) return false;
    readPath(url, end === -1 ? '' : text.slice(end));
    return true;
  }

  function readHostAndPort(url: Parts, text: string): boolean {
    const special = isSpecial(url.scheme);
    const split = /^(\[[^\]]*\]?|[^:]*)(?::(.*))?$/s.exec(text);
    if (split === null) return false;
    const name = split[1] as string;
    const port = split[2];
    if (name === '' && (special || port !== undefined)) return false;
    const host = name === '' ? '' : parseHost(name, special, encodeControl, decodeHost);
    if (host === null || (port !== undefined && !readPort(url, port))) return false;
    url.host = host;
    return true;
  }

  function readPort(url: Parts, text: string): boolean {
    if (!/^[0-9]*$/.test(text) || Number(text) > 65_535) return false;
    url.port = text === '' || String(Number(text)) === ports[url.scheme] ? '' : String(Number(text));
    return true;
  }

  function readFile(url: Parts, text: string, base: Parts | undefined): boolean {
    url.host = '';
    const fromBase = base?.scheme === 'file:' ? base : undefined;
    if (/^[/\\]{2}/.test(text)) {
      const rest = text.slice(2);
      const end = rest.search(/[/\\]/);
      const name = end === -1 ? rest : rest.slice(0, end);
      if (drive.test(name)) { readPath(url, rest); return true; }
      const host = name === '' ? '' : parseHost(name, true, encodeControl, decodeHost);
      if (host === null) return false;
      url.host = host === 'localhost' ? '' : host;
      readPath(url, end === -1 ? '' : rest.slice(end));
      return true;
    }
    if (/^[/\\]/.test(text)) {
      if (fromBase) {
        url.host = fromBase.host;
        const first = fromBase.path[0];
        if (!startsWithDrive(text.slice(1)) && first !== undefined && /^[A-Za-z]:$/.test(first)) (url.path as string[]).push(first);
      }
      readPath(url, text);
      return true;
    }
    if (fromBase) {
      url.host = fromBase.host;
      url.path = [...fromBase.path];
      if (text === '') { url.query ??= fromBase.query; return true; }
      if (startsWithDrive(text)) url.path = []; else shorten(url);
    }
    readPath(url, text);
    return true;
  }

  function readRelative(url: Parts, text: string, base: Parts): boolean {
    const special = isSpecial(url.scheme);
    const slash = special ? /^[/\\]/ : /^\//;
    if (slash.test(text) && slash.test(text.slice(1))) return readAuthority(url, special ? text.replace(/^[/\\]+/, '') : text.slice(2));
    Object.assign(url, { username: base.username, password: base.password, host: base.host, port: base.port });
    if (!slash.test(text)) {
      url.path = [...(base.path as string[])];
      if (text === '') { url.query ??= base.query; return true; }
      shorten(url);
    }
    readPath(url, text);
    return true;
  }

  function parse(input: string, base?: Parts): Parts | null {
    const clean = input.toWellFormed().replace(/^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/[\t\n\r]/g, '');
    const hash = clean.indexOf('#');
    const fragment = hash === -1 ? null : encodeFragment(clean.slice(hash + 1));
    const whole = hash === -1 ? clean : clean.slice(0, hash);
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(whole)?.[0];
    const rest = scheme === undefined ? whole : whole.slice(scheme.length);
    const mark = rest.indexOf('?');
    const text = mark === -1 ? rest : rest.slice(0, mark);
    const name = scheme?.toLowerCase() ?? base?.scheme;
    if (name === undefined) return null;
    const special = isSpecial(name);
    const query = mark === -1 ? null : (special ? encodeSpecialQuery : encodeQuery)(rest.slice(mark + 1));
    const url: Parts = { scheme: name, username: '', password: '', host: null, port: '', path: [], query, fragment };
    let ok: boolean;
    if (scheme === undefined) {
      const from = base as Parts;
      if (typeof from.path === 'string') return whole === '' && hash !== -1 ? { ...from, fragment } : null;
      ok = name === 'file:' ? readFile(url, text, from) : readRelative(url, text, from);
    } else if (name === 'file:') ok = readFile(url, text, base);
    else if (special && base?.scheme === name && !text.startsWith('//')) ok = readRelative(url, text, base);
    else if (special) ok = readAuthority(url, text.replace(/^[/\\]+/, ''));
    else if (text.startsWith('//')) ok = readAuthority(url, text.slice(2));
    else {
      ok = true;
      if (text.startsWith('/')) readPath(url, text);
      else url.path = encodeControl(query !== null || fragment !== null ? text.replace(/ $/, '%20') : text);
    }
    return ok ? url : null;
  }

  function pathOf(url: Parts): string {
    return typeof url.path === 'string' ? url.path : url.path.map((part) => `/${part}`).join('');
  }

  function write(url: Parts): string {
    const user = url.username !== '' || url.password !== '' ? `${url.username}${url.password === '' ? '' : `:${url.password}`}@` : '';
    const where = url.host !== null ? `//${user}${url.host}${url.port === '' ? '' : `:${url.port}`}` : typeof url.path !== 'string' && url.path.length > 1 && url.path[0] === '' ? '/.' : '';
    return `${url.scheme}${where}${pathOf(url)}${url.query === null ? '' : `?${url.query}`}${url.fragment === null ? '' : `#${url.fragment}`}`;
  }

  const read = (input: unknown, base: unknown): Parts | null => {
    const from = base === undefined ? undefined : parse(String(base));
    return from === null ? null : parse(String(input), from);
  };

  class URL {
    #url: Parts;
    #params: Params | undefined;

    constructor(input: unknown, base?: unknown) {
      const url = read(input, base);
      if (url === null) throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: String(input) });
      this.#url = url;
    }

    static canParse(input: unknown, base?: unknown): boolean { return read(input, base) !== null; }
    static parse(input: unknown, base?: unknown): URL | null { return URL.canParse(input, base) ? new URL(input, base) : null; }

    #opaque(): boolean { return typeof this.#url.path === 'string'; }
    #noUser(): boolean { return this.#url.host === null || this.#url.host === '' || this.#url.scheme === 'file:'; }
    #refresh(): void { if (this.#params) (SearchParams[changed] as (params: Params, text: string) => void)(this.#params, this.#url.query ?? ''); }

    get href(): string { return write(this.#url); }
    set href(value: unknown) {
      const url = parse(String(value));
      if (url === null) throw new TypeError('Invalid URL');
      this.#url = url;
      this.#refresh();
    }

    get origin(): string { const { scheme, host, port } = this.#url; return isSpecial(scheme) && scheme !== 'file:' ? `${scheme}//${host as string}${port === '' ? '' : `:${port}`}` : 'null'; }
    get protocol(): string { return this.#url.scheme; }
    set protocol(value: unknown) {
      const scheme = /^([A-Za-z][A-Za-z0-9+.-]*)(:|$)/.exec(String(value))?.[1]?.toLowerCase();
      if (scheme === undefined || isSpecial(`${scheme}:`) !== isSpecial(this.#url.scheme)) return;
      if (scheme === 'file' && (this.#url.username !== '' || this.#url.password !== '' || this.#url.port !== '')) return;
      if (this.#url.scheme === 'file:' && this.#url.host === '') return;
      this.#url.scheme = `${scheme}:`;
      if (this.#url.port === ports[this.#url.scheme]) this.#url.port = '';
    }

    get username(): string { return this.#url.username; }
    set username(value: unknown) { if (!this.#noUser()) this.#url.username = encodeUser(String(value)); }
    get password(): string { return this.#url.password; }
    set password(value: unknown) { if (!this.#noUser()) this.#url.password = encodeUser(String(value)); }

    get host(): string { return this.#url.host === null ? '' : `${this.#url.host}${this.#url.port === '' ? '' : `:${this.#url.port}`}`; }
    set host(value: unknown) { this.#setHost(String(value), true); }
    get hostname(): string { return this.#url.host ?? ''; }
    set hostname(value: unknown) { this.#setHost(String(value), false); }
    #setHost(value: string, withPort: boolean): void {
      if (this.#opaque()) return;
      const special = isSpecial(this.#url.scheme);
      const clean = value.replace(/[\t\n\r]/g, '');
      const text = clean.slice(0, (clean + '/').search(special ? /[/\\?#]/ : /[/?#]/));
      const split = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text);
      if (split === null || (split[1] === '' && (special ? this.#url.scheme !== 'file:' : split[2] !== undefined)) || ((!withPort || this.#url.scheme === 'file:') && split[2] !== undefined)) return;
      const host = split[1] === '' ? '' : parseHost(split[1] as string, special, encodeControl, decodeHost);
      if (host === null || (host === '' && (this.#url.username !== '' || this.#url.password !== '' || this.#url.port !== ''))) return;
      this.#url.host = this.#url.scheme === 'file:' && host === 'localhost' ? '' : host;
      const port = /^[0-9]+/.exec(split[2] ?? '')?.[0];
      if (port !== undefined && this.#url.scheme !== 'file:') readPort(this.#url, port);
    }

    get port(): string { return this.#url.port; }
    set port(value: unknown) {
      if (this.#noUser()) return;
      const text = String(value);
      const digits = /^[0-9]+/.exec(text)?.[0];
      if (text === '') this.#url.port = '';
      else if (digits !== undefined) readPort(this.#url, digits);
    }

    get pathname(): string { return pathOf(this.#url); }
    set pathname(value: unknown) {
      if (this.#opaque()) return;
      this.#url.path = [];
      readPath(this.#url, String(value).replace(/[\t\n\r]/g, ''));
      if (this.#url.path.length === 0 && this.#url.host === null) this.#url.path.push('');
    }

    get search(): string { return this.#url.query ? `?${this.#url.query}` : ''; }
    set search(value: unknown) {
      const text = String(value).replace(/^\?/, '').replace(/[\t\n\r]/g, '');
      this.#url.query = String(value) === '' ? null : (isSpecial(this.#url.scheme) ? encodeSpecialQuery : encodeQuery)(text);
      this.#refresh();
    }

    get searchParams(): Params {
      if (this.#params === undefined) {
        const params = new SearchParams(this.#url.query ?? '');
        params[changed] = (): void => { const text = params.toString(); this.#url.query = text === '' ? null : text; };
        Object.defineProperty(params, changed, { enumerable: false });
        this.#params = params;
      }
      return this.#params;
    }

    get hash(): string { return this.#url.fragment ? `#${this.#url.fragment}` : ''; }
    set hash(value: unknown) {
      const text = String(value);
      this.#url.fragment = text === '' ? null : encodeFragment(text.replace(/^#/, '').replace(/[\t\n\r]/g, ''));
    }

    toString(): string { return this.href; }
    toJSON(): string { return this.href; }
  }

  Object.defineProperty(global, 'URL', { value: URL, writable: true, configurable: true });
}
