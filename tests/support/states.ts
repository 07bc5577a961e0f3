/** Every screen in every state that it can be in. Each names its route, how it comes about, and what is seen once it is there. */
import type { Locator, Page } from 'playwright-core';
import type { KeyState } from '../../contract/model/credentials.ts';
import { scriptSends, startRun, talk } from '../renderer/chat/scripted-run.ts';
import type { PluginCall } from '../../contract/model/plugin.ts';
import { makeAuditRows } from './fake-audit.ts';
import { NOW, permission } from './fake-data.ts';
import { twoSources, withRegistries, withRegistry } from './fake-registries.ts';
import { createWorld, type FakeWorld } from './fake-core.ts';
import { someServers } from './fake-mcp.ts';
import { connection } from './fake-tools.ts';
import { makeModelFile } from './fake-models.ts';
import { fullWorld } from './full-world.ts';
import type { PageServer } from './page-server.ts';
import { concerned, configured, SHEET, withConfigurationFile, withUpdates } from './plugin-worlds.ts';
import { RICH } from './rich-text.ts';

export type Kind = 'full' | 'empty' | 'failing' | 'loading' | 'locked' | 'detail';

export interface State {
  name: string;
  /** A path of renderer/app/routes.tsx; `gate` stands before all of them. */
  route: string;
  kind: Kind;
  address: string;
  world(): FakeWorld;
  /** The build that the core says it is; default the page's own. */
  build?: string;
  act?(page: Page, world: FakeWorld, server: PageServer): Promise<void>;
  /** There when the state is reached. */
  shows(page: Page): Locator;
  /** The browser's own console lines about a core that is away belong to it. */
  refused?: boolean;
}

const PLUGIN = '/marketplace/dev.troupe.research-assistant';
const failure = { code: 'store/busy' as const, message: 'The database did not answer within 10 s.', retryable: true, details: {} };
const empty = (): FakeWorld => createWorld({ empty: true });
const some = (change: (world: FakeWorld) => void = () => undefined) => (): FakeWorld => { const world = fullWorld(); change(world); return world; };
const fails = (...procedures: string[]) => some((world) => { for (const procedure of procedures) world.failures.set(procedure, failure); });
const waits = (...procedures: string[]) => some((world) => { for (const procedure of procedures) world.delays.set(procedure, Infinity); });
const locked = (keys: Partial<KeyState>) => some((world) => { world.keyState = { ...world.keyState, ...keys }; });
const fresh = (change: (world: FakeWorld) => void = () => undefined) => (): FakeWorld => { const world = empty(); world.settings = { ...world.settings, onboardingDone: false }; change(world); return world; };

/** What brings most of the team came from this machine. */
const unsigned = (world: FakeWorld): void => { for (const [id, plugin] of world.installed) if (world.hires.some(({ pluginId }) => pluginId === id)) world.installed.set(id, { ...plugin, sideLoaded: true }); };

const withConnections = (world: FakeWorld): void => {
  const status = { message: null, checkedAt: Date.now() - 60_000, retryAt: null };
  world.tools.connections = [
    connection('c-1', 'search', 'Company search', { place: '127.0.0.1:8888', agents: ['hire-1', 'own-cook'], status: { ...status, state: 'ready', message: 'It answers, with 3 results for "weather".' } }, { provider: 'searxng', address: 'http://127.0.0.1:8888' }),
    connection('c-2', 'slack', 'Team', { place: '#team', agents: ['hire-2'] }, { channel: '#team' }),
    connection('c-3', 'http', 'A service with a name so long that it has to go on in the next line of the row', { status: { ...status, state: 'open', message: 'api.example.com answered 503.', retryAt: NOW + 60_000 } }, { address: 'https://api.example.com/v1', access: 'write' }),
    connection('c-4', 'webhook', 'Alerts', { status: { ...status, state: 'failing', message: 'The webhook answered 404 Not Found: no such hook.' } }, { address: 'https://api.example.com/hook' }),
  ];
  world.tools.circuits = [{ host: 'api.example.com', failures: 5, retryAt: NOW + 60_000, message: 'api.example.com answered 503.' }, { host: '127.0.0.1:8888', failures: 2, retryAt: null, message: '127.0.0.1:8888 did not answer.' }];
};
/** Models of this machine in every state. */
const modelsHere = (world: FakeWorld): void => {
  const GIB = 1024 ** 3;
  const large = makeModelFile('glacier', { name: 'Glacier 70B Q4_K_M', bytes: 42.5 * GIB, linked: true, address: null });
  world.modelFiles = [
    makeModelFile('meadow', { loaded: true }), { ...large, details: large.details && { ...large.details, parameters: 70_600_000_000, contextLength: 1_024, memory: { weights: 42.5 * GIB, cache: 0.3 * GIB, work: 0.3 * GIB, total: 43.1 * GIB }, fits: false } },
    makeModelFile('brook', { name: 'brook-3b-instruct.Q8_0', state: 'downloading', bytes: 3.4 * GIB, received: 1.2 * GIB, details: null }), makeModelFile('fern', { name: 'fern-1b.Q4_0', state: 'paused', bytes: 0.8 * GIB, received: 0.1 * GIB, details: null }),
    makeModelFile('moss', { name: 'moss-7b.Q5_K_M', state: 'failed', bytes: 5.1 * GIB, received: 0, details: null, error: { code: 'models/no-space', message: '5.1 GiB more are needed on the disk, and 2.0 GiB are free; 0.3 GiB are left to the rest of the system. Free some space and resume.' } }),
  ];
};

const heading = (name: string | RegExp) => (page: Page): Locator => page.getByRole('heading', { name });
const text = (words: string | RegExp) => (page: Page): Locator => page.getByText(words).first();
const alert = (page: Page): Locator => page.getByRole('alert').first();
const skeleton = (page: Page): Locator => page.locator('.mantine-Skeleton-root, [data-skeleton]').first();
const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: typeof name === 'string' });
const install = async (page: Page): Promise<void> => { await button(page, 'Install').click(); };
const next = async (page: Page, times: number): Promise<void> => { for (let time = 0; time < times; time += 1) await page.getByRole('dialog').getByRole('button', { name: 'Next' }).click(); };
const atMessageStep = async (page: Page): Promise<void> => {
  await heading('How should your agents think?')(page).waitFor();
  await page.evaluate(() => { localStorage.setItem('troupe-onboarding', JSON.stringify({ state: { step: 'message', pluginId: null, hireId: 'hire-1' }, version: 1 })); });
  await page.reload();
};

const home: State[] = [
  { name: 'home', route: '/', kind: 'full', address: '/', world: some(), shows: heading('Needs you') },
  { name: 'home-empty', route: '/', kind: 'empty', address: '/', world: empty, shows: text('Welcome to Troupe') },
  { name: 'home-failing', route: '/', kind: 'failing', address: '/', world: fails('team.list'), shows: alert },
  { name: 'home-loading', route: '/', kind: 'loading', address: '/', world: waits('team.list'), shows: skeleton },
  { name: 'palette', route: '/', kind: 'detail', address: '/', world: some(), act: async (page) => { await heading('Needs you')(page).waitFor(); await page.keyboard.press('Control+k'); await page.getByRole('textbox', { name: 'Search or run a command' }).fill('te'); }, shows: text('Search the marketplace for') },
  { name: 'opening-refused', route: '/', kind: 'failing', address: `/?link=${encodeURIComponent('troupe://approve/c1-1')}`, world: some(), shows: (page) => page.getByRole('dialog').getByText('Nothing was installed') },
  { name: 'offline', route: '/', kind: 'detail', address: '/', world: some((world) => { world.settings = { ...world.settings, offline: true, sidebarCollapsed: true }; }), shows: (page) => page.getByRole('link', { name: /^Offline mode is on/ }) },
];

const marketplace: State[] = [
  { name: 'marketplace', route: 'marketplace', kind: 'full', address: '/marketplace', world: some(), shows: (page) => page.getByRole('article').first() },
  { name: 'marketplace-filtered', route: 'marketplace', kind: 'detail', address: '/marketplace?q=reserch&compatible=1&kind=agent', world: some(), shows: text('Showing results for') },
  { name: 'marketplace-empty', route: 'marketplace', kind: 'empty', address: '/marketplace?q=zzzz&price=paid', world: some(), shows: text('Nothing found for') },
  { name: 'marketplace-nothing', route: 'marketplace', kind: 'empty', address: '/marketplace', world: () => createWorld({ entries: 0, empty: true }), shows: text('Nothing here yet') },
  { name: 'marketplace-failing', route: 'marketplace', kind: 'failing', address: '/marketplace', world: fails('catalog.search'), shows: alert },
  { name: 'marketplace-loading', route: 'marketplace', kind: 'loading', address: '/marketplace', world: waits('catalog.search'), shows: skeleton },
  { name: 'marketplace-menu', route: 'marketplace', kind: 'detail', address: '/marketplace', world: some(), act: async (page) => { await button(page, /Filters/).click(); }, shows: (page) => page.getByText('Fits this app').last() },
  { name: 'marketplace-saved', route: 'marketplace', kind: 'detail', address: '/marketplace', world: some((world) => { world.settings = { ...world.settings, savedSearches: [{ address: 'q=notes&kind=agent', newest: 0 }, { address: 'category=data&price=free', newest: Date.now() }] }; }), act: async (page) => { for (const name of ['Text Toolkit', 'Research Assistant']) await button(page, `Put ${name} aside to compare`).dispatchEvent('click'); }, shows: text(/new or updated/) },
  { name: 'marketplace-chips', route: 'marketplace', kind: 'detail', address: '/marketplace?kind=agent&publisher=northwind&tag=offline&installed=0&registry=company&compatible=1&rating=3', world: some((world) => { withRegistries(world); world.registries = world.registries.map((one) => ({ ...one, syncing: false })); }), shows: (page) => button(page, 'Clear the filters').first() },
  { name: 'marketplace-stale', route: 'marketplace', kind: 'detail', address: '/marketplace', world: some((world) => { withRegistry(world, { syncedAt: NOW - 30 * 86_400_000 }); }), shows: text(/^Company was not synced for more than two weeks/) },
  { name: 'marketplace-expired', route: 'marketplace', kind: 'detail', address: '/marketplace', world: some((world) => { withRegistry(world, { expiresAt: NOW - 86_400_000 }); }), shows: text(/^The catalog of Company has run out/) },
  { name: 'marketplace-refused', route: 'marketplace', kind: 'detail', address: '/marketplace', world: some((world) => { withRegistry(world, { error: { code: 'catalog/refused', message: 'The signature of timestamp.json is not by a key that its root names.' } }); }), shows: text(/^What Company sent was refused/) },
  { name: 'marketplace-offline', route: 'marketplace', kind: 'detail', address: '/marketplace', world: some((world) => { world.settings = { ...world.settings, offline: true }; }), shows: text(/^Offline mode is on\. .* Catalog synced /) },
  { name: 'compare', route: 'marketplace/compare', kind: 'full', address: '/marketplace/compare?ids=dev.troupe.text-toolkit,dev.troupe.code-reviewer,dev.troupe.test-writer', world: some(), shows: (page) => page.getByRole('table') },
  { name: 'compare-nothing', route: 'marketplace/compare', kind: 'empty', address: '/marketplace/compare', world: some(), shows: text('Nothing to compare') },
  { name: 'compare-failing', route: 'marketplace/compare', kind: 'failing', address: '/marketplace/compare?ids=dev.troupe.text-toolkit,dev.troupe.code-reviewer', world: fails('catalog.get'), shows: alert },
  { name: 'compare-loading', route: 'marketplace/compare', kind: 'loading', address: '/marketplace/compare?ids=dev.troupe.text-toolkit', world: waits('catalog.get'), shows: skeleton },
  { name: 'marketplace-many', route: 'marketplace', kind: 'detail', address: '/marketplace', world: () => createWorld({ entries: 10_000 }), shows: text('10,000 plugins') },
];


const plugin: State[] = [
  { name: 'plugin', route: 'marketplace/:id', kind: 'full', address: PLUGIN, world: some(), shows: heading('What it does') },
  ...(['permissions', 'configuration', 'versions', 'dependencies'] as const).map((tab): State => ({ name: `plugin-${tab}`, route: 'marketplace/:id', kind: 'detail', address: `/marketplace/dev.troupe.code-reviewer?tab=${tab}`, world: some(), shows: (page) => page.getByRole('tabpanel') })),
  { name: 'plugin-reviews', route: 'marketplace/:id', kind: 'full', address: `${PLUGIN}?tab=reviews`, world: some(), shows: text('Does what it says') },
  { name: 'plugin-reviews-nobody', route: 'marketplace/:id', kind: 'empty', address: '/marketplace/dev.troupe.spreadsheet-analyst?tab=reviews', world: some(), shows: text('Nobody has written about it yet') },
  { name: 'plugin-reviews-failing', route: 'marketplace/:id', kind: 'failing', address: `${PLUGIN}?tab=reviews`, world: fails('catalog.reviews'), shows: alert },
  { name: 'plugin-sources', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.inbox-triage', world: some((world) => { withRegistries(world); twoSources(world); }), shows: text('Show that of Company') },
  { name: 'plugin-other-source', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.text-toolkit?registry=company', world: some((world) => { withRegistries(world); twoSources(world); }), shows: text('Yours came from elsewhere') },
  { name: 'plugin-linked', route: 'marketplace/:id', kind: 'detail', address: `${PLUGIN}?version=9.9.9`, world: some(), shows: text('There is no version 9.9.9 to install') },
  { name: 'plugin-linked-elsewhere', route: 'marketplace/:id', kind: 'detail', address: `${PLUGIN}?registry=${'cd'.repeat(32)}`, world: some(), shows: text('What is shown here comes from') },
  { name: 'plugin-configure', route: 'marketplace/:id', kind: 'full', address: `/marketplace/${SHEET}?tab=configuration`, world: some((world) => { configured(world, ['api_key', 'endpoint']); }), shows: text('It needs to be set up') },
  { name: 'plugin-configure-wrong', route: 'marketplace/:id', kind: 'detail', address: `/marketplace/${SHEET}?tab=configuration`, world: some((world) => { configured(world, ['api_key', 'endpoint']); }), act: async (page) => { await page.getByRole('textbox', { name: /Address of the service/ }).fill('api.example.com'); await page.getByRole('textbox', { name: /Most results/ }).fill('many'); await page.getByRole('textbox', { name: /Hosts of your own/ }).fill('https://api.example.com/v1'); await button(page, 'Save and check').click(); }, shows: text('Enter a whole address') },
  { name: 'plugin-configure-checked', route: 'marketplace/:id', kind: 'detail', address: `/marketplace/${SHEET}?tab=configuration`, world: some((world) => { configured(world, []); world.check = { credentials: { state: 'failed', message: 'The service answered 401: the key {{secret:api_key}} is not known to it.' }, health: { state: 'ok', message: null } }; }), act: async (page) => { await button(page, 'Remove the secret API key…').click(); await button(page, 'Check').click(); }, shows: text('The plugin says that this does not work.') },
  { name: 'plugin-configure-failing', route: 'marketplace/:id', kind: 'failing', address: `/marketplace/${SHEET}?tab=configuration`, world: fails('plugins.configuration'), shows: alert },
  { name: 'plugin-configure-loading', route: 'marketplace/:id', kind: 'loading', address: `/marketplace/${SHEET}?tab=configuration`, world: waits('plugins.configuration'), shows: skeleton },
  { name: 'plugin-configure-nothing', route: 'marketplace/:id', kind: 'empty', address: '/marketplace/dev.troupe.text-toolkit?tab=configuration', world: some((world) => { configured(world, [], 'dev.troupe.text-toolkit', []); }), shows: text('There is nothing to configure.') },
  { name: 'plugin-installed', route: 'marketplace/:id', kind: 'full', address: '/marketplace/dev.troupe.spreadsheet-analyst', world: some(), shows: heading('On this machine') },
  { name: 'plugin-stuck', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.text-toolkit', world: some((world) => { concerned(world); world.misfits = true; }), act: async (page) => { await text(/^So it cannot go back now/)(page).scrollIntoViewIfNeeded(); }, shows: text(/^So it cannot go back now/) },
  { name: 'plugin-uninstall', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.text-toolkit', world: some(), act: async (page) => { await button(page, /^Uninstall/).click(); }, shows: (page) => page.getByRole('dialog') },
  { name: 'plugin-change', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.text-toolkit', world: some(withUpdates), act: async (page) => { await button(page, 'Update…').click(); }, shows: text('Newly asks for: Send data to and read from more.example.com') },
  { name: 'plugin-version-menu', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.spreadsheet-analyst', world: some(withUpdates), act: async (page) => { await button(page, /^Version 1/).click(); }, shows: (page) => page.getByRole('menuitem').first() },
  { name: 'plugin-switch-off', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.text-toolkit', world: some(concerned), act: async (page) => { await page.getByRole('switch', { name: /^On/ }).click(); }, shows: (page) => page.getByRole('dialog') },
  { name: 'plugins-drop', route: 'plugins', kind: 'detail', address: '/plugins', world: some(), act: async (page) => {
    await button(page, 'From this computer').waitFor();
    await page.evaluate(() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'a.troupe')); document.dispatchEvent(new DragEvent('dragenter', { dataTransfer: data, bubbles: true })); });
  }, shows: text('Drop a .troupe archive to install it, unsigned') },
  { name: 'plugins-dropped', route: 'plugins', kind: 'detail', address: '/plugins', world: some((world) => { world.settings = { ...world.settings, developerMode: true }; }), act: async (page) => {
    await button(page, 'From this computer').waitFor();
    await page.evaluate(() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'a.troupe')); document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); });
  }, shows: (page) => page.getByRole('dialog', { name: /com\.example\.own-tools/ }) },
  { name: 'plugin-unsigned', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/com.example.own-tools', world: some((world) => { const [text] = [...world.installed.values()]; if (text) world.installed.set('com.example.own-tools', { ...text, id: 'com.example.own-tools', name: 'Own Tools', hiredAs: [], sideLoaded: true, registry: '', publisher: { id: 'side-loaded', name: 'Ada', tier: 'tier3', verified: false, website: null }, developedIn: { path: '/home/ada/projects/own-tools', problem: 'plugin.yaml, line 4: expected a version such as 1.0.0, got "one".' } }); }), shows: text('What is in the folder now was not taken.') },
  { name: 'plugin-misfit', route: 'marketplace/:id', kind: 'detail', address: '/marketplace/dev.troupe.test-writer', world: some(), shows: text('It does not fit this app') },
  { name: 'plugin-missing', route: 'marketplace/:id', kind: 'empty', address: '/marketplace/com.nobody.nothing', world: some(), shows: heading('There is no plugin com.nobody.nothing') },
  { name: 'plugin-failing', route: 'marketplace/:id', kind: 'failing', address: PLUGIN, world: fails('catalog.get'), shows: alert },
  { name: 'plugin-loading', route: 'marketplace/:id', kind: 'loading', address: PLUGIN, world: waits('catalog.get'), shows: skeleton },
  { name: 'install-running', route: 'marketplace/:id', kind: 'detail', address: PLUGIN, world: some((world) => { world.stepMs = 600_000; }), act: install, shows: (page) => page.getByRole('dialog').getByText('Work out what is needed') },
  { name: 'install-consent', route: 'marketplace/:id', kind: 'detail', address: PLUGIN, world: some(), act: install, shows: text('Decide what it may do') },
  { name: 'install-menu', route: 'marketplace/:id', kind: 'detail', address: PLUGIN, world: some(), act: async (page) => { await install(page); await page.getByText('Decide what it may do').waitFor(); await page.keyboard.press('Escape'); await page.getByRole('banner').getByRole('button', { name: /waits for your decision|Decide/ }).click(); }, shows: (page) => page.getByRole('menuitem').first() },
  { name: 'install-done', route: 'marketplace/:id', kind: 'detail', address: PLUGIN, world: some((world) => { world.consent = null; }), act: install, shows: text(/is ready to use/) },
  { name: 'install-failed', route: 'marketplace/:id', kind: 'failing', address: PLUGIN, world: some((world) => { world.failInstall = { code: 'plugins/digest-mismatch', message: 'research-assistant 1.1.0 was expected to have the SHA-512 0f3c… and has 9a1b….', retryable: false, details: { expected: '0f3c', got: '9a1b' } }; }), act: install, shows: alert },
];

const loadConfiguration = async (page: Page): Promise<void> => { await page.getByLabel('Load a configuration…').setInputFiles({ name: 'troupe.config.yaml', mimeType: 'text/yaml', buffer: Buffer.from('config_version: 1') }); };
const plugins: State[] = [
  { name: 'plugins', route: 'plugins', kind: 'full', address: '/plugins', world: some(), shows: (page) => page.getByRole('listitem').filter({ hasText: 'Text Toolkit' }) },
  { name: 'plugins-updates', route: 'plugins', kind: 'full', address: '/plugins?show=updates', world: some((world) => { withUpdates(world); concerned(world); }), act: async (page) => { await button(page, 'What changed in Text Toolkit').click(); }, shows: text('Counts words of any language') },
  { name: 'plugins-current', route: 'plugins', kind: 'empty', address: '/plugins?show=updates', world: some(), shows: text('Everything is up to date') },
  { name: 'plugins-none', route: 'plugins', kind: 'empty', address: '/plugins?show=disabled', world: some(), shows: text('Everything is switched on') },
  { name: 'plugins-chosen', route: 'plugins', kind: 'detail', address: '/plugins', world: some(withUpdates), act: async (page) => { await page.getByLabel('Choose all').check(); }, shows: text('2 chosen') },
  { name: 'plugins-bulk', route: 'plugins', kind: 'detail', address: '/plugins', world: some(withUpdates), act: async (page) => { await page.getByLabel('Choose all').check(); await button(page, 'Uninstall…').click(); }, shows: (page) => page.getByRole('dialog') },
  { name: 'plugins-from-here', route: 'plugins', kind: 'detail', address: '/plugins', world: some(), act: async (page) => { await button(page, 'From this computer').click(); }, shows: (page) => page.getByRole('menuitem', { name: 'Install an archive…' }) },
  { name: 'plugins-needs-mode', route: 'plugins', kind: 'detail', address: '/plugins', world: some(), act: async (page) => { await button(page, 'From this computer').click(); await page.getByRole('menuitem', { name: 'Install an archive…' }).click(); }, shows: text('This needs developer mode') },
  { name: 'plugins-set', route: 'plugins', kind: 'detail', address: '/plugins', world: some(), act: async (page) => { await page.getByLabel('Install a set from a file…').setInputFiles({ name: 'troupe.lock.yaml', mimeType: 'text/yaml', buffer: Buffer.from('lockfile_version: 1') }); }, shows: (page) => button(page, 'Install 1 change') },
  { name: 'plugins-configuration', route: 'plugins', kind: 'detail', address: '/plugins', world: some(withConfigurationFile), act: loadConfiguration, shows: text('What the file leaves to you') },
  { name: 'plugins-configuration-failing', route: 'plugins', kind: 'failing', address: '/plugins', world: fails('plugins.compareConfiguration'), act: loadConfiguration, shows: alert },
  { name: 'plugins-configuration-loading', route: 'plugins', kind: 'loading', address: '/plugins', world: waits('plugins.compareConfiguration'), act: loadConfiguration, shows: skeleton },
  { name: 'plugins-menu', route: 'plugins', kind: 'detail', address: '/plugins', world: some(), act: async (page) => { await button(page, 'Actions for Text Toolkit').click(); }, shows: (page) => page.getByRole('menuitem', { name: 'Uninstall…' }) },
  { name: 'plugins-empty', route: 'plugins', kind: 'empty', address: '/plugins', world: empty, shows: text('No plugins yet') },
  { name: 'plugins-failing', route: 'plugins', kind: 'failing', address: '/plugins', world: fails('plugins.list'), shows: alert },
  { name: 'plugins-loading', route: 'plugins', kind: 'loading', address: '/plugins', world: waits('plugins.list'), shows: skeleton },
];

const sheet = 'dev.troupe.spreadsheet-analyst';
const toolkit = 'dev.troupe.text-toolkit';
const callOf = (id: number, change: Partial<PluginCall> = {}): PluginCall => ({ id, pluginId: sheet, runId: 'run-1', toolId: `${sheet}/aggregate`, at: NOW - id * 3_600_000, durationMs: 412, cpuMs: 38.4, memoryBytes: 14_680_064, hostCalls: 3, error: null, logs: ['info: read sales.csv', 'info: 2 rows'], hosts: [], ...change });
const asking = some((world) => {
  world.revoked.add(`${sheet} models:20`);
  const plugin = world.installed.get(toolkit);
  if (plugin) world.installed.set(toolkit, { ...plugin, permissions: [permission('network:api.example.com'), permission('secret_read:api_key', 'high'), permission('storage:1048576')] });
  world.approvals = [{ hireId: 'hire-1', hireName: 'Ada', toolId: `${sheet}/write_report`, decision: 'allow', scope: 'always', at: NOW - 86_400_000 }, { hireId: 'hire-1', hireName: 'Ada', toolId: 'builtin.calculator', decision: 'deny', scope: 'conversation:talk-1', at: NOW }];
});
const permissions: State[] = [
  { name: 'permissions', route: 'plugins/permissions', kind: 'full', address: '/plugins/permissions', world: asking, shows: text('Kept answers about tools') },
  { name: 'permissions-unsigned', route: 'plugins/permissions', kind: 'detail', address: '/plugins/permissions', world: () => { const world = asking(); unsigned(world); return world; }, shows: text('Unsigned') },
  { name: 'permissions-revoked', route: 'plugins/permissions', kind: 'detail', address: `/plugins/permissions?plugin=${toolkit}`, world: asking, act: async (page) => { await button(page, /^Take back from Text Toolkit: Send/).click(); }, shows: (page) => page.getByRole('button', { name: 'Undo' }) },
  { name: 'permissions-empty', route: 'plugins/permissions', kind: 'empty', address: '/plugins/permissions', world: empty, shows: text('Nothing asks for a permission') },
  { name: 'permissions-failing', route: 'plugins/permissions', kind: 'failing', address: '/plugins/permissions', world: fails('plugins.permissions'), shows: alert },
  { name: 'permissions-loading', route: 'plugins/permissions', kind: 'loading', address: '/plugins/permissions', world: waits('plugins.permissions'), shows: skeleton },
  { name: 'plugin-activity', route: 'marketplace/:id', kind: 'full', address: `/marketplace/${sheet}?tab=activity`, shows: text(/38 ms of computing · 15 MB of memory/),
    world: some((world) => { world.pluginCalls = [callOf(1), callOf(2, { hosts: [{ host: 'GET api.example.com', count: 10_000 }], logs: [] }), callOf(3, { error: { code: 'permission/denied', message: 'The permission network:api.example.com is needed to reach api.example.com and was not granted.', permission: 'network:api.example.com' } })]; }) },
  { name: 'plugin-activity-empty', route: 'marketplace/:id', kind: 'empty', address: `/marketplace/${sheet}?tab=activity`, world: some(), shows: text('Nothing yet') },
  { name: 'plugin-activity-failing', route: 'marketplace/:id', kind: 'failing', address: `/marketplace/${sheet}?tab=activity`, world: fails('plugins.calls'), shows: alert },
];
const lived = (count: number) => some((world) => { world.audit = makeAuditRows(count); });
const audit: State[] = [
  { name: 'settings-audit', route: 'settings/:section?', kind: 'full', address: '/settings/audit', world: lived(900), shows: text('10,000 times') },
  { name: 'settings-audit-open', route: 'settings/:section?', kind: 'detail', address: '/settings/audit', world: lived(900), act: async (page) => { await button(page, 'Check').click(); await page.locator('summary').nth(4).click(); }, shows: text('900 rows are as written') },
  { name: 'settings-audit-broken', route: 'settings/:section?', kind: 'detail', address: '/settings/audit', world: some((world) => { world.audit = makeAuditRows(12); world.auditProblem = { kind: 'changed', seq: 4, message: 'Row 4 was changed, or another row was put in its place.' }; }), act: async (page) => { await button(page, 'Check').click(); }, shows: text(/Row 4 was changed/) },
  { name: 'settings-audit-nothing', route: 'settings/:section?', kind: 'empty', address: '/settings/audit', world: lived(12), act: async (page) => { await page.getByRole('searchbox', { name: 'Search the audit list' }).fill('zzzz'); }, shows: text('No row fits these filters') },
  { name: 'settings-audit-empty', route: 'settings/:section?', kind: 'empty', address: '/settings/audit', world: empty, shows: text('Nothing yet') },
  { name: 'settings-audit-failing', route: 'settings/:section?', kind: 'failing', address: '/settings/audit', world: fails('audit.list'), shows: alert },
  { name: 'settings-audit-loading', route: 'settings/:section?', kind: 'loading', address: '/settings/audit', world: waits('audit.list'), shows: skeleton },
];

const team: State[] = [
  { name: 'team', route: 'team/*', kind: 'full', address: '/team', world: some(), shows: heading('Grace') },
  { name: 'team-menu', route: 'team/*', kind: 'detail', address: '/team', world: some(), act: async (page) => { await button(page, 'More actions for Ada').click(); }, shows: (page) => page.getByRole('menuitem', { name: 'Dismiss' }) },
  { name: 'team-menu-own', route: 'team/*', kind: 'detail', address: '/team', world: some(), act: async (page) => { await button(page, 'More actions for Remy').click(); }, shows: (page) => page.getByRole('menuitem', { name: 'Edit in the builder' }) },
  { name: 'team-unsigned', route: 'team/*', kind: 'detail', address: '/team', world: some(unsigned), shows: text('Unsigned') },
  { name: 'team-empty', route: 'team/*', kind: 'empty', address: '/team', world: empty, shows: text('Nobody on the team yet') },
  { name: 'team-failing', route: 'team/*', kind: 'failing', address: '/team', world: fails('team.list'), shows: alert },
  { name: 'team-loading', route: 'team/*', kind: 'loading', address: '/team', world: waits('team.list'), shows: skeleton },
  { name: 'hire-choose', route: 'team/*', kind: 'detail', address: '/team/hire', world: some(), shows: (page) => page.getByRole('dialog').getByText('Text Specialist') },
  { name: 'hire-unsigned', route: 'team/*', kind: 'detail', address: '/team/hire', world: some(unsigned), shows: (page) => page.getByRole('dialog').getByText('Unsigned') },
  { name: 'hire-nobody', route: 'team/*', kind: 'empty', address: '/team/hire', world: empty, shows: text('No installed plugin brings an agent') },
  { name: 'hire-failing', route: 'team/*', kind: 'failing', address: '/team/hire', world: fails('team.hireable'), shows: (page) => page.getByRole('dialog').getByRole('alert') },
  { name: 'hire-name', route: 'team/*', kind: 'detail', address: '/team/hire?plugin=dev.troupe.text-toolkit', world: some(), act: async (page) => { await page.getByRole('textbox', { name: 'Name' }).fill('ada'); await page.keyboard.press('Tab'); }, shows: text(/has this name already/) },
  { name: 'hire-model', route: 'team/*', kind: 'detail', address: '/team/hire?plugin=dev.troupe.text-toolkit', world: some(), act: (page) => next(page, 1), shows: (page) => page.getByRole('combobox', { name: 'Model' }) },
  { name: 'hire-folders', route: 'team/*', kind: 'detail', address: '/team/hire?plugin=dev.troupe.text-toolkit', world: some((world) => { world.folders.set('dev.troupe.text-toolkit', [{ key: 'data', access: 'read', path: null }, { key: 'out', access: 'write', path: '/home/ada/Documents/a very long folder name/with more/and more' }]); }), act: (page) => next(page, 2), shows: heading('Folders') },
  { name: 'hire-confirm', route: 'team/*', kind: 'detail', address: '/team/hire?plugin=dev.troupe.text-toolkit', world: some(), act: (page) => next(page, 2), shows: (page) => button(page, 'Hire Text Specialist') },
  { name: 'hire-configure', route: 'team/*', kind: 'detail', address: '/team/hire?plugin=dev.troupe.text-toolkit', world: some((world) => { configured(world, ['api_key', 'endpoint'], 'dev.troupe.text-toolkit'); }), shows: heading('Set up Text Toolkit') },
  { name: 'team-values', route: 'team/*', kind: 'detail', address: '/team/hire-1/setup', world: some((world) => { configured(world, [], 'dev.troupe.text-toolkit'); }), shows: heading('Values of its own') },
  { name: 'team-setup', route: 'team/*', kind: 'detail', address: '/team/hire-4/setup', world: some(), shows: (page) => page.getByRole('dialog', { name: 'Set up Lin' }).getByText('Pick a folder', { exact: true }) },
];

/** A conversation that was edited, cut off, and gone on with until it was cut off again. */
/** A question that two agents answered, after a third had answered the one before. */
const withSeveral = (): FakeWorld => {
  const world = createWorld();
  world.conversations.push(talk('talk-1'));
  for (const text of ['Three days in Porto, please.', 'Where should we stay?']) { const run = startRun(world, 'talk-1', text); run.chunk('By the river, near the old bridge.'); run.finish(); }
  world.hires = ['Ada', 'Grace', 'Maximilian von und zu Hohenzollern-Sigmaringen the Second'].flatMap((name, at) => world.hires.slice(0, 1).map((hire) => ({ ...hire, id: `hire-${at + 1}`, name })));
  const all = world.messages.get('talk-1') ?? [];
  const last = all.findLast(({ role }) => role === 'assistant');
  if (last) {
    world.messages.set('talk-1', all.map((one) => (one === last ? { ...one, hireId: 'hire-2' } : one)));
    world.answersBeside.set(last.id, [{ ...last, id: 'beside', seq: last.seq - 0.5, hireId: 'hire-1', model: 'acme/acme-large', blocks: [{ type: 'text', text: 'Two in the old town, one by the river.' }] }]);
  }
  return world;
};
const withBranches = (): FakeWorld => {
  const world = createWorld();
  world.conversations.push(talk('talk-1'));
  const asked = startRun(world, 'talk-1', 'Three days in Porto, please.');
  asked.chunk('Day one: the river and the six bridges. Day two:');
  asked.finish('run_cancelled');
  const more = startRun(world, 'talk-1', null);
  more.chunk('the market in the morning, then the cellars across');
  more.finish('run_interrupted', { error: { code: 'models/cut', message: 'The stream broke off.' } });
  world.messages.set('talk-1', (world.messages.get('talk-1') ?? []).map((message) => (message.role === 'user' ? { ...message, branch: { position: 2, count: 3, previous: 'a', next: 'b' } } : message)));
  return world;
};

/** Thirty turns; the second was edited, and the other branch is as long. */
const longWithBranch = (): FakeWorld => {
  const world = createWorld();
  world.conversations.push(talk('talk-1'));
  for (let turn = 1; turn <= 30; turn += 1) { const run = startRun(world, 'talk-1', `Question ${turn}`); run.chunk(`Answer ${turn}. ${'Some more words. '.repeat(20)}`); run.finish(); }
  const all = world.messages.get('talk-1') ?? [];
  const edited = all[2];
  world.messages.set('talk-1', all.map((message) => (message === edited ? { ...message, branch: { position: 2, count: 2, previous: 'other', next: null } } : message)));
  world.answers.set('chat.choose', (() => {
    world.messages.set('talk-1', all.map((message, at) => (at < 2 ? message : { ...message, id: at === 2 ? 'other' : `${message.id}-other`, seq: message.seq + 100, ...(at === 2 && { blocks: [{ type: 'text' as const, text: 'Another question' }], branch: { position: 1, count: 2, previous: null, next: edited?.id ?? null } }) })));
    world.changed('chat');
    return {};
  }) as never);
  return world;
};

/** An answer with code, formulas, a table and diagrams. */
const richTalk = (): FakeWorld => {
  const world = createWorld();
  world.conversations.push(talk('talk-1'));
  const run = startRun(world, 'talk-1', 'Show me everything.');
  run.chunk(RICH);
  run.finish();
  return world;
};

/** A message with an image and a text. */
const withFiles = (): FakeWorld => {
  const world = some()();
  world.messages.set('talk-1', (world.messages.get('talk-1') ?? []).map((message) => (message.role === 'user' ? { ...message, attachments: [
    { id: 'photo', name: 'A photo of the harbour with a rather long name.png', kind: 'image' as const, mediaType: 'image/png', bytes: 812_345, width: 640, height: 480 },
    { id: 'notes', name: 'notes.md', kind: 'text' as const, mediaType: 'text/plain', bytes: 2_100, width: null, height: null },
  ] } : message)));
  return world;
};
const gives = (...names: readonly string[]) => async (page: Page): Promise<void> => { await page.locator('input[type=file]').setInputFiles(names.map((name) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from('words') }))); };

/** Opens the import from the list, and gives it a file. */
const imports = (name: string | null) => async (page: Page): Promise<void> => { await button(page, 'Import conversations').click(); if (name !== null) await page.getByRole('dialog').locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from('[]') }); };
const chat: State[] = [
  { name: 'chat-files', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: some(), act: gives('Figures of the third quarter.csv', 'photo.png'), shows: text('Leave the images out') },
  { name: 'chat-files-refused', route: 'chat/*', kind: 'failing', address: '/chat/talk-1', world: some(), act: gives('Contract with annexes.pdf', 'archive.zip'), shows: text(/neither text nor an image/) },
  { name: 'chat-message-files', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: withFiles, act: async (page) => { await page.getByRole('region', { name: 'Messages' }).evaluate((box) => { box.scrollTop = 0; }); }, shows: (page) => page.getByRole('list', { name: 'Attached files' }).locator('img').first() },
  { name: 'chat', route: 'chat/*', kind: 'full', address: '/chat/talk-1', world: some(), shows: text('The provider answered 429') },
  { name: 'chat-costs', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: some(), act: async (page) => { await button(page, 'Costs').click(); await page.getByRole('textbox', { name: 'Limit of this conversation' }).fill('0.50'); await page.getByRole('button', { name: 'Save the limit of this conversation', disabled: false }).waitFor(); }, shows: text(/^Of 8 answers the price of 1 is unknown/) },
  { name: 'chat-tool', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: some(), act: async (page) => { const call = page.getByRole('button', { name: /day-8/ }); await page.getByRole('region', { name: 'Messages' }).evaluate((box) => { box.scrollTop = 0; }); await call.click(); }, shows: (page) => page.getByRole('region', { name: 'Result' }) },
  { name: 'chat-unsigned', route: 'chat/*', kind: 'detail', address: '/chat/talk-3', world: some(unsigned), shows: (page) => page.locator('header').getByText('Unsigned') },
  { name: 'chat-menu', route: 'chat/*', kind: 'detail', address: '/chat', world: some(), act: async (page) => { await button(page, 'Rename, pin, move or remove “Grocery list”').click(); }, shows: (page) => page.getByRole('menuitem', { name: /Remove/ }) },
  { name: 'chat-folders', route: 'chat/*', kind: 'detail', address: '/chat', world: some((world) => { world.conversations = world.conversations.map((one) => ({ ...one, ...(one.id === 'talk-5' && { pinned: true }), ...(['talk-1', 'talk-2'].includes(one.id) && { folder: 'Trips and reports with a long name' }) })); }), shows: text('Pinned') },
  { name: 'chat-to-folder', route: 'chat/*', kind: 'detail', address: '/chat', world: some((world) => { world.conversations = world.conversations.map((one) => ({ ...one, ...(one.id === 'talk-1' && { folder: 'Trips' }) })); }), act: async (page) => { await button(page, 'Rename, pin, move or remove “Grocery list”').click(); await page.getByRole('menuitem', { name: 'Move to folder…' }).click(); await page.getByRole('combobox', { name: 'Name of the folder' }).click(); }, shows: (page) => page.getByRole('option', { name: 'Trips' }) },
  { name: 'chat-list', route: 'chat/*', kind: 'full', address: '/chat', world: some(), shows: text('Grocery list') },
  { name: 'chat-long', route: 'chat/*', kind: 'detail', address: '/chat/talk-2', world: some(), shows: text(/Paragraph 3\d/) },
  { name: 'chat-new', route: 'chat/*', kind: 'detail', address: '/chat/new', world: some(), shows: text('Who should help you?') },
  { name: 'chat-approval', route: 'chat/*', kind: 'detail', address: '/chat/talk-5', world: some(), shows: (page) => button(page, 'Allow once') },
  { name: 'chat-approval-unsigned', route: 'chat/*', kind: 'detail', address: '/chat/talk-5', world: some((world) => { for (const { log } of world.runs.values()) for (const { type, data } of log.rows()) if (type === 'tool_approval_requested') data['unsigned'] = true; }), shows: (page) => page.getByRole('region', { name: 'Approval: delete_files' }).getByText('Unsigned') },
  { name: 'chat-approval-editing', route: 'chat/*', kind: 'detail', address: '/chat/talk-5', world: some(), act: async (page) => { await button(page, 'Change').click(); }, shows: (page) => page.getByRole('textbox', { name: /^Arguments as JSON/ }) },
  { name: 'chat-approval-unreadable', route: 'chat/*', kind: 'detail', address: '/chat/talk-5', world: some(), act: async (page) => { await button(page, 'Change').click(); await page.getByRole('textbox', { name: /^Arguments as JSON/ }).fill('{"folder": "/home/ada", files: []}'); }, shows: text(/^Expected JSON between braces/) },
  { name: 'chat-rich', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: richTalk, act: async (page) => { await page.locator('[data-drawn]').waitFor(); await page.locator('[data-kind=keyword]').first().waitFor(); await page.locator('math').first().waitFor(); await page.getByRole('region', { name: 'Messages' }).evaluate((box) => { box.scrollTop = 0; }); }, shows: (page) => page.getByRole('region', { name: 'Table' }) },
  { name: 'chat-diagram', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: richTalk, act: async (page) => { await page.getByText(/^This diagram cannot be drawn/).waitFor(); await page.locator('[data-drawn]').scrollIntoViewIfNeeded(); }, shows: (page) => page.locator('[data-drawn]') },
  { name: 'chat-streaming', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: () => { const world = createWorld(); world.conversations.push(talk('talk-1')); return world; },
    act: async (page, world) => { const runs = scriptSends(world); await page.getByRole('textbox', { name: 'Message Ada' }).fill('Hello there'); await page.keyboard.press('Enter'); await page.getByText('Ada is thinking…').waitFor(); runs[0]?.chunk('Hello! I am **Ada**, and I am still wri'); }, shows: text('Ada is writing…') },
  { name: 'chat-import', route: 'chat/*', kind: 'detail', address: '/chat', world: some((world) => { world.imports = [{ id: 'import-1', source: 'chatgpt', file: 'conversations.json', at: 1_763_000_000_000, conversations: 212 }]; }), act: imports(null), shows: text('Earlier imports') },
  { name: 'chat-import-found', route: 'chat/*', kind: 'detail', address: '/chat', world: some(), act: imports('conversations.json'), shows: (page) => button(page, 'Import 2 conversations') },
  { name: 'chat-import-refused', route: 'chat/*', kind: 'failing', address: '/chat', world: some(), act: imports('photos.zip'), shows: text(/This is no export of conversations/) },
  { name: 'chat-branches', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: withBranches, act: async (page) => { await page.getByText('Three days in Porto, please.').hover(); }, shows: (page) => page.getByRole('group', { name: 'Branch 2 of 3' }) },
  { name: 'chat-branch-chosen', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: longWithBranch, act: async (page) => { await page.getByRole('region', { name: 'Messages' }).evaluate(async (box) => { while (!box.querySelector('[aria-label="Branch 2 of 2"]')) { box.scrollTop = 0; await new Promise((resolve) => { requestAnimationFrame(resolve); }); } }); await page.getByRole('group', { name: 'Branch 2 of 2' }).getByRole('button', { name: 'Branch before' }).click(); }, shows: (page) => page.getByRole('group', { name: 'Branch 1 of 2' }).locator('button:focus') },
  { name: 'chat-compare', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: withSeveral, act: async (page) => { await page.getByText('Side by side').last().click(); }, shows: (page) => page.getByRole('dialog').getByText('Two in the old town, one by the river.') },
  { name: 'chat-hand-over', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: withSeveral, act: async (page) => { await button(page, 'Copy or save this conversation').click(); await page.getByRole('menuitem', { name: 'Hand over to another agent…' }).click(); }, shows: (page) => page.getByRole('dialog').getByRole('button').nth(1) },
  { name: 'chat-handed-over', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: withSeveral, shows: text('From Ada to Grace') },
  { name: 'chat-editing', route: 'chat/*', kind: 'detail', address: '/chat/talk-1', world: withBranches, act: async (page) => { await page.getByText('Three days in Porto, please.').hover(); await button(page, 'Edit').first().click(); }, shows: (page) => page.getByRole('textbox', { name: 'Edit the message' }) },
  { name: 'chat-paused', route: 'chat/*', kind: 'detail', address: '/chat/talk-3', world: some(), shows: text('Grace is paused.') },
  { name: 'chat-setup', route: 'chat/*', kind: 'detail', address: '/chat/new?agent=hire-4', world: some(), shows: text(/Lin can do more once this is done/) },
  { name: 'chat-former', route: 'chat/*', kind: 'detail', address: '/chat/talk-4', world: some(), shows: text('This agent is no longer on your team.') },
  { name: 'chat-gone', route: 'chat/*', kind: 'failing', address: '/chat/nothing', world: some(), shows: alert },
  { name: 'chat-failing', route: 'chat/*', kind: 'failing', address: '/chat', world: fails('chat.conversations', 'team.list'), shows: alert },
  { name: 'chat-loading', route: 'chat/*', kind: 'loading', address: '/chat/talk-1', world: waits('chat.messages', 'chat.conversations'), shows: skeleton },
  { name: 'chat-empty', route: 'chat/*', kind: 'empty', address: '/chat', world: () => createWorld(), shows: text('Your conversations will stand here.') },
  { name: 'chat-nobody', route: 'chat/*', kind: 'empty', address: '/chat/new', world: empty, shows: text('Nobody on the team yet') },
];

const COOK = '/builder/own-cook';
const asked = async (page: Page): Promise<void> => { await button(page, /^What can I cook/).click(); };
const previewShown = async (page: Page): Promise<void> => { const preview = page.getByRole('radio', { name: 'Preview' }); if (await preview.count() > 0) await page.getByText('Preview', { exact: true }).first().click(); };
const knowledge: State[] = [
  { name: 'knowledge', route: 'knowledge/:id?', kind: 'full', address: '/knowledge', world: some(), shows: (page) => page.getByRole('link', { name: 'prices.csv' }) },
  { name: 'knowledge-by-words', route: 'knowledge/:id?', kind: 'detail', address: '/knowledge', world: some((world) => { world.searchNote = 'Searched by words alone, not by meaning. Nothing answers at 127.0.0.1:11434.'; }), act: async (page) => { await page.getByRole('searchbox', { name: 'Search the documents' }).fill('holiday'); }, shows: text(/^Searched by words alone/) },
  { name: 'knowledge-search', route: 'knowledge/:id?', kind: 'detail', address: '/knowledge', world: some(), act: async (page) => { await page.getByRole('searchbox', { name: 'Search the documents' }).fill('holiday'); }, shows: text(/thirty days/) },
  { name: 'knowledge-nothing', route: 'knowledge/:id?', kind: 'empty', address: '/knowledge', world: some(), act: async (page) => { await page.getByRole('searchbox', { name: 'Search the documents' }).fill('zebra'); }, shows: text('No passage has these words') },
  { name: 'knowledge-removed', route: 'knowledge/:id?', kind: 'detail', address: '/knowledge', world: some(), act: async (page) => { await button(page, 'Remove prices.csv').click(); }, shows: (page) => button(page, 'Undo') },
  { name: 'knowledge-empty', route: 'knowledge/:id?', kind: 'empty', address: '/knowledge', world: empty, shows: text('No documents here') },
  { name: 'knowledge-failing', route: 'knowledge/:id?', kind: 'failing', address: '/knowledge', world: fails('knowledge.list'), shows: alert },
  { name: 'knowledge-loading', route: 'knowledge/:id?', kind: 'loading', address: '/knowledge', world: waits('knowledge.list'), shows: skeleton },
  { name: 'knowledge-passage', route: 'knowledge/:id?', kind: 'full', address: '/knowledge/doc-1?at=1', world: some(), shows: (page) => page.locator('mark', { hasText: 'thirty days' }) },
  { name: 'knowledge-gone', route: 'knowledge/:id?', kind: 'failing', address: '/knowledge/none', world: some(), shows: alert },
];

const memory: State[] = [
  { name: 'memory', route: 'memory', kind: 'full', address: '/memory', world: some(), shows: text('The trip is for four people.') },
  { name: 'memory-of-agent', route: 'memory', kind: 'detail', address: '/memory?of=agent:hire-1', world: some(), shows: (page) => button(page, 'Forget all: Ada') },
  { name: 'memory-edit', route: 'memory', kind: 'detail', address: '/memory', world: some(), act: async (page) => { await button(page, /^Edit “The trip/).click(); }, shows: (page) => page.getByRole('textbox', { name: 'What to remember' }) },
  { name: 'memory-whose', route: 'memory', kind: 'detail', address: '/memory', world: some(), act: async (page) => { await page.getByRole('combobox', { name: 'Whose memory' }).click(); }, shows: (page) => page.getByRole('option').first() },
  { name: 'memory-add', route: 'memory', kind: 'detail', address: '/memory', world: some(), act: async (page) => { await button(page, 'Add').click(); }, shows: (page) => page.getByRole('combobox', { name: 'For' }) },
  { name: 'memory-forgotten', route: 'memory', kind: 'detail', address: '/memory', world: some(), act: async (page) => { await button(page, /^Forget “The trip/).click(); }, shows: (page) => button(page, 'Undo') },
  { name: 'memory-nothing', route: 'memory', kind: 'empty', address: '/memory', world: some(), act: async (page) => { await page.getByRole('searchbox', { name: 'Search what is remembered' }).fill('zebra'); }, shows: text('Nothing has these words') },
  { name: 'memory-empty', route: 'memory', kind: 'empty', address: '/memory', world: empty, shows: text('Nothing is remembered here') },
  { name: 'memory-failing', route: 'memory', kind: 'failing', address: '/memory', world: fails('memory.list'), shows: alert },
  { name: 'memory-loading', route: 'memory', kind: 'loading', address: '/memory', world: waits('memory.list'), shows: skeleton },
];

/** One of each kind, and one that the form does not know. */
const RULES = ['It names its sources.', { type: 'banned', words: [] }, { type: 'personal_data', on: 'input', action: 'mask' }, { type: 'length', max_words: 200 }, { type: 'schema', schema: { type: 'object' } }, { type: 'tool', tool: 'com.example.gone/check' }, { type: 'later' }];
const builder: State[] = [
  { name: 'builder', route: 'builder/*', kind: 'full', address: '/builder', world: some(), shows: (page) => page.getByRole('link', { name: 'Recipe Scout' }) },
  { name: 'builder-menu', route: 'builder/*', kind: 'detail', address: '/builder', world: some(), act: async (page) => { await button(page, 'More actions for Recipe Scout').click(); }, shows: (page) => page.getByRole('menuitem', { name: 'Delete' }) },
  { name: 'builder-new', route: 'builder/*', kind: 'detail', address: '/builder?new=1', world: some(), shows: (page) => page.getByRole('dialog').getByText('Decision Helper') },
  { name: 'builder-empty', route: 'builder/*', kind: 'empty', address: '/builder', world: empty, shows: text('No agents of your own yet') },
  { name: 'builder-failing', route: 'builder/*', kind: 'failing', address: '/builder', world: fails('builder.list'), shows: alert },
  { name: 'builder-loading', route: 'builder/*', kind: 'loading', address: '/builder', world: waits('builder.list'), shows: skeleton },
  { name: 'builder-agent', route: 'builder/*', kind: 'full', address: COOK, world: some(), shows: (page) => page.getByRole('textbox', { name: 'Instructions' }) },
  { name: 'builder-blank', route: 'builder/*', kind: 'detail', address: '/builder/own-new', world: some(), shows: (page) => button(page, /^Use the name/) },
  { name: 'builder-tools', route: 'builder/*', kind: 'detail', address: COOK, world: some(), act: async (page) => { await page.getByRole('textbox', { name: 'Search tools' }).fill('calc'); await button(page, 'What Calculator takes').click(); await page.getByRole('region', { name: 'What builtin.calculator takes' }).scrollIntoViewIfNeeded(); }, shows: (page) => page.getByRole('region', { name: 'What builtin.calculator takes' }) },
  { name: 'builder-tools-unsigned', route: 'builder/*', kind: 'detail', address: COOK, world: some(unsigned), act: async (page) => { await page.getByRole('textbox', { name: 'Search tools' }).fill('words'); await page.getByRole('checkbox', { name: /^Count words/ }).scrollIntoViewIfNeeded(); }, shows: (page) => page.getByRole('checkbox', { name: 'Count words Unsigned' }) },
  { name: 'builder-answer', route: 'builder/*', kind: 'detail', address: COOK, world: some(), act: async (page) => { await page.getByRole('switch', { name: 'Answer in fields' }).focus(); await page.keyboard.press('Space'); await page.getByRole('textbox', { name: 'JSON Schema' }).fill('{"type": '); await page.getByRole('textbox', { name: 'JSON Schema' }).scrollIntoViewIfNeeded(); }, shows: text('This is not a JSON object yet') },
  { name: 'builder-guardrails', route: 'builder/*', kind: 'detail', address: COOK, world: some((world) => { const cook = world.ownAgents.get('own-cook'); if (cook) Object.assign(cook, { draft: { ...cook.draft, guardrails: RULES }, problems: [{ path: 'guardrails[1].words', severity: 'error', message: 'guardrails[1].words is empty; at least one word or pattern is needed; it is a list of 0.', fix: null }] }); }), act: async (page) => { await page.getByRole('list', { name: 'Guardrails' }).scrollIntoViewIfNeeded(); }, shows: text('1. A model as judge') },
  { name: 'builder-versions', route: 'builder/*', kind: 'detail', address: `${COOK}?tab=versions`, world: some(), act: async (page) => { await button(page, 'Compare version 1 with the draft').click(); }, shows: text('goal: Find a recipe.') },
  { name: 'builder-preview', route: 'builder/*', kind: 'detail', address: COOK, world: some(), act: async (page) => { await page.getByRole('heading', { name: 'Recipe Scout' }).first().waitFor(); await previewShown(page); await asked(page); }, shows: text(/You said: What can I cook/) },
  { name: 'builder-changed', route: 'builder/*', kind: 'failing', address: COOK, world: some((world) => { world.failures.set('builder.change', { code: 'builder/changed', message: 'This agent was changed in another window meanwhile.', retryable: false, details: {} }); }), act: async (page) => { await page.getByRole('textbox', { name: 'Goal' }).fill('x'); }, shows: (page) => button(page, 'Load what is kept') },
  { name: 'builder-gone', route: 'builder/*', kind: 'failing', address: '/builder/nothing', world: some(), shows: alert },
  { name: 'builder-agent-loading', route: 'builder/*', kind: 'loading', address: COOK, world: waits('builder.get'), shows: skeleton },
];

const withServers = (world: FakeWorld): void => { world.mcp = someServers(); };
const settings: State[] = [
  { name: 'settings-tools', route: 'settings/:section?', kind: 'full', address: '/settings/tools', world: some(withConnections), shows: text('Company search') },
  { name: 'settings-tools-empty', route: 'settings/:section?', kind: 'empty', address: '/settings/tools', world: empty, shows: text('No connection yet') },
  { name: 'settings-tools-failing', route: 'settings/:section?', kind: 'failing', address: '/settings/tools', world: fails('tools.list'), shows: alert },
  { name: 'settings-tools-loading', route: 'settings/:section?', kind: 'loading', address: '/settings/tools', world: waits('tools.list'), shows: skeleton },
  { name: 'settings-tools-add', route: 'settings/:section?', kind: 'detail', address: '/settings/tools', world: empty, act: async (page) => { await button(page, 'Add a connection').click(); await page.getByRole('combobox', { name: 'What it is' }).click(); await page.getByRole('option', { name: 'Webhook' }).click(); await button(page, 'Connect').click(); }, shows: (page) => page.getByRole('textbox', { name: 'Address' }) },
  { name: 'settings-tools-postgres', route: 'settings/:section?', kind: 'detail', address: '/settings/tools?connect=postgres', world: empty, shows: (page) => page.getByRole('dialog').getByRole('textbox', { name: 'Database' }) },
  { name: 'settings-tools-testing', route: 'settings/:section?', kind: 'detail', address: '/settings/tools', world: some((world) => { withConnections(world); world.delays.set('tools.test', Infinity); }), act: async (page) => { await button(page, 'Test Company search').click(); }, shows: (page) => page.locator('[data-loading]').first() },
  { name: 'settings-tools-remove', route: 'settings/:section?', kind: 'detail', address: '/settings/tools', world: some(withConnections), act: async (page) => { await button(page, 'Remove Team').click(); }, shows: (page) => page.getByRole('dialog') },
  { name: 'settings-models', route: 'settings/:section?', kind: 'full', address: '/settings/models', world: some(), shows: text('Acme AI') },
  { name: 'settings-models-price', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(), act: async (page) => { await page.getByRole('button', { name: /^Price of .*: Price unknown$/ }).first().click(); await page.getByRole('textbox', { name: /^Input/ }).fill('2.5'); }, shows: (page) => page.getByRole('dialog') },
  { name: 'settings-models-priced', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(), act: async (page, world) => { await page.getByRole('button', { name: 'Price of acme-large: Price unknown' }).click(); await page.getByRole('textbox', { name: /^Input/ }).fill('2.5'); await page.getByRole('textbox', { name: /^Output/ }).fill('10'); await button(page, 'Save').click(); await page.getByRole('dialog').waitFor({ state: 'hidden' }); world.changed('models'); }, shows: (page) => button(page, 'Price of acme-large: $2.50 in · $10.00 out') },
  { name: 'settings-models-files', route: 'settings/:section?', kind: 'full', address: '/settings/models', world: some(modelsHere), shows: text('Meadow 8B Instruct Q4_K_M') },
  { name: 'settings-models-download', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(), act: async (page) => { await button(page, 'Add a model').click(); await page.getByRole('menuitem', { name: 'Download from an address' }).click(); await button(page, 'Download').click(); }, shows: text('This is not an address. It begins with https://.') },
  { name: 'settings-models-try', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(modelsHere), act: async (page) => { await button(page, 'Try Meadow 8B Instruct Q4_K_M').click(); }, shows: text('Hello, good to see you.') },
  { name: 'settings-models-remove-file', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(modelsHere), act: async (page) => { await button(page, 'Remove Meadow 8B Instruct Q4_K_M').click(); }, shows: (page) => page.getByRole('dialog') },
  { name: 'settings-models-no-engine', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some((world) => { world.modelEngine = { ...world.modelEngine, available: false }; }), shows: text('Models cannot run inside of Troupe on this machine') },
  { name: 'settings-models-empty', route: 'settings/:section?', kind: 'empty', address: '/settings/models', world: empty, shows: text('No provider yet') },
  { name: 'settings-models-failing', route: 'settings/:section?', kind: 'failing', address: '/settings/models', world: fails('models.providers', 'models.list', 'models.files'), shows: alert },
  { name: 'settings-models-loading', route: 'settings/:section?', kind: 'loading', address: '/settings/models', world: waits('models.providers', 'models.list', 'models.files'), shows: skeleton },
  { name: 'settings-models-add', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(), act: async (page) => { await button(page, 'Add a provider').click(); await button(page, 'Test and add').click(); }, shows: text('Enter the address of the provider.') },
  { name: 'settings-models-meaning', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some((world) => { world.settings = { ...world.settings, embeddingModel: 'acme/acme-large' }; world.vectors = { model: 'acme/acme-large', state: 'working', done: 1_240, total: 5_000, message: null }; }), act: async (page) => { await text('Model for embeddings')(page).scrollIntoViewIfNeeded(); }, shows: text(/1,240 of 5,000/) },
  { name: 'settings-models-limit', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(), act: async (page) => { await button(page, 'Requests a minute to Acme AI').click(); await page.getByRole('textbox', { name: 'Requests a minute, at most' }).fill('0'); }, shows: text('Enter a number from 1 to 100,000, or nothing for no limit.') },
  { name: 'settings-models-change', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(), act: async (page) => { await button(page, 'Change Acme AI').click(); await page.getByRole('textbox', { name: 'Address' }).fill('https://other.example/v1'); await button(page, 'Test and save').click(); }, shows: text(/entered for another host/) },
  { name: 'settings-models-remove', route: 'settings/:section?', kind: 'detail', address: '/settings/models', world: some(), act: async (page) => { await button(page, 'Remove Acme AI').click(); }, shows: (page) => page.getByRole('dialog') },
  { name: 'settings-mcp', route: 'settings/:section?', kind: 'full', address: '/settings/mcp', world: some(withServers), shows: text('Calendar') },
  { name: 'settings-mcp-open', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await button(page, 'Test Files').click(); }, shows: (page) => button(page, 'Accept move_file as it is now') },
  { name: 'settings-mcp-failed', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await button(page, 'Test Weather').click(); }, shows: alert },
  { name: 'settings-mcp-add', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await button(page, 'Add a server').click(); await button(page, 'Add a variable').click(); await page.getByRole('dialog').getByRole('button', { name: 'Add a server' }).click(); }, shows: text('Enter the program to start.') },
  { name: 'settings-mcp-linked', route: 'settings/:section?', kind: 'detail', address: `/settings/mcp?add=${encodeURIComponent('troupe://mcp/add?name=Files&command=npx&variables=%5B%22API_KEY%22%5D')}`, world: some(), shows: text('A link filled this in.') },
  { name: 'settings-mcp-change', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await button(page, 'Change Issues of the whole company and of all its suppliers').click(); }, shows: (page) => page.getByLabel('It lies in my private network') },
  { name: 'settings-mcp-folders', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await button(page, 'Change Files').click(); await button(page, 'Add a folder').click(); }, shows: (page) => button(page, 'Take back /home/ada/Projects/number-3') },
  { name: 'settings-mcp-file', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await button(page, 'Paste a file').click(); await page.getByLabel('JSON with mcpServers').fill('{}'); await button(page, 'Look at it').click(); }, shows: (page) => button(page, 'Add 2 servers') },
  { name: 'settings-mcp-bundle', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await page.locator('input[accept=".mcpb,.dxt"]').setInputFiles({ name: 'notes.mcpb', mimeType: 'application/zip', buffer: Buffer.from('a bundle') }); await button(page, 'Unpack and add').click(); }, shows: text('This is needed.') },
  { name: 'settings-mcp-bundle-hostile', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some(withServers), act: async (page) => { await page.locator('input[accept=".mcpb,.dxt"]').setInputFiles({ name: 'notes.mcpb', mimeType: 'application/zip', buffer: Buffer.from('hostile') }); }, shows: text(/leads out of its folder/) },
  { name: 'settings-mcp-confirm', route: 'settings/:section?', kind: 'detail', address: '/settings/mcp', world: some((world) => { world.confirmAt = 'about:blank'; }), act: async (page) => { await button(page, 'Add a server').click(); await page.getByLabel('Name').fill('Files'); await page.getByLabel('Command').fill('npx'); await page.getByRole('dialog').getByRole('button', { name: 'Add a server' }).click(); }, shows: text(/Confirm it on the page/) },
  { name: 'settings-mcp-empty', route: 'settings/:section?', kind: 'empty', address: '/settings/mcp', world: empty, shows: text('No MCP server yet') },
  { name: 'settings-mcp-failing', route: 'settings/:section?', kind: 'failing', address: '/settings/mcp', world: fails('mcp.list'), shows: alert },
  { name: 'settings-mcp-loading', route: 'settings/:section?', kind: 'loading', address: '/settings/mcp', world: waits('mcp.list'), shows: skeleton },
  { name: 'settings-keys', route: 'settings/:section?', kind: 'full', address: '/settings/keys', world: some(), act: async (page) => { await button(page, 'Show the code').click(); }, shows: text('K7QF-2M9X-ARTW') },
  { name: 'settings-keys-new-code', route: 'settings/:section?', kind: 'detail', address: '/settings/keys', world: locked({ recoveryCodePending: false }), act: async (page) => { await button(page, 'New code').click(); }, shows: (page) => button(page, 'Make a new code') },
  { name: 'settings-keys-passphrase', route: 'settings/:section?', kind: 'detail', address: '/settings/keys', world: locked({ recoveryCodePending: false, protectedBy: 'passphrase' }), act: async (page) => {
    await button(page, 'Change the passphrase').click();
    for (const [label, value] of [['Present passphrase', 'a wrong one'], ['New passphrase', 'wombat quilt radish moon'], ['The passphrase again', 'wombat quilt radish moon']] as const) await page.getByRole('textbox', { name: label, exact: true }).fill(value);
    await button(page, 'Use this passphrase').click();
  }, shows: text(/not the present passphrase/) },
  { name: 'settings-keys-rekey', route: 'settings/:section?', kind: 'detail', address: '/settings/keys', world: locked({ recoveryCodePending: false }), act: async (page) => { await button(page, 'Encrypt anew').click(); }, shows: (page) => button(page, 'Encrypt anew now') },
  { name: 'settings-keys-rekeying', route: 'settings/:section?', kind: 'loading', address: '/settings/keys', world: locked({ recoveryCodePending: false, rekeying: { step: 'copying', percent: 43 } }), shows: text(/Step 1 of 3/) },
  { name: 'settings-keys-rotated', route: 'settings/:section?', kind: 'detail', address: '/settings/keys', world: locked({ recoveryCodePending: false }), act: async (page) => { await button(page, 'Replace the key').click(); await button(page, 'Replace it').click(); await page.getByRole('dialog').waitFor({ state: 'detached' }); }, shows: text('The keychain holds a new key.') },
  { name: 'settings-appearance', route: 'settings/:section?', kind: 'full', address: '/settings/appearance', world: some(), shows: text('System follows your desktop.') },
  { name: 'settings-registries', route: 'settings/:section?', kind: 'full', address: '/settings/registries', world: some(withRegistries), shows: text('Company') },
  { name: 'settings-registries-open', route: 'settings/:section?', kind: 'detail', address: '/settings/registries', world: some(withRegistries), act: async (page) => { await page.locator('summary').nth(1).click(); }, shows: text('Left out at the last sync') },
  { name: 'settings-registries-remove', route: 'settings/:section?', kind: 'detail', address: '/settings/registries', world: some(withRegistries), act: async (page) => { await page.locator('summary').nth(1).click(); await button(page, 'Remove Company').click(); }, shows: (page) => page.getByRole('dialog') },
  { name: 'settings-registries-add', route: 'settings/:section?', kind: 'detail', address: '/settings/registries', world: some(), act: async (page) => { await button(page, 'Add a registry').click(); await button(page, 'Look at it').click(); }, shows: text('Enter the address of the registry') },
  { name: 'settings-registries-linked', route: 'settings/:section?', kind: 'detail', address: '/settings/registries?add=https%3A%2F%2Fplugins.example.com%2F&fingerprint=' + 'ab'.repeat(32), world: some(), act: async (page) => { await text('A link filled this in.')(page).waitFor(); await button(page, 'Look at it').click(); }, shows: text('It is the one that the link brought.') },
  { name: 'settings-registries-trust', route: 'settings/:section?', kind: 'detail', address: '/settings/registries', world: some(), act: async (page) => { await button(page, 'Add a registry').click(); await page.getByLabel('Address').fill('https://plugins.example.com'); await button(page, 'Look at it').click(); }, shows: (page) => button(page, 'Trust and add') },
  { name: 'settings-registries-failing', route: 'settings/:section?', kind: 'failing', address: '/settings/registries', world: fails('catalog.status'), shows: alert },
  { name: 'settings-about', route: 'settings/:section?', kind: 'full', address: '/settings/about', world: some(), shows: text('Check-up') },
  { name: 'settings-engine', route: 'settings/:section?', kind: 'detail', address: '/settings/about', world: some((world) => { world.settings = { ...world.settings, developerMode: true }; }), act: async (page) => { await page.getByRole('combobox', { name: 'Sandbox engine' }).click(); }, shows: (page) => page.getByRole('option').first() },
  { name: 'settings-search', route: 'settings/:section?', kind: 'detail', address: '/settings', world: some(), act: async (page) => { await page.getByRole('searchbox').first().fill('dark'); }, shows: (page) => page.getByRole('navigation', { name: 'Settings sections' }).getByText('Dark') },
  { name: 'settings-unknown', route: 'settings/:section?', kind: 'empty', address: '/settings/nothing', world: some(), shows: text('There is nothing at this address') },
];

const tour: State[] = [
  { name: 'onboarding-model', route: '/onboarding', kind: 'full', address: '/', world: fresh(), shows: heading('How should your agents think?') },
  { name: 'onboarding-connect', route: '/onboarding', kind: 'detail', address: '/onboarding', world: fresh(), act: async (page) => { await page.getByRole('radio', { name: /Connect a model/ }).click(); await button(page, 'Connect').click(); }, shows: text(/Enter a whole address/) },
  { name: 'onboarding-agent', route: '/onboarding', kind: 'full', address: '/onboarding', world: fresh(), act: async (page) => { await button(page, 'Continue').click(); }, shows: (page) => button(page, /^Hire /) },
  { name: 'onboarding-loading', route: '/onboarding', kind: 'loading', address: '/onboarding', world: fresh((world) => { world.delays.set('catalog.search', Infinity); }), act: async (page) => { await button(page, 'Continue').click(); }, shows: skeleton },
  { name: 'onboarding-failing', route: '/onboarding', kind: 'failing', address: '/onboarding', world: fresh((world) => { world.failures.set('catalog.search', failure); }), act: async (page) => { await button(page, 'Continue').click(); }, shows: alert },
  { name: 'onboarding-nobody', route: '/onboarding', kind: 'empty', address: '/onboarding', world: () => { const world = createWorld({ entries: 0, empty: true }); world.settings = { ...world.settings, onboardingDone: false }; return world; }, act: async (page) => { await button(page, 'Continue').click(); }, shows: text('No agent in the catalog yet') },
  { name: 'onboarding-consent', route: '/onboarding', kind: 'detail', address: '/onboarding', world: fresh(), act: async (page) => { await button(page, 'Continue').click(); await button(page, /^Hire /).click(); }, shows: text('Decide what it may do') },
  { name: 'onboarding-message', route: '/onboarding', kind: 'full', address: '/onboarding', world: some((world) => { world.settings = { ...world.settings, onboardingDone: false }; }), act: atMessageStep, shows: heading('Say something to Ada') },
];

const gate: State[] = [
  { name: 'unlock-passphrase', route: 'gate', kind: 'locked', address: '/', world: locked({ state: 'passphrase-needed', protectedBy: 'passphrase' }), act: async (page) => { await page.getByRole('textbox', { name: 'Passphrase' }).fill('wrong one'); await button(page, 'Unlock').click(); }, shows: text(/does not open this home/) },
  { name: 'unlock-missing', route: 'gate', kind: 'locked', address: '/', world: locked({ state: 'key-missing' }), shows: heading('The key to your data is gone') },
  { name: 'unlock-changed', route: 'gate', kind: 'locked', address: '/', world: locked({ state: 'key-changed' }), shows: heading('The keychain holds another key') },
  { name: 'unlock-keyring', route: 'gate', kind: 'locked', address: '/', world: locked({ state: 'locked-keyring' }), shows: heading('Your keychain is locked') },
  { name: 'unlock-no-service', route: 'gate', kind: 'locked', address: '/', world: locked({ state: 'no-service' }), shows: heading('The keychain does not answer') },
  { name: 'unlock-new', route: 'gate', kind: 'locked', address: '/', world: locked({ state: 'no-service', protectedBy: 'none', recoveryCodePending: false, encrypted: false }), act: async (page) => { await button(page, 'Go on without encryption…').click(); }, shows: (page) => button(page, 'Go on without encryption') },
  { name: 'link-lost', route: 'gate', kind: 'failing', address: '/marketplace', world: some(), refused: true, act: async (page, _world, server) => { await page.getByRole('article').first().waitFor(); server.leave(); }, shows: text('Reconnecting… your work is kept.') },
  { name: 'link-used-up', route: 'gate', kind: 'locked', address: '/marketplace', world: some(), refused: true, act: async (page, _world, server) => { await page.getByRole('article').first().waitFor(); await page.evaluate(() => { sessionStorage.clear(); }); await page.goto('about:blank'); await page.goto(`${new URL(server.address()).origin}/marketplace#token=wrong`); }, shows: heading('This address was used up') },
  { name: 'link-no-session', route: 'gate', kind: 'locked', address: '/marketplace', world: some(), act: async (page) => { await page.getByRole('article').first().waitFor(); await page.evaluate(() => { sessionStorage.clear(); }); await page.reload(); }, shows: heading('Open Troupe from where you started it') },
  { name: 'link-other-build', route: 'gate', kind: 'locked', address: '/', build: 'another', world: some(), shows: heading('Troupe was updated') },
];

export const states: readonly State[] = [
  ...home, ...marketplace, ...plugin, ...plugins, ...permissions, ...audit, ...team, ...chat, ...memory, ...knowledge, ...builder, ...settings, ...tour, ...gate,
  { name: 'not-found', route: '*', kind: 'full', address: '/nowhere', world: some(), shows: heading('There is nothing at this address') },
];
