/** The states of every screen that a person should look at: full, empty, failing, loading. */
import type { Page } from 'playwright-core';
import { createWorld, type FakeWorld } from './fake-core.ts';
import type { PageServer } from './page-server.ts';

export interface Scene { name: string; route: string; world(): FakeWorld; act?(page: Page, server: PageServer): Promise<void> }

const full = (): FakeWorld => createWorld();
const changed = (change: (world: FakeWorld) => void): (() => FakeWorld) => () => { const world = createWorld(); change(world); return world; };
const failure = { code: 'store/busy' as const, message: 'The database did not answer within 10 s.', retryable: true, details: {} };

export const scenes: Scene[] = [
  { name: 'marketplace-full', route: '/marketplace', world: full },
  { name: 'marketplace-filtered', route: '/marketplace?q=reserch&compatible=1&kind=agent', world: full },
  { name: 'marketplace-empty', route: '/marketplace?q=zzzz&price=paid', world: full },
  { name: 'marketplace-loading', route: '/marketplace', world: changed((world) => { world.delays.set('catalog.search', Infinity); }) },
  { name: 'marketplace-failing', route: '/marketplace', world: changed((world) => { world.failures.set('catalog.search', failure); }) },
  { name: 'marketplace-menu', route: '/marketplace', world: full, act: async (page) => { await page.getByRole('button', { name: /Filters/ }).click(); } },
  { name: 'plugin-new', route: '/marketplace/dev.troupe.research-assistant', world: full },
  { name: 'plugin-permissions', route: '/marketplace/dev.troupe.code-reviewer?tab=permissions', world: full },
  { name: 'plugin-configuration', route: '/marketplace/dev.troupe.code-reviewer?tab=configuration', world: full },
  { name: 'plugin-versions', route: '/marketplace/dev.troupe.code-reviewer?tab=versions', world: full },
  { name: 'plugin-dependencies', route: '/marketplace/dev.troupe.code-reviewer?tab=dependencies', world: full },
  { name: 'plugin-installed', route: '/marketplace/dev.troupe.spreadsheet-analyst', world: full },
  { name: 'plugin-uninstall', route: '/marketplace/dev.troupe.text-toolkit', world: full, act: async (page) => { await page.getByRole('button', { name: 'Uninstall' }).click(); } },
  { name: 'plugin-misfit', route: '/marketplace/dev.troupe.test-writer', world: full },
  { name: 'plugin-missing', route: '/marketplace/com.nobody.nothing', world: full },
  { name: 'install-consent', route: '/marketplace/dev.troupe.research-assistant', world: full, act: async (page) => { await page.getByRole('button', { name: 'Install', exact: true }).click(); await page.getByText('Decide what it may do').waitFor(); } },
  { name: 'install-done', route: '/marketplace/dev.troupe.research-assistant', world: changed((world) => { world.consent = null; }), act: async (page) => { await page.getByRole('button', { name: 'Install', exact: true }).click(); await page.getByText('is ready to use').waitFor(); } },
  { name: 'install-running', route: '/marketplace/dev.troupe.research-assistant', world: changed((world) => { world.stepMs = 700; }), act: async (page) => { await page.getByRole('button', { name: 'Install', exact: true }).click(); await page.getByText(/ of 184/).waitFor(); } },
  { name: 'install-failed', route: '/marketplace/dev.troupe.research-assistant', world: changed((world) => { world.failInstall = { code: 'plugins/digest-mismatch', message: 'research-assistant 1.1.0 was expected to have the SHA-512 0f3c… and has 9a1b….', retryable: false, details: { expected: '0f3c', got: '9a1b' } }; }), act: async (page) => { await page.getByRole('button', { name: 'Install', exact: true }).click(); await page.getByRole('alert').waitFor(); } },
  { name: 'plugins-full', route: '/plugins', world: full },
  { name: 'plugins-empty', route: '/plugins', world: () => createWorld({ empty: true }) },
  { name: 'plugins-loading', route: '/plugins', world: changed((world) => { world.delays.set('plugins.list', Infinity); }) },
  { name: 'plugins-failing', route: '/plugins', world: changed((world) => { world.failures.set('plugins.list', failure); }) },
  { name: 'settings-models', route: '/settings/models', world: full },
  { name: 'settings-models-empty', route: '/settings/models', world: () => createWorld({ empty: true }) },
  { name: 'settings-models-add', route: '/settings/models', world: full, act: async (page) => { await page.getByRole('button', { name: 'Add a provider' }).click(); } },
  { name: 'settings-keys', route: '/settings/keys', world: changed((world) => { world.keyState = { ...world.keyState, recoveryCodePending: true }; }) },
  { name: 'settings-appearance', route: '/settings/appearance', world: full },
  { name: 'settings-registries', route: '/settings/registries', world: changed((world) => { world.registries = [...world.registries.map((registry) => ({ ...registry })), { id: 'company', name: 'Company', kind: 'hosted', entries: 420, sequence: 9, syncedAt: null, expiresAt: null, syncing: false, error: { code: 'catalog/unavailable', message: 'Nothing answers at registry.example.' } }]; }) },
  { name: 'settings-about', route: '/settings/about', world: full },
  { name: 'settings-search', route: '/settings', world: full, act: async (page) => { await page.getByRole('searchbox').first().fill('dark'); } },
  { name: 'unlock-passphrase', route: '/', world: changed((world) => { world.keyState = { ...world.keyState, state: 'passphrase-needed', protectedBy: 'passphrase' }; }) },
  { name: 'unlock-recovery', route: '/', world: changed((world) => { world.keyState = { ...world.keyState, state: 'key-missing' }; }) },
  { name: 'unlock-keyring', route: '/', world: changed((world) => { world.keyState = { ...world.keyState, state: 'locked-keyring' }; }) },
  { name: 'unlock-new', route: '/', world: changed((world) => { world.keyState = { state: 'no-service', protectedBy: 'none', recoveryCodePending: false, encrypted: false }; }) },
  { name: 'palette', route: '/marketplace', world: full, act: async (page) => { await page.keyboard.press('Control+k'); await page.waitForTimeout(200); await page.keyboard.type('te'); await page.waitForTimeout(300); } },
  { name: 'link-lost', route: '/marketplace', world: full, act: async (page, server) => { await server.stop(); await page.waitForTimeout(900); } },
  { name: 'link-used-up', route: '/marketplace', world: full, act: async (page) => { await page.goto(page.url().replace('/marketplace', '/plugins#token=wrong')); await page.evaluate(() => { window.sessionStorage.clear(); }); await page.reload(); await page.waitForTimeout(400); } },
  { name: 'not-found', route: '/nowhere', world: full },
  { name: 'pseudo', route: '/marketplace', world: changed((world) => { world.settings = { ...world.settings, language: 'en-XA' }; }) },
];
