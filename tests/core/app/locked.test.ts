/** A home whose key is not open: only the procedures that the contract says answer, and opening it opens everything. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { contract } from '../../../contract/api/index.ts';
import type { ProcedureMeta } from '../../../contract/api/procedure.ts';
import type { TroupeClient } from '../../../contract/link/client.ts';
import { startCore, temporaryHome, type CoreOptions, type RunningCore } from '../../support/running-core.ts';

const cores: RunningCore[] = [];
const homes: string[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.end();
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true });
});
const start = async (options: CoreOptions): Promise<{ core: RunningCore; client: TroupeClient }> => {
  const core = await startCore(options);
  cores.push(core);
  expect(core.first.tell, core.stderr()).toBe('ready');
  return { core, client: await core.client() };
};
const newHome = async (): Promise<string> => { const home = await temporaryHome(); homes.push(home); return home; };

/** Whether each procedure says that the home is locked. Inputs need not fit: the lock stands before them. */
async function lockedProcedures(client: TroupeClient): Promise<{ locked: string[]; open: string[] }> {
  const locked: string[] = [];
  const open: string[] = [];
  for (const [domain, all] of Object.entries(contract)) {
    for (const [name, procedure] of Object.entries(all as Record<string, { '~orpc': { meta: ProcedureMeta } }>)) (procedure['~orpc'].meta.whileLocked ? open : locked).push(`${domain}.${name}`);
  }
  const samples: [string, Promise<unknown>][] = [
    ['settings.get', client.call.settings.get({})], ['catalog.status', client.call.catalog.status({})], ['plugins.list', client.call.plugins.list({})], ['team.list', client.call.team.list({})],
    ['chat.conversations', client.call.chat.conversations({})], ['runs.list', client.call.runs.list({})], ['models.list', client.call.models.list({})], ['credentials.takeRecoveryCode', client.call.credentials.takeRecoveryCode({})],
  ];
  for (const [name, asked] of samples) {
    expect(locked).toContain(name);
    await expect(asked, name).rejects.toMatchObject({ code: 'credentials/locked' });
  }
  return { locked, open };
}

describe('a home behind a passphrase', () => {
  it('is set up by --passphrase-fd, encrypted, and asked for again by the next core', async () => {
    const home = await newHome();
    const first = await start({ home, passphrase: 'four old brown words' });
    expect(await first.client.call.credentials.state({})).toMatchObject({ state: 'open', protectedBy: 'passphrase', encrypted: true, recoveryCodePending: true });
    const { code } = await first.client.call.credentials.takeRecoveryCode({});
    expect(code).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
    await first.client.call.credentials.confirmRecoveryCode({});
    await first.client.call.settings.change({ change: { theme: 'dark' } });
    await first.core.stop();
    expect((await readFile(path.join(home, 'troupe.db'))).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3');

    const second = await start({ home });
    const { client } = second;
    expect(await client.call.credentials.state({})).toMatchObject({ state: 'passphrase-needed' });
    const { open } = await lockedProcedures(client);
    expect(open).toEqual(expect.arrayContaining(['credentials.unlock', 'observe.about', 'observe.doctor', 'observe.changes', 'link.grant']));
    const { checks } = await client.call.observe.doctor({});
    expect(checks.find(({ id }) => id === 'keys')).toMatchObject({ status: 'failed' });
    expect(checks.map(({ id }) => id)).not.toContain('store');

    const heard: string[] = [];
    const stop = new AbortController();
    const following = client.follow((stream, signal) => client.call.observe.changes({ stream }, { signal }), ({ topics }) => { heard.push(...topics); }, { signal: stop.signal });
    await expect(client.call.credentials.unlock({ passphrase: 'another one' })).rejects.toMatchObject({ code: 'credentials/wrong-passphrase', retryable: true });
    expect(await client.call.credentials.unlock({ passphrase: 'four old brown words' })).toMatchObject({ state: 'open' });
    // The very next call is answered: unlocking waits for the rooms.
    expect((await client.call.settings.get({})).theme).toBe('dark');
    expect((await client.call.catalog.status({})).registries[0]?.entries).toBeGreaterThan(0);
    await expect.poll(() => heard).toContain('credentials');
    stop.abort();
    await following;
    await second.core.stop();

    const third = await start({ home });
    await expect(third.client.call.credentials.recover({ code: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA' })).rejects.toMatchObject({ code: 'credentials/wrong-recovery-code' });
    expect(await third.client.call.credentials.recover({ code: code ?? '' })).toMatchObject({ state: 'open' });
    expect((await third.client.call.settings.get({})).theme).toBe('dark');
  }, 60_000);

  it('ends with the reason when the passphrase given at start is wrong', async () => {
    const home = await newHome();
    const first = await start({ home, passphrase: 'four old brown words' });
    await first.core.stop();
    const core = await startCore({ home, passphrase: 'something else' });
    cores.push(core);
    expect(core.first).toMatchObject({ tell: 'failed', input: { code: 'credentials/wrong-passphrase' } });
    expect(await core.exited).toBe(1);
    expect(core.stderr()).toContain('This is not the passphrase of this home.');
    expect(core.stderr()).not.toContain('something else');
  }, 40_000);
});

describe('a new home without a keychain', () => {
  it('waits for a choice, and serves everything once it is made', async () => {
    const { client, core } = await start({});
    expect(await client.call.credentials.state({})).toMatchObject({ state: 'no-service', protectedBy: 'none' });
    await lockedProcedures(client);
    const page = core.page();
    await expect(page.call.plugins.list({})).rejects.toMatchObject({ code: 'credentials/locked' });
    expect(await page.call.credentials.choosePlain({})).toMatchObject({ state: 'plain', encrypted: false });
    expect(await page.call.plugins.list({})).toEqual({ plugins: [] });
    expect(await client.call.plugins.list({})).toEqual({ plugins: [] });
  }, 40_000);

  it('may be protected by a passphrase instead', async () => {
    const { client } = await start({});
    await expect(client.call.credentials.protect({ passphrase: 'short' })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await client.call.credentials.protect({ passphrase: 'long enough' })).toMatchObject({ state: 'open', protectedBy: 'passphrase' });
    expect(await client.call.plugins.list({})).toEqual({ plugins: [] });
  }, 40_000);

  it('of the command line goes without and says so once', async () => {
    const home = await newHome();
    const first = await start({ home, words: ['--idle-exit', '60000'] });
    expect(first.core.stderr()).toContain('This home is not encrypted and stores no keys');
    expect(await first.client.call.credentials.state({})).toMatchObject({ state: 'plain' });
    await first.core.stop();
    const second = await start({ home, words: ['--idle-exit', '60000'] });
    expect(second.core.stderr()).toBe('');
  }, 40_000);
});
