import { createHash, webcrypto } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Lower-case hex SHA-512 of bytes, computed off the main thread. */
export async function sha512Of(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-512', bytes as Uint8Array<ArrayBuffer>)).toString('hex');
}

/** Lower-case hex SHA-512 of a file, read as a stream. */
export async function sha512OfFile(file: string): Promise<string> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
