import { describe, expect, it } from 'vitest';
import type { RegistryStatus } from '../../../contract/model/catalog.ts';
import { registryState, troubledRegistry } from '../../../renderer/lib/registry-state.ts';

const NOW = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;
const registry = (change: Partial<RegistryStatus> = {}): RegistryStatus => ({ id: 'a', name: 'A', kind: 'hosted', entries: 1, sequence: 1, syncedAt: NOW - 1_000, expiresAt: NOW + DAY, syncing: false, error: null, address: 'https://a.example/', fingerprint: 'ab'.repeat(32), priority: 100, prefix: null, badRecords: [], ...change });
const failed = (code: string) => ({ error: { code, message: 'It did not work.' } });

describe('D7 D8 the state of a registry', () => {
  it.each([
    ['fresh', {}], ['syncing', { syncing: true, ...failed('catalog/refused') }], ['refused', failed('catalog/refused')], ['refused', failed('catalog/rollback')], ['expired', failed('catalog/expired')],
    ['expired', { expiresAt: NOW - 1 }], ['expired', { expiresAt: NOW - 1, ...failed('catalog/unavailable') }], ['failed', failed('catalog/unavailable')], ['never', { syncedAt: null, expiresAt: null }], ['stale', { syncedAt: NOW - 15 * DAY, expiresAt: NOW + DAY }],
    ['fresh', { kind: 'embedded', syncedAt: NOW - 400 * DAY, expiresAt: NOW - DAY }],
  ] as const)('is %s', (state, change) => { expect(registryState(registry(change), NOW)).toBe(state); });

  it('names the worst one first', () => {
    expect(troubledRegistry([registry()], NOW)).toBeUndefined();
    expect(troubledRegistry([registry({ syncedAt: null }), registry({ id: 'b', ...failed('catalog/refused') })], NOW)).toMatchObject({ state: 'refused', registry: { id: 'b' } });
  });
});
