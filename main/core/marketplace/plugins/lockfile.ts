/** `troupe.lock.yaml`: what is installed, exactly, so that it can be installed the same elsewhere. Written from the store. */
import { stringify } from 'yaml';
import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { readStrictYaml } from '../../../../packaging/index.ts';
import type { InstalledRow } from '../../base/store/index.ts';

const LOCKFILE_VERSION = 1;
/** The source of what came from this machine. */
export const SIDE_LOADED = 'side-loaded';

/** The text of the file; the same for the same set of plugins. */
export function lockfileOf(rows: readonly InstalledRow[]): string {
  const plugins = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, version, sha512, registry, reason, neededBy }) => ({
    id, version, sha512, source: registry ?? SIDE_LOADED, reason: reason === 'asked' ? 'asked' : `needed by ${neededBy.join(', ')}` }));
  return `# Written by Troupe. Install the same set elsewhere: troupe install --from troupe.lock.yaml\n${stringify({ lockfile_version: LOCKFILE_VERSION, plugins }, { lineWidth: 0 })}`;
}

const lockfileSchema = z.strictObject({
  lockfile_version: z.literal(LOCKFILE_VERSION),
  plugins: z.array(z.strictObject({ id: z.string(), version: z.string(), sha512: z.string(), source: z.string(), reason: z.string() })),
});
export type Locked = z.infer<typeof lockfileSchema>['plugins'][number];

/** @throws AppError `plugins/bad-manifest`, `core/bad-input` for a text that is no lockfile */
export function readLockfile(text: string): Locked[] {
  const read = z.safeParse(lockfileSchema, readStrictYaml(text, 'troupe.lock.yaml'));
  if (read.success) return read.data.plugins;
  const [issue] = read.error.issues;
  throw new AppError('core/bad-input', `This is no lockfile of version ${LOCKFILE_VERSION}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}. Write one with: troupe list --lockfile`, { details: { path: issue?.path.join('.') ?? '' } });
}
