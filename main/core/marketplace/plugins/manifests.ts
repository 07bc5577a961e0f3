/** Manifests of installed plugins, parsed once for each digest. */
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { PluginsParts } from './parts.ts';

const KEPT = 500;

export interface Manifests {
  /** Those that are installed, by digest. */
  of(digests: readonly string[]): Promise<ReadonlyMap<string, Manifest>>;
}

export function createManifests(store: PluginsParts['store']): Manifests {
  const kept = new Map<string, Manifest>();
  return {
    async of(digests) {
      const unknown = digests.filter((digest) => !kept.has(digest));
      const rows = unknown.length === 0 ? [] : await store.read('installedManifests', { digests: unknown });
      // Written by this room from a manifest that had been parsed.
      const read = new Map(rows.map(({ sha512, manifest }) => [sha512, JSON.parse(manifest) as Manifest]));
      const found = new Map(digests.flatMap((digest) => {
        const manifest = kept.get(digest) ?? read.get(digest);
        return manifest ? [[digest, manifest] as const] : [];
      }));
      for (const [digest, manifest] of read) kept.set(digest, manifest);
      for (const digest of kept.keys()) if (kept.size > KEPT) kept.delete(digest);
      return found;
    },
  };
}
