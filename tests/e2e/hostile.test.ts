/** Text of others that would like to be more than text, in every field that shows it: nothing runs, loads, opens or is reported. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE } from '../renderer/markdown/xss-corpus.ts';
import { startRun, talk } from '../renderer/chat/scripted-run.ts';
import { HOSTILE_RICH } from '../support/rich-text.ts';
import { useBrowser } from '../support/browser-app.ts';
import { makeDetail } from '../support/fake-data.ts';
import { createWorld, type FakeWorld } from '../support/fake-core.ts';
import { hire } from '../support/full-world.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';

const all = [...HOSTILE, ...HOSTILE_RICH].join('\n\n');
/** For fields of one line. */
const line = '<img src=x onerror=alert(1)>"><script>alert(1)</script>{{7*7}}[a](javascript:alert(1))\u202e';
const ID = 'dev.troupe.text-toolkit';
const { open } = useBrowser();
let server: PageServer;

beforeAll(async () => { server = await startPageServer(createWorld()); });
afterAll(async () => { await server.stop(); });

function hostileWorld(): FakeWorld {
  const world = createWorld({ entries: 3 });
  world.cards = world.cards.map((card) => ({ ...card, name: line, description: all, tags: [line, 'javascript:alert(1)'], publisher: { ...card.publisher, name: line, website: 'javascript:alert(1)' } }));
  const [card] = world.cards;
  if (card) {
    const detail = makeDetail(card);
    world.answers.set('catalog.get', () => ({
      ...detail, longDescription: all, docsUrl: 'javascript:alert(1)', supportEmail: 'a@b.example?bcc=c@d.example', demoVideo: 'data:text/html,<script>alert(1)</script>', license: line,
      capabilities: detail.capabilities.map((capability) => ({ ...capability, name: line, description: all })), incompatibleBecause: [line],
      configuration: [{ key: line, type: 'enum', description: all, required: true, default: line, options: [line] }],
      versions: detail.versions.map((version) => ({ ...version, changelog: all, withdrawn: line, deprecated: line })),
      permissions: [{ key: `network:${line}`, kind: 'network', value: line, danger: 'high', detail: {} }, { key: `folder:${line}:read`, kind: 'folder', value: `${line}:read`, danger: 'normal', detail: {} }],
    }));
  }
  for (const [id, plugin] of world.installed) world.installed.set(id, { ...plugin, name: line, description: all, publisher: { ...plugin.publisher, name: line }, neededBy: [line], hiredAs: [line] });
  world.folders.set(ID, [{ key: line, access: 'read', path: `/home/${line}` }]);
  world.hires = [hire('hire-1', line, { role: line, description: all, status: 'setup', needs: [line], modelLabel: line })];
  world.conversations = [talk('talk-1', { title: line, lastText: line })];
  world.providers = world.providers.map((provider) => ({ ...provider, name: line, status: { ...provider.status, state: 'failing', code: 'models/unreachable', message: line } }));
  world.models = world.models.map((model) => ({ ...model, label: line }));
  world.registries = world.registries.map((registry) => ({ ...registry, name: line, error: { code: 'catalog/refused', message: line } }));
  const run = startRun(world, 'talk-1', all);
  run.chunk(all);
  run.tell('llm_call_finished', { text: all });
  run.tell('tool_usage_started', { callId: 'c', toolId: `${ID}/${line}`, name: line, effect: 'read', arguments: { [line]: all } });
  run.tell('tool_usage_finished', { callId: 'c', content: all, durationMs: 3, logs: [all] });
  run.tell('notice_added', { code: 'x', message: line });
  run.finish('run_failed', { error: { code: 'models/rate-limited', message: line } });
  const asking = startRun(world, 'talk-1', line);
  asking.tell('tool_approval_requested', { callId: 'k', toolId: `${ID}/${line}`, name: line, effect: 'destructive', arguments: { note: all } });
  return world;
}

/** What the words of others may never become. */
const foreign = (page: Page): Promise<string[]> => page.evaluate(() => [
  ...[...document.querySelectorAll('script')].filter(({ src }) => new URL(src, location.href).origin !== location.origin || src === '').map((element) => element.outerHTML),
  ...[...document.querySelectorAll('iframe:not([sandbox="allow-scripts"][src="/diagram.html"]), iframe[srcdoc], iframe[allow], object, embed, base, form[action], meta[http-equiv], link[rel=stylesheet][href^="//"], video, audio, math :is(a, img, script, style, annotation-xml, maction, mglyph, [href], [src], [style], [class], [id], [actiontype]), math:is([href], [style], [class], [id])')].map((element) => element.outerHTML),
  ...[...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on')).map((name) => `${element.tagName} ${name}`)),
  ...[...document.querySelectorAll<HTMLAnchorElement>('a[href]')].filter((anchor) => !anchor.getAttribute('href')?.startsWith('/') && anchor.origin !== location.origin && !/^(https|mailto):/.test(anchor.protocol)).map(({ href }) => href),
  ...[...document.querySelectorAll('img')].filter(({ src }) => !src.startsWith(location.origin) && !/^(blob:|data:image\/)/.test(src)).map(({ src }) => src),
  ...(document.querySelectorAll('#root').length === 1 ? [] : ['a second root']),
].map((found) => found.slice(0, 200)));

describe('text of others', () => {
  it.each([
    ['the marketplace', '/marketplace'], ['an overview', `/marketplace/${ID}`], ['permissions', `/marketplace/${ID}?tab=permissions`], ['a configuration', `/marketplace/${ID}?tab=configuration`],
    ['changelogs', `/marketplace/${ID}?tab=versions`], ['dependencies', `/marketplace/${ID}?tab=dependencies`], ['installed plugins', '/plugins'], ['the team', '/team'], ['hiring', '/team/hire'], ['a setup', '/team/hire-1/setup'],
    ['home', '/'], ['a chat', '/chat/talk-1'], ['a new chat', '/chat/new'], ['models', '/settings/models'], ['registries', '/settings/registries'],
  ])('stays text in %s', async (_, address) => {
    server.show(hostileWorld());
    const outside: string[] = [];
    const { page } = await open('about:blank');
    await page.context().route('**', async (route) => {
      const { hostname } = new URL(route.request().url());
      if (hostname !== '127.0.0.1') outside.push(route.request().url());
      await route.fallback();
    });
    await page.goto(server.address(address));
    await page.getByText('onerror=alert(1)').first().waitFor();
    // Everything that folds is opened, and every row of a long list comes into sight once.
    // In one step, since what opens may take other things away.
    await page.getByRole('main').evaluate((main) => { for (const folded of main.querySelectorAll<HTMLElement>('button[aria-expanded="false"]:not([aria-haspopup])')) if (folded.checkVisibility()) folded.click(); });
    const messages = page.getByRole('region', { name: 'Messages' });
    for (let turn = 0; turn < 12 && await messages.isVisible(); turn += 1) {
      expect(await foreign(page)).toEqual([]);
      await messages.evaluate((box, down) => { box.scrollTop = box.scrollHeight * down; }, turn / 11);
      await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => { requestAnimationFrame(resolve); }); }));
    }
    expect(await foreign(page)).toEqual([]);
    expect(outside).toEqual([]);
    expect(page.context().pages()).toHaveLength(1);
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(address);
  });
});
