import { open } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '../../contract/errors/app-error.ts';

export interface CatalogAnswer { status: number; headers?: { get(name: string): string | null }; body: AsyncIterable<Uint8Array> | null }

/**
 * What a request needs to give; the WHATWG `fetch` does. The core passes its own, which knows proxies and certificates.
 * `elsewhere`: another host may be led to, since the file is known by its digest; what is signed comes from the registry's own host.
 */
export type CatalogFetch = (address: string, options: { headers: Record<string, string>; signal?: AbortSignal; elsewhere?: boolean }) => Promise<CatalogAnswer>;

/** Bytes of a file from `offset` on, and what the server calls this state of it (a strong ETag), if it says. */
export interface OpenedFile { offset: number; etag: string | null; body: AsyncIterable<Uint8Array> }

/** A registry's place: a folder (path or `file:` address) or an http(s) address. */
export interface CatalogSource {
  /** Ends with a slash. */
  address: string;
  /** Whether a network lies between. */
  remote: boolean;
  /**
   * Opens a file below the address; the caller bounds what it reads.
   * @throws AppError `catalog/unavailable`; `details.status` is 404 when it is certain that there is no such file
   */
  open(relative: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Opens it where an earlier reading ended. What comes begins at the `offset` of the answer: 0 where the place gives whole
   * files only, or has another file now than the one with this ETag.
   * @throws AppError as `open`
   */
  openFrom(relative: string, from: { offset: number; etag: string | null }, signal?: AbortSignal): Promise<OpenedFile>;
}

const unavailable = (address: string, status: number | null, why: string, cause?: unknown): AppError =>
  new AppError('catalog/unavailable', `The registry did not give ${address}: ${why}.`, { details: { address, status }, ...(cause === undefined ? {} : { cause }) });

const isHttp = (place: string): boolean => /^https?:\/\//i.test(place);

async function openFile(address: string, offset: number): Promise<OpenedFile> {
  try {
    const handle = await open(fileURLToPath(address));
    if ((await handle.stat()).isFile()) return { offset, etag: null, body: handle.createReadStream({ start: offset }) as AsyncIterable<Uint8Array> };
    await handle.close();
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
    throw unavailable(address, code === 'ENOENT' || code === 'ENOTDIR' ? 404 : null, `the file system says ${code}`, cause);
  }
  throw unavailable(address, 404, 'it is no file');
}

interface Target { address: string; elsewhere: boolean }

async function ask({ address, elsewhere }: Target, headers: Record<string, string>, fetch: CatalogFetch, signal?: AbortSignal): Promise<CatalogAnswer> {
  try {
    return await fetch(address, { headers: { 'cache-control': 'max-age=0', ...headers }, elsewhere, ...(signal ? { signal } : {}) });
  } catch (cause) {
    throw unavailable(address, null, cause instanceof AppError ? cause.message.replace(/\.$/, '') : 'the network did not answer', cause);
  }
}

/** A weak tag says that two files mean the same, not that they are the same bytes. */
const strongTag = (tag: string | null | undefined): string | null => (tag != null && /^"[\x21\x23-\x7e]{0,200}"$/.test(tag) ? tag : null);

async function openHttp(target: Target, from: { offset: number; etag: string | null }, fetch: CatalogFetch, signal?: AbortSignal): Promise<OpenedFile> {
  const range = from.offset === 0 ? {} : { range: `bytes=${from.offset}-`, ...(from.etag !== null && { 'if-range': from.etag }) };
  const answer = await ask(target, range, fetch, signal);
  const etag = strongTag(answer.headers?.get('etag'));
  if (answer.status === 200 && answer.body) return { offset: 0, etag, body: answer.body };
  const begins = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(answer.headers?.get('content-range') ?? '')?.[1];
  const changed = from.etag !== null && etag !== null && etag !== from.etag;
  if (answer.status === 206 && answer.body && from.offset > 0 && begins === String(from.offset) && !changed) return { offset: from.offset, etag, body: answer.body };
  await answer.body?.[Symbol.asyncIterator]().return?.();
  // It cannot go on from there, or gives another part than was asked for: then the whole file, as if nothing had been there.
  if (from.offset > 0 && (answer.status === 206 || answer.status === 416)) return openHttp(target, { offset: 0, etag: null }, fetch, signal);
  throw unavailable(target.address, answer.status, `it answered with status ${answer.status}`);
}

/**
 * @param place a folder's path, a `file:` address or an http(s) address
 * @param fetch needed for http(s); the global one by default
 */
export function catalogSource(place: string, fetch: CatalogFetch = (address, options) => globalThis.fetch(address, options)): CatalogSource {
  const base = isHttp(place) ? place : /^file:/i.test(place) ? place : pathToFileURL(place).href;
  const address = base.endsWith('/') ? base : `${base}/`;
  const openFrom: CatalogSource['openFrom'] = (relative, from, signal) => {
    const target = new URL(relative, address).href;
    if (!target.startsWith(address)) return Promise.reject(unavailable(target, null, 'it lies outside the registry'));
    return isHttp(address) ? openHttp({ address: target, elsewhere: relative.startsWith('blobs/') }, from, fetch, signal) : openFile(target, from.offset);
  };
  return { address, remote: isHttp(address), openFrom, open: async (relative, signal) => (await openFrom(relative, { offset: 0, etag: null }, signal)).body };
}
