/** The pages beside a registry's files, for people with a browser and without the app. No script; every word of a record is escaped. */
import type { CatalogRecord, CatalogRecordVersion } from '../../../contract/manifest/index.ts';
import { markup, webAddress, type Markup } from './markup.ts';
import { plain, type Plugin, type Shelf } from './shelf.ts';

export interface Wanted { words: string; category: string; page: number }
/** What every page needs. `now` in ms UTC. */
export interface Site { title: string; shelf: Shelf; now: number }

const ON_A_PAGE = 48;
const DAY_LETTERS = 10;

const day = (at: number): Markup => {
  const text = new Date(at).toISOString().slice(0, DAY_LETTERS);
  return markup`<time datetime="${text}">${text}</time>`;
};
const size = (bytes: number): string => (bytes < 100_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);
const pluginAt = (id: string): string => `/plugins/${encodeURIComponent(id)}`;
const publisherAt = (id: string): string => `/publishers/${encodeURIComponent(id)}`;
const imageAt = (sha512: string): string => `/images/${sha512}`;

/** Opens the plugin's page in the app, for this registry and no other. */
export const openInTroupe = (id: string, { fingerprint }: Shelf): string => `troupe://install/${encodeURIComponent(id)}?registry=${fingerprint}`;

/** The version that the pages speak of: the newest that was not withdrawn. */
export const shownVersion = ({ versions }: CatalogRecord): CatalogRecordVersion => {
  const version = versions.find(({ withdrawn, channel }) => withdrawn === null && channel === 'stable') ?? versions.find(({ withdrawn }) => withdrawn === null) ?? versions[0];
  if (!version) throw new TypeError('The record has no version.');
  return version;
};

export function layout({ title, shelf, now }: Site, heading: string, body: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${heading === title ? title : `${heading} – ${title}`}</title>
<link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/atom+xml" title="New versions" href="/feed.atom">
<link rel="alternate" type="application/feed+json" title="New versions" href="/feed.json">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header><div class="inner"><a class="home" href="/">${title}</a></div></header>
<main id="content" class="inner">
${shelf.expires <= now ? markup`<p class="notice">What this registry signed is out of date since ${day(shelf.expires)}: apps install nothing new from it until it is signed again.</p>` : null}
${body}
</main>
<footer><div class="inner"><p>Catalog ${shelf.sequence}, signed until ${day(shelf.expires)}. New versions as <a href="/feed.atom">Atom</a> or <a href="/feed.json">JSON</a> feed.</p>
<p>Fingerprint, by which apps know this registry: <code>${shelf.fingerprint}</code></p></div></footer>
</body>
</html>
`.text;
}

const icon = (record: CatalogRecord, large = false): Markup =>
  (record.icon ? markup`<img class="icon${large ? ' large' : ''}" src="${imageAt(record.icon.sha512)}" alt="" width="40" height="40" loading="lazy">` : markup`<span class="icon${large ? ' large' : ''}"></span>`);

const publisherLink = ({ publisher }: CatalogRecord): Markup => markup`<a href="${publisherAt(publisher.id)}"><bdi>${publisher.name}</bdi></a>${publisher.verified ? ' · verified' : null}`;

const card = ({ record }: Plugin, shelf: Shelf): Markup => markup`<li>
<div class="title">${icon(record)}<h3><a href="${pluginAt(record.id)}"><bdi>${record.name}</bdi></a></h3></div>
<p><bdi>${record.description}</bdi></p>
<p class="quiet small">${publisherLink(record)} · ${shownVersion(record).version} · ${record.pricing.model}</p>
<p class="open"><a href="${openInTroupe(record.id, shelf)}">Open in Troupe<span class="unseen">: ${record.name}</span></a></p>
</li>
`;

const cards = (plugins: readonly Plugin[], shelf: Shelf): Markup => markup`<ul class="cards">
${plugins.map((one) => card(one, shelf))}</ul>`;

/** Every word has to begin a word of the plugin; those with all of them in the name come first. */
export function found({ plugins }: Shelf, { words, category }: Pick<Wanted, 'words' | 'category'>): Plugin[] {
  const tokens = plain(words).split(' ').filter((word) => word !== '');
  const hits = plugins.filter((one) => (category === '' || one.record.categories.includes(category)) && tokens.every((token) => one.words.includes(` ${token}`)));
  if (tokens.length === 0) return hits;
  const named = new Set(hits.filter(({ record }) => { const name = ` ${plain(record.name)}`; return tokens.every((token) => name.includes(` ${token}`)); }));
  return [...named, ...hits.filter((one) => !named.has(one))];
}

export function listPage(site: Site, wanted: Wanted): string {
  const { shelf, title } = site;
  const all = found(shelf, wanted);
  const last = Math.max(1, Math.ceil(all.length / ON_A_PAGE));
  const page = Math.min(wanted.page, last);
  const at = (number: number): string => `/?${new URLSearchParams({ ...(wanted.words !== '' && { q: wanted.words }), ...(wanted.category !== '' && { category: wanted.category }), page: String(number) }).toString()}`;
  const used = new Set(shelf.plugins.flatMap(({ record }) => record.categories));
  const named = new Map(shelf.categories.map(({ slug, name }) => [slug, name]));
  const categories = [...named.keys(), ...[...used].filter((slug) => !named.has(slug)).sort()].filter((slug) => used.has(slug));
  return layout(site, title, markup`<h1>Plugins</h1>
<form action="/" method="get" role="search">
<label>Search<input type="search" name="q" value="${wanted.words}" maxlength="200" autocomplete="off"></label>
<label>Category<select name="category"><option value="">All</option>${categories.map((slug) => markup`<option value="${slug}"${slug === wanted.category ? markup` selected` : null}>${named.get(slug) ?? slug}</option>`)}</select></label>
<button type="submit">Search</button>
</form>
<h2 aria-live="polite">${all.length === 1 ? '1 plugin' : `${all.length} plugins`}${last > 1 ? `, page ${page} of ${last}` : null}</h2>
${all.length === 0 ? markup`<p>Nothing was found. Try fewer words, or <a href="/">look at all plugins</a>.</p>` : cards(all.slice((page - 1) * ON_A_PAGE, page * ON_A_PAGE), shelf)}
${last > 1 ? markup`<nav class="pages" aria-label="Pages"><span>${page > 1 ? markup`<a rel="prev" href="${at(page - 1)}">Previous page</a>` : null}</span><span>${page < last ? markup`<a rel="next" href="${at(page + 1)}">Next page</a>` : null}</span></nav>` : null}`);
}

const MAY: Readonly<Record<CatalogRecord['permissions'][number]['kind'], string>> = {
  network: 'reach', secret: 'send the secret', secret_read: 'read the secret', models: 'use models, calls a run:', tools: 'use the tools', folder: 'use the folder', storage: 'store, in bytes:',
};

const outside = (text: string | null, label: string): Markup | null => {
  const address = webAddress(text);
  return address === null ? null : markup`<a href="${address}" rel="nofollow noopener noreferrer">${label}</a>`;
};

const fact = (name: string, value: Markup | string | null): Markup | null => (value === null ? null : markup`<dt>${name}</dt><dd>${value}</dd>
`);

/** What the registry says to use in the place of a version; a link where it has that plugin itself. */
const instead = (id: string, { use_instead: use }: CatalogRecordVersion, { byId }: Shelf): Markup | null => {
  if (!use) return null;
  if (use.id === id) return use.version === null ? null : markup` Use instead: version ${use.version}.`;
  const there = byId.get(use.id);
  const version = use.version === null ? '' : ` ${use.version}`;
  return there ? markup` Use instead: <a href="${pluginAt(use.id)}"><bdi>${there.record.name}</bdi>${version}</a>.` : markup` Use instead: <code>${use.id}${version}</code>.`;
};

const money = ({ price, currency, period }: CatalogRecord['pricing']['paid_tiers'][number]): string => `${price} ${currency} ${period === 'once' ? 'once' : `a ${period}`}`;
const runs = (executions: number | 'unlimited', period: string): string => (executions === 'unlimited' ? 'any number of runs' : `${executions} ${executions === 1 ? 'run' : 'runs'} ${period === 'once' ? 'in all' : `a ${period}`}`);

const prices = ({ model, free_tier: free, paid_tiers: tiers }: CatalogRecord['pricing']): Markup =>
  (!free && tiers.length === 0 ? markup`${model}` : markup`${model}<ul>${free ? markup`<li>Free: ${runs(free.executions, free.period)}</li>` : null}${tiers.map((tier) => markup`<li><bdi>${tier.name}</bdi>: ${money(tier)}, ${runs(tier.executions, tier.period)}</li>`)}</ul>`);

const versionItem = (id: string, one: CatalogRecordVersion, shelf: Shelf): Markup => {
  const { version, channel, published_at, size: bytes, changelog, withdrawn, deprecated } = one;
  return markup`<li><strong>${version}</strong>${channel === 'stable' ? null : ` (${channel})`} · ${day(published_at)} · ${size(bytes)}
${withdrawn === null ? null : markup`<p class="notice">Withdrawn: <bdi>${withdrawn}</bdi>${instead(id, one, shelf)}</p>`}${deprecated === null ? null : markup`<p class="quiet">Deprecated: <bdi>${deprecated}</bdi>${withdrawn === null ? instead(id, one, shelf) : null}</p>`}${changelog === '' ? null : markup`<details><summary>What changed in ${version}</summary><p class="long" dir="auto">${changelog}</p></details>`}</li>
`;
};

export function pluginPage(site: Site, { record, installs }: Plugin): string {
  const { shelf } = site;
  const shown = shownVersion(record);
  const { support_email: email } = record;
  return layout(site, record.name, markup`<div class="title">${icon(record, true)}<div><h1><bdi>${record.name}</bdi></h1><p class="quiet">${publisherLink(record)}</p></div></div>
${shown.withdrawn === null ? null : markup`<p class="notice">Every version was withdrawn. <bdi>${shown.withdrawn}</bdi>${instead(record.id, shown, shelf)}</p>`}
${shown.withdrawn !== null || shown.deprecated === null ? null : markup`<p class="notice">Deprecated. <bdi>${shown.deprecated}</bdi>${instead(record.id, shown, shelf)}</p>`}
<p><bdi>${record.description}</bdi></p>
<p><a class="button" href="${openInTroupe(record.id, shelf)}">Open in Troupe</a></p>
<p class="quiet small">The app shows this page and asks before anything is installed.</p>
${record.long_description === '' ? null : markup`<h2>About</h2><p class="long" dir="auto">${record.long_description}</p>`}
${record.screenshots.length === 0 ? null : markup`<h2>Screenshots</h2><ul class="shots">${record.screenshots.map(({ sha512 }, at) => markup`<li><img src="${imageAt(sha512)}" alt="Screenshot ${at + 1} of ${record.name}" loading="lazy"></li>`)}</ul>`}
<h2>What it brings</h2>
<ul>${record.capabilities.map(({ kind, name, description }) => markup`<li><strong><bdi>${name}</bdi></strong> (${kind}) <bdi>${description}</bdi></li>
`)}</ul>
<h2>What it may do, if you allow it</h2>
${record.permissions.length === 0 ? markup`<p>Nothing outside itself.</p>` : markup`<ul>${record.permissions.map(({ kind, value, danger }) => markup`<li>${MAY[kind]} <code>${value}</code>${danger === 'high' ? ' (think twice)' : null}</li>
`)}</ul>`}
<h2>Facts</h2>
<dl class="facts">
${fact('Id', markup`<code>${record.id}</code>`)}${fact('Price', prices(record.pricing))}${fact('Licence', record.license)}${fact('Installs', installs === 0 ? null : String(installs))}${fact('Needs Troupe', shown.requirements.app_version)}${fact('Systems', record.compatibility.platforms?.join(', ') ?? null)}${fact('Needs', shown.dependencies.length === 0 ? null : shown.dependencies.map(({ id, range }) => `${id} ${range}`).join(', '))}${fact('Documentation', outside(record.docs_url, 'Documentation'))}${fact('Film', outside(record.demo_video, 'Demonstration'))}${fact('Help', email === null ? null : markup`<a href="mailto:${encodeURIComponent(email)}">${email}</a>`)}</dl>
${record.tags.length === 0 ? null : markup`<h2>Tags</h2><ul class="tags">${record.tags.map((tag) => markup`<li><a href="/?${new URLSearchParams({ q: tag }).toString()}">${tag}</a></li>`)}</ul>`}
<h2>Versions</h2>
<ul class="versions">${record.versions.slice(0, ON_A_PAGE).map((one) => versionItem(record.id, one, shelf))}</ul>`);
}

/** @param own plugins of one publisher, at least one */
export function publisherPage(site: Site, publisher: CatalogRecord['publisher'], own: readonly Plugin[]): string {
  return layout(site, publisher.name, markup`<h1><bdi>${publisher.name}</bdi></h1>
<p class="quiet">${publisher.verified ? 'Verified · ' : null}${publisher.tier}${publisher.website === null ? null : markup` · ${outside(publisher.website, 'Website')}`}</p>
<h2>${own.length === 1 ? '1 plugin' : `${own.length} plugins`}</h2>
${cards(own, site.shelf)}`);
}

export const missingPage = (site: Site): string => layout(site, 'Not here', markup`<h1>There is no such page</h1>
<p>It may have been withdrawn. <a href="/">Look at all plugins</a>.</p>`);
