import { mkdtemp, readFile, rm, stat, symlink, writeFile, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCode } from '../../contract/errors/app-error.ts';
import { packArchive, readArchive, readArchiveFiles, readPluginFolder, sha512Of, sha512OfFile, unpackTo } from '../../packaging/index.ts';
import { MANIFEST, pluginFilesOf } from '../support/plugin-files.ts';

let folder = '';
beforeAll(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-archive-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const part = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '0', '-', '_', 'ü', '日', ' ', '.'), minLength: 1, maxLength: 30 })
  .map((text) => `x${text.normalize('NFC').replace(/[. ]+$/u, '')}y`);
const filesArbitrary = fc.uniqueArray(fc.tuple(fc.constantFrom('assets', 'agents', 'flows'), fc.array(part, { minLength: 1, maxLength: 4 }), fc.uint8Array({ maxLength: 3000 })), { maxLength: 8, selector: ([top, parts]) => `${top}/${parts.join('/')}`.toLowerCase() })
  .filter((list) => list.every(([top, parts], index) => list.every(([otherTop, otherParts], other) => other === index || !clash(`${top}/${parts.join('/')}`, `${otherTop}/${otherParts.join('/')}`))));

/** One is a folder of the other, or they differ in case alone somewhere on the way. */
function clash(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x === y || x.startsWith(`${y}/`) || y.startsWith(`${x}/`)) return true;
  const [p, q] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(p.length, q.length); i += 1) {
    if (p[i]?.toLowerCase() !== q[i]?.toLowerCase()) return false;
    if (p[i] !== q[i]) return true;
  }
  return false;
}

describe('B7 archives', () => {
  it('hold what was packed, and nothing else', async () => {
    await fc.assert(fc.asyncProperty(filesArbitrary, async (list) => {
      const files = new Map(list.map(([top, parts, content]) => [`${top}/${parts.join('/')}`, content]));
      const read = await readArchiveFiles(await packArchive(files));
      expect(new Map([...read].map(([name, content]) => [name, Buffer.from(content).toString('hex')]))).toEqual(new Map([...files].map(([name, content]) => [name, Buffer.from(content).toString('hex')])));
    }), { numRuns: 60 });
  });
  it('are the same bytes every time, in whatever order the files come', async () => {
    const files = pluginFilesOf({ 'README.md': 'hello', 'assets/b.txt': 'b', 'assets/a.txt': 'a', [`assets/${'n'.repeat(100)}/${'m'.repeat(100)}/deep.txt`]: 'long name' });
    const first = await packArchive(files);
    const second = await packArchive(new Map([...files].reverse()));
    expect(Buffer.from(second).equals(first)).toBe(true);
    expect([...first.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    expect((await readArchive(first)).sha512).toBe(await sha512Of(first));
  });
  it('are refused by the packer when a reader would refuse them', async () => {
    await expect(packArchive(pluginFilesOf({ 'secret.txt': 'x' }))).rejects.toMatchObject({ code: 'plugins/bad-archive', details: { reason: 'top-level' } });
    await expect(packArchive(pluginFilesOf({ 'assets/a': 'x', 'assets/A': 'y' }))).rejects.toMatchObject({ details: { reason: 'duplicate' } });
    await expect(packArchive(new Map([['assets/big', new Uint8Array(51 * 1024 ** 2)]]))).rejects.toMatchObject({ details: { reason: 'too-large' } });
  });
  it('crash nothing when a byte is flipped or the end is missing', async () => {
    const whole = await packArchive(pluginFilesOf({ 'README.md': 'hello '.repeat(50), 'assets/a.bin': new Uint8Array(700).map((_, index) => index) }));
    const wanted = await sha512Of(whole);
    await fc.assert(fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, by, cut) => {
      const spoiled = Uint8Array.from(whole);
      if (cut) spoiled.fill(0, at); else spoiled[at] = (spoiled[at] ?? 0) ^ by;
      try {
        // What no reader can notice (a flag for speed) is noticed by the digest.
        expect((await readArchive(cut ? whole.subarray(0, at) : spoiled)).sha512).not.toBe(wanted);
      } catch (error) { if (!hasCode(error, 'plugins/bad-archive', 'plugins/bad-manifest')) throw error; }
    }), { numRuns: 300 });
  });
  it('may come as a stream, and lower limits hold', async () => {
    const bytes = await packArchive(pluginFilesOf());
    async function* stream(): AsyncGenerator<Uint8Array> { for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100); }
    expect((await readArchive(stream())).manifest.plugin.id).toBe('com.example.small');
    await expect(readArchive(stream(), { packedBytes: 150 })).rejects.toMatchObject({ details: { reason: 'too-large' } });
    await expect(readArchive(bytes, { packedBytes: 150 })).rejects.toMatchObject({ details: { reason: 'too-large' } });
    await expect(readArchive(bytes, { unpackedBytes: 1000 })).rejects.toMatchObject({ details: { reason: 'too-large' } });
    await expect(readArchive(bytes, { entries: 0 })).rejects.toMatchObject({ details: { reason: 'too-many' } });
    await expect(readArchive(await packArchive(pluginFilesOf({ 'dist/plugin.js': 'export default {}' })), { codeBytes: 3 })).rejects.toMatchObject({ details: { reason: 'too-large' } });
  });
});

describe('I1 unpacking', () => {
  it('writes files that are read back the same, and never over something', async () => {
    const archive = await readArchive(await packArchive(pluginFilesOf({ 'assets/deep/er/a.txt': 'a', 'README.md': '# Hi' })));
    const to = path.join(folder, 'plugin');
    await unpackTo(archive, to);
    expect(await readFile(path.join(to, 'assets/deep/er/a.txt'), 'utf8')).toBe('a');
    expect((await stat(path.join(to, 'plugin.yaml'))).mode & 0o777).toBe(0o644);
    expect(await sha512OfFile(path.join(to, 'plugin.yaml'))).toBe(archive.manifestSha512);
    expect([...(await readPluginFolder(to)).files.keys()].sort()).toEqual(['README.md', 'assets/deep/er/a.txt', 'plugin.yaml']);
    await expect(unpackTo(archive, to)).rejects.toMatchObject({ code: 'EEXIST' });
  });
  it('does not follow a link that lies in the way', async () => {
    const to = path.join(folder, 'linked');
    await mkdir(to);
    await writeFile(path.join(folder, 'outside'), 'untouched');
    await symlink(path.join(folder, 'outside'), path.join(to, 'plugin.yaml'));
    await expect(unpackTo({ files: pluginFilesOf() }, to)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(path.join(folder, 'outside'), 'utf8')).toBe('untouched');
    await expect(readPluginFolder(to)).rejects.toMatchObject({ code: 'plugins/bad-archive', details: { reason: 'kind' } });
  });
  it('refuses names that no archive may hold, even from a caller', async () => {
    await expect(unpackTo({ files: new Map([['../outside', new Uint8Array()]]) }, path.join(folder, 'names'))).rejects.toMatchObject({ details: { reason: 'name' } });
  });
});

describe('what an archive holds', () => {
  const read = async (files: Record<string, string | Uint8Array>) => readArchive(await packArchive(pluginFilesOf(files)));
  const withCapabilities = (text: string): string => `${MANIFEST}  capabilities:\n${text}`;

  it('needs a plugin.yaml', async () => { await expect(readArchive(await packArchive(new Map([['README.md', new Uint8Array()]])))).rejects.toMatchObject({ code: 'plugins/bad-archive', details: { reason: 'no-manifest' } }); });
  it('needs the documents that the manifest names', async () => {
    await expect(read({ 'plugin.yaml': withCapabilities('    agents: [{ id: a, name: A, description: B, file: agents/a.yaml }]\n') })).rejects.toMatchObject({ code: 'plugins/bad-manifest', details: { problems: [{ path: 'plugin.capabilities.agents[0].file', received: 'agents/a.yaml' }] } });
  });
  it('says what will be missed: images and code', async () => {
    const archive = await read({ 'plugin.yaml': `${withCapabilities('    tools: [{ id: t, name: T, description: D }]\n')}  assets: { icon: assets/i.png }\n` });
    expect(archive.notes).toEqual(['The manifest names the image assets/i.png, which is not in the plugin.', 'The plugin lists 1 tools and brings no code (dist/plugin.js); they cannot be called.']);
    expect(archive.code).toBeNull();
  });
  it('gives its code as text, and refuses code that is no UTF-8', async () => {
    expect((await read({ 'dist/plugin.js': 'export default { tools: {} }; // ü' })).code).toContain('ü');
    await expect(read({ 'dist/plugin.js': Uint8Array.from([0xff, 0xfe]) })).rejects.toMatchObject({ details: { reason: 'code' } });
  });
  it('brings agents, crews, flows and blueprints with it, parsed', async () => {
    const archive = await read({
      'plugin.yaml': withCapabilities([
        '    agents: [{ id: a, name: A, description: B, file: agents/a.yaml }]',
        '    crews: [{ id: c, name: C, description: What for, file: crews/c.yaml }, { id: inline, name: I, description: The aim, agents: [{ role: First One }, { role: First One, goal: own }], tasks: [x, y, z] }]',
        '    flows: [{ id: f, name: F, description: D, file: flows/f.yaml }, { id: s, name: S, description: D, steps: [one, two] }]',
        '    blueprints: [{ id: b, name: B, description: D, file: blueprints/b.yaml }]', ''].join('\n')),
      'agents/a.yaml': 'role: Analyst\nllm: openai/gpt-4o\ntools: [word_count]\nx-note: mine\n',
      'crews/c.yaml': 'agents: [a]\ntasks:\n  - { name: one, description: First, agent: a }\n  - { description: Second, context: [one] }\n',
      'flows/f.yaml': 'schema: crewai.flow/v1\nmethods: {}\n',
      'blueprints/b.yaml': 'agents: []\n',
    });
    expect(archive.documents.agents.get('a')).toMatchObject({ role: 'Analyst', goal: '', model: 'openai/gpt-4o', tools: ['word_count'], max_iter: 25 });
    expect(archive.documents.crews.get('c')).toMatchObject({ process: 'sequential', agents: { a: { role: 'Analyst' } }, tasks: [{ name: 'one' }, { context: ['one'], expected_output: 'the finished task' }] });
    expect(archive.documents.crews.get('inline')).toMatchObject({ agents: { first_one: { goal: 'The aim' }, first_one_2: { goal: 'own' } }, tasks: [{ agent: 'first_one' }, { agent: 'first_one_2' }, { agent: 'first_one' }] });
    expect(archive.documents.flows.get('s')).toEqual({ schema: 'troupe.steps/v1', name: 'S', steps: ['one', 'two'] });
    expect(archive.documents.flows.get('f')).toEqual({ schema: 'crewai.flow/v1', methods: {} });
    expect(archive.documents.blueprints.get('b')).toEqual({ agents: [] });
  });
});
