import type { RegistryStatus } from '../../contract/model/catalog.ts';

/**
 * How far the copy of a catalog can be relied on. `refused`: what came did not hold, the copy stays; `failed`: nothing came;
 * `expired`: what its signer vouched for has run out; `stale`: long since anybody looked.
 */
export type RegistryState = 'syncing' | 'refused' | 'expired' | 'failed' | 'never' | 'stale' | 'fresh';

/** As the check-up counts it (main/core/checks.ts). */
const STALE_MS = 14 * 86_400_000;
const REFUSALS: ReadonlySet<string> = new Set(['catalog/refused', 'catalog/rollback']);

/** @param now ms UTC */
export function registryState({ kind, syncing, error, expiresAt, syncedAt }: RegistryStatus, now: number): RegistryState {
  if (syncing) return 'syncing';
  if (error !== null && REFUSALS.has(error.code)) return 'refused';
  // The app's own signature covers the embedded one: it neither runs out nor grows old.
  if (error?.code === 'catalog/expired' || (kind !== 'embedded' && expiresAt !== null && expiresAt < now)) return 'expired';
  if (error !== null) return 'failed';
  if (syncedAt === null) return 'never';
  return kind !== 'embedded' && now - syncedAt > STALE_MS ? 'stale' : 'fresh';
}

const WORST: readonly RegistryState[] = ['refused', 'expired', 'failed', 'never', 'stale'];

/** The first registry that a person should know of, or undefined when all are well. */
export function troubledRegistry(registries: readonly RegistryStatus[], now: number): { registry: RegistryStatus; state: RegistryState } | undefined {
  for (const state of WORST) {
    const registry = registries.find((one) => registryState(one, now) === state);
    if (registry) return { registry, state };
  }
  return undefined;
}
