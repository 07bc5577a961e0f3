import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readAddress } from '../../main/link/core-address.ts';
import { coreOf } from '../support/electron-app.ts';
import { ANALYST, enterNewHome, hireFromSheet, installPlugin, messageField, QUESTION, seeAnswer, seeMarketplace } from '../support/journey.ts';
import { familyOf, until, untilGone } from '../support/processes.ts';
import { clientOf } from '../support/socket-client.ts';
import { describeDesktop } from './desktop.ts';

describeDesktop('R9 the desktop app when something dies', (desk) => {
  it('stays open when the core is killed, and goes on by itself', async () => {
    const desktop = await desk.open({ home: await desk.folder() });
    await enterNewHome(desktop.page);
    await seeMarketplace(desktop.page);
    const core = await coreOf(desktop.home);
    process.kill(core, 'SIGKILL');
    const killed = performance.now();
    // What was not asked before can only come from the next core.
    await desktop.page.getByRole('searchbox', { name: 'Search the marketplace' }).or(desktop.page.getByRole('textbox', { name: 'Search the marketplace' })).fill('toolkit');
    await desktop.page.getByText('1 plugin', { exact: true }).first().waitFor();
    process.stdout.write(`recovered from a killed core in ${Math.round(performance.now() - killed)} ms\n`);
    expect(await coreOf(desktop.home, core)).not.toBe(core);
    expect(desktop.app.windows()).toHaveLength(1);
    expect(desktop.problems).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('does a write that was under way exactly once', async () => {
    const folder = await desk.folder();
    // The first core dies when the message is stored and nobody has been told; the next ones live.
    const node = path.join(folder, 'node');
    await writeFile(node, `#!/bin/sh\nif [ -e '${folder}/died' ]; then exec '${process.execPath}' "$@"; fi\n: > '${folder}/died'\nexec '${process.execPath}' "$@" --failpoint chat.after-user-message\n`);
    await chmod(node, 0o755);
    const desktop = await desk.open({ home: path.join(folder, 'home'), node });
    await enterNewHome(desktop.page);
    const core = await coreOf(desktop.home);
    await installPlugin(desktop.page, ANALYST.name);
    const agent = await hireFromSheet(desktop.page, ANALYST.agent);
    await messageField(desktop.page, agent).fill(QUESTION);
    await desktop.page.getByRole('button', { name: 'Send' }).click();
    await seeAnswer(desktop.page, QUESTION);
    expect(await coreOf(desktop.home, core)).not.toBe(core);
    expect(await desktop.page.getByRole('article').count()).toBe(2);
    const client = clientOf(await readAddress(desktop.home) ?? '');
    try {
      const { conversations } = await client.call.chat.conversations({});
      expect(conversations).toHaveLength(1);
      const { messages } = await client.call.chat.messages({ id: conversations[0]?.id ?? '' });
      expect(messages.map(({ role, status }) => [role, status])).toEqual([['user', 'done'], ['assistant', 'done']]);
      expect((await client.call.runs.list({})).runs).toHaveLength(1);
    } finally { client.close(); }
  });

  it('shows the page again when its process crashed', async () => {
    const desktop = await desk.open({ home: await desk.folder() });
    await enterNewHome(desktop.page);
    await seeMarketplace(desktop.page);
    const core = await coreOf(desktop.home);
    await desktop.app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(); });
    // Playwright's own page object does not outlive the crash: the shell is asked.
    await until('the page shows rows again', () => desktop.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (!contents || contents.isCrashed() || contents.isLoading()) return null;
      // A question to a page that is just going is never answered.
      const later = new Promise<null>((resolve) => { setTimeout(() => { resolve(null); }, 500); });
      return await Promise.race([contents.executeJavaScript('document.querySelectorAll("article").length > 2') as Promise<boolean>, later]);
    }));
    expect(await coreOf(desktop.home)).toBe(core);
  });

  it('leaves no process when its window is closed', async () => {
    const desktop = await desk.open({ home: await desk.folder() });
    const family = familyOf(desktop.pid);
    expect(family).toContain(await coreOf(desktop.home));
    await desktop.app.evaluate(({ BrowserWindow }) => { setImmediate(() => { BrowserWindow.getAllWindows()[0]?.close(); }); });
    await untilGone(family, 6_000);
  });
});
