/** `troupe.lock.yaml`: what is installed, exactly, so that it can be installed the same elsewhere. Written from the store. */
import { stringify } from 'yaml';
import type { InstalledRow } from '../../base/store/index.ts';

export const LOCKFILE_VERSION = 1;

/** The text of the file; the same for the same set of plugins. */
export function lockfileOf(rows: readonly InstalledRow[]): string {
  const plugins = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, version, sha512, registry, reason, neededBy }) => ({
    id, version, sha512, source: registry ?? 'side-loaded', reason: reason === 'asked' ? 'asked' : `needed by ${neededBy.join(', ')}` }));
  return `# Written by Troupe. Install the same set elsewhere: troupe install --from troupe.lock.yaml\n${stringify({ lockfile_version: LOCKFILE_VERSION, plugins }, { lineWidth: 0 })}`;
}
