import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../scripts/sources.ts';
import { coreOf } from '../support/electron-app.ts';
import { familyOf, startedWith, until, untilGone } from '../support/processes.ts';
import { describeDesktop } from './desktop.ts';

describeDesktop('npm start with Electron', (desk) => {
  it.skipIf(process.platform === 'win32')('opens the desktop app, and Ctrl-C ends all of it', async () => {
    const home = path.join(await desk.folder(), 'home');
    const child = spawn(process.execPath, [path.join(root, 'scripts/run.cjs'), path.join(root, 'scripts/start.ts'), '--shell', 'electron', '--home', home], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += String(chunk); });
    const exited = once(child, 'exit');
    try {
      const core = await coreOf(home);
      await until('a renderer runs', () => startedWith(path.join(home, 'electron')).length > 0);
      expect(said).toContain('troupe: opening in Electron');
      const family = familyOf(child.pid ?? 0);
      expect(family).toContain(core);
      process.kill(-(child.pid ?? 0), 'SIGINT');
      await untilGone(family, 5_000);
      expect(await exited).toEqual([0, null]);
      // Among them what was started after the family was looked at.
      await until('nothing of this home is left', () => startedWith(home).length === 0, 3_000);
    } finally {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
    }
  });

  it('starts anew when it is started again while it is still ending', async () => {
    const desktop = await desk.open({ home: await desk.folder() });
    const family = familyOf(desktop.pid);
    await desktop.app.evaluate(({ app }) => {
      app.relaunch = () => { process.stderr.write('starts anew\n'); };
      setImmediate(() => { app.quit(); app.emit('second-instance'); });
    });
    await untilGone(family, 6_000);
    await until('it was started anew', () => desktop.stderr().includes('starts anew'));
    expect(existsSync(path.join(desktop.home, 'window.json'))).toBe(true);
  });
});
