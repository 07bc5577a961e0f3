import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { openBackups } from '../../../main/core/base/backup/index.ts';
import { openStore } from '../../../main/core/base/store/index.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

let open: TestStore | undefined;
afterEach(async () => { await open?.stop(); open = undefined; });

describe('backups', () => {
  it('are whole, encrypted like the original, and open with the same key', async () => {
    const key = randomBytes(32);
    open = await openTestStore({ key });
    const { store, home } = open;
    await writeFile(home.keyFile, '{"wrapped":true}');
    await store.write('putSettings', { values: { theme: '"unmistakable-words"' }, at: 1 });
    const backups = openBackups({ folder: home.backups, keyFile: home.keyFile, now: () => 1_700_000_000_000 });
    const made = await backups.make(store, 'manual');
    expect(made).toMatchObject({ reason: 'manual', at: 1_700_000_000_000 });
    expect((await readFile(made.file)).includes('unmistakable-words')).toBe(false);
    expect(await readFile(`${made.file}.key.json`, 'utf8')).toBe('{"wrapped":true}');

    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-restored-'));
    const restored = path.join(folder, 'troupe.db');
    await writeFile(restored, await readFile(made.file));
    const second = await openStore({ file: restored, key });
    expect(await second.read('storedSettings', {})).toEqual([{ key: 'theme', value: '"unmistakable-words"' }]);
    await second.stop();
    await rm(folder, { recursive: true });
  });

  it('keep the newest few and nothing unfinished', async () => {
    open = await openTestStore();
    const { store, home } = open;
    let now = 1_700_000_000_000;
    const backups = openBackups({ folder: home.backups, keyFile: home.keyFile, now: () => now++, keep: 2 });
    await writeFile(path.join(home.backups, 'troupe-1699999999999-manual.db.part'), 'half');
    for (const reason of ['manual', 'update', 'manual']) await backups.make(store, reason);
    expect((await backups.list()).map((one) => one.reason)).toEqual(['manual', 'update']);
    expect((await readdir(home.backups)).filter((name) => name.endsWith('.db'))).toHaveLength(2);
  });

  it('fail and leave nothing behind when the folder cannot be used', async () => {
    open = await openTestStore();
    const { store, home } = open;
    const backups = openBackups({ folder: path.join(home.backups), keyFile: home.keyFile, now: Date.now });
    await writeFile(`${home.backups}/blocked`, '');
    await expect(store.copy(path.join(home.backups, 'blocked', 'troupe.db'))).rejects.toMatchObject({ code: 'core/internal' });
    expect(await backups.list()).toEqual([]);
  });
});
