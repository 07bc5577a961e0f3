import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { AppError, hasCode, toWire } from '../../../../../contract/errors/app-error.ts';
import { isLoopbackHost, type Http } from '../../../base/http/index.ts';
import { failpoint } from '../../../base/observe/index.ts';
import type { Sleep } from '../chat-model.ts';

/** What is downloaded, and where to. `validator` is what the server called this very file when the part was begun. */
export interface Download { readonly address: string; readonly part: string; readonly validator: string | null }

export interface DownloadParts {
  readonly http: Pick<Http, 'fetch'>;
  readonly sleep: Sleep;
  /** Told before the first byte of a new file is written, and durable when it answers: without it nothing can be resumed. */
  readonly begun: (facts: { bytes: number | null; validator: string | null }) => Promise<void>;
}

/** Left free on the disk for everything else. */
const SPARE_BYTES = 256 * 1024 * 1024;
const CHECK_EVERY_BYTES = 64 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const MAX_TRIES = 4;
const FIRST_PAUSE_MS = 1_000;

/** An address that a model may come from: https, or a server on this machine. Errors: `core/bad-input`. */
export function readAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))) throw new AppError('core/bad-input', `Expected an address that begins with https://, got "${text.trim().slice(0, 80)}". Copy the address of the .gguf file itself.`);
  if (url.username !== '' || url.password !== '') throw new AppError('core/bad-input', 'An address must not hold a user name or a password. Use an address that needs none.');
  url.hash = '';
  return url;
}

/** Errors: `models/no-space` with the figures when so many more bytes do not fit on the disk of `folder`. */
export async function checkSpace(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free < bytes + SPARE_BYTES) throw noSpace(bytes, free);
}

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
const noSpace = (needed: number, free: number): AppError => new AppError('models/no-space', `${gigabytes(needed)} more are needed on the disk, and ${gigabytes(free)} are free; ${gigabytes(SPARE_BYTES)} are left to the rest of the system. Free some space and resume.`, { details: { needed, free } });

/** The length of what is there of a file, 0 when nothing is. */
export const lengthOf = (file: string): Promise<number> => stat(file).then(({ size }) => size, (error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return 0; throw error; });

/**
 * Brings the rest of a file. What is there already is kept when the server still has the very same file, and begun anew
 * otherwise. A broken connection is taken up again a few times. Returns when every byte is there and on the disk.
 * Errors: `models/unreachable`, `models/no-space`, `models/bad-file`, `core/offline`; the signal's reason when aborted.
 */
export async function download(file: Download, parts: DownloadParts, signal: AbortSignal): Promise<void> {
  let { validator } = file;
  const begun = async (facts: { bytes: number | null; validator: string | null }): Promise<void> => { validator = facts.validator; await parts.begun(facts); };
  for (let attempt = 1; ; attempt += 1) {
    const before = await lengthOf(file.part);
    try {
      await bring({ ...file, validator }, { ...parts, begun }, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!hasCode(error, 'core/unreachable', 'models/unreachable')) throw error;
      if (await lengthOf(file.part) > before) attempt = 1; // it goes on, however slowly
      if (attempt >= MAX_TRIES) throw keptFor(error);
      await parts.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), signal);
    }
  }
}

function keptFor(error: unknown): unknown {
  if (!hasCode(error, 'core/unreachable')) return error;
  const { message, details } = toWire(error);
  return new AppError('models/unreachable', `${message} What came is kept; resume when the connection is back.`, { details, cause: error });
}

async function bring(file: Download, parts: DownloadParts, signal: AbortSignal): Promise<void> {
  const has = await lengthOf(file.part);
  const from = file.validator === null ? 0 : has;
  const response = await ask(new URL(file.address), from === 0 ? {} : { 'range': `bytes=${from}-`, 'if-range': file.validator ?? '' }, parts, signal);
  const { host } = new URL(file.address);
  const range = response.status === 206 ? /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') : null;
  if (response.status === 206 && Number(range?.[1]) !== from) throw new AppError('models/unreachable', `${host} sent another part of the file than it was asked for. Cancel the download and begin it anew.`, { details: { host } });
  if (response.status !== 200 && response.status !== 206) {
    await response.body?.cancel();
    // Every byte was there when the core ended.
    if (response.status === 416 && response.headers.get('content-range') === `bytes */${from}`) return;
    throw new AppError(response.status >= 500 || response.status === 429 ? 'models/unreachable' : 'models/bad-file', `${host} answered with status ${response.status} instead of the file. Check the address; some models can only be downloaded after signing in.`, { details: { host, status: response.status } });
  }
  const start = response.status === 206 ? from : 0;
  const length = Number.parseInt(response.headers.get('content-length') ?? '', 10);
  const total = range?.[2] !== undefined && range[2] !== '*' ? Number(range[2]) : Number.isSafeInteger(length) ? start + length : null;
  if (total !== null) await checkSpace(path.dirname(file.part), total - start);
  if (start === 0) await parts.begun({ bytes: total, validator: validatorOf(response.headers) });
  await write(response, file.part, start, total, host, signal);
}

/** Names a file for ever: a strong entity tag, else the time of its last change. */
function validatorOf(headers: Headers): string | null {
  const tag = headers.get('etag');
  return tag !== null && tag.startsWith('"') ? tag : headers.get('last-modified');
}

/** Follows redirects itself, so that none leads from https to anything else, or from elsewhere to a server of this machine. */
async function ask(first: URL, headers: Record<string, string>, { http }: DownloadParts, signal: AbortSignal): Promise<Response> {
  let url = first;
  for (let hop = 0; ; hop += 1) {
    // Not encoded: ranges count the bytes of the file.
    const response = await http.fetch(url, { headers: { ...headers, 'accept-encoding': 'identity' }, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    if (hop >= MAX_REDIRECTS) throw new AppError('models/bad-file', `${url.host} redirects too often. Use the final address.`, { details: { host: url.host } });
    const next = readAddress(URL.parse(location, url)?.href ?? '');
    if (isLoopbackHost(next.hostname) && !isLoopbackHost(url.hostname)) throw new AppError('models/bad-file', `${url.host} leads to an address on this machine, which is not followed. Use the final address.`, { details: { host: url.host } });
    url = next;
  }
}

async function write(response: Response, part: string, start: number, total: number | null, host: string, signal: AbortSignal): Promise<void> {
  const handle = await open(part, start === 0 ? 'w' : 'r+', 0o600);
  try {
    let at = start;
    let checked = start;
    let magic = start === 0 ? Buffer.alloc(0) : null;
    for await (const chunk of response.body ?? []) {
      signal.throwIfAborted();
      if (magic) {
        magic = Buffer.concat([magic, chunk]);
        if (magic.byteLength >= 4 && magic.subarray(0, 4).toString('latin1') !== 'GGUF') throw new AppError('models/bad-file', `What ${host} sends is no GGUF file. Copy the address of the .gguf file itself, not that of the page about it.`, { details: { host } });
        if (magic.byteLength >= 4) magic = null;
      }
      if (total !== null && at + chunk.byteLength > total) throw new AppError('models/bad-file', `${host} sends more than the ${total} bytes that it announced. Cancel the download and try another address.`, { details: { host } });
      await handle.write(chunk, 0, chunk.byteLength, at);
      at += chunk.byteLength;
      failpoint('models.download.chunk');
      if (at - checked >= CHECK_EVERY_BYTES) {
        checked = at;
        await checkSpace(path.dirname(part), total === null ? 0 : total - at);
      }
    }
    if (total !== null && at < total) throw new AppError('models/unreachable', `The connection to ${host} broke off after ${at} of ${total} bytes. What came is kept; resume to get the rest.`, { details: { host } });
    await handle.sync();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) throw noSpace(total === null ? 0 : total - start, 0);
    throw error;
  } finally {
    await handle.close();
  }
}

/** Errors: `models/checksum` when the file is another one than the person expects. */
export async function checkSha256(file: string, expected: string, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal })) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found !== expected) throw new AppError('models/checksum', `The file has the SHA-256 ${found.slice(0, 16)}…, and ${expected.slice(0, 16)}… was given. It is not the file that you expect, or it was damaged on its way. Cancel it, and check where the sum and the address come from.`, { details: { expected, found } });
}
