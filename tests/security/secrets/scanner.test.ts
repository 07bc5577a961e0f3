/** The scan for secrets finds one wherever it was put, and what hides them does so there: each place with its guard off and on. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../../main/core/base/observe/index.ts';
import { openAudit } from '../../../main/core/base/audit/index.ts';
import { openCredentials, openKeys } from '../../../main/core/base/credentials/index.ts';
import { openRotatingFile } from '../../../main/core/base/observe/rotating-file.ts';
import { openStore } from '../../../main/core/base/store/index.ts';
import { lastWords } from '../../../main/core/last-words.ts';
import { leaksIn, leaksInFolder, leaksInRows } from '../../support/secret-scan.ts';
import { memoryKeychain } from '../../core/credentials/memory-keychain.ts';

const SECRET = 'sk-Vw3+unmistakable/"value" 08&15';
const bytes = Buffer.from(SECRET);
const FORMS: [string, string][] = [
  ['raw', SECRET], ['JSON', JSON.stringify({ key: SECRET })], ['URL', `https://a.example/?key=${encodeURIComponent(SECRET)}`], ['URL in full', bytes.toString('hex').replace(/../g, '%$&')], ['hex', bytes.toString('hex')], ['hex', bytes.toString('hex').toUpperCase()],
  ...['', 'u:', 'user:'].flatMap((before): [string, string][] => [['base64', Buffer.from(`${before}${SECRET}!`).toString('base64')], ['base64url', Buffer.from(`${before}${SECRET}!`).toString('base64url')]]),
];

let folder: string;
beforeEach(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-scanner-')); });
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

describe('X8 the scan for secrets', () => {
  it.each(FORMS)('finds one as %s, whole and cut anywhere into two chunks', (way, text) => {
    expect(leaksIn(`before ${text} after`, [SECRET])).toContain(way);
    const at = text.length - 1;
    for (let cut = 1; cut < at; cut += 1) {
      const chunks = [`{"delta":"${text.slice(0, cut)}"}`, `{"delta":"${text.slice(cut)}"}`];
      expect(leaksIn(chunks.join('\n'), [SECRET]), `cut at ${cut}`).not.toEqual([]);
    }
    expect(leaksIn('{"delta":"nothing unmistakable here"}', [SECRET])).toEqual([]);
  });

  it('finds one that a full log file cut in two, and the log has none in any form once it is known', async () => {
    const file = openRotatingFile({ folder, name: 'core', limit: 40, keep: 9 });
    file.write(`${'x'.repeat(20)}${SECRET.slice(0, 14)}\n`);
    file.write(`${SECRET.slice(14)}${'x'.repeat(20)}\n`);
    await file.close();
    expect((await readdir(folder)).length).toBe(2);
    expect((await leaksInFolder(folder, [SECRET])).leaks).not.toEqual([]);
    await rm(folder, { recursive: true });

    const log = createLog({ folder, limit: 300, keep: 50 });
    const line = (text: string): void => { log.info({ said: text }, 'a host said something'); };
    line('without the guard it stands there: '.concat(SECRET));
    log.registerSecret(SECRET);
    for (const [, text] of FORMS) line(text);
    log.error({ err: new Error(`refused ${SECRET}`, { cause: new Error(SECRET) }) }, `failed with ${SECRET}`);
    await log.close();
    const { files, leaks } = await leaksInFolder(folder, [SECRET]);
    expect(files.length).toBeGreaterThan(3);
    // The first line alone, from before it was known.
    expect(leaks).toEqual([expect.stringMatching(/^core\.1\.log: /)]);
  });

  it('finds one in the last words of a core, unless they were cleaned', async () => {
    const log = createLog({ folder });
    log.registerSecret(SECRET);
    const error = new TypeError(`cannot send ${SECRET}`);
    expect(leaksIn(lastWords(error, (text) => text), [SECRET])).toContain('raw');
    const said = lastWords(error, log.clean);
    expect(leaksIn(said, [SECRET])).toEqual([]);
    expect(said).toContain('TypeError: cannot send [redacted]');
    await log.close();
  });

  it('finds one in a row of an encrypted database that its file does not show, and none where secrets are stored', async () => {
    const keys = await openKeys({ keyFile: path.join(folder, 'key.json'), database: path.join(folder, 'troupe.db'), keychain: memoryKeychain(), interactive: true });
    const database = path.join(folder, 'troupe.db');
    const store = await openStore({ file: database, key: keys.databaseKey() });
    const credentials = openCredentials({ store, keys, newId: () => 'id', now: () => 1 });
    await credentials.setSecret('A label', SECRET);
    const record = (clean: (text: string) => string): Promise<void> => openAudit({ store, now: () => 1, clean }).record([{ action: 'host_reached', subject: 'a.example', details: { said: SECRET } }]);
    await record((text) => text.replaceAll(SECRET, '[redacted]'));
    await store.copy(path.join(folder, 'copy.db'));
    const before = leaksInRows(path.join(folder, 'copy.db'), keys.databaseKey(), [SECRET]);
    expect(before).toMatchObject({ leaks: [], tables: expect.arrayContaining(['secrets', 'audit']) as string[] });
    // Sealed with nothing, as if the guard were off, and an audit row that nobody cleaned.
    await record((text) => text);
    await store.write('putSecret', { id: 'plain', label: 'Plain', nonce: Buffer.alloc(12), ciphertext: Buffer.from(SECRET), at: 1 });
    await store.write('putSettings', { values: { note: JSON.stringify(SECRET) }, at: 1 });
    const exported = await openAudit({ store, now: () => 1 }).export({ filter: {}, format: 'jsonl', from: 0 });
    expect(leaksIn(exported.text, [SECRET])).not.toEqual([]);
    await store.stop();
    expect(leaksInRows(database, keys.databaseKey(), [SECRET]).leaks.map((leak) => leak.split(':')[0])).toEqual(['audit.details', 'secrets.ciphertext', 'settings.value']);
    expect((await leaksInFolder(folder, [SECRET])).leaks).toEqual([]);
    await writeFile(path.join(folder, 'export.jsonl'), exported.text);
    expect((await leaksInFolder(folder, [SECRET])).leaks).toEqual([expect.stringMatching(/^export\.jsonl: /)]);
    expect(await readFile(path.join(folder, 'key.json'), 'utf8')).not.toContain(SECRET);
  });
});
