/** Which page an address asks for. */
import { toWire } from '../../../contract/errors/app-error.ts';
import { atomFeed, jsonFeed } from './feeds.ts';
import { listPage, missingPage, pluginPage, publisherPage, type Site, type Wanted } from './pages.ts';
import { openShelves } from './shelf.ts';
import { STYLE } from './style.ts';

export interface Page { status: number; type: string; body: string | Uint8Array; cache: 'no-cache' | 'no-store' | 'public, max-age=31536000, immutable' }

export interface RegistrySite {
  /**
   * The page of a path, or undefined when it is none of the site's.
   * @param query what followed the question mark
   * @param address by which the reader reached the site, ending in a slash
   */
  page(path: string, query: URLSearchParams, address: string): Promise<Page | undefined>;
  stop(): Promise<void>;
}

const LONGEST_WORDS = 200;
const MOST_PAGES = 100_000;
const HTML = 'text/html; charset=utf-8';

const wantedOf = (query: URLSearchParams): Wanted => {
  const page = Number(query.get('page') ?? '1');
  return { words: (query.get('q') ?? '').slice(0, LONGEST_WORDS), category: (query.get('category') ?? '').slice(0, LONGEST_WORDS), page: Number.isInteger(page) && page >= 1 && page <= MOST_PAGES ? page : 1 };
};

export function registrySite(folder: string, title: string, now: () => number, report: (error: unknown) => void): RegistrySite {
  const shelves = openShelves(folder, report);
  const html = (body: string, status = 200): Page => ({ status, type: HTML, body, cache: 'no-cache' });

  async function pageOf(path: string, query: URLSearchParams, address: string): Promise<Page | undefined> {
    if (path === '/style.css') return { status: 200, type: 'text/css; charset=utf-8', body: STYLE, cache: 'no-cache' };
    const [, kind = '', name = ''] = /^\/(plugins|publishers|images)\/(.+)$/s.exec(path) ?? [];
    if (kind === '' && !['/', '/feed.atom', '/feed.json'].includes(path)) return undefined;
    if (kind === 'images') {
      const image = await shelves.image(name);
      return image && { status: 200, type: image.type, body: image.bytes, cache: 'public, max-age=31536000, immutable' };
    }
    const site: Site = { title, shelf: await shelves.shelf(), now: now() };
    if (path === '/') return html(listPage(site, wantedOf(query)));
    if (path === '/feed.atom') return { ...html(atomFeed(site, address)), type: 'application/atom+xml; charset=utf-8' };
    if (path === '/feed.json') return { ...html(jsonFeed(site, address)), type: 'application/feed+json; charset=utf-8' };
    const plugin = kind === 'plugins' ? site.shelf.byId.get(name) : undefined;
    if (plugin) return html(pluginPage(site, plugin));
    const own = kind === 'publishers' ? site.shelf.plugins.filter(({ record }) => record.publisher.id === name) : [];
    return own[0] ? html(publisherPage(site, own[0].record.publisher, own)) : html(missingPage(site), 404);
  }

  return {
    async page(path, query, address) {
      try {
        return await pageOf(path, query, address);
      } catch (error) {
        return { status: 503, type: 'text/plain; charset=utf-8', body: `${toWire(error).message}\n`, cache: 'no-store' };
      }
    },
    stop: () => shelves.stop(),
  };
}
