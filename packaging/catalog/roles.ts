import { generateSigningKey, type SigningKey } from '../signatures/keys.ts';

/** The roles of a catalog. `targets` delegates `catalog/*` to `catalog`, whose key may be online. */
export const ROLES = ['root', 'targets', 'catalog', 'snapshot', 'timestamp'] as const;
export type Role = (typeof ROLES)[number];

/** Who signs what. `root` needs `rootThreshold` of its keys, each other role one. */
export interface CatalogKeys { root: readonly SigningKey[]; rootThreshold: number; targets: SigningKey; catalog: SigningKey; snapshot: SigningKey; timestamp: SigningKey }

/** Fresh keys: 2 of 3 for the root. The caller decides whether and where they are kept. */
export function generateCatalogKeys(): CatalogKeys {
  return {
    root: [generateSigningKey(), generateSigningKey(), generateSigningKey()], rootThreshold: 2,
    targets: generateSigningKey(), catalog: generateSigningKey(), snapshot: generateSigningKey(), timestamp: generateSigningKey(),
  };
}

const DAY = 86_400_000;

/** How long each role lives: a hosted registry's, a folder's (a year), the embedded one's (until 2099). Answers ms UTC. */
export function expiriesOf(kind: 'embedded' | 'folder' | 'hosted', now: number): Record<Role, number> {
  const all = (at: number): Record<Role, number> => ({ root: at, targets: at, catalog: at, snapshot: at, timestamp: at });
  if (kind === 'embedded') return all(Date.UTC(2099, 0, 1));
  if (kind === 'folder') return all(now + 365 * DAY);
  return { root: now + 365 * DAY, targets: now + 90 * DAY, catalog: now + 7 * DAY, snapshot: now + 7 * DAY, timestamp: now + 2 * DAY };
}
