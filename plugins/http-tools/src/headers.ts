const DAY = 86_400;

/** `text/html; charset=utf-8` in its parts. */
function contentType(value: string | undefined) {
  if (value === undefined) return null;
  const [type = '', ...rest] = value.split(';').map((part) => part.trim());
  const charset = rest.map((part) => /^charset\s*=\s*"?([\w.:-]+)"?$/iu.exec(part)?.[1]).find((found) => found !== undefined);
  return { type: type.toLowerCase(), charset: charset?.toLowerCase() ?? null };
}

const seconds = (count: number): string => (count % DAY === 0 && count > 0 ? `${count / DAY} d` : count % 3600 === 0 && count > 0 ? `${count / 3600} h` : `${count} s`);

function caching(value: string | undefined): string {
  if (value === undefined) return 'It says nothing about keeping a copy.';
  const age = /\b(?:s-maxage|max-age)\s*=\s*(\d{1,10})/iu.exec(value)?.[1];
  if (/\bno-store\b/iu.test(value)) return 'No copy may be kept.';
  if (/\bno-cache\b/iu.test(value)) return 'A copy may be kept and has to be asked about each time.';
  return age === undefined ? 'A copy may be kept; for how long is not said.' : `A copy may be used for ${seconds(Number(age))}${/\bprivate\b/iu.test(value) ? ', by the one who asked alone' : ''}.`;
}

const WANTED: readonly (readonly [string, string])[] = [['strict-transport-security', 'so that browsers always use https'], ['content-security-policy', 'so that injected scripts do not run'], ['x-content-type-options', 'so that types are not guessed']];

/** Headers of an answer, as a browser or curl prints them, one a line. */
export function parseHeaders({ headers }: { headers: string }) {
  const found = new Map<string, string[]>();
  const problems: string[] = [];
  let status: number | null = null;
  let last: string | undefined;
  for (const [index, line] of headers.replace(/\r\n?/gu, '\n').split('\n').entries()) {
    const first = /^HTTP\/[\d.]+\s+(\d{3})\b/iu.exec(line);
    const header = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(.*)$/u.exec(line);
    if (line.trim() === '') continue;
    if (first) { status = Number(first[1]); continue; }
    if (/^[ \t]/u.test(line) && last !== undefined) { const values = found.get(last); if (values) values[values.length - 1] = `${values.at(-1) ?? ''} ${line.trim()}`; continue; }
    if (!header) { problems.push(`Line ${index + 1} is no header such as "Content-Type: text/html".`); continue; }
    last = (header[1] ?? '').toLowerCase();
    found.set(last, [...(found.get(last) ?? []), (header[2] ?? '').trim()]);
  }
  if (found.size === 0) throw new TypeError('Headers were expected, one a line, such as "Content-Type: text/html". None was found.');
  const page = contentType(found.get('content-type')?.[0]);
  const missing = page?.type === 'text/html' ? WANTED.filter(([name]) => !found.has(name)).map(([name, why]) => `${name} is missing, ${why}.`) : [];
  return { status, headers: [...found].map(([name, values]) => ({ name, values })), content_type: page, caching: caching(found.get('cache-control')?.join(', ')), problems: [...problems, ...missing] };
}

export interface Cookie { name: string; value_length: number; domain: string | null; path: string | null; expires: string | null; secure: boolean; http_only: boolean; same_site: string | null; problems: string[] }

function cookieOf(line: string): Cookie {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  if (at < 1) throw new TypeError(`A cookie such as name=value; Path=/ was expected; got ${JSON.stringify(pair.slice(0, 60))}.`);
  const attributes = new Map(rest.map((part) => { const cut = part.indexOf('='); return cut < 0 ? [part.toLowerCase(), ''] as const : [part.slice(0, cut).trim().toLowerCase(), part.slice(cut + 1).trim()] as const; }));
  const name = pair.slice(0, at).trim();
  const secure = attributes.has('secure');
  const sameSite = attributes.get('samesite')?.toLowerCase() ?? null;
  const age = attributes.get('max-age');
  const problems = [
    ...(secure ? [] : ['No Secure: it is sent over plain http, too.']),
    ...(attributes.has('httponly') ? [] : ['No HttpOnly: any script of the page can read it.']),
    ...(sameSite === null ? ['No SameSite: say Lax or Strict, so that other sites cannot use it.'] : sameSite === 'none' && !secure ? ['SameSite=None needs Secure, or browsers drop it.'] : []),
    ...(name.startsWith('__Host-') && (!secure || attributes.has('domain') || attributes.get('path') !== '/') ? ['__Host- needs Secure, Path=/ and no Domain.'] : []),
    ...(name.startsWith('__Secure-') && !secure ? ['__Secure- needs Secure.'] : []),
  ];
  return { name, value_length: pair.length - at - 1, domain: attributes.get('domain') ?? null, path: attributes.get('path') ?? null, expires: age === undefined ? attributes.get('expires') ?? null : `after ${age} s`, secure, http_only: attributes.has('httponly'), same_site: sameSite, problems };
}

/** `Set-Cookie` lines one by one, or one `Cookie` line. Values are never given back: they are often keys to somebody's account. */
export function parseCookies({ text }: { text: string }) {
  const cookies: Cookie[] = [];
  for (const line of text.replace(/\r\n?/gu, '\n').split('\n').map((one) => one.trim()).filter((one) => one !== '')) {
    const request = /^cookie:\s*(.*)$/iu.exec(line)?.[1];
    if (request === undefined) cookies.push(cookieOf(line.replace(/^set-cookie:\s*/iu, '')));
    else for (const pair of request.split(';')) if (pair.trim() !== '') cookies.push({ ...cookieOf(pair.trim()), problems: [] });
  }
  if (cookies.length === 0) throw new TypeError('A cookie such as "Set-Cookie: name=value; Path=/; Secure" was expected. None was found.');
  return { count: cookies.length, cookies: cookies.slice(0, 200) };
}
