/** New versions as Atom (RFC 4287) and JSON Feed 1.1. */
import { markup } from './markup.ts';
import { openInTroupe, shownVersion, type Site } from './pages.ts';
import type { Plugin } from './shelf.ts';

const ITEMS = 50;

interface Item { plugin: Plugin; version: string; at: number; digest: string; changelog: string }

const itemsOf = ({ shelf }: Site): Item[] => shelf.plugins
  .map((plugin): Item => { const { version, published_at: at, sha512: digest, changelog } = shownVersion(plugin.record); return { plugin, version, at, digest, changelog }; })
  .sort((a, b) => b.at - a.at || (a.digest < b.digest ? -1 : 1)).slice(0, ITEMS);

const instant = (at: number): string => new Date(at).toISOString();

/** @param address of the site, ending in a slash */
export function atomFeed(site: Site, address: string): string {
  const items = itemsOf(site);
  return markup`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:sha256:${site.shelf.fingerprint}</id>
<title>${site.title}</title>
<author><name>${site.title}</name></author>
<updated>${instant(items[0]?.at ?? 0)}</updated>
<link rel="self" type="application/atom+xml" href="${address}feed.atom"/>
<link rel="alternate" type="text/html" href="${address}"/>
${items.map(({ plugin: { record }, version, at, digest, changelog }) => markup`<entry>
<id>urn:sha512:${digest}</id>
<title>${record.name} ${version}</title>
<author><name>${record.publisher.name}</name></author>
<updated>${instant(at)}</updated>
<link rel="alternate" type="text/html" href="${address}plugins/${encodeURIComponent(record.id)}"/>
<link rel="related" title="Open in Troupe" href="${openInTroupe(record.id, site.shelf)}"/>
<summary type="text">${record.description}</summary>
<content type="text">${changelog === '' ? record.description : changelog}</content>
</entry>
`)}</feed>
`.text;
}

/** @param address of the site, ending in a slash */
export const jsonFeed = (site: Site, address: string): string => JSON.stringify({
  version: 'https://jsonfeed.org/version/1.1', title: site.title, home_page_url: address, feed_url: `${address}feed.json`, language: 'en',
  items: itemsOf(site).map(({ plugin: { record }, version, at, digest, changelog }) => ({
    id: `urn:sha512:${digest}`, url: `${address}plugins/${encodeURIComponent(record.id)}`, external_url: openInTroupe(record.id, site.shelf), title: `${record.name} ${version}`,
    summary: record.description, content_text: changelog === '' ? record.description : changelog, date_published: instant(at), authors: [{ name: record.publisher.name }], tags: record.tags,
  })),
}, null, 1);
