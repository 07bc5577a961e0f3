import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVectors, type Vectors } from '../../../main/core/engine/memory/index.ts';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type ScriptedModel, type Workshop } from '../agents/workshop.ts';
import { rawProvider, world, type Answer, type Raw, type World } from '../models/stand-in.ts';
import { collect, openTestHome, systemClock, type TestHome } from '../runs/home.ts';

/** Words of one meaning point the same way; what has none of them points where nothing else does. */
const MEANINGS = [['car', 'automobile', 'vehicle'], ['holiday', 'vacation', 'leave'], ['tea', 'beverage']];
const vectorOf = (text: string, length = 8): number[] => {
  const vector = MEANINGS.map((words) => words.filter((word) => text.toLowerCase().includes(word)).length);
  return [...vector, vector.every((one) => one === 0) ? 1 : 0, ...Array.from({ length: length - 4 }, () => 0)];
};
const embeds = (length = 8): Answer => (response, body) => {
  const data = (body['input'] as string[]).map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, length) }));
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: data.toReversed() }));
};

let home: TestHome;
let plugins: TestPlugins;
let raw: Raw | undefined;
let at: World;
let vectors: Vectors;
let shop: Workshop;
let model: ScriptedModel;
let chosen: string | null;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins, { agent: 'role: Helper\nmemory: true\n' }); });
afterEach(async () => { await vectors.stop(); await raw?.close(); raw = undefined; at.http.close(); await home.close(); });

async function open(answer: Answer = embeds()): Promise<void> {
  raw = await rawProvider(answer);
  at = world();
  const { provider } = await at.models.addProvider({ baseUrl: raw.url, name: 'Acme' });
  chosen = `${provider.id}/embed`;
  vectors = createVectors({ store: home.store, chosen: () => chosen, embedder: at.models.embedder, clock: systemClock, sleep: (_ms, signal) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('aborted')); }); }), log: { warn: () => undefined }, changed: () => undefined });
  model = scriptedModel(() => ({ text: 'ok' }));
  shop = openWorkshop({ home, plugins, model, vectors });
}
let uploads = 0;
async function give(text: string, name = 'notes.md'): Promise<void> {
  uploads += 1;
  await shop.knowledge.add({ upload: `v-${uploads}`, offset: 0, base64: Buffer.from(text).toString('base64'), last: true, name, scope: 'shared' });
}
const until = (state: string, done?: number): Promise<void> => vi.waitFor(async () => { expect(await vectors.status()).toMatchObject({ state, ...(done !== undefined && { done }) }); }, { timeout: 15_000, interval: 20 });
const texts = async (words: string): Promise<string[]> => (await shop.knowledge.search({ words, limit: 5 })).passages.map(({ text }) => text);
const asked = (): string[] => (raw?.requests ?? []).filter(({ path }) => path.endsWith('/embeddings')).flatMap(({ body }) => body['input'] as string[]);
const TEXT = '# One\n\nThe automobile stands in the yard.\n\n# Two\n\nThirty days of vacation.\n\n# Three\n\nNothing of either.';

describe('A7 searching documents and memories by meaning', { timeout: 60_000 }, () => {
  it('finds what has no word of the search, beside what has, and asks once for each text', async () => {
    await open();
    await give(TEXT);
    await shop.memory.add({ scope: 'shared', text: 'Prefers a green automobile.', kind: 'fact', pinned: false });
    vectors.look();
    await until('ready', 4);
    expect(await texts('car')).toEqual(['The automobile stands in the yard.']);
    expect(await texts('vehicle in the yard')).toEqual(['The automobile stands in the yard.']);
    expect((await shop.memory.search({ words: 'vehicle', limit: 5 })).memories.map(({ text }) => text)).toEqual(['Prefers a green automobile.']);
    expect(asked().filter((text) => text.includes('yard')).length).toBe(2);
    const before = asked().length;
    vectors.look();
    await until('ready', 4);
    expect(asked().length).toBe(before);
    // The same search by words alone finds nothing.
    chosen = null;
    expect(await shop.knowledge.search({ words: 'car', limit: 5 })).toEqual({ passages: [], note: null });
  });

  it('makes the vector of a memory anew when its text changes, and drops all when another model is chosen or none', async () => {
    await open();
    const { id } = await shop.memory.add({ scope: 'shared', text: 'Likes tea.', kind: 'fact', pinned: false });
    await until('ready', 1);
    await shop.memory.update({ id, text: 'Likes the holiday.' });
    await until('ready', 1);
    const found = async (words: string): Promise<number> => (await shop.memory.search({ words, limit: 5 })).memories.length;
    expect([await found('vacation'), await found('beverage')]).toEqual([1, 0]);
    chosen = chosen?.replace('embed', 'other') ?? null;
    vectors.look();
    await until('ready', 1);
    expect(await home.store.read('vectorCounts', { model: chosen?.replace('other', 'embed') ?? '' })).toMatchObject({ done: 0 });
    const other = chosen ?? '';
    chosen = null;
    vectors.look();
    await vi.waitFor(async () => { expect((await home.store.read('vectorCounts', { model: other })).done).toBe(0); }, { timeout: 15_000 });
    expect(await vectors.status()).toEqual({ model: null, state: 'off', done: 0, total: 0, message: null });
  });

  it('makes all anew when the model of that name gives vectors of another length', async () => {
    let length = 8;
    await open((...input) => { embeds(length)(...input); });
    await give(TEXT);
    await until('ready', 3);
    length = 12;
    expect((await shop.knowledge.search({ words: 'car', limit: 5 })).passages).toEqual([]);
    await vi.waitFor(async () => { expect(await texts('vehicle')).toHaveLength(1); }, { timeout: 15_000 });
  });

  it('goes by words alone and says so while the model cannot be asked, in the answer of an agent too, and catches up', async () => {
    let down = true;
    await open((response, ...rest) => { if (down) response.writeHead(503).end('{}'); else embeds()(response, ...rest); });
    await give(TEXT);
    await until('failing');
    const found = await shop.knowledge.search({ words: 'vacation', limit: 5 });
    expect(found.passages).toHaveLength(1);
    expect(found.note).toMatch(/^Searched by words alone, not by meaning\. ./);
    const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
    const { id } = await shop.chat.start({ hireId: hire.id });
    const say = async (text: string) => { const { runId } = await shop.chat.send({ id, text }); await shop.runs.settled(runId); return collect(shop.runs.events(runId, 0, new AbortController().signal)); };
    expect((await say('When is my vacation?')).find(({ type }) => type === 'notice_added')?.data).toMatchObject({ code: 'knowledge/by-words', message: found.note });
    down = false;
    vectors.look();
    await until('ready', 3);
    const events = await say('Where is the vehicle?');
    expect(events.some(({ type }) => type === 'notice_added')).toBe(false);
    expect(JSON.stringify(model.requests.at(-1)?.messages[0])).toContain('The automobile stands in the yard.');
  });

  it('sends nothing that an agent looks for when its guardrails hide personal data', async () => {
    withHelper(plugins, { agent: 'role: Helper\nmemory: true\nguardrails: [{ type: personal_data, on: input, action: mask }]\n' });
    await open();
    await give(TEXT);
    await until('ready', 3);
    const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
    const { id } = await shop.chat.start({ hireId: hire.id });
    const { runId } = await shop.chat.send({ id, text: 'Does ann@example.org have a car?' });
    await shop.runs.settled(runId);
    expect(asked().some((text) => text.includes('ann@example.org'))).toBe(false);
  });

  it('refuses an answer that is no vectors', async () => {
    await open((response) => { response.setHeader('content-type', 'application/json').end('{"data":[{"embedding":"x"}]}'); });
    await give(TEXT);
    await until('failing');
    expect((await vectors.status()).message).toContain('not with vectors');
    await expect(at.models.embedder('practice/rules')).rejects.toMatchObject({ code: 'models/not-found' });
  });
});
