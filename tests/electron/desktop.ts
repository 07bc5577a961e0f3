/** What every test in real Electron begins and ends with. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openDesktop, whyNoElectron, type Desktop, type DesktopOptions } from '../support/electron-app.ts';

const missing = whyNoElectron();

/** A suite that needs Electron. Without it: skipped, saying how to get it; where it is required, failed. */
export function describeDesktop(name: string, body: (desk: Desk) => void): void {
  if (missing !== null && process.env['TROUPE_REQUIRE_ELECTRON'] === '1') {
    describe(name, () => { it('has an Electron to run in', () => { expect.unreachable(missing); }); });
    return;
  }
  if (missing !== null) process.stderr.write(`skipped: ${name}. ${missing}\n`);
  describe.skipIf(missing !== null)(name, () => {
    const open = new Set<Desktop>();
    const folders: string[] = [];
    const desk: Desk = {
      async folder() {
        const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-desktop-'));
        folders.push(folder);
        return folder;
      },
      async open(options) {
        const desktop = await openDesktop(options);
        open.add(desktop);
        return desktop;
      },
      async close(desktop) { open.delete(desktop); await desktop.close(); },
    };
    afterEach(async () => {
      for (const desktop of open) await desk.close(desktop).catch((error: unknown) => { process.kill(desktop.pid, 'SIGKILL'); throw error; });
    });
    afterAll(async () => { for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 }); });
    body(desk);
  });
}

export interface Desk {
  /** A folder of its own, gone after the suite. */
  folder(): Promise<string>;
  /** Closed after the test, whatever becomes of it. */
  open(options: DesktopOptions): Promise<Desktop>;
  close(desktop: Desktop): Promise<void>;
}
