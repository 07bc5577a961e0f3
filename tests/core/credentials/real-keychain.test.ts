import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemKeychain } from '../../../main/core/base/credentials/index.ts';

const present = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
const missing = process.platform !== 'linux' ? ['Linux'] : ['dbus-run-session', 'gnome-keyring-daemon', 'dbus-send'].filter((program) => !present(program));
const HOW = `needs ${missing.join(', ')}: apt-get install gnome-keyring dbus libsecret-1-0`;

/** Runs the scenario in a session bus of its own with a fresh keyring whose password is `test-only`. */
async function scenario(): Promise<Map<string, Record<string, unknown>>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-keyring-'));
  try {
    const start = 'printf %s test-only | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "$@"';
    const done = spawnSync('dbus-run-session', ['--', 'sh', '-c', start, 'sh', process.execPath, path.join(import.meta.dirname, 'real-keychain-scenario.ts')], {
      encoding: 'utf8', timeout: 280_000,
      env: { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: path.join(folder, 'data'), XDG_CONFIG_HOME: path.join(folder, 'config'), XDG_CACHE_HOME: path.join(folder, 'cache'), XDG_RUNTIME_DIR: folder },
    });
    if (done.status !== 0) throw new Error(`the scenario ended with ${done.status ?? done.signal ?? 'nothing'}: ${done.stderr}`);
    const lines = done.stdout.trim().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
    return new Map(lines.map((line) => [String(line['step']), line]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a real keychain', () => {
  it('is there wherever the tests must prove it', () => {
    if (process.env['CI'] === 'true' && process.platform === 'linux') expect(missing, HOW).toEqual([]);
  });

  it.skipIf(missing.length > 0)(`holds the key of a started core, may be locked, lose or change its entry or be gone, each as its screen says, and the recovery code brings everything back${missing.length > 0 ? ` (${HOW})` : ''}`, async () => {
    const steps = await scenario();
    /** What the page is told, by which it chooses its screen, and what every other procedure answers meanwhile. */
    const closed = (state: string): object => ({ found: { state, protectedBy: 'keychain', encrypted: true, recoveryCodePending: false }, refused: 'credentials/locked' });
    const open = { then: { state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: false }, theme: 'dark' };
    expect(steps.get('set up')).toMatchObject({ found: { state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: true }, refused: null, ...open });
    expect(steps.get('locked')).toMatchObject({ ...closed('locked-keyring'), ...open, otherEntry: true, recoveryCodePending: true, otherCode: true });
    expect(steps.get('rotated and encrypted anew')).toMatchObject({ state: 'open', answer: 'sk-kept' });
    expect(steps.get('deleted')).toMatchObject({ deleted: true });
    expect(steps.get('missing')).toMatchObject({ ...closed('key-missing'), ...open });
    expect(steps.get('mended')).toMatchObject({ state: 'open', answer: 'sk-kept' });
    expect(steps.get('changed')).toMatchObject(closed('key-changed'));
    expect(steps.get('no service')).toMatchObject({ ...closed('no-service'), ...open });
  }, 300_000);

  it.skipIf(process.platform !== 'linux')('that is not there is told from one that does not answer, and neither stops the core', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-bus-'));
    const base = { PATH: process.env['PATH'], HOME: folder };
    const mute = net.createServer(() => undefined).listen(path.join(folder, 'bus'));
    try {
      const absent = systemKeychain({ environment: base });
      await expect(absent.read('home-x', 5_000)).rejects.toMatchObject({ code: 'credentials/no-store' });
      const silent = systemKeychain({ environment: { ...base, DBUS_SESSION_BUS_ADDRESS: `unix:path=${path.join(folder, 'bus')}` } });
      const started = performance.now();
      let ticks = 0;
      const timer = setInterval(() => { ticks += 1; }, 50);
      await expect(silent.read('home-x', 800)).rejects.toMatchObject({ code: 'credentials/locked' });
      clearInterval(timer);
      expect(performance.now() - started).toBeLessThan(3_000);
      expect(ticks).toBeGreaterThan(5);
      await expect(systemKeychain({ processFile: path.join(folder, 'absent.js'), environment: base }).read('home-x', 5_000)).rejects.toMatchObject({ code: 'credentials/no-store' });
    } finally {
      mute.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
