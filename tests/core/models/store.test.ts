import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNKNOWN_CAPABILITIES } from '../../../contract/model/model-ref.ts';
import { openStore, type Store } from '../../../main/core/base/store/index.ts';
import { modelSecrets, modelsStore } from '../../../main/core/engine/models/index.ts';

let folder = '';
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-models-'));
  store = await openStore({ file: path.join(folder, 'troupe.db') });
});
afterEach(async () => {
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});

const provider = (id: string) => ({ id, name: `Provider ${id}`, preset: null, baseUrl: `https://${id}.example/v1`, secretId: `secret-${id}`, createdAt: 5, requestsPerMinute: null });
const model = (of: string, name: string) => ({ provider: of, model: name, label: name.toUpperCase(), contextLength: 100, capabilities: { ...UNKNOWN_CAPABILITIES, tools: true } });

describe('A4 providers and models in the store', () => {
  it('come back as they were kept, without a key among them', async () => {
    const models = modelsStore(store);
    expect([await models.providers(), await models.models(), await models.defaultModel()]).toEqual([[], [], null]);
    const first = { ...provider('a'), preset: 'openai' };
    await models.saveProvider(first);
    await models.saveProvider({ ...provider('b'), secretId: null });
    await models.saveProvider({ ...first, name: 'Renamed', requestsPerMinute: 60 });
    expect(await models.providers()).toEqual([{ ...first, name: 'Renamed', requestsPerMinute: 60 }, { ...provider('b'), secretId: null }]);
    await models.replaceModels('a', [model('a', 'vendor/m1'), model('a', 'm2'), model('a', 'm2')]);
    await models.replaceModels('b', [{ ...model('b', 'm'), contextLength: null }]);
    await models.replaceModels('gone', [model('gone', 'm')]);
    expect(await models.models()).toEqual([model('a', 'm2'), model('a', 'vendor/m1'), { ...model('b', 'm'), contextLength: null }]);
    await models.replaceModels('a', [model('a', 'm3')]);
    expect((await models.models()).map((entry) => entry.model)).toEqual(['m3', 'm']);
  });

  it('forget a provider with its models and the default that pointed there, and no other', async () => {
    const models = modelsStore(store);
    for (const id of ['a', 'ab']) {
      await models.saveProvider(provider(id));
      await models.replaceModels(id, [model(id, 'x/y')]);
    }
    await models.saveDefaultModel({ provider: 'ab', model: 'x/y' });
    await models.deleteProvider('a');
    expect(await models.defaultModel()).toEqual({ provider: 'ab', model: 'x/y' });
    await models.deleteProvider('ab');
    expect([await models.providers(), await models.models(), await models.defaultModel()]).toEqual([[], [], null]);
    await models.saveDefaultModel({ provider: 'c', model: 'm' });
    await models.saveDefaultModel(null);
    expect(await models.defaultModel()).toBeNull();
  });

  it('lend keys through the credentials room', async () => {
    const kept = new Map<string, string>();
    const secrets = modelSecrets({ setSecret: async (label, value) => { kept.set(label, value); return label; }, withSecret: async (id, use) => use(kept.get(id) ?? ''), deleteSecret: async (id) => { kept.delete(id); } });
    expect(await secrets.set('Key for X', 'v')).toBe('Key for X');
    expect(await secrets.withSecret('Key for X', (value) => `${value}!`)).toBe('v!');
    await secrets.remove('Key for X');
    expect(kept.size).toBe(0);
  });
});
