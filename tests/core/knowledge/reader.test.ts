import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createReader } from '../../../main/core/engine/knowledge/index.ts';
import { passagesOf, type Block } from '../../../main/core/engine/knowledge/reading/blocks.ts';
import { htmlBlocks } from '../../../main/core/engine/knowledge/reading/html.ts';
import { csvBlocks, textBlocks } from '../../../main/core/engine/knowledge/reading/text.ts';
import { docxOf, pdfOf, zipOf } from './documents.ts';

const reader = createReader();
afterAll(() => reader.stop());
const refused = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) as string });

describe('A7 reading a document', () => {
  it('takes each kind with the place of what it says', async () => {
    expect((await reader.read('pdf', pdfOf(['First of all, walruses.', 'Second page.']))).passages).toEqual([{ text: 'First of all, walruses.', place: { page: 1 } }, { text: 'Second page.', place: { page: 2 } }]);
    expect((await reader.read('docx', docxOf('Holidays', 'Everybody has 30 days.'))).passages).toEqual([{ text: 'Everybody has 30 days.', place: { heading: 'Holidays' } }]);
    expect((await reader.read('html', Buffer.from('<h1>A</h1><p>one<h2>B</h2><p>two <b>bold</b><script>no</script><style>no</style>'))).passages).toEqual([{ text: 'one', place: { heading: 'A' } }, { text: 'two bold', place: { heading: 'A › B' } }]);
    expect((await reader.read('markdown', Buffer.from('# A\n\none\n\n```\n# no heading\n```\n## B\ntwo'))).passages).toEqual([{ text: 'one\n```\n# no heading\n```', place: { line: 3, heading: 'A' } }, { text: 'two', place: { line: 9, heading: 'A › B' } }]);
    expect((await reader.read('csv', Buffer.from('Name;City\nAda;London\n"Bo; B";Oslo\n'))).passages).toEqual([{ text: 'Name: Ada; City: London\nName: Bo; B; City: Oslo', place: { row: 1 } }]);
    expect((await reader.read('text', Buffer.from('\ufeffhello', 'utf16le'))).passages).toEqual([{ text: 'hello', place: { line: 1 } }]);
  });

  it('refuses what is no such document, with the reason, and reads the next one', async () => {
    await expect(reader.read('pdf', Buffer.from('hello'))).rejects.toMatchObject(refused('knowledge/unreadable', /no PDF/));
    await expect(reader.read('text', pdfOf(['x']))).rejects.toMatchObject(refused('knowledge/unreadable', /This is a PDF/));
    await expect(reader.read('docx', zipOf({ 'a.txt': 'no' }))).rejects.toMatchObject({ code: 'knowledge/unreadable' });
    await expect(reader.read('docx', Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(100)]))).rejects.toMatchObject({ code: 'knowledge/unreadable' });
    await expect(reader.read('text', Buffer.from([0xc3, 0x28, 0xff]))).rejects.toMatchObject(refused('knowledge/unreadable', /UTF-8/));
    await expect(reader.read('text', Buffer.from('  \n '))).rejects.toMatchObject(refused('knowledge/unreadable', /no text/));
    await expect(reader.read('pdf', Buffer.from('%PDF-1.4\ngarbage'))).rejects.toMatchObject({ code: 'knowledge/unreadable' });
    expect((await reader.read('text', Buffer.from('fine'))).passages).toHaveLength(1);
  }, 60_000);

  it('is not harmed by a bomb, by depth, by length', async () => {
    const bomb = docxOf('A', 'b', { 'word/media/bomb.bin': Buffer.alloc(90_000_000) });
    expect(bomb.length).toBeLessThan(200_000);
    await expect(reader.read('docx', bomb)).rejects.toMatchObject(refused('knowledge/too-large', /80 MB/));
    // The same within the limit is read: it is the size that was refused.
    expect((await reader.read('docx', docxOf('A', 'b', { 'word/media/fine.bin': Buffer.alloc(1_000_000) }))).passages).toHaveLength(1);
    const deep = '<div>'.repeat(20_000);
    expect((await reader.read('html', Buffer.from(`${deep}bottom`))).passages.map(({ text }) => text)).toEqual(['bottom']);
    await expect(reader.read('text', Buffer.from('word '.repeat(1_200_000)))).rejects.toMatchObject(refused('knowledge/too-large', /characters/));
  }, 60_000);

  it('is ended when it takes too long or too much memory', async () => {
    const hasty = createReader(undefined, { timeMs: 30, heapMiB: 384, residentMiB: 900 });
    await expect(hasty.read('text', Buffer.from('x'))).rejects.toMatchObject(refused('knowledge/too-large', /longer than/));
    await hasty.stop();
    const small = createReader(undefined, { timeMs: 45_000, heapMiB: 24, residentMiB: 900 });
    await expect(small.read('html', Buffer.from('<b>x'.repeat(400_000)))).rejects.toMatchObject({ code: 'knowledge/too-large' });
    await small.stop();
  });

  it('may reach no file, no network and start no process; outside of it the same program may', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-reader-'));
    let visits = 0;
    const server = createServer((_request, answer) => { visits += 1; answer.end('ok'); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const secret = path.join(os.tmpdir(), `troupe-secret-${process.pid}`);
    writeFileSync(secret, 'secret');
    const program = path.join(folder, 'probe.mjs');
    writeFileSync(program, `import { readFileSync, writeFileSync } from 'node:fs'; import { spawnSync } from 'node:child_process';
const tried = async (what) => { try { await what(); return 'did'; } catch (error) { return 'refused'; } };
const said = [await tried(() => readFileSync(${JSON.stringify(secret)})), await tried(() => writeFileSync(${JSON.stringify(`${secret}-2`)}, 'x')), await tried(() => fetch('http://127.0.0.1:${(server.address() as AddressInfo).port}/').then((one) => one.text())), await tried(() => { const { error } = spawnSync('true'); if (error) throw error; })];
process.stdout.write('\\n' + JSON.stringify({ passages: said.map((text) => ({ text, place: {} })), notes: Object.keys(process.env) }));`);
    try {
      const probe = createReader(program);
      const answer = await probe.read('text', Buffer.from('x'));
      expect(answer.passages.map(({ text }) => text)).toEqual(['refused', 'refused', 'refused', 'refused']);
      expect(visits).toBe(0);
      await probe.stop();
      const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 20_000 });
      expect((JSON.parse(stdout) as { passages: { text: string }[] }).passages.map(({ text }) => text)).toEqual(['did', 'did', 'did', 'did']);
      expect(visits).toBe(1);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
      rmSync(folder, { recursive: true, force: true });
      rmSync(secret, { force: true });
      rmSync(`${secret}-2`, { force: true });
    }
  });

  it('loses no word of any text, and makes no passage that is too long', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 3000 }), { maxLength: 6 }), (texts) => {
      const blocks: Block[] = texts.map((text, at) => ({ text, place: { page: at % 2 } }));
      const passages = passagesOf(blocks);
      const plain = (text: string): string => text.replace(/[\s\0]+/g, '');
      expect(plain(passages.map(({ text }) => text).join(''))).toBe(plain(texts.map((text) => text.toWellFormed()).join('')));
      for (const { text } of passages) expect(text.length).toBeLessThanOrEqual(1400);
    }));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => { htmlBlocks(text); expect([...textBlocks(text, true)].length).toBeGreaterThanOrEqual(0); }));
    fc.assert(fc.property(fc.array(fc.array(fc.stringMatching(/^[a-z ]{1,8}$/), { minLength: 2, maxLength: 4 }), { minLength: 2, maxLength: 5 }), (rows) => { expect([...csvBlocks(rows.map((row) => row.join(',')).join('\n'))].length).toBeGreaterThanOrEqual(0); }));
  });
});
