import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeys, type Keys, type OpenKeysOptions } from '../../../main/core/base/credentials/index.ts';
import { openStore } from '../../../main/core/base/store/index.ts';
import { memoryKeychain, type MemoryKeychain } from './memory-keychain.ts';

let folder: string;
let keychain: MemoryKeychain;
let keyFile: string;
let database: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-keys-'));
  keyFile = path.join(folder, 'key.json');
  database = path.join(folder, 'troupe.db');
  keychain = memoryKeychain();
});
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

const open = (options: Partial<OpenKeysOptions> = {}): Promise<Keys> => openKeys({ keyFile, database, keychain, interactive: true, ...options });

/** Writes a row with the home's key, as a first session does. */
async function useHome(keys: Keys): Promise<void> {
  const store = await openStore({ file: database, key: keys.databaseKey() });
  await store.write('putSettings', { values: { theme: '"dark"' }, at: 1 });
  await store.stop();
}

async function expectEverythingThere(keys: Keys): Promise<void> {
  const store = await openStore({ file: database, key: keys.databaseKey() });
  expect(await store.read('storedSettings', {})).toEqual([{ key: 'theme', value: '"dark"' }]);
  await store.stop();
}

/** A first start that showed its code, then a session's worth of data. */
async function setUp(options: Partial<OpenKeysOptions> = {}): Promise<{ code: string }> {
  const keys = await open(options);
  const code = await keys.takeRecoveryCode();
  await keys.confirmRecoveryCode();
  await useHome(keys);
  if (code === null) throw new Error('a new home has a code');
  return { code };
}

describe('the state new', () => {
  it('makes a key, wraps it and hands out the recovery code until it is confirmed', async () => {
    const keys = await open();
    expect(keys.state()).toEqual({ state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: true });
    expect(keys.databaseKey()).toHaveLength(32);
    expect(keys.secretsKey()).not.toEqual(keys.databaseKey());
    const code = await keys.takeRecoveryCode();
    expect(code).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
    expect(await keys.takeRecoveryCode()).toBe(code);
    expect((await keys.confirmRecoveryCode()).recoveryCodePending).toBe(false);
    expect(await keys.takeRecoveryCode()).toBeNull();
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    const text = await readFile(keyFile, 'utf8');
    expect(text).not.toContain(String(code).replaceAll('-', ''));
    for (const secret of [keys.databaseKey(), ...keychain.entries.values()]) expect(text).not.toContain(Buffer.from(secret ?? []).toString('base64'));
  });

  it('makes another code when the app ended before the first was confirmed', async () => {
    const lost = await (await open()).takeRecoveryCode();
    const keys = await open();
    expect(keys.state().recoveryCodePending).toBe(true);
    const code = await keys.takeRecoveryCode();
    expect(code).not.toBe(lost);
    await keys.confirmRecoveryCode();
    keychain.entries.clear();
    const later = await open();
    await expect(later.recover(String(lost))).rejects.toMatchObject({ code: 'credentials/wrong-recovery-code' });
    expect((await later.recover(String(code))).state).toBe('open');
  });

  it('does not count a code as confirmed that nobody took', async () => {
    const keys = await open();
    await keys.takeRecoveryCode();
    const next = await open();
    expect((await next.confirmRecoveryCode()).recoveryCodePending).toBe(true);
  });

  it('refuses to make a new key over an encrypted database whose key file is gone', async () => {
    await setUp();
    await rm(keyFile);
    await expect(open()).rejects.toMatchObject({ code: 'credentials/key-missing' });
  });

  it('says so when the key file is damaged', async () => {
    for (const damage of ['', '{', '{"format":2}', '[]']) {
      await writeFile(keyFile, damage);
      await expect(open()).rejects.toMatchObject({ code: 'credentials/key-missing' });
    }
  });
});

describe('the state open', () => {
  it('comes back with the same key at the next start', async () => {
    await setUp();
    const keys = await open();
    expect(keys.state()).toEqual({ state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: false });
    await expectEverythingThere(keys);
  });

  it('may move to a passphrase; the recovery code goes on working', async () => {
    const { code } = await setUp();
    const keys = await open();
    await keys.setPassphrase('four plain long words');
    keychain.condition = 'none';
    const locked = await open();
    expect(locked.state()).toMatchObject({ state: 'passphrase-needed', protectedBy: 'passphrase' });
    expect((await locked.recover(code)).state).toBe('open');
    await expectEverythingThere(locked);
  });
});

describe('the state locked-keyring', () => {
  it('waits for a retry, then opens, and tells who listens', async () => {
    await setUp();
    keychain.condition = 'locked';
    const keys = await open();
    expect(keys.state().state).toBe('locked-keyring');
    expect(keys.serves()).toBe(false);
    expect(keys.databaseKey()).toBeUndefined();
    const heard: string[] = [];
    const end = keys.onChange((state) => { heard.push(state.state); });
    expect((await keys.retry()).state).toBe('locked-keyring');
    keychain.condition = 'works';
    expect((await keys.retry()).state).toBe('open');
    end();
    expect(heard).toEqual(['open']);
    await expectEverythingThere(keys);
  });

  it('lets the recovery code in without changing the keychain', async () => {
    const { code } = await setUp();
    const before = await readFile(keyFile, 'utf8');
    keychain.condition = 'locked';
    const keys = await open();
    expect((await keys.recover(code)).state).toBe('open');
    expect(await readFile(keyFile, 'utf8')).toBe(before);
    await expectEverythingThere(keys);
  });
});

describe('the state no-service', () => {
  it('offers a passphrase to a new home', async () => {
    keychain.condition = 'none';
    const keys = await open();
    expect(keys.state()).toEqual({ state: 'no-service', protectedBy: 'none', encrypted: false, recoveryCodePending: false });
    await expect(keys.setPassphrase('short')).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await keys.setPassphrase('four plain long words')).toEqual({ state: 'open', protectedBy: 'passphrase', encrypted: true, recoveryCodePending: true });
    await useHome(keys);
    expect((await open()).state().state).toBe('passphrase-needed');
  });

  it('offers a plain home to a new home, once', async () => {
    keychain.condition = 'none';
    const keys = await open();
    expect(await keys.choosePlain()).toEqual({ state: 'plain', protectedBy: 'none', encrypted: false, recoveryCodePending: false });
    keychain.condition = 'works';
    expect((await open()).state().state).toBe('plain');
  });

  it('keeps an existing home closed, and the recovery code opens it', async () => {
    const { code } = await setUp();
    keychain.condition = 'none';
    const keys = await open({ interactive: false });
    expect(keys.state()).toMatchObject({ state: 'no-service', encrypted: true });
    await expect(keys.setPassphrase('four plain long words')).rejects.toMatchObject({ code: 'credentials/no-store' });
    expect((await keys.choosePlain()).state).toBe('no-service');
    expect((await keys.recover(code)).state).toBe('open');
    await expectEverythingThere(keys);
  });
});

describe('the state key-missing', () => {
  it('opens by the recovery code as people type it, and wraps the key anew', async () => {
    const { code } = await setUp();
    keychain.entries.clear();
    const keys = await open();
    expect(keys.state().state).toBe('key-missing');
    expect((await keys.recover(` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `)).state).toBe('open');
    await expectEverythingThere(keys);
    const next = await open();
    expect(next.state().state).toBe('open');
    await expectEverythingThere(next);
  });

  it('tells a typing mistake from the code of another home, and stays closed', async () => {
    const { code } = await setUp();
    keychain.entries.clear();
    const keys = await open();
    const mistyped = (code.startsWith('A') ? 'B' : 'A') + code.slice(1);
    await expect(keys.recover(mistyped)).rejects.toThrow(/typing mistake/);
    await rm(keyFile);
    await rm(database);
    const other = await (await open()).takeRecoveryCode();
    await expect(keys.recover(String(other))).rejects.toThrow(/not the one of this home/);
    expect(keys.serves()).toBe(false);
  });

  it('opens even when the keychain takes no new key', async () => {
    const { code } = await setUp();
    keychain.entries.clear();
    const keys = await open();
    keychain.condition = 'none';
    expect((await keys.recover(code)).state).toBe('open');
    await expectEverythingThere(keys);
  });
});

describe('the state key-changed', () => {
  it('is told when the entry holds another key, and the recovery code mends it', async () => {
    const { code } = await setUp();
    for (const account of keychain.entries.keys()) keychain.entries.set(account, randomBytes(32));
    const keys = await open();
    expect(keys.state().state).toBe('key-changed');
    expect((await keys.recover(code)).state).toBe('open');
    await expectEverythingThere(keys);
    expect((await open()).state().state).toBe('open');
  });
});

describe('the states passphrase-needed and wrong-passphrase', () => {
  it('open by the passphrase and by nothing else', async () => {
    await setUp({ passphrase: 'four plain long words' });
    expect(keychain.entries.size).toBe(0);
    const keys = await open();
    expect(keys.state()).toMatchObject({ state: 'passphrase-needed', protectedBy: 'passphrase', encrypted: true });
    await expect(keys.unlock('four plain long word')).rejects.toMatchObject({ code: 'credentials/wrong-passphrase' });
    expect(keys.state().state).toBe('passphrase-needed');
    expect((await keys.unlock('four plain long words')).state).toBe('open');
    await expectEverythingThere(keys);
    expect((await open({ passphrase: 'four plain long words' })).state().state).toBe('open');
    await expect(open({ passphrase: 'another long phrase' })).rejects.toMatchObject({ code: 'credentials/wrong-passphrase' });
  });
});

describe('the state plain', () => {
  it('is what a new home becomes with nobody to ask, said once', async () => {
    for (const condition of ['none', 'locked'] as const) {
      await rm(keyFile, { force: true });
      keychain.condition = condition;
      const keys = await open({ interactive: false });
      expect(keys.state()).toEqual({ state: 'plain', protectedBy: 'none', encrypted: false, recoveryCodePending: false });
      expect(keys.notice()).toMatch(/not encrypted/);
      expect(keys.databaseKey()).toBeUndefined();
      expect((await open({ interactive: false })).notice()).toBeUndefined();
    }
    const keys = await open();
    await expect(keys.setPassphrase('four plain long words')).rejects.toMatchObject({ code: 'credentials/no-store' });
    expect(await keys.takeRecoveryCode()).toBeNull();
  });

  it('is recognised by a database that is not encrypted', async () => {
    keychain.condition = 'none';
    const keys = await open({ interactive: false });
    await useHome(keys);
    await rm(keyFile);
    keychain.condition = 'works';
    expect((await open()).state().state).toBe('plain');
  });
});
