import { Readable } from 'node:stream';
import { BaseFetcher } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { hasCode } from '../../contract/errors/app-error.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';
import type { CatalogSource } from './source.ts';

/** A metadata file that says the same as another one in other bytes: nobody honest writes it. Throws a plain Error. */
export function assertCanonical(bytes: Uint8Array): void {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const value = JSON.parse(text) as { signatures?: { sig?: unknown }[] };
  if (canonicalJson(value) !== text) throw new Error('metadata is not in canonical form');
  for (const { sig } of value.signatures ?? []) if (typeof sig !== 'string' || !/^[0-9a-f]+$/.test(sig)) throw new Error('a signature is not in canonical form');
}

/** Reads through a CatalogSource, and remembers a failure of the place itself, since tuf-js folds causes into its own text. */
export class SourceFetcher extends BaseFetcher {
  readonly #source: CatalogSource;
  readonly #signal: AbortSignal | undefined;
  /** The last failure of the place (not of what it served), or undefined. */
  failure: unknown;
  /** timestamp.json as it was served. */
  timestamp: Uint8Array | undefined;

  constructor(source: CatalogSource, signal?: AbortSignal) {
    super();
    this.#source = source;
    this.#signal = signal;
  }

  override async fetch(address: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const relative = address.slice(this.#source.address.length);
    try {
      return Readable.toWeb(Readable.from(this.#watched(await this.#source.open(relative, this.#signal)))) as ReadableStream<Uint8Array<ArrayBuffer>>;
    } catch (error) {
      const status = hasCode(error, 'catalog/unavailable') ? (error as { details: { status: number | null } }).details.status : null;
      const probe = /^metadata\/\d+\.root\.json$/.test(relative) && (status === 404 || status === 403);
      // tuf-js takes only this class of its own for "there is no newer root".
      if (probe) throw new DownloadHTTPError('there is no newer root', status);
      this.failure = error;
      throw error;
    }
  }

  /** A place that breaks off or is too slow has failed; what it served is not to blame. */
  async *#watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = chunks[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const piece = await iterator.next().catch((error: unknown) => { this.failure = error; ended = true; throw error; });
        ended ||= piece.done === true;
        if (piece.done) return;
        yield piece.value;
      }
    } finally {
      if (!ended) await iterator.return?.();
    }
  }

  override async downloadBytes(address: string, maximum: number): Promise<Buffer> {
    const bytes = await super.downloadBytes(address, maximum);
    assertCanonical(bytes);
    if (address.endsWith('/metadata/timestamp.json')) this.timestamp = bytes;
    return bytes;
  }
}
