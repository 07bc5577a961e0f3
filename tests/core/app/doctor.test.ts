/** What doctor says when something is wrong, for which a real home would have to be broken first. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { DoctorCheck } from '../../../contract/model/health.ts';
import type { KeyState } from '../../../contract/model/credentials.ts';
import { openStore } from '../../../main/core/base/store/index.ts';
import { roomChecks, type CheckedRooms } from '../../../main/core/checks.ts';
import { examine } from '../../../main/core/doctor.ts';
import { openTestStore } from '../../support/store.ts';

const NOW = 1_800_000_000_000;
const PAGE = 4096;
const DAY = 24 * 60 * 60_000;
let folder: string;
beforeEach(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'doctor-')); });
afterEach(() => rm(folder, { recursive: true, force: true }));

const registry = { id: 'r', name: 'Team registry', kind: 'hosted' as const, entries: 3, sequence: 1, syncedAt: NOW - DAY, expiresAt: NOW + DAY, syncing: false, error: null, address: 'https://registry.example/', fingerprint: 'ab'.repeat(32), priority: 100, prefix: null, badRecords: [] };
const provider = { id: 'p', name: 'Local', preset: null, baseUrl: 'http://127.0.0.1', hasKey: true, requestsPerMinute: null, isDefault: true, status: { state: 'ready' as const, code: null, message: null, checkedAt: 1, retryAt: null } };
const sound = { problems: [] as string[], bytes: 4096, schema: 10 };

/** All rooms well, but for what a test says. */
const rooms = (wrong: { main?: Partial<typeof sound>; derived?: Partial<typeof sound>; registry?: object; output?: unknown; sandbox?: AppError; provider?: object | null } = {}): CheckedRooms => ({
  store: { read: (() => Promise.resolve({ ...sound, ...wrong.main })) as never }, catalogStore: { read: (() => Promise.resolve({ ...sound, ...wrong.derived })) as never },
  catalog: { status: () => Promise.resolve({ registries: [{ ...registry, ...wrong.registry }] }) },
  sandbox: { run: () => (wrong.sandbox ? Promise.reject(wrong.sandbox) : Promise.resolve({ output: 'output' in wrong ? wrong.output : 42, logs: [], metrics: { wallMs: 1, cpuMs: 1, memoryBytes: 1, hostCalls: 1 } })), stats: () => ({ engine: 'isolated-vm' as const, processes: 1, running: 0, waiting: 0, queued: 0, bodyBytes: 0, pids: [] }) },
  models: { list: () => Promise.resolve(wrong.provider === null ? [] : [{ ...provider, ...wrong.provider }]), models: () => Promise.resolve([]) },
  now: () => NOW,
});

const keys = (state: Partial<KeyState> = {}): never => ({ state: () => ({ state: 'open', protectedBy: 'keychain', recoveryCodePending: false, encrypted: true, ...state }) }) as never;
const answering = { read: () => Promise.resolve(undefined) };
const look = async (checked: CheckedRooms | null, parts: { keys?: never; keychain?: { read(): Promise<undefined> }; p99?: number; samples?: number } = {}): Promise<Record<string, DoctorCheck>> => {
  const checks = await examine({ home: { root: folder } as never, keys: parts.keys ?? keys(), keychain: parts.keychain ?? answering, meter: { figures: () => ({ p99: parts.p99 ?? 1, worst: 1, samples: parts.samples ?? 5_000 }) } as never, rooms: checked && { checks: () => roomChecks(checked) } as never });
  return Object.fromEntries(checks.map((check) => [check.id, check]));
};

describe('doctor', () => {
  it('finds nothing where nothing is wrong', async () => {
    const all = await look(rooms());
    expect(Object.values(all).map(({ id, status }) => `${id} ${status}`)).toEqual(['runtime ok', 'home ok', 'keys ok', 'main-thread ok', 'keychain ok', 'store ok', 'catalog ok', 'sandbox ok', 'models ok']);
    expect((await look(rooms({ provider: null })))['models']?.message).toContain('practice model');
  });

  it.each([
    ['store', { main: { problems: ['row 7 missing from index'] } }, 'failed', 'row 7 missing from index'],
    ['store', { derived: { problems: ['page 3 is never used'] } }, 'failed', 'page 3 is never used'],
    ['catalog', { registry: { error: { code: 'catalog/refused', message: 'Its signature is wrong.' } } }, 'warning', 'Its signature is wrong.'],
    ['catalog', { registry: { entries: 0, error: { code: 'catalog/unavailable', message: 'Nobody answered.' } } }, 'failed', 'Nobody answered.'],
    ['catalog', { registry: { expiresAt: NOW - 1 } }, 'warning', 'has expired'],
    ['catalog', { registry: { syncedAt: NOW - 15 * DAY } }, 'warning', 'two weeks'],
    ['catalog', { registry: { syncedAt: null } }, 'warning', 'two weeks'],
    ['catalog', { registry: { kind: 'embedded', expiresAt: NOW - 1, syncedAt: NOW - 400 * DAY } }, 'ok', '3 plugins of 1 registry'],
    ['sandbox', { output: 41 }, 'failed', 'answered wrongly'],
    ['sandbox', { sandbox: new AppError('sandbox/crashed', 'Its process went away.') }, 'failed', 'Its process went away.'],
    ['models', { provider: { status: { ...provider.status, state: 'open', message: 'It is left alone for a while.' } } }, 'warning', 'left alone'],
    ['models', { provider: { status: { ...provider.status, state: 'failing', message: 'The key was refused.' } } }, 'warning', 'The key was refused.'],
  ] as const)('%s: %j', async (id, wrong, status, text) => {
    const found = (await look(rooms(wrong as Parameters<typeof rooms>[0])))[id];
    expect(found).toMatchObject({ status, message: expect.stringContaining(text) as string });
    if (status !== 'ok') expect(found?.advice).toMatch(/\w/);
  });

  it('judges a missing keychain by what the home needs of it', async () => {
    const absent = { read: () => Promise.reject(new AppError('credentials/no-store', 'None.')) };
    const locked = { read: () => Promise.reject(new AppError('credentials/locked', 'Locked.')) };
    expect((await look(null, { keychain: absent }))['keychain']).toMatchObject({ status: 'failed', advice: expect.stringContaining('Start a keychain') as string });
    expect((await look(null, { keychain: locked }))['keychain']).toMatchObject({ status: 'failed', advice: 'Unlock it.' });
    expect((await look(null, { keychain: absent, keys: keys({ protectedBy: 'passphrase' }) }))['keychain']).toMatchObject({ status: 'ok', advice: null });
    expect((await look(null, { keychain: absent, keys: keys({ state: 'plain', protectedBy: 'none' }) }))['keychain']).toMatchObject({ status: 'warning' });
  });

  it('says when the main thread was slow, but not for the start alone', async () => {
    expect((await look(null, { p99: 80 }))['main-thread']).toMatchObject({ status: 'warning' });
    expect((await look(null, { p99: 80, samples: 200 }))['main-thread']).toMatchObject({ status: 'ok' });
  });

  it('hides what an unexpected error said', async () => {
    const broken = { ...rooms(), catalog: { status: () => Promise.reject(new Error('secret at /home/somebody')) } };
    const found = (await look(broken))['catalog'];
    expect(found).toMatchObject({ status: 'failed', facts: { code: 'core/internal' } });
    expect(JSON.stringify(found)).not.toContain('somebody');
  });
});

describe('the check of a database', () => {
  it('finds the damage of a real one', async () => {
    const made = await openTestStore();
    expect(await made.store.read('databaseHealth', {})).toEqual({ problems: [], bytes: expect.any(Number) as number, schema: expect.any(Number) as number });
    const file = path.join(folder, 'copy.db');
    await made.store.write('putSettings', { values: Object.fromEntries(Array.from({ length: 400 }, (_, row) => [`key ${row}`, JSON.stringify('v'.repeat(200))])), at: NOW });
    await made.store.copy(file);
    await made.stop();
    // Only pages that hold these rows: without others it could not even be opened.
    const bytes = await readFile(file);
    const pages = Array.from({ length: bytes.byteLength / PAGE }, (_, index) => index * PAGE).filter((at) => at > 0 && bytes.subarray(at, at + PAGE).includes('v'.repeat(200)));
    for (const at of pages.slice(0, 2)) bytes.fill(0xff, at, at + 64);
    await writeFile(file, bytes);
    const store = await openStore({ file });
    const { problems } = await store.read('databaseHealth', {});
    await store.stop();
    expect(problems.length).toBeGreaterThan(0);
  });
});
