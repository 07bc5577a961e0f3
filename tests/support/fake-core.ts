/**
 * A scripted core for the page's tests and pictures: the whole contract over a channel, with data, delays and failures
 * that a test sets. It implements the contract by type, so that a new procedure turns this file red.
 */
import { implement, ORPCError } from '@orpc/server';
import { StandardRPCHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import { ServerPeer } from '@orpc/standard-server-peer';
import * as z from 'zod/mini';
import { contract } from '../../contract/api/index.ts';
import { AppError, toWire } from '../../contract/errors/app-error.ts';
import type { ErrorCode } from '../../contract/errors/codes.ts';
import type { Channel } from '../../contract/link/channel.ts';
import { clientHelloSchema, PROTOCOL, type CoreHello } from '../../contract/link/hello.ts';
import type { CatalogCard } from '../../contract/model/catalog.ts';
import { pluginConfiguration } from './fake-configuration.ts';
import { makeDetail, makeReviews, namesake, makeProvider, NOW, categories } from './fake-data.ts';
import { auditProcedures, permissionProcedures } from './fake-audit.ts';
import { builderProcedures } from './fake-builder.ts';
import { chatProcedures } from './fake-chat.ts';
import { knowledgeProcedures } from './fake-knowledge.ts';
import { memoryProcedures } from './fake-memory.ts';
import { mcpProcedures } from './fake-mcp.ts';
import { startOperation } from './fake-install.ts';
import { toolsProcedures } from './fake-tools.ts';
import { modelFileProcedures } from './fake-models.ts';
import { createWorld, type FakeWorld } from './fake-world.ts';

export { createWorld } from './fake-world.ts';
export type { FakeWorld } from './fake-world.ts';

const fail = (code: ErrorCode, message: string): never => { throw new AppError(code, message); };

/** The procedures over a world. */
export function createRouter(world: FakeWorld) {
  const os = implement(contract);
  const installedOf = (id: string) => world.installed.get(id) ?? fail('plugins/not-installed', `${id} is not installed.`);
  const operationOf = (id: string) => world.operations.get(id) ?? fail('plugins/no-operation', 'This operation is over.');
  const providerOf = (id: string) => world.providers.find((provider) => provider.id === id) ?? fail('models/not-found', `There is no provider ${id}.`);
  const changeProvider = (id: string, change: Partial<ReturnType<typeof makeProvider>>): void => { world.providers = world.providers.map((provider) => (provider.id === id ? { ...provider, ...change } : provider)); };
  return os.router({
    link: { grant: os.link.grant.handler(() => ({})), open: os.link.open.handler(() => ({ address: null })) },
    observe: {
      about: os.observe.about.handler(() => ({ version: '0.1.0', build: 'dev', protocol: PROTOCOL, home: '/home/ada/.local/share/troupe', node: '26.10.0', platform: 'linux-x64', shell: world.shell })),
      doctor: os.observe.doctor.handler(() => ({ checks: world.checks })),
      changes: os.observe.changes.handler(async function* changes({ signal }) {
        yield { topics: [], running: world.running };
        for await (const rows of world.changes.read(world.changes.rows().at(-1)?.seq ?? 0, signal)) for (const { topics, running } of rows) yield { topics, running };
      }),
    },
    settings: {
      get: os.settings.get.handler(() => world.settings),
      change: os.settings.change.handler(({ input }) => {
        const given = Object.fromEntries(Object.entries(input.change).filter(([, value]) => value !== undefined));
        world.settings = { ...world.settings, ...given };
        world.changed('settings');
        return world.settings;
      }),
    },
    credentials: {
      state: os.credentials.state.handler(() => world.keyState),
      takeRecoveryCode: os.credentials.takeRecoveryCode.handler(() => ({ code: world.recoveryCode })),
      confirmRecoveryCode: os.credentials.confirmRecoveryCode.handler(() => { world.recoveryCode = null; world.keyState = { ...world.keyState, recoveryCodePending: false }; world.changed('credentials'); return world.keyState; }),
      renewRecoveryCode: os.credentials.renewRecoveryCode.handler(() => { world.recoveryCode = 'NEW1-CODE-NEW1-CODE-NEW1-CODE-NEW1'; world.keyState = { ...world.keyState, recoveryCodePending: true }; world.changed('credentials'); return world.keyState; }),
      rotate: os.credentials.rotate.handler(() => world.keyState),
      rekey: os.credentials.rekey.handler(async ({ input }) => {
        if (world.keyState.protectedBy === 'passphrase' && input.passphrase !== 'open sesame') fail('credentials/wrong-passphrase', 'This is not the passphrase of this home.');
        if (world.keyState.rekeying) await new Promise(() => undefined);
        world.recoveryCode = 'REKE-YED1-CODE-REKE-YED1-CODE-REKE';
        world.keyState = { ...world.keyState, recoveryCodePending: true };
        world.changed('credentials');
        return world.keyState;
      }),
      recover: os.credentials.recover.handler(({ input }) => {
        if (input.code !== 'GOOD-CODE') fail('credentials/wrong-recovery-code', 'The recovery code does not open this home.');
        world.keyState = { ...world.keyState, state: 'open' };
        world.changed('credentials');
        return world.keyState;
      }),
      unlock: os.credentials.unlock.handler(({ input }) => {
        if (input.passphrase !== 'open sesame') fail('credentials/wrong-passphrase', 'The passphrase does not open this home.');
        world.keyState = { ...world.keyState, state: 'open' };
        world.changed('credentials');
        return world.keyState;
      }),
      protect: os.credentials.protect.handler(({ input }) => {
        if (world.keyState.state === 'open' && world.keyState.protectedBy === 'passphrase' && input.current !== 'open sesame') fail('credentials/wrong-passphrase', 'This is not the present passphrase, so nothing was changed.');
        world.keyState = { state: 'open', protectedBy: 'passphrase', recoveryCodePending: true, encrypted: true }; world.changed('credentials'); return world.keyState; }),
      choosePlain: os.credentials.choosePlain.handler(() => { world.keyState = { state: 'plain', protectedBy: 'none', recoveryCodePending: false, encrypted: false }; world.changed('credentials'); return world.keyState; }),
      retry: os.credentials.retry.handler(() => world.keyState),
    },
    audit: auditProcedures(os, world),
    tools: toolsProcedures(os, world),
    catalog: {
      status: os.catalog.status.handler(() => ({ registries: world.registries })),
      sync: os.catalog.sync.handler(() => { world.registries = world.registries.map((registry) => ({ ...registry, syncedAt: Date.now(), error: null })); world.changed('catalog'); return { registries: world.registries }; }),
      addRegistry: os.catalog.addRegistry.handler(({ input }) => {
        const fingerprint = 'ab'.repeat(32);
        if (input.fingerprint === undefined) return { fingerprint, added: false, registries: world.registries };
        if (input.fingerprint !== fingerprint) fail('catalog/refused', 'The registry has another fingerprint.');
        world.registries = [...world.registries, { id: 'added', name: input.name ?? (URL.canParse(input.address) ? new URL(input.address).host : input.address), kind: 'hosted', entries: 3, sequence: 1, syncedAt: Date.now(), expiresAt: null, syncing: false, error: null, address: input.address, fingerprint, priority: input.priority ?? 100, prefix: input.prefix ?? null, badRecords: [] }];
        world.changed('catalog');
        return { fingerprint, added: true, registries: world.registries };
      }),
      pickRegistry: os.catalog.pickRegistry.handler(() => (world.confirmAt === null ? { address: '/home/ada/Shared/registry', confirmAt: null } : { address: null, confirmAt: world.confirmAt })),
      pickedRegistry: os.catalog.pickedRegistry.handler(() => ({ address: '/home/ada/Shared/registry' })),
      removeRegistry: os.catalog.removeRegistry.handler(({ input }) => {
        world.registries = world.registries.filter(({ id }) => id !== input.id);
        world.changed('catalog');
        return { registries: world.registries };
      }),
      search: os.catalog.search.handler(({ input }) => search(world, input)),
      get: os.catalog.get.handler(({ input }) => {
        const detail = makeDetail(world.cards.find((card) => card.id === input.id) ?? fail('catalog/not-found', `No registry on this machine lists ${input.id}.`));
        return { ...detail, ...world.details[input.id], ...(input.registry !== undefined && input.registry !== detail.registry && { registry: input.registry, publisher: namesake, alsoFrom: [{ registry: detail.registry, version: detail.version, publisher: detail.publisher }] }) };
      }),
      publishers: os.catalog.publishers.handler(({ input }) => {
        const all = [...new Map(world.cards.map(({ publisher }) => [publisher.id, { id: publisher.id, name: publisher.name, verified: publisher.verified, plugins: world.cards.filter((card) => card.publisher.id === publisher.id).length }])).values()];
        const found = all.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(input.words.toLowerCase()));
        return { publishers: found.slice(0, input.limit), total: found.length };
      }),
      reviews: os.catalog.reviews.handler(({ input }) => {
        const reviews = makeReviews(world.cards.find((card) => card.id === input.id) ?? fail('catalog/not-found', `No registry on this machine lists ${input.id}.`));
        return { asOf: '2026-11-20', reviews: input.sort === 'worst' ? reviews.toSorted((a, b) => a.rating - b.rating) : reviews };
      }),
      categories: os.catalog.categories.handler(() => ({ categories: categories.map((category) => ({ ...category, count: world.cards.filter((card) => card.categories.includes(category.slug)).length })) })),
      collections: os.catalog.collections.handler(() => ({ collections: world.cards.length === 0 ? [] : [{ slug: 'start-here', name: 'Start here', description: 'Three plugins that work with no network and no key.', registry: 'embedded', plugins: world.cards.slice(0, 3) }] })),
      image: os.catalog.image.handler(() => fail('catalog/not-found', 'There is no such image.')),
    },
    plugins: {
      list: os.plugins.list.handler(() => ({ plugins: [...world.installed.values()] })),
      get: os.plugins.get.handler(({ input }) => installedOf(input.id)),
      install: os.plugins.install.handler(({ input }) => {
        if (world.installed.has(input.id)) fail('plugins/already-installed', 'It is installed.');
        return { operationId: startOperation(world, 'install', input.id) };
      }),
      sideLoad: os.plugins.sideLoad.handler(() => fail('permission/denied', 'Pages may not name a file.')),
      uploadSideLoad: os.plugins.uploadSideLoad.handler(({ input }) => {
        if (!world.settings.developerMode) fail('plugins/developer-mode', 'Plugins that nobody signed are installed in developer mode only.');
        const id = 'com.example.own-tools';
        return input.last ? { operationId: startOperation(world, 'install', id), id } : { operationId: null, id: null };
      }),
      pickSideLoad: os.plugins.pickSideLoad.handler(() => {
        if (!world.settings.developerMode) fail('plugins/developer-mode', 'Plugins that nobody signed are installed in developer mode only.');
        if (world.confirmAt !== null) return { operationId: null, id: null, confirmAt: world.confirmAt };
        const id = 'com.example.own-tools';
        return { operationId: startOperation(world, 'install', id), id, confirmAt: null };
      }),
      compareSet: os.plugins.compareSet.handler(({ input }) => ({ changes: input.lockfile.includes('plugins: []') ? [] : [{ id: 'dev.troupe.meeting-notes', name: 'Meeting Notes', from: null, to: '1.2.0', added: ['models:20'], removed: [] }], others: [...world.installed.keys()], dependants: [], agents: [] })),
      installSet: os.plugins.installSet.handler(() => ({ operationId: startOperation(world, 'install', 'dev.troupe.meeting-notes', 'set') })),
      uninstall: os.plugins.uninstall.handler(({ input }) => {
        const needed = installedOf(input.id).neededBy;
        if (needed.length > 0) fail('plugins/needed-by-others', `${needed.join(', ')} needs it.`);
        return { operationId: startOperation(world, 'uninstall', input.id) };
      }),
      update: os.plugins.update.handler(({ input }) => ({ operationId: startOperation(world, 'update', installedOf(input.id).id) })),
      updates: os.plugins.updates.handler(() => ({ updates: world.updates })),
      preview: os.plugins.preview.handler(({ input }) => {
        const here = installedOf(input.id);
        const to = input.version ?? (input.version === undefined ? world.updates.find(({ id }) => id === here.id)?.version : here.previousVersion) ?? fail('plugins/no-previous', 'There is nothing to go back to.');
        const dependants = here.neededBy.map((by) => ({ id: by, name: world.installed.get(by)?.name ?? by, version: '1.0.0', needs: here.id, needsName: here.name, range: '>=0.8.0', becomes: to, fits: true }));
        return { dependants: world.misfits ? dependants.map((one) => ({ ...one, range: '>=9', fits: false })) : dependants, agents: [...here.hiredAs, ...here.usedBy], changes: [{ id: here.id, name: here.name, from: here.version, to, added: input.version === null ? [] : ['network:more.example.com'], removed: input.version === null ? ['models:20'] : [] }] };
      }),
      setUpdatePolicy: os.plugins.setUpdatePolicy.handler(({ input: { id, autoUpdate, channel } }) => {
        world.installed.set(id, { ...installedOf(id), autoUpdate, channel });
        world.changed('plugins');
        return { autoUpdate, channel };
      }),
      rollback: os.plugins.rollback.handler(({ input }) => {
        if (installedOf(input.id).previousVersion === null) fail('plugins/no-previous', 'There is nothing to go back to.');
        return { operationId: startOperation(world, 'rollback', input.id) };
      }),
      setPin: os.plugins.setPin.handler(({ input }) => {
        world.installed.set(input.id, { ...installedOf(input.id), pinned: input.version });
        world.changed('plugins');
        return { pinned: input.version };
      }),
      setEnabled: os.plugins.setEnabled.handler(({ input }) => {
        const here = installedOf(input.id);
        if (!input.enabled && here.neededBy.length > 0) fail('plugins/needed-by-others', `${here.neededBy.join(', ')} needs it.`);
        world.installed.set(here.id, { ...here, status: input.enabled ? 'active' : 'disabled', disabledBy: input.enabled ? null : 'person' });
        world.changed('plugins');
        return { changed: [here.id], hiredAs: here.hiredAs, usedBy: here.usedBy };
      }),
      verify: os.plugins.verify.handler(() => ({ plugins: world.installed.size, problems: [] })),
      lockfile: os.plugins.lockfile.handler(() => ({ text: 'lockfile_version: 1\nplugins: []\n' })),
      operations: os.plugins.operations.handler(({ input }) => ({ operations: [...world.operations.values()].map(({ operation }) => operation).filter((operation) => input.recent || operation.finishedAt === null).reverse() })),
      events: os.plugins.events.handler(({ input, signal }) => operationOf(input.operationId).log.read(input.after, signal)),
      consent: os.plugins.consent.handler(({ input }) => { operationOf(input.operationId).answerConsent(input); return {}; }),
      retry: os.plugins.retry.handler(({ input }) => {
        const { kind, pluginId, asked } = operationOf(input.operationId).operation;
        return { operationId: startOperation(world, kind, pluginId, asked) };
      }),
      cancel: os.plugins.cancel.handler(({ input }) => { operationOf(input.operationId).cancel(); return {}; }),
      ...permissionProcedures(os, world),
      ...pluginConfiguration(os, world),
      folders: os.plugins.folders.handler(({ input }) => ({ folders: world.folders.get(installedOf(input.id).id) ?? [] })),
      pickFolder: os.plugins.pickFolder.handler(({ input }) => {
        if (world.confirmAt !== null) return { folder: null, confirmAt: world.confirmAt };
        const folders = (world.folders.get(input.id) ?? []).map((folder) => (folder.key === input.key ? { ...folder, path: '/home/ada/Documents/reports' } : folder));
        world.folders.set(input.id, folders);
        world.changed('plugins');
        return { folder: folders.find((folder) => folder.key === input.key) ?? null, confirmAt: null };
      }),
      grantFolder: os.plugins.grantFolder.handler(() => fail('permission/denied', 'Pages may not name a folder.')),
      revokeFolder: os.plugins.revokeFolder.handler(({ input }) => {
        world.folders.set(input.id, (world.folders.get(input.id) ?? []).map((folder) => (folder.key === input.key ? { ...folder, path: null } : folder)));
        world.changed('plugins');
        return {};
      }),
    },
    models: {
      providers: os.models.providers.handler(() => ({ providers: world.providers })),
      list: os.models.list.handler(() => ({ models: world.models, default: world.settings.defaultModel ?? 'practice/rules' })),
      prices: os.models.prices.handler(() => ({ prices: Object.fromEntries(world.models.map((model) => { const ref = `${model.provider}/${model.model}`; const [own, at] = [world.settings.modelPrices[ref], { noted: null, list: null, upToPromptTokens: null }]; return [ref, own ? { ...own, source: 'own' as const, ...at } : model.local ? { input: 0, cachedInput: null, output: 0, source: 'free' as const, ...at } : null]; })) })),
      presets: os.models.presets.handler(() => ({ presets: [{ id: 'acme', name: 'Acme AI', baseUrl: 'https://api.acme.test/v1', needsKey: true }, { id: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', needsKey: false }, { id: 'jan', name: 'Jan', baseUrl: 'http://127.0.0.1:1337/v1', needsKey: false }] })),
      discover: os.models.discover.handler(() => ({ servers: world.found.map((server) => ({ ...server, providerId: world.providers.find(({ baseUrl }) => baseUrl === server.baseUrl)?.id ?? null })) })),
      add: os.models.add.handler(({ input }) => {
        const provider = makeProvider(`provider-${world.providers.length + 1}`, input.name ?? new URL(input.baseUrl).hostname, { baseUrl: input.baseUrl, hasKey: input.key !== undefined, preset: input.preset ?? null });
        world.providers = [...world.providers, provider];
        world.models = [...world.models, ...world.probe.models.map((model) => ({ ...model, provider: provider.id }))];
        world.changed('models');
        return { provider, probe: world.probe };
      }),
      change: os.models.change.handler(({ input }) => {
        changeProvider(providerOf(input.id).id, { ...(input.name !== undefined && { name: input.name }), ...(input.baseUrl !== undefined && { baseUrl: input.baseUrl }), ...(input.key !== undefined && { hasKey: input.key !== null }) });
        world.changed('models');
        return { provider: providerOf(input.id), probe: world.probe };
      }),
      test: os.models.test.handler(({ input }) => {
        changeProvider(providerOf(input.id).id, { status: { state: world.probe.ok ? 'ready' : 'failing', code: world.probe.code, message: world.probe.message, checkedAt: Date.now(), retryAt: null } });
        world.changed('models');
        return world.probe;
      }),
      remove: os.models.remove.handler(({ input }) => {
        const { id } = providerOf(input.id);
        world.providers = world.providers.filter((provider) => provider.id !== id);
        world.models = world.models.filter((model) => model.provider !== id);
        world.changed('models');
        return {};
      }),
      setLimit: os.models.setLimit.handler(({ input }) => { changeProvider(providerOf(input.id).id, { requestsPerMinute: input.requestsPerMinute }); world.changed('models'); return {}; }),
      ...modelFileProcedures(os, world),
      setDefault: os.models.setDefault.handler(({ input }) => { world.settings = { ...world.settings, defaultModel: input.model }; world.changed('models', 'settings'); return { default: input.model ?? 'practice/rules' }; }),
    },
    ...chatProcedures(os, world),
    mcp: mcpProcedures(os, world),
    builder: builderProcedures(os, world),
    memory: memoryProcedures(os, world),
    knowledge: knowledgeProcedures(os, world),
  });
}

interface SearchInput { words: string; filters: Record<string, unknown>; sort: string; offset: number; limit: number }

function search(world: FakeWorld, { words, filters, sort, offset, limit }: SearchInput) {
  const corrected = words === 'reserch' ? 'research' : null;
  const wanted = (corrected ?? words).toLowerCase();
  const matches = (card: CatalogCard): boolean => (wanted === '' || `${card.name} ${card.description} ${card.tags.join(' ')} ${card.publisher.name}`.toLowerCase().includes(wanted))
    && (filters['kind'] === undefined || card.kinds.includes(filters['kind'] as never)) && (filters['price'] === undefined || card.priceModel === filters['price'])
    && (filters['tag'] === undefined || card.tags.includes(String(filters['tag']))) && (filters['publisher'] === undefined || card.publisher.id === filters['publisher']) && (filters['tier'] === undefined || card.publisher.tier === filters['tier'])
    && (filters['registry'] === undefined || card.registry === filters['registry']) && (filters['minimumRating'] === undefined || (card.rating ?? 0) >= Number(filters['minimumRating']))
    && (filters['compatible'] !== true || card.compatible) && (filters['installed'] === undefined || (card.installedVersion !== null) === filters['installed']);
  const found = world.cards.filter(matches);
  const facets: Record<string, number> = {};
  for (const card of found) for (const slug of card.categories) facets[slug] = (facets[slug] ?? 0) + 1;
  const items = found.filter((card) => filters['category'] === undefined || card.categories.includes(String(filters['category'])));
  const order: Record<string, (a: CatalogCard, b: CatalogCard) => number> = { popular: (a, b) => b.installs - a.installs, recent: (a, b) => b.publishedAt - a.publishedAt, rating: (a, b) => (b.rating ?? 0) - (a.rating ?? 0), name: (a, b) => a.name.localeCompare(b.name) };
  const sorted = order[sort] ? [...items].sort(order[sort]) : items;
  return { items: sorted.slice(offset, offset + limit), total: items.length, corrected, facets };
}

/** Serves one channel over a world: hello, then calls, each with the delays and failures that are set. `build` null takes a page of any build. */
export function serveFakeCore(world: FakeWorld, channel: Channel, { build = 'dev' }: { build?: string | null } = {}): void {
  const handler = new StandardRPCHandler(createRouter(world), {
    clientInterceptors: [async (call) => {
      const procedure = call.path.join('.');
      world.calls.push({ procedure, input: (call.input ?? {}) as Record<string, unknown> });
      try {
        const delay = world.delays.get(procedure) ?? world.delays.get('*') ?? 0;
        if (delay > 0) await new Promise((resolve) => { if (Number.isFinite(delay)) setTimeout(resolve, delay); });
        const failure = world.failures.get(procedure) ?? (/^(credentials|observe|link)\./.test(procedure) || ['open', 'plain'].includes(world.keyState.state) ? undefined : { code: 'credentials/locked', message: 'This home is locked.', retryable: true, details: {} });
        if (failure) throw new ORPCError('APP', { defined: true, data: failure, message: failure.message });
        const scripted = world.answers.get(procedure);
        return scripted ? await scripted(call.input as never) : await call.next();
      } catch (error) {
        if (error instanceof ORPCError && error.code === 'APP') throw error;
        const wire = toWire(error);
        throw new ORPCError('APP', { defined: true, data: wire, message: error instanceof Error ? error.message : wire.message });
      }
    }],
  });
  const peer = new ServerPeer(async (message) => { await channel.send(message as string); });
  let greeted = false;
  channel.onClose(() => { peer.close(); });
  channel.onMessage((message) => {
    if (greeted) { peer.message(message, createServerPeerHandleRequestFn(handler, { context: {} })).catch(() => { channel.close(); }); return; }
    greeted = true;
    const hello = z.parse(clientHelloSchema, JSON.parse(message)).hello;
    const refused = build !== null && hello.build !== build ? { refused: 'other-build' as const } : {};
    const answer: CoreHello = { hello: { protocol: PROTOCOL, build: build ?? hello.build, shell: world.shell, ...refused } };
    void channel.send(JSON.stringify(answer));
    if (refused.refused) channel.close();
  });
}

/** Two ends of a channel in memory. Closing either ends both. */
export function channelPair(): [Channel, Channel] {
  const make = () => ({ listener: undefined as ((message: string) => void) | undefined, waiting: [] as string[], onClose: undefined as (() => void) | undefined });
  const ends = [make(), make()] as const;
  let closed = false;
  const side = (own: 0 | 1): Channel => {
    const [me, other] = [ends[own], ends[own === 0 ? 1 : 0]];
    return {
      send(message) { if (!closed) queueMicrotask(() => { if (other.listener) other.listener(message); else other.waiting.push(message); }); },
      onMessage(listener) { me.listener = listener; for (const message of me.waiting.splice(0)) listener(message); },
      onClose(listener) { me.onClose = listener; },
      close() { if (closed) return; closed = true; queueMicrotask(() => { for (const end of ends) end.onClose?.(); }); },
    };
  };
  return [side(0), side(1)];
}

/** A scripted core and a way to connect to it, for `createBridge`. `drop` cuts every connection. */
export function startFakeCore(world: FakeWorld = createWorld(), options: { build?: string } = {}): { world: FakeWorld; connect(): Promise<Channel>; drop(): void; connections(): number } {
  let open: Channel[] = [];
  let made = 0;
  return {
    world,
    connect() {
      const [page, core] = channelPair();
      open.push(core);
      made += 1;
      serveFakeCore(world, core, options);
      return Promise.resolve(page);
    },
    drop() { for (const channel of open) channel.close(); open = []; },
    connections: () => made,
  };
}

export { NOW };
