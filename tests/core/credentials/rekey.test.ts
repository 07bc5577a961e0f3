/** Everything written anew under another data key, killed at any moment. */
import { spawn } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openKeys, type Keys } from '../../../main/core/base/credentials/index.ts';
import { openStore, type Store } from '../../../main/core/base/store/index.ts';
import { filesOf, openAt, type OpenedHome } from './rekeying.ts';

const SECRET = 'sk-of-the-test';
const opened: OpenedHome[] = [];
const open = async (folder: string, passphrase?: string): Promise<OpenedHome> => { const home = await openAt(folder, passphrase); opened.push(home); return home; };
const folders: string[] = [];
const newFolder = async (): Promise<string> => { const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-rekey-')); folders.push(folder); return folder; };
const closeAll = async (): Promise<void> => { for (const { store } of opened.splice(0)) await store.stop(); };
afterEach(closeAll);
afterAll(async () => { for (const folder of folders) await rm(folder, { recursive: true, force: true }); });

/** A home with a setting, a secret and a row that no key opens; its code was written down. */
async function setUp(folder: string): Promise<string> {
  const home = await open(folder);
  const code = String(await home.keys.takeRecoveryCode());
  await home.keys.confirmRecoveryCode();
  await home.store.write('putSettings', { values: { theme: '"dark"' }, at: 1 });
  await home.credentials.setSecret('OpenAI', SECRET, { id: 'openai' });
  await home.store.write('putSecret', { id: 'foreign', label: 'Foreign', nonce: Buffer.alloc(12, 1), ciphertext: Buffer.alloc(40, 2), at: 1 });
  await closeAll();
  return code;
}

const contentOf = async ({ store, credentials }: OpenedHome): Promise<unknown> => ({
  settings: await store.read('storedSettings', {}), secret: await credentials.withSecret('openai', (value) => value),
  foreign: await credentials.withSecret('foreign', (value) => value).catch((error: { code: string }) => error.code),
});
const WHOLE = { settings: [{ key: 'theme', value: '"dark"' }], secret: SECRET, foreign: 'credentials/key-changed' };
const rekeyRows = async (store: Store): Promise<number> => (await store.read('auditPage', { filter: { action: 'data_rekeyed' }, before: null, limit: 10 })).rows.length;
const opensBy = (folder: string, code: string): Promise<boolean> => openKeys({ ...filesOf(folder), keychain: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() }, interactive: true }).then((keys: Keys) => keys.recover(code)).then(() => true, () => false);

describe('giving the data another key', () => {
  let folder: string;
  let code: string;
  beforeEach(async () => { folder = await newFolder(); code = await setUp(folder); });

  it('writes everything anew, says how far it is, and neither the former key nor the former code opens it', async () => {
    const former = await open(folder);
    const key = former.keys.databaseKey();
    const steps: unknown[] = [];
    const copy = path.join(folder, 'before.db');
    await former.store.copy(copy);
    await copyFile(filesOf(folder).keyFile, path.join(folder, 'before.json'));
    const state = await former.keys.rekey(undefined, (to) => former.rewrite({ ...to, progress: (progress) => { to.progress(progress); steps.push(former.keys.state().rekeying); } }));
    expect(state).toEqual({ state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: true });
    expect(steps).toEqual(expect.arrayContaining([{ step: 'copying', percent: 0 }, { step: 'encrypting', percent: null }, { step: 'checking', percent: null }]));
    expect(former.keys.databaseKey()).not.toEqual(key);
    // The home that stayed open goes on, reading and writing.
    expect(await contentOf(former)).toEqual(WHOLE);
    await former.store.write('putSettings', { values: { theme: '"light"' }, at: 2 });
    await former.store.write('putSettings', { values: { theme: '"dark"' }, at: 2 });
    const fresh = String(await former.keys.takeRecoveryCode());
    expect([await opensBy(folder, code), await opensBy(folder, fresh)]).toEqual([false, true]);
    await closeAll();
    await expect(openStore({ file: filesOf(folder).database, key })).rejects.toMatchObject({ code: 'store/corrupt' });
    const next = await open(folder);
    expect(await contentOf(next)).toEqual(WHOLE);
    expect(await rekeyRows(next.store)).toBe(1);
    expect((await next.store.read('auditPiece', { from: { seq: 0, hash: (await next.store.read('auditState', {})).anchorHash } }))).not.toHaveProperty('problem');
    expect((await readdir(folder)).filter((name) => name.includes('rekeyed'))).toEqual([]);
    // A copy from before goes by its own key file and code.
    const old = await openStore({ file: copy, key });
    expect(await old.read('storedSettings', {})).toEqual(WHOLE.settings);
    await old.stop();
  });

  it('lets writes that come meanwhile wait, in their order, and loses none of them', async () => {
    const home = await open(folder);
    const done: string[] = [];
    let began: Promise<unknown>[] = [];
    await home.keys.rekey(undefined, (to) => home.rewrite({
      ...to,
      progress: ({ step }) => {
        if (step !== 'encrypting' || began.length > 0) return;
        began = [
          home.store.write('putSettings', { values: { theme: '"light"' }, at: 3 }).then(() => done.push('light')),
          home.store.write('putSettings', { values: { theme: '"system"' }, at: 4 }).then(() => done.push('system')),
          home.store.read('storedSettings', {}).then(() => done.push('read')),
          // Sealed under the former key before it waits, and under the new one after.
          home.credentials.setSecret('Meanwhile', 'sk-meanwhile', { id: 'meanwhile' }).then(() => done.push('secret')),
          home.store.copy(path.join(folder, 'meanwhile.db')).then(() => done.push('copy')),
        ];
      },
    }));
    expect(done.filter((one) => one !== 'read')).toEqual([]);
    await Promise.all(began);
    expect(done.filter((one) => one === 'light' || one === 'system')).toEqual(['light', 'system']);
    expect(await home.credentials.withSecret('meanwhile', (value) => value)).toBe('sk-meanwhile');
    await closeAll();
    const next = await open(folder);
    expect(await next.store.read('storedSettings', {})).toEqual([{ key: 'theme', value: '"system"' }]);
    expect(await next.credentials.withSecret('meanwhile', (value) => value)).toBe('sk-meanwhile');
    const copy = await openStore({ file: path.join(folder, 'meanwhile.db'), key: next.keys.databaseKey() });
    await copy.stop();
  });

  it('that cannot be written leaves everything as it was, open and usable', async () => {
    const home = await open(folder);
    const key = home.keys.databaseKey();
    await mkdir(`${filesOf(folder).database}.rekeyed.part`);
    await writeFile(path.join(`${filesOf(folder).database}.rekeyed.part`, 'x'), 'in the way');
    await expect(home.keys.rekey(undefined, home.rewrite)).rejects.toThrow();
    expect(home.keys.state()).toEqual({ state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: false });
    expect(home.keys.databaseKey()).toEqual(key);
    expect(await contentOf(home)).toEqual(WHOLE);
    await rm(`${filesOf(folder).database}.rekeyed.part`, { recursive: true });
    await home.keys.rekey(undefined, home.rewrite);
    expect(await contentOf(home)).toEqual(WHOLE);
  });

  it('is refused before anything is written when keychain or passphrase do not open the home', async () => {
    const keychainEntry = path.join(folder, 'keychain.json');
    const home = await open(folder);
    const kept = await readFile(keychainEntry, 'utf8');
    await writeFile(keychainEntry, '{}');
    let written = 0;
    const count: OpenedHome['rewrite'] = async (to) => { written += 1; await home.rewrite(to); };
    await expect(home.keys.rekey(undefined, count)).rejects.toMatchObject({ code: 'credentials/key-changed' });
    await writeFile(keychainEntry, kept);
    await home.keys.setPassphrase('four plain long words');
    await expect(home.keys.rekey(undefined, count)).rejects.toMatchObject({ code: 'credentials/wrong-passphrase' });
    await expect(home.keys.rekey('another passphrase', count)).rejects.toMatchObject({ code: 'credentials/wrong-passphrase' });
    expect(written).toBe(0);
    await home.keys.rekey('four plain long words', count);
    expect(await contentOf(home)).toEqual(WHOLE);
    await closeAll();
    expect(await contentOf(await open(folder, 'four plain long words'))).toEqual(WHOLE);
  });
});

describe('giving the data another key, killed', () => {
  const BEFORE = ['rekey.before-copy', 'rekey.copied', 'rekey.sealed', 'rekey.encrypted', 'rekey.checked', 'rekey.placed', 'rekey.before-commit'];
  const AFTER = ['rekey.committed', 'rekey.before-replace', 'rekey.replaced', 'rekey.finished'];
  let template: string;
  let code: string;
  beforeAll(async () => { template = await newFolder(); code = await setUp(template); });

  async function run(folder: string, point: string, what = 'rekey'): Promise<{ signal: string | null; errors: string }> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, 'rekeying.ts'), folder, point, what], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => { errors += String(chunk); });
    const signal = await new Promise<string | null>((resolve) => { child.on('close', (_code, name) => { resolve(name); }); });
    return { signal, errors: errors.trim() };
  }

  /** Whole, under the former key or the new one, with nothing left lying about. */
  async function expectWhole(folder: string, isNew: boolean, former: Uint8Array | undefined): Promise<void> {
    const home = await open(folder);
    expect(await contentOf(home)).toEqual(WHOLE);
    expect(await rekeyRows(home.store)).toBe(isNew ? 1 : 0);
    expect(Buffer.compare(home.keys.databaseKey() ?? Buffer.alloc(0), former ?? Buffer.alloc(0)) === 0).toBe(!isNew);
    expect((await readdir(folder)).filter((name) => name.includes('rekeyed'))).toEqual([]);
    expect(await readFile(filesOf(folder).keyFile, 'utf8')).not.toContain('rekeyed');
    // Whoever holds the former code: it works as long as the former key does. Else the next one is shown.
    expect(home.keys.state().recoveryCodePending).toBe(isNew);
    expect(await opensBy(folder, code)).toBe(!isNew);
    await closeAll();
  }

  it.each([...BEFORE.map((point) => [point, false] as const), ...AFTER.map((point) => [point, true] as const)])('at %s leaves a whole home, under the new key: %s', async (point, isNew) => {
    const folder = await newFolder();
    await cp(template, folder, { recursive: true });
    const former = await openKeys({ ...filesOf(folder), interactive: true });
    expect(await run(folder, point)).toEqual({ signal: 'SIGKILL', errors: `failpoint reached ${point}` });
    // The start that completes what was begun may be killed as well.
    if (point === 'rekey.committed') for (const again of ['rekey.before-replace', 'rekey.replaced']) expect(await run(folder, again, 'open')).toEqual({ signal: 'SIGKILL', errors: `failpoint reached ${again}` });
    await expectWhole(folder, isNew, former.databaseKey());
    if (point !== 'rekey.placed') return;
    const home = await open(folder);
    await home.keys.rekey(undefined, home.rewrite);
    expect(await contentOf(home)).toEqual(WHOLE);
  }, 120_000);

  it('would lose the data if the file that names the key did not say that the database has yet to be replaced', async () => {
    const folder = await newFolder();
    await cp(template, folder, { recursive: true });
    await run(folder, 'rekey.committed');
    const { keyFile } = filesOf(folder);
    const { rekeyed, ...without } = JSON.parse(await readFile(keyFile, 'utf8')) as Record<string, unknown>;
    expect(rekeyed).toBe(true);
    await writeFile(keyFile, JSON.stringify(without));
    await expect(openAt(folder)).rejects.toMatchObject({ code: 'store/corrupt' });
  }, 120_000);
});
