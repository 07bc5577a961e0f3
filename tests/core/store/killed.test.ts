import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHome } from '../../../main/core/base/store/index.ts';
import { homeFolder } from '../../../main/link/home-folder.ts';
import { connect } from '../../../main/core/base/store/connect.ts';

const writer = path.join(import.meta.dirname, 'killed-writer.ts');

/** Starts a core-like writer and kills it hard once `until` says so of its output. */
async function runAndKill(folder: string, args: string[], until: (lines: string[]) => boolean): Promise<string[]> {
  const child = spawn(process.execPath, [writer, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (until(text.split('\n'))) child.kill('SIGKILL');
    });
    child.once('close', () => { resolve(); });
  });
  // The last line may be half written.
  return text.split('\n').slice(0, -1);
}

describe('a process that is killed while it writes', () => {
  it('leaves a sound database with every write that was acknowledged', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-killed-'));
    const key = randomBytes(32).toString('hex');
    let first = 0;
    try {
      for (const acknowledged of [30, 75, 140]) {
        const said = await runAndKill(folder, [key, String(first)], (lines) => lines.length > acknowledged);
        const numbers = said.filter((line) => line !== 'open').map(Number);
        expect(numbers.length).toBeGreaterThanOrEqual(acknowledged - 1);
        const connection = connect({ file: path.join(folder, 'troupe.db'), key, readonly: false });
        expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
        const present = new Set(connection.prepare('SELECT key FROM settings').pluck().all() as string[]);
        connection.close();
        expect(numbers.filter((number) => !present.has(`row${number}`))).toEqual([]);
        first = Math.max(...numbers) + 100;
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the owner of a home', () => {
  it('is one process at a time, and the system frees the home however it dies', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-owner-'));
    try {
      let refused: unknown;
      await runAndKill(folder, [], (lines) => {
        if (lines[0] !== 'open') return false;
        try { openHome({ home: folder }).release(); } catch (error) { refused = error; }
        return true;
      });
      expect(refused).toMatchObject({ code: 'core/home-in-use', details: { home: folder } });
      const home = openHome({ home: folder });
      expect(() => openHome({ home: folder })).toThrow(expect.objectContaining({ code: 'core/home-in-use' }));
      for (const part of [home.root, home.blobs, home.plugins, home.cache, home.logs, home.backups]) expect((await stat(part)).mode & 0o777).toBe(0o700);
      home.release();
      openHome({ home: folder }).release();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('finds it by argument, variable, or the platform', () => {
    const at = (platform: NodeJS.Platform, environment: Record<string, string>, home?: string): string => homeFolder({ platform, environment, home });
    expect(at('linux', { TROUPE_HOME: '/b' }, '/a')).toBe('/a');
    expect(at('linux', { TROUPE_HOME: '/b', XDG_DATA_HOME: '/c' })).toBe('/b');
    expect(at('linux', { XDG_DATA_HOME: '/c' })).toBe('/c/troupe');
    expect(at('linux', { XDG_DATA_HOME: 'relative' })).toBe(path.join(os.homedir(), '.local/share/troupe'));
    expect(at('darwin', {})).toBe(path.join(os.homedir(), 'Library/Application Support/Troupe'));
    expect(at('win32', { APPDATA: '/roaming' })).toBe('/roaming/Troupe');
    expect(at('linux', {}, 'relative')).toBe(path.resolve('relative'));
  });
});
