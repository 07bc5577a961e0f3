/** What every procedure of the contract must keep to, whoever adds one. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { contract } from '../../contract/api/index.ts';
import type { ProcedureMeta } from '../../contract/api/procedure.ts';
import { CODES } from '../../contract/errors/codes.ts';

interface Definition { meta: ProcedureMeta; route: { method: string; path: string }; inputSchema: z.ZodMiniType; outputSchema: z.ZodMiniType }
const all = Object.entries(contract).flatMap(([domain, procedures]) => Object.entries(procedures as Record<string, { '~orpc': Definition }>).map(([name, procedure]) => ({ name: `${domain}.${name}`, ...procedure['~orpc'] })));
const one = (name: string): Definition => { const found = all.find((entry) => entry.name === name); if (!found) throw new Error(`no procedure ${name}`); return found; };
const takes = (name: string, input: unknown): boolean => z.safeParse(one(name).inputSchema, input).success;
const answers = (name: string, output: unknown): boolean => z.safeParse(one(name).outputSchema, output).success;

describe('every procedure', () => {
  it('says what it is', () => { expect(all.length).toBeGreaterThan(50); });

  it.each(all)('$name', ({ meta, route, inputSchema }) => {
    expect(['read', 'write', 'logged', 'state']).toContain(meta.kind);
    expect(meta.errors.filter((code) => !(code in CODES))).toEqual([]);
    expect(new Set(meta.errors).size).toBe(meta.errors.length);
    const streams = meta.kind === 'logged' || meta.kind === 'state';
    if (streams) expect(meta.timeoutMs).toBe(0);
    else expect(meta.timeoutMs).toBeGreaterThanOrEqual(1_000);
    // A method that changes nothing changes nothing, and every other one is a write that can be repeated.
    if (meta.kind === 'write') expect(route.method).not.toBe('GET');
    else expect(route.method).toBe('GET');
    expect(route.path).toMatch(/^(\/([a-z0-9-]+|\{[a-zA-Z0-9]+\}))+$/);
    const shape = (inputSchema as unknown as { _zod: { def: { shape: Record<string, unknown>; catchall?: { _zod: { def: { type: string } } } } } })._zod.def;
    // Unknown keys are refused: a misspelt one would otherwise be ignored in silence.
    expect(shape.catchall?._zod.def.type).toBe('never');
    for (const [, parameter = ''] of route.path.matchAll(/\{([^}]+)\}/g)) expect(Object.keys(shape.shape)).toContain(parameter);
    expect('requestId' in shape.shape).toBe(meta.kind === 'write');
    expect('stream' in shape.shape).toBe(streams || route.path === '/link/grant');
    expect('after' in shape.shape).toBe(meta.kind === 'logged');
  });

  it('has a REST address of its own', () => {
    // Parameters stand for any value: two paths that differ only in their names would meet.
    const addresses = all.map(({ route }) => `${route.method} ${route.path.replaceAll(/\{[^}]+\}/g, '{}')}`);
    expect(addresses.filter((address, index) => addresses.indexOf(address) !== index)).toEqual([]);
  });

  it('answers with JSON that no address may set aside: a fixed path stands before one with a parameter', () => {
    expect(one('team.byName').route.path).toBe('/team/by-name');
    expect(takes('team.get', { id: 'by-name' })).toBe(true);
  });

  it('is refused junk', () => {
    for (const { name, inputSchema } of all) {
      for (const junk of [null, 7, 'text', [], { junk: 1 }, { __proto__: null, constructor: 1 }]) expect(z.safeParse(inputSchema, junk).success, `${name} took ${JSON.stringify(junk)}`).toBe(false);
    }
  });
});

describe('inputs', () => {
  it.each([
    ['plugins.install', { id: 'dev.troupe.text-toolkit' }, [{ id: 'no-dots' }, { id: '../../etc' }, { id: 'Dev.Troupe' }, { id: 'a.b', range: 'x'.repeat(101) }, { id: 'a.b', requestId: 'short' }, { id: `a.${'b'.repeat(200)}` }]],
    ['plugins.consent', { operationId: 'x', accept: true, granted: [{ pluginId: 'a.b', key: 'k' }] }, [{ operationId: 'x', accept: 'yes', granted: [] }, { operationId: 'x', accept: true, granted: [{ pluginId: 'x', key: 'k' }] }]],
    ['chat.attach', { upload: 'u', offset: 0, base64: '', last: true, name: 'a.txt' }, [{ upload: 'u', offset: -1, base64: '', last: true, name: 'a.txt' }, { upload: 'u', offset: 0, base64: 'x'.repeat(700_001), last: true, name: 'a.txt' }, { upload: 'u', offset: 0, base64: '', last: true, name: ' ' }]],
    ['chat.send', { id: 'c', text: 'Hello' }, [{ id: 'c', text: '' }, { id: 'c', text: 'x'.repeat(200_001) }, { id: '', text: 'Hello' }, { id: 'a/b', text: 'Hello' }, { id: 'c', text: 'Hello', attachments: Array.from({ length: 9 }, () => ({ id: 'f', name: 'a' })) }]],
    ['team.hire', { pluginId: 'a.b', agentId: 'x', name: 'Wendy' }, [{ pluginId: 'a.b', agentId: 'x', name: '   ' }, { pluginId: 'a.b', agentId: 'x', name: 'x'.repeat(61) }]],
    ['credentials.protect', { passphrase: 'long enough' }, [{ passphrase: 'short' }, { passphrase: 'x'.repeat(1025) }]],
    ['catalog.search', { words: 'a' }, [{ words: 'x'.repeat(201) }, { limit: 0 }, { limit: 101 }, { offset: -1 }, { sort: 'best' }, { filters: { kind: 'virus' } }]],
    ['catalog.image', { sha512: 'a'.repeat(128) }, [{ sha512: '../secret' }, { sha512: 'A'.repeat(128) }]],
    ['runs.approve', { id: 'r', callId: 'c', questionId: 'q', decision: 'allow', scope: 'once' }, [{ id: 'r', callId: 'c', questionId: 'q', decision: 'maybe', scope: 'once' }, { id: 'r', callId: 'c', questionId: 'q', decision: 'allow', scope: 'forever' }, { id: 'r', callId: 'c', questionId: 'q', decision: 'allow', scope: 'once', arguments: ['x'] }, { id: 'r', callId: 'c', questionId: 'q', decision: 'allow', scope: 'once', arguments: '{}' }]],
    ['runs.events', { runId: 'r', stream: 's' }, [{ runId: 'r' }, { runId: 'r', stream: 's', after: -1 }, { runId: 'r', stream: 's', after: 1.5 }, { runId: 'r', stream: 'x'.repeat(65) }]],
    ['link.grant', { stream: 's', credits: 1 }, [{ stream: 's', credits: 0 }, { stream: 's', credits: 1e9 }, { stream: 's', credits: 0.5 }]],
    ['settings.change', { change: { theme: 'dark' } }, [{ change: { theme: 'pink' } }, { change: { offline: 'yes' } }, { theme: 'dark' }]],
    ['models.add', { baseUrl: 'http://127.0.0.1' }, [{ baseUrl: 'http://127.0.0.1', key: '' }, { baseUrl: 'http://127.0.0.1', key: 'x'.repeat(4097) }]],
  ] as const)('%s', (name, good, bad) => {
    expect(takes(name, good)).toBe(true);
    for (const input of bad) expect(takes(name, input), JSON.stringify(input)).toBe(false);
  });
});

describe('outputs', () => {
  it('of credentials are one of the known states', () => {
    const state = { state: 'open', protectedBy: 'keychain', recoveryCodePending: false, encrypted: true };
    expect(answers('credentials.state', state)).toBe(true);
    expect(answers('credentials.state', { ...state, state: 'made up' })).toBe(false);
  });

  it('lose what the contract does not name, so that a secret in a service\'s answer does not cross', () => {
    const provider = { id: 'p', name: 'P', preset: null, baseUrl: 'http://127.0.0.1', hasKey: true, requestsPerMinute: null, isDefault: false, status: { state: 'ready', code: null, message: null, checkedAt: 1, retryAt: null } };
    expect(z.parse(one('models.providers').outputSchema, { providers: [{ ...provider, key: 'sk-secret', secretId: 's' }] })).toEqual({ providers: [provider] });
    expect(z.parse(one('credentials.state').outputSchema, { state: 'open', protectedBy: 'keychain', recoveryCodePending: false, encrypted: true, dataKey: 'secret' })).not.toHaveProperty('dataKey');
  });

  it('keep instants whole and ids in their alphabet', () => {
    const conversation = { id: 'c', hireId: 'h', title: 'T', createdAt: 1, updatedAt: 1, lastText: '', activeRunId: null, pinned: false, folder: null };
    expect(answers('chat.get', conversation)).toBe(true);
    expect(answers('chat.get', { ...conversation, createdAt: 1.5 })).toBe(false);
    expect(answers('chat.get', { ...conversation, id: '<script>' })).toBe(false);
  });
});
