import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hireableSchema, hireSchema } from '../../../contract/model/team.ts';
import type { InstalledCode } from '../../../main/core/engine/tools/index.ts';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type Workshop } from '../agents/workshop.ts';
import { openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
let shop: Workshop;
beforeEach(async () => {
  home = await openTestHome();
  plugins = new TestPlugins();
  withHelper(plugins);
  shop = openWorkshop({ home, plugins, model: scriptedModel(() => ({ text: 'ok' })) });
});
afterEach(async () => { await home.close(); });

const hire = (name: string, more: object = {}) => shop.team.hire({ pluginId: HELPER, agentId: 'helper', name, model: null, ...more });

describe('A1 the team', () => {
  it('offers the agents of active plugins with what they are and use', async () => {
    plugins.add('dev.test.broken', { manifest: { capabilities: { agents: [{ id: 'x', name: 'X', description: 'D', file: 'agents/x.yaml' }] } }, files: { 'agents/x.yaml': 'not: an agent' } });
    plugins.add('dev.test.off', { status: 'disabled', manifest: { capabilities: { agents: [{ id: 'y', name: 'Y', description: 'D', file: 'agents/y.yaml' }] } }, files: { 'agents/y.yaml': 'role: Y' } });
    const { agents } = await shop.team.hireable({});
    expect(agents).toEqual([{ pluginId: HELPER, pluginName: 'helper', agentId: 'helper', name: 'Helper', description: 'Helps.', role: 'Helper', goal: 'Help.', tools: [`${HELPER}/look`, `${HELPER}/send`, 'builtin.calculator'] }]);
    expect(hireableSchema.safeParse(agents[0]).success).toBe(true);
    expect((await shop.team.hireable({ pluginId: 'dev.test.off' })).agents).toEqual([]);
  });

  it('says where an agent runs that is not on this machine, and neither offers nor hires it', async () => {
    plugins.add('dev.test.far', { manifest: { capabilities: { agents: [{ id: 'far', name: 'Far', description: 'D', remote: { protocol: 'a2a', url: 'https://agents.example.net/a2a' } }] } } });
    expect((await shop.team.hireable({ pluginId: 'dev.test.far' })).agents).toEqual([]);
    await expect(hire('Far', { pluginId: 'dev.test.far', agentId: 'far' })).rejects.toMatchObject({ code: 'run/not-yet-supported', message: expect.stringContaining('https://agents.example.net/a2a') as string });
    expect((await shop.team.list()).hires).toEqual([]);
  });

  it('keeps the model that stands in, changes it, forgets it, and refuses one that is not there', async () => {
    const ada = await hire('Ada', { fallbackModel: 'second/model' });
    expect(ada.fallbackModel).toBe('second/model');
    expect((await shop.team.change({ id: ada.id, name: 'Bo' })).fallbackModel).toBe('second/model');
    await shop.team.dismiss({ id: ada.id });
    expect((await shop.team.restore({ id: ada.id })).fallbackModel).toBe('second/model');
    expect((await shop.team.change({ id: ada.id, fallbackModel: null })).fallbackModel).toBeNull();
    await expect(shop.team.change({ id: ada.id, fallbackModel: 'none/none' })).rejects.toMatchObject({ code: 'models/not-found' });
    await expect(hire('Cy', { fallbackModel: 'none/none' })).rejects.toMatchObject({ code: 'models/not-found' });
    expect((await hire('Di')).fallbackModel).toBeNull();
  });

  it('hires under a name of its own, finds it, changes it', async () => {
    const ada = await hire('Ada');
    expect(hireSchema.safeParse(ada).success).toBe(true);
    expect(ada).toMatchObject({ name: 'Ada', role: 'Helper', status: 'ready', needs: [], model: null, modelLabel: 'Scripted', lastActiveAt: null, tools: expect.arrayContaining(['builtin.calculator']) });
    expect((await shop.team.byName({ name: ' aDA ' })).id).toBe(ada.id);
    await expect(hire('ADA')).rejects.toMatchObject({ code: 'team/name-taken' });
    await expect(shop.team.hire({ pluginId: HELPER, agentId: 'none', name: 'X', model: null })).rejects.toMatchObject({ code: 'team/no-agent', message: expect.stringContaining('helper') });
    await expect(shop.team.hire({ pluginId: 'dev.test.none', agentId: 'x', name: 'X', model: null })).rejects.toMatchObject({ code: 'plugins/not-installed' });
    await expect(hire('X', { model: 'none/none' })).rejects.toMatchObject({ code: 'models/not-found' });
    const bob = await hire('Bob', { model: 'a/b' });
    await expect(shop.team.change({ id: bob.id, name: 'ada' })).rejects.toMatchObject({ code: 'team/name-taken' });
    expect(await shop.team.change({ id: bob.id, name: 'BOB', model: null })).toMatchObject({ name: 'BOB', model: null });
    expect(await shop.team.change({ id: bob.id, paused: true })).toMatchObject({ name: 'BOB', status: 'paused' });
    const talk = await shop.chat.start({ hireId: bob.id });
    await expect(shop.chat.send({ id: talk.id, text: 'x' })).rejects.toMatchObject({ code: 'team/paused', message: expect.stringContaining('paused') });
    expect((await shop.team.change({ id: bob.id, paused: false })).status).toBe('ready');
    await expect(shop.team.change({ id: 'none', name: 'x' })).rejects.toMatchObject({ code: 'team/not-found' });
    await expect(shop.team.get({ id: 'none' })).rejects.toMatchObject({ code: 'team/not-found' });
    await expect(shop.team.byName({ name: 'none' })).rejects.toMatchObject({ code: 'team/not-found' });
    expect((await shop.team.list()).hires.map((one) => one.name)).toEqual(['Ada', 'BOB']);
    expect(shop.changed).toContain('team');
  });

  it('does a repeated request once', async () => {
    const request = { id: 'hire-0001', procedure: 'team.hire' };
    const once = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null }, request);
    expect((await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null }, request)).id).toBe(once.id);
    expect((await shop.team.list()).hires).toHaveLength(1);
  });

  it('duplicates with model and values, under the next free name, and grants the copy nothing', async () => {
    withHelper(plugins, { manifest: { configuration: { required: [{ key: 'region', type: 'string', description: 'Where.', default: 'EU' }] } } });
    const ada = await hire('Ada', { model: 'second/model', fallbackModel: 'a/b' });
    await shop.team.configure({ id: ada.id, set: { region: 'US' }, reset: [] });
    await shop.team.change({ id: ada.id, paused: true });
    const copy = await shop.team.duplicate({ id: ada.id }, { id: 'copy-0001', procedure: 'team.duplicate' });
    expect(copy).toMatchObject({ name: 'Ada 2', pluginId: HELPER, agentId: 'helper', model: 'second/model', fallbackModel: 'a/b', status: 'ready' });
    expect((await shop.team.configuration({ id: copy.id })).fields).toMatchObject([{ key: 'region', value: 'US' }]);
    expect((await shop.team.duplicate({ id: ada.id }, { id: 'copy-0001', procedure: 'team.duplicate' })).id).toBe(copy.id);
    expect((await shop.team.duplicate({ id: copy.id })).name).toBe('Ada 3');
    expect((await shop.team.duplicate({ id: (await hire('x'.repeat(60))).id })).name).toBe(`${'x'.repeat(58)} 2`);
    await shop.team.dismiss({ id: copy.id });
    await expect(shop.team.duplicate({ id: copy.id })).rejects.toMatchObject({ code: 'team/not-found' });
    expect(await shop.runs.approvals()).toEqual({ approvals: [] });
  });

  it('dismisses, frees the name, keeps the conversations, and takes back', async () => {
    const ada = await hire('Ada');
    const talk = await shop.chat.start({ hireId: ada.id });
    await shop.runs.settled((await shop.chat.send({ id: talk.id, text: 'hi' })).runId);
    expect((await shop.team.get({ id: ada.id })).lastActiveAt).not.toBeNull();
    await shop.team.dismiss({ id: ada.id });
    await expect(shop.team.dismiss({ id: ada.id })).rejects.toMatchObject({ code: 'team/not-found' });
    await expect(shop.team.get({ id: ada.id })).rejects.toMatchObject({ code: 'team/not-found' });
    expect((await shop.chat.messages({ id: talk.id, limit: 10 })).messages).toHaveLength(2);
    const other = await hire('Ada');
    await expect(shop.team.restore({ id: ada.id })).rejects.toMatchObject({ code: 'team/name-taken' });
    await shop.team.change({ id: other.id, name: 'Eve' });
    expect(await shop.team.restore({ id: ada.id })).toMatchObject({ id: ada.id, name: 'Ada', status: 'ready' });
    await expect(shop.team.restore({ id: ada.id })).rejects.toMatchObject({ code: 'team/not-found' });
  });

  it('names what is missing before an agent can work', async () => {
    const ada = await hire('Ada');
    const status = async () => { const { status: now, needs } = await shop.team.get({ id: ada.id }); return { now, needs }; };
    withHelper(plugins, {
      manifest: { permissions: { files: { folders: [{ key: 'data', access: 'read' }] } }, configuration: { required: [{ key: 'region', type: 'string', description: 'Where.' }, { key: 'with', type: 'string', description: 'D', default: 'x' }, { key: 'token', type: 'secret', description: 'S' }] } },
    });
    expect(await status()).toEqual({ now: 'setup', needs: [expect.stringContaining('"data"'), expect.stringContaining('"region"')] });
    plugins.folders.set(`${HELPER} data`, { path: '/tmp', access: 'read' });
    expect((await status()).needs).toEqual([expect.stringContaining('"region"')]);
    plugins.codes.set(HELPER, { ...(plugins.codes.get(HELPER) as InstalledCode), status: 'disabled' });
    expect(await status()).toEqual({ now: 'setup', needs: [expect.stringContaining('Enable the plugin')] });
    plugins.codes.clear();
    expect(await status()).toEqual({ now: 'setup', needs: [expect.stringContaining('not installed')] });
    withHelper(plugins);
    await home.store.write('updateHire', { id: ada.id, model: 'none/none', at: 1 });
    expect(await status()).toEqual({ now: 'setup', needs: [expect.stringContaining('Choose another model')] });
  });
});
