/** Another key in the keychain and another recovery code, killed at any moment. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import { openKeys, type Keychain, type Keys } from '../../../main/core/base/credentials/index.ts';
import { memoryKeychain, type MemoryKeychain } from './memory-keychain.ts';

let folder: string;
let keyFile: string;
let keychain: MemoryKeychain;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-rotation-'));
  keyFile = path.join(folder, 'key.json');
  keychain = memoryKeychain();
});
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

const open = (asked: Keychain = keychain): Promise<Keys> => openKeys({ keyFile, database: path.join(folder, 'troupe.db'), keychain: asked, interactive: true });

/** A new home whose code was written down. */
async function setUp(): Promise<{ keys: Keys; code: string }> {
  const keys = await open();
  const code = String(await keys.takeRecoveryCode());
  await keys.confirmRecoveryCode();
  return { keys, code };
}

/** What a process that is killed at this moment leaves behind. */
interface Moment { at: string; file: string; entries: [string, Uint8Array][] }

/** The same keychain, noting what is on the disk and in it around each question. */
function watched(moments: Moment[]): Keychain {
  const note = (at: string): void => { moments.push({ at, file: readFileSync(keyFile, 'utf8'), entries: [...keychain.entries] }); };
  return {
    async read(account, limit) { note('read'); return keychain.read(account, limit); },
    async write(account, key, limit) { note('before write'); await keychain.write(account, key, limit); note('after write'); },
  };
}

async function leave(moment: Moment): Promise<void> {
  await writeFile(keyFile, moment.file);
  keychain.entries.clear();
  for (const [account, key] of moment.entries) keychain.entries.set(account, key);
}

describe('rotating the key in the keychain', () => {
  it('replaces entry and wrap, keeps the data key and the recovery code, and the former entry opens nothing', async () => {
    const { keys, code } = await setUp();
    const [former] = [...keychain.entries];
    const before = JSON.parse(await readFile(keyFile, 'utf8')) as Record<string, unknown>;
    expect(await keys.rotate()).toEqual({ state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: false });
    const after = JSON.parse(await readFile(keyFile, 'utf8')) as Record<string, unknown>;
    expect(after).toEqual({ ...before, keychain: after['keychain'] });
    expect(after['keychain']).not.toEqual(before['keychain']);
    expect([...keychain.entries]).toHaveLength(1);
    const next = await open();
    expect(next.state().state).toBe('open');
    expect(next.databaseKey()).toEqual(keys.databaseKey());
    if (former) keychain.entries.set(...former);
    const old = await open();
    expect(old.state().state).toBe('key-changed');
    expect((await old.recover(code)).state).toBe('open');
    expect(old.databaseKey()).toEqual(keys.databaseKey());
    expect((await open()).state().state).toBe('open');
  });

  it('leaves a home that opens and can be rotated again, whenever it is killed', async () => {
    const { keys: { databaseKey }, code } = await setUp();
    const moments: Moment[] = [];
    const first = await open(watched(moments));
    await first.rotate();
    expect(moments.map(({ at }) => at)).toEqual(['read', 'read', 'before write', 'after write', 'read']);
    for (const moment of moments) {
      await leave(moment);
      const again: Moment[] = [];
      const killed = await open(watched(again));
      expect(killed.state().state, moment.at).toBe('open');
      expect(killed.databaseKey(), moment.at).toEqual(databaseKey());
      await killed.rotate();
      // Killed a second time, in the rotation after the first kill.
      for (const second of again) {
        await leave(second);
        const opened = await open();
        expect(opened.databaseKey(), `${moment.at}, then ${second.at}`).toEqual(databaseKey());
      }
      keychain.entries.clear();
      const lost = await open();
      expect((await lost.recover(code)).state, moment.at).toBe('open');
    }
  });

  it('would lose the keychain\'s way in without the wrap that is written first', async () => {
    await setUp();
    const moments: Moment[] = [];
    await (await open(watched(moments))).rotate();
    const halfway = moments.find(({ at }) => at === 'after write');
    if (!halfway) throw new Error('the keychain was written');
    await leave(halfway);
    const { keychainNext: _left, ...without } = JSON.parse(halfway.file) as Record<string, unknown>;
    await writeFile(keyFile, JSON.stringify(without));
    expect((await open()).state().state).toBe('key-changed');
  });

  it.each([
    ['refuses', async () => { throw new AppError('credentials/locked', 'locked for the test'); }],
    ['stores but does not answer in time', async (account: string, key: Uint8Array) => { await keychain.write(account, key, 0); throw new AppError('credentials/locked', 'late for the test'); }],
    ['says yes and stores nothing', async () => undefined],
  ] as [string, Keychain['write']][])('fails and keeps the home as it was when the keychain %s', async (_what, write) => {
    const { keys } = await setUp();
    const failing = await open({ read: (account, limit) => keychain.read(account, limit), write });
    await expect(failing.rotate()).rejects.toMatchObject({ code: expect.stringMatching(/^credentials\/(locked|no-store)$/) as string });
    expect(failing.serves()).toBe(true);
    const next = await open();
    expect(next.databaseKey()).toEqual(keys.databaseKey());
    await next.rotate();
    expect((await open()).databaseKey()).toEqual(keys.databaseKey());
    expect(await readFile(keyFile, 'utf8')).not.toContain('keychainNext');
  });

  it('is refused where the keychain protects nothing, or the home is closed', async () => {
    const { keys } = await setUp();
    keychain.condition = 'locked';
    await expect(keys.rotate()).rejects.toMatchObject({ code: 'credentials/locked' });
    const closed = await open();
    await expect(closed.rotate()).rejects.toMatchObject({ code: 'credentials/no-store' });
    await expect(closed.renewRecoveryCode()).rejects.toMatchObject({ code: 'credentials/no-store' });
    await keys.setPassphrase('four plain long words');
    await expect(keys.rotate()).rejects.toThrow(/protected by a passphrase/);
    await rm(keyFile);
    const plain = await open();
    await plain.choosePlain();
    await expect(plain.rotate()).rejects.toThrow(/not encrypted/);
    await expect(plain.renewRecoveryCode()).rejects.toMatchObject({ code: 'credentials/no-store' });
  });
});

describe('a new recovery code', () => {
  /** Which of the codes open a copy of the home as it lies there now. */
  async function openers(codes: readonly string[]): Promise<boolean[]> {
    const answers: boolean[] = [];
    for (const code of codes) {
      const copy = path.join(folder, 'copy.json');
      await copyFile(keyFile, copy);
      const keys = await openKeys({ keyFile: copy, database: path.join(folder, 'troupe.db'), keychain: memoryKeychain(), interactive: true });
      answers.push(await keys.recover(code).then((state) => state.state === 'open', () => false));
    }
    return answers;
  }

  it('is shown until it is confirmed, and takes the place of the former one then and no sooner', async () => {
    const { keys, code } = await setUp();
    const heard: boolean[] = [];
    keys.onChange((state) => { heard.push(state.recoveryCodePending); });
    expect((await keys.renewRecoveryCode()).recoveryCodePending).toBe(true);
    const fresh = String(await keys.takeRecoveryCode());
    expect(fresh).not.toBe(code);
    expect(await openers([code, fresh])).toEqual([true, true]);
    expect((await keys.confirmRecoveryCode()).recoveryCodePending).toBe(false);
    expect(await keys.takeRecoveryCode()).toBeNull();
    expect(await openers([code, fresh])).toEqual([false, true]);
    expect(heard).toEqual([true, false]);
  });

  it('stays the same while it waits on another screen', async () => {
    const { keys } = await setUp();
    await keys.renewRecoveryCode();
    const fresh = await keys.takeRecoveryCode();
    await keys.renewRecoveryCode();
    expect(await keys.takeRecoveryCode()).toBe(fresh);
  });

  it('that was lost with the app is made anew, and the one on paper works all the while', async () => {
    const { keys, code } = await setUp();
    await keys.renewRecoveryCode();
    const lost = String(await keys.takeRecoveryCode());
    const next = await open();
    expect(next.state()).toMatchObject({ state: 'open', recoveryCodePending: true });
    expect((await next.confirmRecoveryCode()).recoveryCodePending).toBe(true);
    const fresh = String(await next.takeRecoveryCode());
    expect(await openers([code, lost, fresh])).toEqual([true, false, true]);
    await next.setPassphrase('four plain long words');
    await next.confirmRecoveryCode();
    expect(await openers([code, lost, fresh])).toEqual([false, false, true]);
  });
});
