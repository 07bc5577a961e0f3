import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../main/core/base/store/index.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-lost-')); });
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

describe('a store thread that dies', () => {
  it('fails what waits and what follows, tells the core once, and what was confirmed is kept', async () => {
    const lost: string[] = [];
    const file = path.join(folder, 'troupe.db');
    const store = await openStore({ file, threadFile: path.join(import.meta.dirname, 'crashing-thread.ts'), onLost: (error) => { lost.push(error.code); } });
    await store.write('putSettings', { values: { a: '1' }, at: 1 });
    await expect(store.write('dropSecret', { id: 'x' })).rejects.toMatchObject({ code: 'core/internal' });
    await expect(store.write('putSettings', { values: { a: '2' }, at: 1 })).rejects.toMatchObject({ code: 'core/internal' });
    expect(await store.read('storedSettings', {})).toEqual([{ key: 'a', value: '1' }]);
    await store.stop();
    expect(lost).toEqual(['core/internal']);
    const again = await openStore({ file });
    expect(await again.read('storedSettings', {})).toEqual([{ key: 'a', value: '1' }]);
    await again.stop();
  });

  it('that cannot even start is an error of the opening', async () => {
    const lost: unknown[] = [];
    await expect(openStore({ file: path.join(folder, 'troupe.db'), threadFile: path.join(folder, 'absent.js'), onLost: (error) => { lost.push(error); } })).rejects.toMatchObject({ code: 'core/internal' });
    expect(lost).toEqual([]);
  });
});
