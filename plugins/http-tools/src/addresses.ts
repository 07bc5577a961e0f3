const TRACKERS = /^(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|mc_[ce]id|igshid|_hs(?:enc|mi)|mkt_tok|oly_(?:anon|enc)_id|vero_id|ref_src|spm)$/iu;

function read(url: string): URL {
  const address = URL.parse(url.trim());
  if (!address) throw new TypeError(`A whole address was expected, such as https://example.com/a?b=1; got ${JSON.stringify(url.slice(0, 200))}.`);
  return address;
}

/** The parts of an address, and what stands out in it. A password in it is named and not repeated. */
export function parseUrl({ url }: { url: string }) {
  const address = read(url);
  const warnings = [
    ...(address.protocol === 'http:' ? ['It is sent unprotected; https is not.'] : []),
    ...(address.username !== '' || address.password !== '' ? ['A name or password stands in the address. Take it out: addresses are written to logs.'] : []),
    ...(/^xn--|\.xn--/u.test(address.hostname) ? [`The name holds letters of other scripts (${address.hostname}), which can look like a well-known one.`] : []),
    ...(/^(?:\d{1,3}\.){3}\d{1,3}$|^\[/u.test(address.hostname) ? ['The host is a bare address, not a name.'] : []),
    ...([...address.searchParams].some(([name]) => /token|secret|password|api_?key|session/iu.test(name)) ? ['A parameter looks like a secret. Send it in a header.'] : []),
  ];
  return {
    scheme: address.protocol.replace(/:$/u, ''), host: address.hostname, port: address.port === '' ? (({ 'http:': 80, 'https:': 443 } as Record<string, number>)[address.protocol] ?? null) : Number(address.port),
    path: address.pathname, query: [...address.searchParams].slice(0, 200).map(([name, value]) => ({ name, value: value.slice(0, 1000) })), fragment: address.hash.replace(/^#/u, ''), warnings,
  };
}

/** The address without what only follows people around, with its parameters in order: the same for the same page. */
export function cleanUrl({ url, keep_fragment: keepFragment = false }: { url: string; keep_fragment?: boolean }) {
  const address = read(url);
  const removed = [...new Set([...address.searchParams].map(([name]) => name).filter((name) => TRACKERS.test(name)))];
  for (const name of removed) address.searchParams.delete(name);
  address.searchParams.sort();
  if (address.username !== '' || address.password !== '') { address.username = ''; address.password = ''; removed.push('name and password'); }
  if (address.hash !== '' && !keepFragment) { address.hash = ''; removed.push('fragment'); }
  return { url: address.searchParams.size === 0 ? address.href.replace(/\?(?=#|$)/u, '') : address.href, removed };
}

export function buildUrl({ base, path, query = [] }: { base: string; path?: string; query?: { name: string; value: string | number | boolean }[] }) {
  const address = read(base);
  if (path !== undefined && path !== '') address.pathname = `${address.pathname.replace(/\/+$/u, '')}/${path.replace(/^\/+/u, '').split('/').map((part) => encodeURIComponent(part)).join('/')}`;
  for (const { name, value } of query) address.searchParams.append(name, String(value));
  return { url: address.href };
}
