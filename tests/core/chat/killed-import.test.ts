import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../main/core/base/store/index.ts';
import { openWorkshop, scriptedModel, TestPlugins } from '../agents/workshop.ts';

const SCRIPT = path.join(import.meta.dirname, 'doomed-import.ts');

/** The signal that ended it. */
const doomed = (folder: string, failpoint: string, file: string): Promise<string | null> => new Promise((resolve, reject) => {
  spawn(process.execPath, [SCRIPT, folder, failpoint, file], { stdio: 'ignore' }).on('error', reject).on('close', (_code, signal) => { resolve(signal); });
});

describe('R9 A2 a core killed in the middle of an import', () => {
  it.each([['chat.before-imported:2', 1], ['chat.after-imported:2', 2]])('at %s keeps whole conversations, and goes on with the rest', async (failpoint, kept) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'troupe-killed-'));
    try {
      const file = path.join(folder, 'talks.json');
      const at = '2026-01-01T00:00:00.000Z';
      await writeFile(file, JSON.stringify([1, 2, 3].map((number) => ({ format: 'troupe-conversation', version: 1, title: `Talk ${number}`, agent: 'Eve', created_at: at, shown: 'b', messages: ['a', 'b'].map((id) => ({ id, parent_id: id === 'a' ? null : 'a', role: 'user', at, status: 'done', model: null, usage: null, blocks: [{ type: 'text', text: id }] })) }))));
      expect(await doomed(folder, failpoint, file)).toBe('SIGKILL');
      const store = await openStore({ file: path.join(folder, 'troupe.db') });
      const shop = openWorkshop({ home: { folder, store, reopen: () => Promise.resolve(store), close: () => Promise.resolve() }, plugins: new TestPlugins(), model: scriptedModel([]), idPrefix: 'next-' });
      const found = async (): Promise<number[]> => Promise.all((await shop.chat.conversations({ words: '', limit: 9 })).conversations.map(async ({ id }) => (await shop.chat.messages({ id, limit: 9 })).messages.length));
      expect(await found()).toEqual(Array.from({ length: kept }, () => 2));
      await shop.imports.add({ upload: 'u', offset: 0, base64: (await readFile(file)).toString('base64'), last: true, name: 'talks.json' });
      const hireId = (await shop.team.list()).hires[0]?.id ?? '';
      expect(await shop.imports.store({ upload: 'u', hireId })).toMatchObject({ imported: 3 - kept, already: kept, left: 0 });
      expect(await found()).toEqual([2, 2, 2]);
      await shop.imports.stop();
      await store.stop();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
