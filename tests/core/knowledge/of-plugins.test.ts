import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type Workshop } from '../agents/workshop.ts';
import { collect, openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); });
afterEach(async () => { await home.close(); });

const AGENT = 'role: Helper\nknowledge: [assets/handbook.md, assets/prices.csv]\n';
const FILES = { 'assets/handbook.md': '# Holidays\n\nEverybody has 30 days.\n\n# Parking\n\nBehind the house.', 'assets/prices.csv': 'item,price\ntea,3\n' };
const open = (): { shop: Workshop; model: ReturnType<typeof scriptedModel> } => { const model = scriptedModel(() => ({ text: 'Behind the house [1].' })); return { shop: openWorkshop({ home, plugins, model }), model }; };
const hire = (shop: Workshop, name: string) => shop.team.hire({ pluginId: HELPER, agentId: 'helper', name, model: null });
const namesOf = async (shop: Workshop): Promise<string[]> => { await shop.pluginKnowledge.settled(); return (await shop.knowledge.list({})).documents.map(({ name, owner }) => `${owner}: ${name}`).sort(); };

describe('A7 documents that a plugin brings for its agent', () => {
  it('are there with the hire, found with the first message, cited, and say where they come from', async () => {
    withHelper(plugins, { agent: AGENT, files: FILES });
    const { shop, model } = open();
    const { id: scopeId } = await hire(shop, 'Ada');
    const { id: conversation } = await shop.chat.start({ hireId: scopeId });
    const { runId } = await shop.chat.send({ id: conversation, text: 'Where is the parking?' });
    await shop.runs.settled(runId);
    const found = (await collect(shop.runs.events(runId, 0, new AbortController().signal))).find(({ type }) => type === 'knowledge_found');
    expect(found?.data['passages']).toMatchObject([{ number: 1, name: 'handbook.md', place: { heading: 'Parking' }, text: 'Behind the house.' }]);
    expect(JSON.stringify(model.requests[0]?.messages)).toContain('Behind the house.');
    const { documents } = await shop.knowledge.list({ scope: 'agent', scopeId });
    expect(documents.map(({ name, plugin }) => [name, plugin?.id])).toEqual(expect.arrayContaining([['handbook.md', HELPER], ['prices.csv', HELPER]]));
    // It goes with its plugin, and a person's own document goes by itself.
    await expect(shop.knowledge.remove({ id: documents[0]?.id ?? '' })).rejects.toMatchObject({ code: 'core/bad-input', message: expect.stringContaining('comes with the plugin') as string });
    const { document } = await shop.knowledge.add({ upload: 'u', offset: 0, base64: Buffer.from('my own').toString('base64'), last: true, name: 'mine.md', scope: 'agent', scopeId });
    expect(document?.plugin).toBeNull();
    await shop.knowledge.remove({ id: document?.id ?? '' });
  }, 30_000);

  it('follow a new version, each for its own hire, and go with the plugin', async () => {
    withHelper(plugins, { agent: AGENT, files: FILES });
    const { shop } = open();
    const [, bob] = await Promise.all([hire(shop, 'Ada'), hire(shop, 'Bob')]);
    expect(await namesOf(shop)).toEqual(['Ada: handbook.md', 'Ada: prices.csv', 'Bob: handbook.md', 'Bob: prices.csv']);
    const before = (await shop.knowledge.list({})).documents.filter(({ name }) => name === 'handbook.md').map(({ id }) => id).sort();

    // The handbook stays as it is, the prices go, something new comes, and what cannot be read is left out.
    withHelper(plugins, { agent: 'role: Helper\nknowledge: [assets/handbook.md, assets/new.txt, assets/missing.md, assets/program.exe]\n', files: { ...FILES, 'assets/new.txt': 'New.', 'assets/program.exe': 'x' } });
    shop.pluginKnowledge.look();
    expect(await namesOf(shop)).toEqual(['Ada: handbook.md', 'Ada: new.txt', 'Bob: handbook.md', 'Bob: new.txt']);
    expect((await shop.knowledge.list({})).documents.filter(({ name }) => name === 'handbook.md').map(({ id }) => id).sort()).toEqual(before);
    expect((await shop.knowledge.search({ words: 'tea price', limit: 5 })).passages).toEqual([]);
    expect(shop.changed.filter((line) => line.startsWith('a document of a plugin'))).toHaveLength(4);

    // Who was dismissed may be taken back, with what there is to look into.
    await shop.team.dismiss({ id: bob.id });
    expect(await namesOf(shop)).toHaveLength(4);
    plugins.codes.delete(HELPER);
    shop.pluginKnowledge.look();
    expect(await namesOf(shop)).toEqual([]);
    expect((await shop.knowledge.search({ words: 'parking', limit: 5 })).passages).toEqual([]);

    // Installed again, it brings them again; and the next start finds them as they are.
    withHelper(plugins, { agent: AGENT, files: FILES });
    shop.pluginKnowledge.look();
    expect(await namesOf(shop)).toEqual(['Ada: handbook.md', 'Ada: prices.csv']);
    const kept = (await shop.knowledge.list({})).documents;
    const next = open().shop;
    next.pluginKnowledge.look();
    await namesOf(next);
    expect((await next.knowledge.list({})).documents).toEqual(kept);
  }, 30_000);
});
