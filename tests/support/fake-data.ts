/** Made-up but plausible data for the page's tests and pictures. Deterministic: the same numbers give the same data. */
import type { CatalogCard, CatalogDetail, Category, Review } from '../../contract/model/catalog.ts';
import type { Permission } from '../../contract/model/permission.ts';
import type { InstalledPlugin } from '../../contract/model/plugin.ts';
import type { Capabilities, ModelInfo, Provider } from '../../contract/model/model-ref.ts';

export const NOW = Date.UTC(2026, 10, 20, 9, 0, 0);
const DAY = 86_400_000;
const digest = (seed: number): string => seed.toString(16).padStart(8, '0').repeat(16);

export const categories: Category[] = [
  ['observability', 'Observability', 'activity'], ['testing', 'Testing', 'flask-conical'], ['data', 'Data', 'database'], ['infrastructure', 'Infrastructure', 'server'],
  ['ai-ml', 'AI and ML', 'brain'], ['consulting', 'Consulting', 'briefcase'], ['development', 'Development', 'code'], ['security', 'Security', 'shield'],
  ['productivity', 'Productivity', 'zap'], ['communication', 'Communication', 'message-square'], ['research', 'Research', 'book-open'],
].map(([slug = '', name = '', icon = ''], at) => ({ slug, name, description: '', icon, sortOrder: at, count: 0 }));

const publishers = [
  { id: 'troupe', name: 'Troupe', tier: 'tier1', verified: true, website: 'https://troupe.example' },
  { id: 'northwind', name: 'Northwind Labs', tier: 'tier2', verified: true, website: 'https://northwind.example' },
  { id: 'maple', name: 'Maple & Sons', tier: 'tier3', verified: false, website: null },
] as const;

/** Somebody else who serves a plugin of an id that is taken. */
export const namesake = { id: 'namesake', name: 'Namesake Trading Company of the Northern Provinces', tier: 'tier3', verified: false, website: null } as const;

export const permission = (key: string, danger: Permission['danger'] = 'normal', detail: Record<string, unknown> = {}): Permission => {
  const [kind = '', ...rest] = key.split(':');
  return { key, kind: kind as Permission['kind'], value: rest.join(':'), danger, detail };
};

const names: readonly [string, string, readonly string[], readonly CatalogCard['kinds'][number][]][] = [
  ['Text Toolkit', 'Summarise, count, compare and clean up text, entirely on this machine.', ['productivity'], ['agent', 'tool']],
  ['Research Assistant', 'Reads pages you name, keeps notes with sources and writes a brief.', ['research'], ['agent', 'tool']],
  ['Meeting Notes', 'Turns a transcript into decisions, owners and dates.', ['productivity', 'communication'], ['agent']],
  ['Spreadsheet Analyst', 'Answers questions about CSV files in a folder you choose.', ['data'], ['agent', 'tool']],
  ['Code Reviewer', 'Reads a change and says what could break, with line references.', ['development'], ['agent', 'crew']],
  ['Uptime Watch', 'Checks addresses on a schedule and explains what changed.', ['observability', 'infrastructure'], ['agent', 'flow']],
  ['Secrets Sweep', 'Looks for passwords and keys in a folder before you share it.', ['security'], ['tool']],
  ['Inbox Triage', 'Sorts messages by urgency and drafts short replies for approval.', ['communication'], ['agent']],
  ['Test Writer', 'Proposes unit tests for the function you paste.', ['testing', 'development'], ['agent']],
  ['Dataset Profiler', 'Describes columns, gaps and outliers of a table.', ['data', 'ai-ml'], ['tool']],
  ['Interview Coach', 'Asks, listens and gives honest feedback.', ['consulting'], ['agent', 'blueprint']],
  ['Release Notes', 'Writes release notes from a list of changes in your own tone.', ['development', 'productivity'], ['agent', 'flow']],
];

/** One card. `at` 0 to 11 are the named plugins; later ones repeat them with a number. */
export function makeCard(at: number): CatalogCard {
  const [base, description, slugs, kinds] = names[at % names.length] ?? ['Plugin', '', [], ['tool']];
  const round = Math.floor(at / names.length);
  const name = round === 0 ? base : `${base} ${round + 1}`;
  const asks = [[], ['network'], ['models'], ['folder', 'models'], ['network', 'secret', 'models', 'storage']][at % 5] ?? [];
  return {
    id: `dev.troupe.${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`, name, description, publisher: publishers[at % 3] ?? publishers[0],
    kinds: [...kinds], categories: [...slugs], tags: ['offline', 'english'], version: `1.${at % 7}.0`, priceModel: at % 6 === 5 ? 'freemium' : at % 11 === 7 ? 'paid' : 'free',
    icon: null, trend: Array.from({ length: 30 }, (_, day) => 20 + at + (day * 7 + at * 3) % 11), installs: (names.length * 900 - at * 731) > 0 ? names.length * 900 - at * 731 : at * 3, rating: at % 4 === 3 ? null : 3.6 + (at % 13) / 10, ratings: at % 4 === 3 ? 0 : 12 + at * 3,
    permissionKinds: asks, compatible: at % 9 !== 8, registry: 'embedded', installedVersion: null, publishedAt: NOW - at * DAY * 3,
  };
}

export function makeDetail(card: CatalogCard): CatalogDetail {
  return {
    ...card,
    longDescription: `## What it does\n\n${card.description}\n\n- Works **offline**: nothing leaves this machine unless you allow it.\n- Asks before it writes anything.\n\n## Examples\n\n> Summarise this in three sentences.\n\n\`\`\`text\nCount the words of every file in the folder.\n\`\`\`\n`,
    capabilities: card.kinds.map((kind, at) => ({ kind, id: `${kind}-${at}`, name: kind === 'agent' ? `${card.name.split(' ')[0] ?? ''} Specialist` : `${card.name} ${kind}`, description: card.description })),
    permissions: card.permissionKinds.map((kind) => ({ network: permission('network:api.example.com'), models: permission('models:20'), folder: permission('folder:data:read'), secret: permission('secret:api_key@api.example.com'), storage: permission('storage:10485760') })[kind] ?? permission(`${kind}:x`)),
    configuration: card.permissionKinds.includes('secret') ? [{ key: 'api_key', type: 'secret', description: 'The key of your account with the service.', required: true, default: null, options: [], label: 'API key', example: null }, { key: 'language', type: 'enum', description: 'The language of the answers.', required: false, default: 'en', options: ['en', 'de', 'fr'], label: null, example: null }] : [],
    versions: [0, 1, 2].map((back) => ({ version: back === 0 ? card.version : `0.${9 - back}.0`, channel: back === 2 ? 'beta' : 'stable', size: 184_320 + back * 20_000, sha512: digest(back + 1), publishedAt: card.publishedAt - back * DAY * 40, changelog: back === 0 ? 'Shorter answers, and lists keep their order.' : 'First versions.', dependencies: back === 0 && card.kinds.includes('agent') ? [{ id: 'dev.troupe.secrets-sweep', range: '>=1.0.0 <2', foreign: false }] : [], withdrawn: back === 2 ? 'It lost the last line of long files.' : null, deprecated: null, useInstead: back === 2 ? { id: card.id, version: card.version } : null })),
    screenshots: [], license: 'MIT', docsUrl: 'https://docs.example/plugin', supportEmail: 'help@example.com', demoVideo: null,
    incompatibleBecause: card.compatible ? [] : ['It needs Troupe 2.0 or newer; this is 0.1.0.'], requirements: { app_version: '>=0.1.0' }, lacks: [], alsoFrom: [],
    pricing: card.priceModel === 'free' ? { freeTier: null, tiers: [] } : { freeTier: card.priceModel === 'freemium' ? { executions: 50, period: 'month' } : null, tiers: [{ name: 'Small team', price: 9, currency: 'EUR', period: 'month', executions: 1_000 }, { name: 'Whole company', price: 1_290.5, currency: 'USD', period: 'year', executions: 'unlimited' }] },
    histogram: card.ratings === 0 ? null : [1, 2, 3, 6, card.ratings - 12], figuresOf: '2026-11-20',
  };
}

/** What people wrote about a plugin: of several lengths and scripts, some answered. None where nobody rated it. */
export const makeReviews = (card: CatalogCard): Review[] => (card.ratings === 0 ? [] : [
  { author: 'Ada Lindqvist', rating: 5, title: 'Does what it says', body: 'I use it every morning before the stand-up. It asks before it touches anything, and the notes are short enough to be read.\n\nOne wish: let me choose the folder for each run.', version: card.version, writtenAt: NOW - 2 * DAY, helpful: 14, reply: { body: 'Thank you. A folder for each run comes with the next version.', writtenAt: NOW - DAY } },
  { author: 'מאיה', rating: 4, title: 'עובד היטב', body: 'קל להתקנה ועובד גם בלי רשת.', version: card.version, writtenAt: NOW - 9 * DAY, helpful: 3, reply: null },
  { author: 'R. Okonkwo-Featherstonehaugh of the Accounting Department', rating: 2, title: null, body: '<b>Careful</b>: see [here](https://example.com) — a wide table of 40 columns came out cut off, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', version: '0.9.0', writtenAt: NOW - 60 * DAY, helpful: 1, reply: null },
  { author: 'jo', rating: 5, title: null, body: '', version: '0.9.0', writtenAt: NOW - 75 * DAY, helpful: 0, reply: null },
]);

export function makeInstalled(card: CatalogCard, change: Partial<InstalledPlugin> = {}): InstalledPlugin {
  const detail = makeDetail(card);
  return {
    id: card.id, name: card.name, version: card.version, description: card.description, sha512: digest(7), size: 184_320, registry: card.registry, publisher: card.publisher, icon: card.icon,
    status: 'active', reason: 'asked', sideLoaded: false, capabilities: detail.capabilities, permissions: detail.permissions, configuration: detail.configuration, missing: [],
    neededBy: [], hiredAs: [], usedBy: [], pinned: null, previousVersion: null, disabledBy: null, withdrawn: null, developedIn: null, autoUpdate: null, channel: 'stable', storedBytes: 12_400, installedAt: NOW - 5 * DAY, updatedAt: NOW - 2 * DAY, ...change,
  };
}

const unknown: Capabilities = { tools: null, parallelTools: null, jsonSchema: null, vision: null, reasoning: null, usageInStream: null };
export const practiceModel: ModelInfo = { provider: 'practice', model: 'rules', label: 'Practice model', contextLength: 8192, capabilities: { ...unknown, tools: true, jsonSchema: true }, local: true, practice: true };
export const makeModel = (provider: string, model: string, change: Partial<ModelInfo> = {}): ModelInfo => ({ provider, model, label: model, contextLength: 131_072, capabilities: { ...unknown, tools: true, jsonSchema: true, vision: model.includes('vision') ? true : null }, local: false, practice: false, ...change });
export const makeProvider = (id: string, name: string, change: Partial<Provider> = {}): Provider => ({ id, name, preset: null, baseUrl: `https://${id}.example/v1`, hasKey: true, requestsPerMinute: null, isDefault: false, status: { state: 'ready', code: null, message: null, checkedAt: NOW - 60_000, retryAt: null }, ...change });
