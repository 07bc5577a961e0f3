import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readShellArguments, readWanted, wordsOf } from '../../main/electron/arguments.ts';
import { checkFiles } from '../../main/electron/files-check.ts';
import { readWindowState, writeWindowState } from '../../main/electron/window-state.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'shell-')); });
afterEach(async () => { await rm(folder, { recursive: true }); });

describe('X13 the list of the app\'s files', () => {
  const list = async (entries: Record<string, string>): Promise<string> => { const file = path.join(folder, 'files.json'); await writeFile(file, JSON.stringify(entries)); return file; };
  const digest = (text: string): string => createHash('sha512').update(text).digest('hex');
  beforeEach(async () => { await mkdir(path.join(folder, 'core')); await writeFile(path.join(folder, 'core/core.js'), 'one'); });

  it('passes what is as it was packed', async () => { expect(checkFiles(await list({ 'core/core.js': digest('one') }), folder)).toBeNull(); });
  it('names a file that was changed, one that is missing, and a list that cannot be read', async () => {
    expect(checkFiles(await list({ 'core/core.js': digest('two') }), folder)).toBe('The file core/core.js was changed.');
    expect(checkFiles(await list({ 'core/other.js': digest('two') }), folder)).toBe('The file core/other.js is missing.');
    expect(checkFiles(await list({}), folder)).toMatch(/list/);
    expect(checkFiles(path.join(folder, 'none.json'), folder)).toMatch(/list/);
  });
});

describe('X4 the window\'s place is kept', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  it('comes back where a screen shows it', () => {
    writeWindowState(folder, { x: 100, y: 50, width: 900, height: 700, maximized: false });
    expect(readWindowState(folder, screens)).toEqual({ x: 100, y: 50, width: 900, height: 700, maximized: false });
  });
  it('comes back without a place when its screen has gone', () => {
    writeWindowState(folder, { x: 4000, y: 50, width: 900, height: 700, maximized: true });
    expect(readWindowState(folder, screens)).toEqual({ width: 900, height: 700, maximized: true });
  });
  it('is not kept by a disk that takes nothing, and the window closes all the same', () => {
    expect(writeWindowState(path.join(folder, 'gone'), { width: 900, height: 700, maximized: false })).toBe(false);
  });
  it('starts over from a torn or foreign file', async () => {
    await writeFile(path.join(folder, 'window.json'), '{"width": 9');
    expect(readWindowState(folder, screens)).toEqual({ width: 1280, height: 840, maximized: false });
    await writeFile(path.join(folder, 'window.json'), '{"width": -1, "height": 2, "maximized": false}');
    expect(readWindowState(folder, screens).width).toBe(1280);
  });
});

describe('the shell\'s arguments', () => {
  it('come from npm start, else from the packaged layout', () => {
    const given = readShellArguments(['electron', '.', '--node=/n', '--resources=/r', '--home=/h'], { resourcesPath: '/electron', isPackaged: false });
    expect(given).toEqual({ node: '/n', resources: '/r', home: path.resolve('/h') });
    // The signed app starts nothing but what it was signed with.
    const packaged = readShellArguments(['troupe', '--node=/n', '--resources=/r', '--home=/h'], { resourcesPath: '/packaged', isPackaged: true });
    expect([packaged.resources, packaged.home]).toEqual(['/packaged', path.resolve('/h')]);
    expect(packaged.node).toBe(path.join('/packaged', 'bin', process.platform === 'win32' ? 'troupe-core.exe' : 'troupe-core'));
  });
});

describe('X4 what was opened with the app', () => {
  const packaged = { resourcesPath: '/packaged', isPackaged: true };
  it('is every link and archive of its words, a path from where it was started', () => {
    const wanted = readWanted(['troupe', '--home=/h', 'troupe://plugin/dev.troupe.x', 'own.troupe', path.resolve('/elsewhere/B.TROUPE'), '--x.troupe', 'letter.txt', 'TROUPE://run/a'], path.resolve('/here'));
    expect(wanted).toEqual([{ link: 'troupe://plugin/dev.troupe.x' }, { file: path.resolve('/here/own.troupe') }, { file: path.resolve('/elsewhere/B.TROUPE') }, { link: 'TROUPE://run/a' }]);
    expect(readWanted(['troupe', ...wordsOf(wanted)], path.resolve('/elsewhere'))).toEqual(wanted);
    expect(readWanted(['troupe', ...Array.from({ length: 50 }, () => 'troupe://run/a')], '/')).toHaveLength(8);
    expect(readWanted(['/usr/bin/app.troupe'], '/')).toEqual([]);
  });
  it('brings no options along', () => {
    const home = readShellArguments(['troupe'], packaged).home;
    for (const words of [['troupe://x', '--home=/evil'], ['--', '--home=/evil'], ['TROUPE:x', '--home=/evil']]) expect(readShellArguments(['troupe', ...words], packaged).home).toBe(home);
    expect(readShellArguments(['troupe', '--home=/mine', 'troupe://x', '--home=/evil'], packaged).home).toBe(path.resolve('/mine'));
  });
});
