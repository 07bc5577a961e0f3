import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import { createLog } from '../../../main/core/base/observe/index.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-log-')); });
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

async function everything(): Promise<string> {
  const files = (await readdir(folder)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return (await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')))).join('');
}

describe('the log', () => {
  it('writes one JSON line per call from its level upward, with the fields of its child', async () => {
    const log = createLog({ folder, level: 'info' });
    log.debug({}, 'too quiet');
    log.child({ room: 'plugins' }).warn({ plugin: 'dev.troupe.text-toolkit', milliseconds: 41 }, 'a query was slow');
    log.error({ err: new AppError('store/full', 'The disk is full.', { details: { sqlite: 'SQLITE_FULL' }, cause: new Error('origin') }) }, 'failed');
    await log.close();
    const lines = (await everything()).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ level: 'warn', room: 'plugins', plugin: 'dev.troupe.text-toolkit', milliseconds: 41, msg: 'a query was slow' });
    expect(lines[1]).toMatchObject({ level: 'error', err: { code: 'store/full', message: 'The disk is full.', details: { sqlite: 'SQLITE_FULL' }, cause: { message: 'origin' } } });
  });

  it('drops texts under sensitive names at any depth and keeps counts', async () => {
    const log = createLog({ folder });
    const cyclic: Record<string, unknown> = { apiKey: 'sk-one' };
    cyclic['self'] = cyclic;
    log.info({ cyclic, a: [{ b: { Authorization: 'Bearer two', headers: { 'set-cookie': ['three'] } } }], passphrase: 'four',
      token: { value: 'five', more: new Map([['x', 'six']]) }, tokenUsage: { promptTokens: 12, done: true }, bytes: new Uint8Array(3), big: 10n }, 'a call');
    log.child({ clientSecret: 'seven' }).info({}, 'another');
    await log.close();
    const text = await everything();
    for (const secret of ['sk-one', 'two', 'three', 'four', 'five', 'six', 'seven']) expect(text).not.toContain(secret);
    expect(text).toContain('"promptTokens":12');
    expect(text).toContain('[circular]');
    expect(text).toContain('[3 bytes]');
  });

  it('removes registered values wherever they stand, whatever they contain', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ minLength: 6, maxLength: 30, unit: 'grapheme' }).filter((text) => !'a model answered with time level'.includes(text)), async (secret) => {
      const own = await mkdtemp(path.join(folder, 'case-'));
      const log = createLog({ folder: own });
      log.registerSecret(secret);
      log.info({ url: `http://127.0.0.1/?q=${encodeURIComponent(secret)}`, note: `before ${secret} after`, [secret]: 1 }, `a model answered with ${secret}`);
      await log.close();
      const text = await readFile(path.join(own, 'core.1.log'), 'utf8');
      expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
      expect(text).toContain('[redacted]');
    }), { numRuns: 25 });
  });

  it('begins a new file when one is full, keeps the newest few, loses no line of them, and goes on after a restart', async () => {
    const log = createLog({ folder, limit: 2_000, keep: 3 });
    for (let index = 0; index < 100; index += 1) log.info({ index }, 'x'.repeat(60));
    await log.close();
    const second = createLog({ folder, limit: 2_000, keep: 3 });
    second.info({ index: 100 }, 'after the restart');
    await second.close();
    const files = await readdir(folder);
    expect(files.length).toBeLessThanOrEqual(3);
    for (const file of files) expect((await stat(path.join(folder, file))).size).toBeLessThanOrEqual(2_000);
    const indexes = (await everything()).trim().split('\n').map((line) => (JSON.parse(line) as { index: number }).index);
    expect(indexes.at(-1)).toBe(100);
    expect(indexes).toEqual(Array.from({ length: indexes.length }, (_, at) => 101 - indexes.length + at));
    expect((await stat(second.file())).mode & 0o777).toBe(0o600);
  });

  it('waits for a folder that is away and loses no line', async () => {
    const own = path.join(folder, 'logs');
    const log = createLog({ folder: own, limit: 300, keep: 50 });
    log.info({ index: 0 }, 'x'.repeat(250));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await rename(own, `${own}-away`);
    for (let index = 1; index < 5; index += 1) log.info({ index }, 'x'.repeat(250));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await rename(`${own}-away`, own);
    await new Promise((resolve) => setTimeout(resolve, 250));
    await log.close();
    const files = (await readdir(own)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const text = (await Promise.all(files.map((file) => readFile(path.join(own, file), 'utf8')))).join('');
    expect(text.trim().split('\n').map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([0, 1, 2, 3, 4]);
  });

  it('writes what waits when the process ends at once', async () => {
    const file = path.resolve(import.meta.dirname, '../../../main/core/base/observe/index.ts');
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', `import { createLog } from ${JSON.stringify(file)};
const log = createLog({ folder: ${JSON.stringify(folder)} }); for (let index = 0; index < 50; index += 1) log.info({ index }, 'last words'); process.exit(4);`], { encoding: 'utf8' });
    expect(done.status).toBe(4);
    expect((await everything()).match(/last words/g)).toHaveLength(50);
  });
});
