import { Metadata, MetadataKind } from '@tufjs/models';
import { AppError } from '../../contract/errors/app-error.ts';
import type { CatalogSource } from './source.ts';
import { assertCanonical } from './tuf-fetcher.ts';

const MAX_ROOT_BYTES = 512_000;

/**
 * The first root that a place serves: well-formed and signed by as many of its own keys as it asks for. Whether it is the
 * right one only its fingerprint says.
 * @throws AppError `catalog/unavailable`, `catalog/refused`
 */
export async function readFirstRoot(source: CatalogSource, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await source.open('metadata/1.root.json', signal)) {
    size += chunk.length;
    if (size > MAX_ROOT_BYTES) throw new AppError('catalog/refused', `The root that ${source.address} serves is larger than any root is. Check the address.`, { details: { address: source.address } });
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  try {
    assertCanonical(bytes);
    const root = Metadata.fromJSON(MetadataKind.Root, JSON.parse(bytes.toString('utf8')));
    root.verifyDelegate('root', root);
    if (root.signed.version !== 1) throw new Error(`it has the version ${root.signed.version}`);
  } catch (cause) {
    throw new AppError('catalog/refused', `What ${source.address} serves as its first root is none: ${cause instanceof Error ? cause.message : String(cause)}. Check the address, or tell whoever runs the registry.`, { details: { address: source.address }, cause });
  }
  return bytes;
}
