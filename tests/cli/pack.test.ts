/** A creator's own plugin, packed and checked by the command line alone. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './run-cli.ts';

const MANIFEST = path.resolve(import.meta.dirname, '../../plugins/http-tools/plugin.yaml');
let folder: string;
let plugin: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-pack-'));
  plugin = path.join(folder, 'mine');
  await cp(path.dirname(MANIFEST), plugin, { recursive: true, filter: (file) => !['src', 'before'].includes(path.basename(file)) });
  const text = (await readFile(MANIFEST, 'utf8')).replace('dev.troupe.http-tools', 'com.example.mine');
  await writeFile(path.join(plugin, 'plugin.yaml'), text);
  await mkdir(path.join(plugin, 'dist'));
  await writeFile(path.join(plugin, 'dist/plugin.js'), 'export default { tools: {} };\n');
});
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

describe('B7 B9 packing a plugin', () => {
  it('makes the same bytes each time, which validate takes', async () => {
    const files = [path.join(folder, 'a.troupe'), path.join(folder, 'b.troupe')];
    for (const file of files) {
      const packed = await cli(['pack', plugin, '--out', file, '--json']);
      expect(packed.code, packed.stderr).toBe(0);
      expect(JSON.parse(packed.stdout)).toMatchObject({ id: 'com.example.mine', file });
    }
    const [one, other] = await Promise.all(files.map((file) => readFile(file)));
    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
    const checked = await cli(['validate', files[0] ?? '']);
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.stdout).toMatch(/^com\.example\.mine \S+ is sound: \d+ bytes packed\.\n$/);
  }, 30_000);

  it('says what is wrong, and where', async () => {
    await writeFile(path.join(plugin, 'plugin.yaml'), (await readFile(path.join(plugin, 'plugin.yaml'), 'utf8')).replace(/^ {2}name: .*$/m, '  name: 7'));
    const refused = await cli(['validate', plugin]);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain('plugin.name');
    expect(refused.code).toBe(5);
    expect(await cli(['pack', path.join(folder, 'none')])).toMatchObject({ code: 2, stdout: '' });
    expect(await cli(['pack'])).toMatchObject({ code: 2, stdout: '' });
  }, 30_000);
});
