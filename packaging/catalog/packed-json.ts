import { brotliDecompress } from 'node:zlib';
import { promisify } from 'node:util';
import { AppError } from '../../contract/errors/app-error.ts';

const MAX_JSON_BYTES = 128 * 1024 ** 2;

/** The value of a packed JSON file of a catalog. @throws AppError `catalog/refused` for what is none or unpacks to too much */
export async function unpackJson(bytes: Uint8Array): Promise<unknown> {
  try {
    return JSON.parse((await promisify<Uint8Array, object, Buffer>(brotliDecompress)(bytes, { maxOutputLength: MAX_JSON_BYTES })).toString('utf8')) as unknown;
  } catch (cause) {
    throw new AppError('catalog/refused', 'A list of the catalog cannot be unpacked: it is damaged or far too large. Nothing of it was taken.', { cause });
  }
}
