/** `troupe config` against a running core. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../contract/link/client.ts';
import type { ConfigurationField } from '../../contract/model/configuration.ts';
import { testRegistry } from '../core/plugins/registry.ts';
import { installPlugin, startCore, withoutKeychain, type RunningCore } from '../support/running-core.ts';
import { cli, type CliAnswer, type CliOptions } from './run-cli.ts';

const ID = 'com.acme.subject';
const SECRET = 'sk-typed-by-nobody-1234567890';
const CODE = `export default { tools: { echo: async (input) => input }, validateCredentials: async (ctx) => ({ ok: ctx.config.limit !== 13, message: 'limit ' + ctx.config.limit }) };`;

let core: RunningCore;
let folder: string;
let client: TroupeClient;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-config-'));
  const registry = await testRegistry(path.join(folder, 'registry'));
  await registry.publish([{ id: ID, code: CODE, network: ['api.example.com'], secrets: [{ key: 'api_key', hosts: ['api.example.com'] }], configuration: {
    required: [{ key: 'api_key', type: 'secret' }, { key: 'endpoint', type: 'url' }],
    optional: [{ key: 'limit', type: 'number', default: 20 }, { key: 'loud', type: 'boolean' }, { key: 'note', type: 'string' }, { key: 'backup_key', type: 'secret' }] } }]);
  core = await startCore({ words: ['--idle-exit', '600000'], passphrase: 'a passphrase of the test' });
  client = await core.client();
  const { fingerprint } = await client.call.catalog.addRegistry({ address: registry.folder });
  await client.call.catalog.addRegistry({ address: registry.folder, fingerprint });
  await installPlugin(client, ID);
  await installPlugin(client, 'dev.troupe.web-research');
}, 90_000);
afterAll(async () => { await core.end(); await rm(folder, { recursive: true, force: true }); });

const troupe = (...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, ...words]);
const given = (options: CliOptions, ...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, ...words], options);
const fields = async (): Promise<Record<string, ConfigurationField>> => Object.fromEntries((await client.call.plugins.configuration({ id: ID })).fields.map((field) => [field.key, field]));
const setLimit = (limit: number): Promise<unknown> => client.call.plugins.configure({ id: ID, set: { limit } });

describe('I8 troupe config', () => {
  it('shows what is set and what is missing', async () => {
    const { code, stdout, stderr } = await troupe('config', ID);
    expect([code, stderr]).toEqual([0, 'Still missing: api_key, endpoint.\n']);
    expect(stdout).toMatch(/^api_key +secret +- +required/m);
    expect(stdout).toMatch(/^limit +number +20 \(default\)/m);
    expect((await troupe('config')).code).toBe(2);
  });

  it('sets values by their types and secrets from standard input, and shows no secret', async () => {
    const answer = await given({ input: `${SECRET}\n` }, 'config', ID, 'endpoint=https://api.example.com/a=b', 'limit=5', 'loud=true', 'note=12', 'api_key', '--json');
    expect(answer.code, answer.stderr).toBe(0);
    expect(answer.stdout + answer.stderr).not.toContain(SECRET);
    expect(JSON.parse(answer.stdout)).toMatchObject({ missing: [], secretsKept: 'sealed' });
    expect(await fields()).toMatchObject({ endpoint: { value: 'https://api.example.com/a=b' }, limit: { value: 5 }, loud: { value: true }, note: { value: '12' }, api_key: { value: null, isSet: true }, backup_key: { isSet: false } });
  });

  it('reads several secrets line by line, from a descriptor too, and removes one', async () => {
    expect((await given({ input: `${SECRET}\r\nsecond-secret\r\n` }, 'config', ID, 'api_key', 'backup_key')).code).toBe(0);
    expect((await fields())['backup_key']?.isSet).toBe(true);
    expect((await troupe('config', ID, '--reset', 'backup_key', '--reset', 'note')).code).toBe(0);
    expect(await fields()).toMatchObject({ backup_key: { isSet: false }, note: { value: null } });
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.resolve(import.meta.dirname, '../../main/cli/main.ts'), '--home', core.home, 'config', ID, 'backup_key', '--secret-fd', '3'], { env: withoutKeychain(), stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    (child.stdio[3] as Writable).end('by descriptor');
    expect(await new Promise((resolve) => { child.once('close', resolve); })).toBe(0);
    expect((await fields())['backup_key']?.isSet).toBe(true);
  });

  it('takes no secret as a word, and nothing that does not fit', async () => {
    const word = await troupe('config', ID, `api_key=${SECRET}`);
    expect(word).toMatchObject({ code: 2, stdout: '' });
    expect(word.stderr).not.toContain(SECRET);
    for (const [words, said] of [[['limit=many', 'endpoint=nowhere', 'ghost=1'], 'should be a number; "endpoint" should be a whole http or https address; "ghost" is no entry'], [['limit'], 'is no secret'], [['api_key', '--secret-fd', '99'], 'descriptor 99']] as const) {
      const answer = await troupe('config', ID, ...words);
      expect([answer.code, answer.stderr.includes(said)], answer.stderr).toEqual([2, true]);
    }
    expect((await given({ input: 'one\n\nthree' }, 'config', ID, 'api_key', 'backup_key')).stderr).toContain('Expected 2 lines');
    expect((await fields())['limit']?.value).toBe(5);
  });

  it('lets the plugin check it', async () => {
    expect(await troupe('config', ID, '--check')).toMatchObject({ code: 0, stdout: expect.stringContaining('credentials: fine: limit 5\nhealth: the plugin has no check') as string });
    const bad = await troupe('config', ID, 'limit=13', '--check', '--json');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ check: { credentials: { state: 'failed', message: 'limit 13' } } });
  });

  it('sets what one agent has of its own', async () => {
    await client.call.team.hire({ pluginId: 'dev.troupe.web-research', agentId: 'researcher', name: 'Rita' });
    expect(JSON.parse((await troupe('config', '--agent', 'rita', 'language=de', '--json')).stdout)).toMatchObject({ fields: [{ key: 'language', value: 'de' }] });
    expect(JSON.parse((await troupe('config', '--agent', 'Rita', '--reset', 'language', '--json')).stdout)).toMatchObject({ fields: [{ key: 'language', value: null }] });
    expect((await troupe('config', '--agent', 'Rita', 'api_key')).code).toBe(2);
  });
});

describe('I9 troupe config export and import', () => {
  it('writes no secret, shows the difference, and changes only after --yes', async () => {
    const file = path.join(folder, 'troupe.config.yaml');
    await setLimit(7);
    expect((await troupe('config', 'export', file)).code).toBe(0);
    const text = await readFile(file, 'utf8');
    expect(text).toContain('api_key');
    expect(text).not.toContain(SECRET);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await troupe('config', 'export', file)).stderr).toContain('is there already');
    await setLimit(8);
    const asked = await troupe('config', 'import', file);
    expect(asked.code).toBe(5);
    expect(asked.stderr).toContain(`${ID}: limit: 8 → 7`);
    expect((await fields())['limit']?.value).toBe(8);
    const taken = await troupe('config', 'import', file, '--yes', '--json');
    expect(JSON.parse(taken.stdout)).toMatchObject({ changes: [{ pluginId: ID, key: 'limit', before: 8, after: 7 }] });
    expect((await fields())['limit']?.value).toBe(7);
    await writeFile(file, text.replace('limit: 7', 'limit: many'));
    expect(await troupe('config', 'import', file, '--yes')).toMatchObject({ code: 2 });
  });
});
