/** Registries in every state, and what of their catalogs a page has to say more about. */
import type { FakeWorld } from './fake-core.ts';
import { namesake, NOW } from './fake-data.ts';

const other = { kind: 'hosted' as const, entries: 420, sequence: 9, syncedAt: NOW - 3_600_000, expiresAt: Date.now() + 400 * 86_400_000, syncing: false, fingerprint: '0f3c9a1b'.repeat(8), priority: 100, prefix: null, badRecords: [], error: null };
export const withRegistry = (world: FakeWorld, what: Partial<FakeWorld['registries'][number]>): void => { world.registries = [...world.registries, { ...other, id: 'company', name: 'Company', address: 'https://registry.example/', ...what }]; };
export const withRegistries = (world: FakeWorld): void => {
  world.registries = [
    ...world.registries,
    { ...other, id: 'company', name: 'Company', address: 'https://registry.example/', prefix: 'com.example', badRecords: ['com.other.thing: this registry may serve com.example only.', 'com.example.broken: its description is longer than 200 letters.'], error: { code: 'catalog/unavailable', message: 'Nothing answers at registry.example.' } },
    { ...other, id: 'forged', name: 'A registry with a very long name that somebody once gave to it', address: 'https://plugins.somebody-else.example/catalog/', error: { code: 'catalog/refused', message: 'The signature of timestamp.json is not by a key that its root names.' } },
    { ...other, id: 'old', name: 'Archive', kind: 'folder', address: '/home/ada/Shared/registry', expiresAt: NOW - 86_400_000 },
    { ...other, id: 'stale', name: 'Rarely seen', address: 'https://rare.example/', syncedAt: NOW - 30 * 86_400_000 },
    { ...other, id: 'busy', name: 'Busy', address: 'https://busy.example/', syncing: true },
  ];
};

/** A paid plugin that needs more than there is, and two that another registry serves as well. */
export const twoSources = (world: FakeWorld): void => {
  const alsoFrom = [{ registry: 'company', version: '3.0.0', publisher: namesake }];
  world.details['dev.troupe.inbox-triage'] = { alsoFrom, lacks: ['It needs a model that can think, and only the practice model is chosen here. Choose another in Settings › Models.', 'It uses tools of the plugin com.example.mail, which is not installed here.'] };
  world.details['dev.troupe.text-toolkit'] = { alsoFrom };
};
