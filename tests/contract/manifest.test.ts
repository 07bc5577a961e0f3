import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNetworkTarget, isPrivateHost, parseDependency, parseNetworkTarget, permissionsOf, readManifestValue, type ManifestProblem } from '../../contract/manifest/index.ts';
import { permissionOfKey } from '../../contract/model/permission-of-key.ts';
import { parseManifest } from '../../packaging/index.ts';
import { problemsIn } from '../support/problems.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const fixture = (name: string): string => readFileSync(path.join(root, 'tests/fixtures', name), 'utf8');
const shared = path.join(root, '../shared/fixtures/product/plugin.yaml');

const small = (plugin: Record<string, unknown> = {}): unknown => ({ schema_version: '1.0', plugin: { id: 'com.example.a', name: 'A', version: '1.0.0', description: 'One line.', ...plugin } });
const problems = (plugin: Record<string, unknown>): ManifestProblem[] => problemsIn(() => readManifestValue(small(plugin)));

describe('the product\'s example manifest', () => {
  const sources = [['our copy', fixture('product/plugin.yaml')], ...(existsSync(shared) ? [['the shared fixture', readFileSync(shared, 'utf8')]] : [])] as [string, string][];
  it.each(sources)('is read as it is: %s', (_, text) => {
    const { plugin } = parseManifest(text);
    expect(plugin.requirements).toEqual({ app_version: '*', dependencies: ['partner-sdk>=1.0.0'], claude_version: '>=2.0.0', crewai_version: '>=0.100.0', python_version: '>=3.10' });
    expect(plugin.partner?.tier).toBe('tier2');
    expect(plugin.categories).toEqual(['observability', 'monitoring']);
    expect(plugin.capabilities.tools).toEqual([{ id: 'metrics-tool', name: 'Metrics Collector', description: 'Collects LLM metrics', input: { type: 'object' }, effect: 'write' }]);
    expect(plugin.capabilities.crews[0]?.tasks).toEqual(['Analyze latency', 'Track token usage', 'Generate reports']);
    expect(plugin.pricing).toEqual({ model: 'freemium', free_tier: { executions: 100, period: 'month' }, paid_tiers: [{ name: 'Pro', price: 49, currency: 'USD', period: 'month', executions: 'unlimited' }] });
    expect(plugin.permissions).toEqual({ network: [], secrets: [], tools: [], files: { folders: [] } });
  });
  it(`reads the shared fixture ${existsSync(shared) ? 'too' : '(not here: it lies outside the repository)'}`, () => { expect(sources).toHaveLength(existsSync(shared) ? 2 : 1); });
});

describe('plugin.yaml, schema 1.0', () => {
  const full = parseManifest(fixture('manifest/every-field.yaml'));
  it('takes every field, and x- keys anywhere', () => {
    expect(full.plugin.capabilities.tools[0]).toMatchObject({ effect: 'read', input: { properties: { url: { 'x-hint': 'kept' } } } });
    expect(full.plugin.pricing.paid_tiers[1]).toEqual({ name: 'Ever', price: 199.5, currency: 'USD', period: 'once', executions: 'unlimited' });
    expect(full).not.toHaveProperty('x-editor');
  });
  it('fills in what is left out', () => {
    const { plugin } = readManifestValue(small());
    expect(plugin).toMatchObject({ long_description: '', categories: [], tags: [], requirements: { app_version: '*', dependencies: [] }, pricing: { model: 'free' }, assets: { screenshots: [] } });
    expect(permissionsOf(readManifestValue(small()))).toEqual([]);
  });
  it('I2 lists what is asked for under stable keys, each once', () => {
    expect(permissionsOf(full).map(({ key, danger }) => `${key} ${danger}`)).toEqual([
      'network:api.example.com normal', 'network:*.example.org:8443 normal', 'network:http://192.168.0.10 high', 'network:agents.example.net:8443 normal',
      'secret:api_key@api.example.com normal', 'models:20 normal', 'tools:builtin.calculator normal', 'tools:com.example.http-tools/* normal', 'folder:reports:read normal', 'storage:10485760 normal',
    ]);
  });
  it('shows the raw value of a secret as dangerous', () => {
    const manifest = readManifestValue(small({ configuration: { required: [{ key: 'k', type: 'secret', description: 'K.' }] }, permissions: { secrets: [{ key: 'k', read: true }] } }));
    expect(permissionsOf(manifest)).toEqual([{ key: 'secret_read:k', kind: 'secret_read', value: 'k', danger: 'high', detail: { secret: 'k' } }]);
  });

  it('names path, expectation and what came for everything that is wrong at once', () => {
    const found = problems({ version: 1, surprise: true, capabilities: { tools: [{ id: 'a b', name: 'A', description: 'B', effect: 'maybe' }] } });
    expect(found.map(({ path: at, expected, received }) => [at, expected, received])).toEqual([
      ['plugin.version', 'a text', 'the number 1'],
      ['plugin.capabilities.tools[0].id', 'an id: letters, digits, `_` and `-`, beginning with a letter or digit', 'the text "a b"'],
      ['plugin.capabilities.tools[0].effect', '"read" or "write" or "destructive"', 'the text "maybe"'],
      ['plugin.surprise', 'no such key', 'the boolean true'],
    ]);
    expect(found[0]?.message).toBe('plugin.version should be a text, but is the number 1. Put it in quotes.');
  });
  it.each<[string, Record<string, unknown>, string]>([
    ['an id that is no reverse DNS', { id: 'Example' }, 'plugin.id'],
    ['a name with a bidi override', { name: 'Safe\u202egnp.exe' }, 'plugin.name'],
    ['a name with an invisible character', { name: 'Tr\u200boupe' }, 'plugin.name'],
    ['a version with a leading zero', { version: '01.0.0' }, 'plugin.version'],
    ['a file outside its folder', { capabilities: { agents: [{ id: 'a', name: 'A', description: 'B', file: 'agents/../x.yaml' }] } }, 'plugin.capabilities.agents[0].file'],
    ['an agent with neither file nor remote', { capabilities: { agents: [{ id: 'a', name: 'A', description: 'B' }] } }, 'plugin.capabilities.agents[0]'],
    ['a crew with half of itself', { capabilities: { crews: [{ id: 'a', name: 'A', description: 'B', tasks: ['x'] }] } }, 'plugin.capabilities.crews[0]'],
    ...['builtin_calculator', 'mcp-files', 'Troupe_pay', 'dev_troupe_text'].map((id): [string, Record<string, unknown>, string] => [`a tool that looks like another owner's: ${id}`, { capabilities: { tools: [{ id, name: 'A', description: 'B' }] } }, 'plugin.capabilities.tools[0].id']),
    ['the same id twice but for case', { capabilities: { tools: [{ id: 'a', name: 'A', description: 'B' }, { id: 'A', name: 'A', description: 'B' }] } }, 'plugin.capabilities.tools[1]'],
    ['a schema that refers outside', { capabilities: { tools: [{ id: 'a', name: 'A', description: 'B', input: { $ref: 'https://example.com/x' } }] } }, 'plugin.capabilities.tools[0].input'],
    ['arguments that are no object', { capabilities: { tools: [{ id: 'a', name: 'A', description: 'B', input: { type: 'string' } }] } }, 'plugin.capabilities.tools[0].input'],
    ['a remote address with a password', { capabilities: { agents: [{ id: 'a', name: 'A', description: 'B', remote: { protocol: 'a2a', url: 'https://me:pw@example.com/' } }] } }, 'plugin.capabilities.agents[0].remote.url'],
    ['a remote agent whose key nobody configures', { capabilities: { agents: [{ id: 'a', name: 'A', description: 'B', remote: { protocol: 'a2a', url: 'https://example.com/', auth: 'k' } }] } }, 'plugin.capabilities.agents[0].remote.auth'],
    ['every host below a top level', { permissions: { network: ['*.com'] } }, 'plugin.permissions.network[0]'],
    ['a secret that is not configured', { permissions: { secrets: [{ key: 'k', hosts: ['example.com'] }] } }, 'plugin.permissions.secrets[0].key'],
    ['a secret that may go nowhere', { configuration: { required: [{ key: 'k', type: 'secret', description: 'K.' }] }, permissions: { secrets: [{ key: 'k' }] } }, 'plugin.permissions.secrets[0].hosts'],
    ['more storage than there may be', { permissions: { storage: '2GiB' } }, 'plugin.permissions.storage'],
    ['a default for a secret', { configuration: { required: [{ key: 'k', type: 'secret', description: 'K.', default: 'x' }] } }, 'plugin.configuration.required[0].default'],
    ['an enum without options', { configuration: { optional: [{ key: 'k', type: 'enum', description: 'K.' }] } }, 'plugin.configuration.optional[0].options'],
    ['a default of another type', { configuration: { optional: [{ key: 'k', type: 'number', description: 'K.', default: 'x' }] } }, 'plugin.configuration.optional[0].default'],
    ['a default that is no option', { configuration: { optional: [{ key: 'k', type: 'enum', description: 'K.', options: ['a'], default: 'x' }] } }, 'plugin.configuration.optional[0].default'],
    ['a link of another scheme', { assets: { demo_video: 'javascript:alert(1)' } }, 'plugin.assets.demo_video'],
  ])('refuses %s', (_, plugin, at) => { expect(problems(plugin).map((problem) => problem.path)).toContain(at); });

  it('refuses another schema version', () => { expect(problemsIn(() => readManifestValue({ ...(small() as object), schema_version: '2.0' }))[0]?.path).toBe('schema_version'); });
  it('refuses ranges that are none, but not those of other systems', () => {
    const text = (dependency: string): string => `schema_version: "1.0"\nplugin: { id: com.example.a, name: A, version: 1.0.0, description: One., requirements: { dependencies: ["${dependency}"] } }`;
    expect(problemsIn(() => parseManifest(text('com.example.b >=one')))[0]?.path).toBe('plugin.requirements.dependencies[0]');
    expect(parseManifest(text('some-sdk ~=1.4')).plugin.requirements.dependencies).toEqual(['some-sdk ~=1.4']);
    expect(problemsIn(() => parseManifest('schema_version: "1.0"\nplugin: { id: com.example.a, name: A, version: 1.0.0, description: One., requirements: { app_version: new } }'))[0]?.path).toBe('plugin.requirements.app_version');
  });
});

describe('I2 hosts that a person enters', () => {
  const manifest = (network: string[], entry: object = { key: 'hosts', type: 'hosts' }) => ({ configuration: { optional: [entry] }, permissions: { network } });
  it('are asked for by the key of their entry, those of a local network as dangerous', () => {
    expect(permissionsOf(readManifestValue(small(manifest(['config:hosts', 'config-private:hosts'])))).map(({ key, danger }) => `${key} ${danger}`)).toEqual(['network:config:hosts normal', 'network:config-private:hosts high']);
    expect(['network:config:hosts', 'network:config-private:hosts'].map((key) => permissionOfKey(key)?.danger)).toEqual(['normal', 'high']);
  });
  it('need an entry of their own type, without a default', () => {
    expect(problems(manifest(['config:other']))).toMatchObject([{ path: 'plugin.permissions.network[0]' }]);
    expect(problems(manifest(['config:hosts'], { key: 'hosts', type: 'string' }))).toMatchObject([{ path: 'plugin.permissions.network[0]' }]);
    expect(problems(manifest([], { key: 'hosts', type: 'hosts', default: 'a.example' }))).toMatchObject([{ path: 'plugin.configuration.optional[0].default' }]);
  });
});

describe('network targets', () => {
  it.each([
    ['api.example.com', 'api.example.com', false], ['https://api.example.com:443', 'api.example.com', false], ['*.example.org:8443', '*.example.org:8443', false],
    ['example.com:80', 'http://example.com', false], ['http://localhost:8080', 'http://localhost:8080', true], ['127.0.0.1', '127.0.0.1', true], ['[::1]:9000', '[::1]:9000', true],
    ['10.1.2.3', '10.1.2.3', true], ['172.31.0.1', '172.31.0.1', true], ['169.254.169.254', '169.254.169.254', true], ['printer.local', 'printer.local', true], ['intranet', 'intranet', true],
    ['8.8.8.8', '8.8.8.8', false], ['[2606:4700::1111]', '[2606:4700::1111]', false], ['[fe80::1]', '[fe80::1]', true],
  ])('%s is %s (private: %s)', (text, written, isPrivate) => {
    const target = parseNetworkTarget(text);
    if (typeof target === 'string') throw new Error(target);
    expect([formatNetworkTarget(target), target.private]).toEqual([written, isPrivate]);
  });
  it.each(['', '*', '*.com', '*.*.example.com', 'a.*.com', 'example.com/path', 'ftp://example.com', 'EXAMPLE.com', 'example.com:0', 'example.com:99999', '*.10.0.0.1', '127.1', '0x7f.0.0.1', '010.0.0.1', '1.2.3', '[::1', '[1:2]', '[::ffff:zz]', '-a.com', 'a..com', 'ex ample.com', 'user@example.com', 'exámple.com'])('refuses %j', (text) => {
    expect(typeof parseNetworkTarget(text)).toBe('string');
  });
  it('writes every target so that it reads as the same one', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('[::1]', '[2001:db8::5]', 'localhost'));
    fc.assert(fc.property(host, fc.option(fc.integer({ min: 1, max: 65535 })), fc.constantFrom('', 'http://', 'https://'), (name, port, scheme) => {
      const target = parseNetworkTarget(`${scheme}${name.toLowerCase()}${port === null ? '' : `:${port}`}`);
      fc.pre(typeof target !== 'string');
      expect(parseNetworkTarget(formatNetworkTarget(target as Exclude<typeof target, string>))).toEqual(target);
    }));
  });
  it('takes every private address for one', () => {
    fc.assert(fc.property(fc.constantFrom('10', '127', '192.168', '172.16', '169.254', '100.64', '0', '224.0', '198.18'), fc.nat(255), fc.nat(255), fc.nat(255), (head, b, c, d) => {
      expect(isPrivateHost([...head.split('.'), b, c, d].slice(0, 4).join('.'))).toBe(true);
    }));
  });
});

describe('I4 dependencies', () => {
  it.each([
    ['com.example.http-tools>=1.0.0 <2', { id: 'com.example.http-tools', range: '>=1.0.0 <2', foreign: false }],
    ['com.example.http-tools ^1.2', { id: 'com.example.http-tools', range: '^1.2', foreign: false }],
    ['com.example.http-tools 1.x', { id: 'com.example.http-tools', range: '1.x', foreign: false }],
    ['com.example.http-tools', { id: 'com.example.http-tools', range: '*', foreign: false }],
    ['partner-sdk>=1.0.0', { id: 'partner-sdk', range: '>=1.0.0', foreign: true }],
    ['crewai[tools]>=0.100,<1', { id: 'crewai', range: '>=0.100,<1', foreign: true }],
    ['@scope/package ~1', { id: '@scope/package', range: '~1', foreign: true }],
  ])('reads %s', (text, expected) => { expect(parseDependency(text)).toEqual(expected); });
  it('refuses what names nothing', () => { expect([parseDependency(''), parseDependency('>=1.0'), parseDependency('a b c;')?.id]).toEqual([undefined, undefined, 'a']); });
});
