/** Looks at the place of a registry that somebody wants to add. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { catalogSource, fingerprintOf, readFirstRoot, type CatalogFetch } from '../../../../packaging/index.ts';

export interface RegistryPlace { kind: 'folder' | 'hosted'; source: string; name: string }

/** Reads what a person wrote: a web address, a `file:` address or a whole path. @throws AppError `core/bad-input` */
export function placeOf(address: string): RegistryPlace {
  const text = address.trim();
  if (path.isAbsolute(text)) return { kind: 'folder', source: path.resolve(text), name: path.basename(path.resolve(text)) || text };
  const url = URL.parse(text);
  if (url?.protocol === 'file:') return placeOf(fileURLToPath(url));
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new AppError('core/bad-input', 'Expected the https address of a registry, or the whole path of its folder. Check how it is written.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw new AppError('core/bad-input', 'The address of a registry holds no user name, password, question mark or number sign. Leave them out.');
  return { kind: 'hosted', source: url.href.endsWith('/') ? url.href : `${url.href}/`, name: url.host };
}

/**
 * Fetches the first root of a registry, by which it is known.
 * @throws AppError `catalog/unavailable`, `catalog/refused`
 */
export async function firstRootOf(place: RegistryPlace, fetch: CatalogFetch, signal: AbortSignal): Promise<{ root: Uint8Array; fingerprint: string }> {
  const root = await readFirstRoot(catalogSource(place.source, fetch), signal);
  return { root, fingerprint: fingerprintOf(root) };
}
