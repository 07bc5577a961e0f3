import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { valueProblem } from '../../../contract/model/configuration.ts';
import { openCredentials } from '../../../main/core/base/credentials/index.ts';
import { createPluginSecrets } from '../../../main/core/marketplace/plugins/index.ts';
import { memorySecrets } from '../../support/memory-secrets.ts';
import { openTestStore } from '../../support/store.ts';
import type { PluginSpec } from './registry.ts';
import { outcome, startWorld, type World } from './world.ts';

const sandbox = { run: () => Promise.resolve({ output: {}, tools: ['echo'], logs: [], metrics: {} } as never) };
const ID = 'com.acme.subject';
const SECRET = 'sk-unmistakable-1234';
const configuration = {
  required: [{ key: 'api_key', type: 'secret', label: 'API key' }, { key: 'endpoint', type: 'url', example: 'https://api.example.com' }, { key: 'data', type: 'folder' }, { key: 'elsewhere', type: 'folder' }],
  optional: [{ key: 'limit', type: 'number', default: 20 }, { key: 'mode', type: 'enum', options: ['fast', 'slow'], default: 'fast' }, { key: 'loud', type: 'boolean' }, { key: 'note', type: 'string' }, { key: 'thinker', type: 'model' }],
};
const subject: PluginSpec = { id: ID, network: ['api.example.com'], folders: ['data'], configuration, secrets: [{ key: 'api_key', hosts: ['api.example.com'] }] };
const next: PluginSpec = { ...subject, version: '2.0.0', configuration: { required: [{ key: 'limit', type: 'string' }], optional: [{ key: 'mode', type: 'enum', options: ['slow'] }, { key: 'api_key', type: 'secret' }] } };
const values = new Map<string, string>();

let world: World;
beforeAll(async () => { world = await startWorld({ sandbox, change: (parts) => ({ ...parts, secrets: memorySecrets(values) }) }); });
afterEach(async () => { await world.clear(); values.clear(); });
afterAll(() => world.stop());

async function ready(...specs: PluginSpec[]): Promise<void> {
  await world.registry.publish(specs);
  await world.catalog.sync();
  expect(outcome(await world.install(ID)).type).toBe('operation_finished');
}
const configure = (change: { set?: Record<string, never>; reset?: string[]; secrets?: Record<string, string | null> } | object) => world.plugins.configure({ id: ID, set: {}, reset: [], secrets: {}, ...change });
const config = async (): Promise<unknown> => (await world.plugins.source.get(ID))?.config;

describe('I8 configuration of a plugin', () => {
  it('says what can be set, what is and what is missing, and gives the code values with their defaults', async () => {
    await ready(subject);
    const before = await world.plugins.configuration({ id: ID });
    expect(before.fields.map(({ key }) => key)).toEqual(['api_key', 'endpoint', 'data', 'elsewhere', 'limit', 'mode', 'loud', 'note', 'thinker']);
    expect(before.fields[1]).toMatchObject({ required: true, example: 'https://api.example.com', value: null, isSet: false });
    // A folder that it has no permission for cannot be picked, so nobody waits for it.
    expect(before.missing).toEqual(['api_key', 'endpoint', 'data']);
    expect((await world.plugins.get({ id: ID })).missing).toEqual(before.missing);
    expect(await config()).toEqual({ limit: 20, mode: 'fast' });
    const view = await configure({ set: { endpoint: 'https://api.example.com/v1', limit: 5, loud: true, thinker: 'acme/large' }, secrets: { api_key: SECRET } });
    expect(view.missing).toEqual(['data']);
    expect(view.fields[0]).toEqual({ key: 'api_key', type: 'secret', label: 'API key', description: 'No description given.', example: null, required: true, default: null, options: [], value: null, isSet: true });
    await world.plugins.grantFolder({ id: ID, key: 'data', path: import.meta.dirname });
    expect(await world.plugins.source.missingConfiguration(ID)).toEqual([]);
    expect(await config()).toEqual({ endpoint: 'https://api.example.com/v1', limit: 5, loud: true, mode: 'fast', thinker: 'acme/large' });
    await configure({ reset: ['limit', 'loud'], secrets: { api_key: null } });
    expect(await config()).toEqual({ endpoint: 'https://api.example.com/v1', limit: 20, mode: 'fast', thinker: 'acme/large' });
    expect(values.size).toBe(0);
  });

  it('takes nothing when one value does not fit, names each, and repeats none', async () => {
    await ready(subject);
    const wrong = { endpoint: 'https://user:pw-in-clear@a.example', limit: '5', mode: 'other', loud: 'yes', note: ' ', thinker: 'large', api_key: SECRET, data: '/etc', ghost: 1 };
    const error = await configure({ set: { ...wrong } }).then(() => undefined, (thrown: unknown) => thrown as { code: string; message: string; details: { problems: { key: string; problem: string }[] } });
    expect(error).toMatchObject({ code: 'plugins/bad-configuration', details: { problems: [
      { key: 'endpoint', problem: 'address-with-password' }, { key: 'limit', problem: 'number' }, { key: 'mode', problem: 'option' }, { key: 'loud', problem: 'boolean' }, { key: 'note', problem: 'empty' },
      { key: 'thinker', problem: 'model' }, { key: 'api_key', problem: 'not-a-value' }, { key: 'data', problem: 'not-a-value' }, { key: 'ghost', problem: 'unknown' }] } });
    expect(`${error?.message}${JSON.stringify(error?.details)}`).not.toMatch(/sk-unmistakable|pw-in-clear/);
    await expect(configure({ set: { note: 'kept out' }, secrets: { note: 'x', ghost: 'y' } })).rejects.toMatchObject({ details: { problems: [{ key: 'note', problem: 'not-a-value' }, { key: 'ghost', problem: 'unknown' }] } });
    expect(await config()).toEqual({ limit: 20, mode: 'fast' });
    expect(values.size).toBe(0);
  });

  it('keeps what another version left, uses only what fits, and comes back with a rollback', async () => {
    await ready(subject);
    await configure({ set: { limit: 7, mode: 'fast', note: 'kept' }, secrets: { api_key: SECRET } });
    await world.registry.publish([subject, next]);
    await world.catalog.sync();
    await world.follow((await world.plugins.update({ id: ID, grantAll: true })).operationId);
    expect(await config()).toEqual({});
    expect((await world.plugins.get({ id: ID })).missing).toEqual(['limit']);
    await configure({ set: { limit: 'many' } });
    expect((await world.plugins.configuration({ id: ID })).fields.find(({ key }) => key === 'api_key')?.isSet).toBe(true);
    expect(outcome(await world.follow((await world.plugins.rollback({ id: ID })).operationId)).type).toBe('operation_finished');
    expect(await config()).toEqual({ limit: 7, mode: 'fast', note: 'kept' });
  });

  it('forgets secrets with the plugin, unless its data is kept', async () => {
    await ready(subject);
    await configure({ secrets: { api_key: SECRET } });
    await world.uninstall(ID, true);
    expect([...values.values()]).toEqual([SECRET]);
    await ready(subject);
    expect((await world.plugins.configuration({ id: ID })).fields[0]?.isSet).toBe(true);
    await world.uninstall(ID);
    expect(values.size).toBe(0);
  });

  it('I7 keeps what was entered with the data, and forgets it with the data', async () => {
    await ready(subject);
    await configure({ set: { limit: 7, note: 'kept' } });
    await world.uninstall(ID, true);
    await ready(subject);
    expect(await config()).toMatchObject({ limit: 7, note: 'kept' });
    await world.uninstall(ID, true);
    await ready(subject);
    await world.uninstall(ID);
    await ready(subject);
    expect(await config()).toEqual({ limit: 20, mode: 'fast' });
  });

  it('a repeated request changes nothing twice', async () => {
    await ready(subject);
    const request = { id: 'request-0001', procedure: 'plugins.configure' };
    await world.plugins.configure({ id: ID, set: { note: 'first' }, reset: [], secrets: {} }, request);
    await configure({ set: { note: 'second' } });
    await world.plugins.configure({ id: ID, set: { note: 'first' }, reset: [], secrets: {} }, request);
    expect(await config()).toMatchObject({ note: 'second' });
  });
});

describe('I9 troupe.config.yaml', () => {
  it('holds values, names secrets and folders, and brings the same elsewhere after showing the difference', async () => {
    await ready(subject);
    await configure({ set: { endpoint: 'https://api.example.com', limit: 5 }, secrets: { api_key: SECRET } });
    const { text } = await world.plugins.exportConfiguration({});
    expect(text).not.toContain(SECRET);
    expect(parse(text)).toEqual({ config_version: 1, plugins: [{ id: ID, version: '1.0.0', values: { endpoint: 'https://api.example.com', limit: 5 }, secrets: ['api_key'], folders: ['data', 'elsewhere'] }] });
    expect(await world.plugins.exportConfiguration({ id: ID })).toEqual({ text });
    await world.uninstall(ID);
    await ready(subject);
    await configure({ set: { limit: 6 } });
    const difference = await world.plugins.compareConfiguration({ text });
    expect(difference.changes).toEqual([{ pluginId: ID, key: 'endpoint', before: null, after: 'https://api.example.com' }, { pluginId: ID, key: 'limit', before: 6, after: 5 }]);
    expect(difference.gaps.map(({ key, kind }) => [key, kind])).toEqual([['api_key', 'secret'], ['data', 'folder'], ['elsewhere', 'folder']]);
    expect(await config()).toMatchObject({ limit: 6 });
    expect(await world.plugins.importConfiguration({ text })).toEqual(difference);
    expect(await config()).toEqual({ endpoint: 'https://api.example.com', limit: 5, mode: 'fast' });
    expect((await world.plugins.compareConfiguration({ text })).changes).toEqual([]);
  });

  it('leaves out what is not here, and takes nothing when a value does not fit', async () => {
    await ready(subject);
    const file = (entry: object): string => JSON.stringify({ config_version: 1, plugins: [{ id: ID, ...entry }, { id: 'com.acme.nobody', values: { a: 1 } }] });
    const text = file({ values: { note: 'new', ghost: 1 } });
    expect((await world.plugins.importConfiguration({ text })).gaps.map(({ pluginId, key, kind }) => [pluginId, key, kind])).toEqual([[ID, 'ghost', 'unknown-key'], ['com.acme.nobody', null, 'not-installed']]);
    expect(await config()).toMatchObject({ note: 'new' });
    await expect(world.plugins.importConfiguration({ text: file({ values: { note: 'newer', limit: 'x', api_key: SECRET } }) })).rejects.toMatchObject({ code: 'plugins/bad-configuration', message: expect.not.stringContaining(SECRET) as string });
    expect(await config()).toMatchObject({ note: 'new' });
    for (const bad of ['', 'a: [', 'config_version: 2\nplugins: []', '{"config_version":1,"plugins":[{"id":"x"}]}', file({ extra: 1 }), JSON.stringify({ config_version: 1, plugins: [{ id: ID }, { id: ID }] }), `config_version: 1\nplugins: [{ id: ${ID}, values: &a { note: x } }, { id: a.b, values: *a }]`]) {
      await expect(world.plugins.compareConfiguration({ text: bad }), bad).rejects.toMatchObject({ code: 'plugins/bad-configuration' });
    }
  });
});

describe('X8 secrets of plugins', () => {
  it('stand sealed in the database, bound to plugin, publisher and key', async () => {
    const test = await openTestStore();
    try {
      const key = randomBytes(32);
      const credentials = openCredentials({ store: test.store, keys: { secretsKey: () => key }, newId: () => 'never', now: () => 1 });
      const secrets = createPluginSecrets(credentials, () => true);
      const owner = { pluginId: ID, publisherId: 'acme' };
      await secrets.set(owner, 'api_key', SECRET);
      await secrets.set({ ...owner, pluginId: `${ID}.more` }, 'api_key', 'of another plugin');
      expect(await secrets.withSecret(owner, 'api_key', (value) => value)).toBe(SECRET);
      for (const other of [{ ...owner, publisherId: 'someone else' }, { ...owner, pluginId: 'com.acme' }]) {
        expect([...await secrets.keys(other)]).toEqual([]);
        await expect(secrets.withSecret(other, 'api_key', () => 0)).rejects.toMatchObject({ code: 'credentials/not-found', message: expect.stringContaining('api_key') as string });
      }
      for (const file of [test.home.database, `${test.home.database}-wal`]) expect((await readFile(file)).includes(SECRET)).toBe(false);
      await secrets.forget([ID]);
      expect([...await secrets.keys(owner)]).toEqual([]);
      expect([...await secrets.keys({ ...owner, pluginId: `${ID}.more` })]).toEqual(['api_key']);
    } finally { await test.stop(); }
  });

  it('are kept until the core ends where the home stores none', async () => {
    const test = await openTestStore();
    try {
      const secrets = createPluginSecrets(openCredentials({ store: test.store, keys: { secretsKey: () => undefined }, newId: () => 'never', now: () => 1 }), () => false);
      const owner = { pluginId: ID, publisherId: 'acme' };
      expect(secrets.kept).toBe('session');
      await secrets.set(owner, 'api_key', SECRET);
      expect([...await secrets.keys(owner)]).toEqual(['api_key']);
      await secrets.remove(owner, 'api_key');
      expect([...await secrets.keys(owner)]).toEqual([]);
    } finally { await test.stop(); }
  });
});

describe('values', () => {
  it('an address never holds a password, whatever is typed', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (user, rest) => valueProblem({ type: 'url', options: [] }, `https://${user}@host.example/${rest}`) !== undefined || /[/?#]/.test(user)));
  });
  it('of any kind are judged without a throw, and what fits a type is of that type', () => {
    const kinds: Record<string, string> = { string: 'string', number: 'number', boolean: 'boolean', enum: 'string', url: 'string', model: 'string' };
    fc.assert(fc.property(fc.constantFrom(...Object.keys(kinds)), fc.anything(), (type, value) => valueProblem({ type, options: ['a'] }, value) !== undefined || typeof value === kinds[type]));
  });
});
