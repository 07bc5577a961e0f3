import { open } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '../../contract/errors/app-error.ts';

/** What a request needs to give; the WHATWG `fetch` does. The core passes its own, which knows proxies and certificates. */
export type CatalogFetch = (address: string, options: { headers: Record<string, string>; signal?: AbortSignal }) => Promise<{ status: number; body: AsyncIterable<Uint8Array> | null }>;

/** A registry's place: a folder (path or `file:` address) or an http(s) address. */
export interface CatalogSource {
  /** Ends with a slash. */
  address: string;
  /**
   * Opens a file below the address; the caller bounds what it reads.
   * @throws AppError `catalog/unavailable`; `details.status` is 404 when it is certain that there is no such file
   */
  open(relative: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

const unavailable = (address: string, status: number | null, why: string, cause?: unknown): AppError =>
  new AppError('catalog/unavailable', `The registry did not give ${address}: ${why}.`, { details: { address, status }, ...(cause === undefined ? {} : { cause }) });

const isHttp = (place: string): boolean => /^https?:\/\//i.test(place);

async function openFile(address: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const handle = await open(fileURLToPath(address));
    if ((await handle.stat()).isFile()) return handle.createReadStream() as AsyncIterable<Uint8Array>;
    await handle.close();
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
    throw unavailable(address, code === 'ENOENT' || code === 'ENOTDIR' ? 404 : null, `the file system says ${code}`, cause);
  }
  throw unavailable(address, 404, 'it is no file');
}

async function openHttp(address: string, fetch: CatalogFetch, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  let answer;
  try {
    answer = await fetch(address, { headers: { 'cache-control': 'max-age=0' }, ...(signal ? { signal } : {}) });
  } catch (cause) {
    throw unavailable(address, null, cause instanceof AppError ? cause.message.replace(/\.$/, '') : 'the network did not answer', cause);
  }
  if (answer.status !== 200 || !answer.body) throw unavailable(address, answer.status, `it answered with status ${answer.status}`);
  return answer.body;
}

/**
 * @param place a folder's path, a `file:` address or an http(s) address
 * @param fetch needed for http(s); the global one by default
 */
export function catalogSource(place: string, fetch: CatalogFetch = (address, options) => globalThis.fetch(address, options)): CatalogSource {
  const base = isHttp(place) ? place : /^file:/i.test(place) ? place : pathToFileURL(place).href;
  const address = base.endsWith('/') ? base : `${base}/`;
  return {
    address,
    open: (relative, signal) => {
      const target = new URL(relative, address).href;
      if (!target.startsWith(address)) return Promise.reject(unavailable(target, null, 'it lies outside the registry'));
      return isHttp(address) ? openHttp(target, fetch, signal) : openFile(target);
    },
  };
}
