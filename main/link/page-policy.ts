import { randomBytes } from 'node:crypto';
import type { PageFile } from './page-files.ts';

/** What index.html carries where the nonce of the response belongs; the page's build writes it. */
const NONCE_PLACEHOLDER = '__TROUPE_NONCE__';

/** In which diagrams of others are drawn: it has an origin of its own kind, and no way to anything. Only our own page may frame it. */
const DIAGRAM = '/diagram.html';
const parts = new WeakMap<PageFile, readonly Buffer[]>();

/**
 * One answer with a file of the page: its headers and its bytes. index.html gets a fresh nonce each time, which the
 * policy names for the styles that the page's components write; nothing inline runs. The file of diagrams runs what its nonce marks.
 * @param connect further sources that the page may connect to, e.g. `ws://127.0.0.1:4100`
 */
export function answerWith(file: PageFile, connect: readonly string[]): { headers: Record<string, string>; body: Buffer } {
  const nonce = randomBytes(16).toString('base64');
  const body = file.type.startsWith('text/html') ? joined(partsOf(file), nonce) : file.body;
  const policy = file.address === DIAGRAM
    ? `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts`
    : `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' blob: data:; font-src 'self'; connect-src ${["'self'", ...connect].join(' ')}; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'`;
  return {
    body,
    headers: {
      'content-security-policy': policy,
      'content-type': file.type, 'content-length': String(body.byteLength), 'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-store',
      'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    },
  };
}

/** What stands around the places of the nonce; found once, since one file holds megabytes. */
function partsOf(file: PageFile): readonly Buffer[] {
  let found = parts.get(file);
  if (!found) {
    const list: Buffer[] = [];
    let from = 0;
    for (let at = file.body.indexOf(NONCE_PLACEHOLDER); at !== -1; at = file.body.indexOf(NONCE_PLACEHOLDER, from)) { list.push(file.body.subarray(from, at)); from = at + NONCE_PLACEHOLDER.length; }
    found = [...list, file.body.subarray(from)];
    parts.set(file, found);
  }
  return found;
}

const joined = (around: readonly Buffer[], nonce: string): Buffer => Buffer.concat(around.flatMap((part, at) => (at === 0 ? [part] : [Buffer.from(nonce), part])));

/** The file that answers a path: the named one, the page itself for a route of the app, or nothing. */
export function fileFor(page: ReadonlyMap<string, PageFile>, path: string): PageFile | undefined {
  const last = path.split('/').at(-1) ?? '';
  // Plugin ids look like file names (`/marketplace/dev.troupe.text-toolkit`), so routes are told by their first part.
  const looksLikeFile = /\.[a-z0-9]+$/i.test(last) && !/^\/(marketplace|plugins|team|chat|settings|onboarding|runs|registries)(\/|$)/.test(path);
  return page.get(path) ?? (looksLikeFile ? undefined : page.get('/index.html'));
}
