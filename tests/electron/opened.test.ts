import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { packArchive } from '../../packaging/index.ts';
import { findElectron } from '../../scripts/start/choose-shell.ts';
import { cli } from '../cli/run-cli.ts';
import { desktopWords, type Desktop } from '../support/electron-app.ts';
import { enterNewHome, goTo } from '../support/journey.ts';
import { until } from '../support/processes.ts';
import { describeDesktop } from './desktop.ts';

const TOOLKIT = 'dev.troupe.text-toolkit';
const SLOW = { timeout: 20_000 };

/** Starts Troupe a second time on the same home, as the desktop does when something is opened. */
async function again(home: string, ...opened: string[]): Promise<void> {
  const [code] = await once(spawn(findElectron() ?? '', desktopWords({ home, opened }), { stdio: 'ignore' }), 'exit') as [number];
  expect(code).toBe(0);
}
const isVisible = ({ app }: Desktop): Promise<boolean | undefined> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
const seesToolkit = async (page: Page, button: string): Promise<void> => {
  await page.getByRole('heading', { name: 'Text Toolkit', level: 1 }).waitFor(SLOW);
  await page.getByRole('button', { name: button, exact: true }).waitFor(SLOW);
};

async function archiveIn(folder: string): Promise<string> {
  const manifest = 'schema_version: "1.0"\nplugin:\n  id: com.example.dropped\n  name: Dropped\n  version: 1.0.0\n  description: Says hello.\n  partner: { id: example, name: Example, tier: tier3 }\n  categories: [development]\n  capabilities:\n    tools: [{ id: hello, name: Hello, description: Says hello., effect: read }]\n  license: MIT\n';
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const file = path.join(folder, 'dropped ö.troupe');
  await writeFile(file, await packArchive(new Map([['plugin.yaml', bytes(manifest)], ['dist/plugin.js', bytes('export default { tools: { hello: () => ({ said: "hello" }) } };')], ['README.md', bytes('# Dropped\n')], ['LICENSE', bytes('MIT\n')]])));
  return file;
}
async function useDeveloperMode(page: Page): Promise<void> {
  await goTo(page, 'Settings');
  await page.getByRole('navigation', { name: 'Settings sections' }).getByRole('link', { name: 'About' }).click();
  const mode = page.getByRole('switch', { name: /developer/i });
  await mode.focus();
  await page.keyboard.press('Space');
  await until('developer mode is on', () => mode.isChecked());
}
const seesSheet = (page: Page): Promise<void> => page.getByRole('dialog', { name: /com\.example\.dropped|Dropped/ }).waitFor(SLOW);

describeDesktop('X4 links and archives that are opened with the desktop app', (desk) => {
  it('shows what the first start was opened with, once a new home is entered, and installs nothing', async () => {
    const desktop = await desk.open({ home: await desk.folder(), opened: [`troupe://install/${TOOLKIT}@1.0.0`] });
    await enterNewHome(desktop.page);
    await seesToolkit(desktop.page, 'Install 1.0.0');
    expect(await desktop.page.getByRole('dialog').count()).toBe(0);
    expect(desktop.problems).toEqual([]);
  });

  it('shows a later one in the window that is there, also when it is hidden, loaded again or of the command line', async () => {
    const home = await desk.folder();
    const desktop = await desk.open({ home });
    const { app, page } = desktop;
    await enterNewHome(page);
    await app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.hide(); });
    await again(home, `troupe://plugin/${TOOLKIT}`);
    await seesToolkit(page, 'Install');
    await until('the window is shown', () => isVisible(desktop));
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

    await page.reload();
    await seesToolkit(page, 'Install');
    await again(home, `troupe://registry/add?address=${encodeURIComponent('https://plugins.example/')}&fingerprint=${'ab'.repeat(32)}`);
    await page.getByRole('dialog').getByText('A link filled this in.').waitFor(SLOW);
    expect(await page.getByLabel('Address', { exact: true }).inputValue()).toBe('https://plugins.example/');

    await again(home, 'troupe://approve/c1-1');
    await page.getByText('Nothing was installed, run or changed.').waitFor(SLOW);
    await page.keyboard.press('Escape');

    expect(await cli(['--home', home, 'open', `troupe://plugin/${TOOLKIT}`])).toMatchObject({ code: 0, stdout: 'Troupe shows it.\n' });
    await seesToolkit(page, 'Install');
    expect(desktop.problems).toEqual([]);
  });

  it('keeps one that comes while the page is away, and hears macOS say it', async () => {
    const desktop = await desk.open({ home: await desk.folder() });
    const { app, page } = desktop;
    await enterNewHome(page);
    await app.evaluate(({ app: shell, BrowserWindow }, link) => {
      BrowserWindow.getAllWindows()[0]?.reload();
      shell.emit('open-url', { preventDefault: () => undefined }, link);
    }, `troupe://plugin/${TOOLKIT}`);
    await seesToolkit(page, 'Install');
    expect(desktop.problems).toEqual([]);
  });

  it('takes an archive that is opened to where it is side-loaded, and asks first', async () => {
    const home = await desk.folder();
    const file = await archiveIn(await desk.folder());
    const desktop = await desk.open({ home });
    const { page } = desktop;
    await enterNewHome(page);
    await again(home, file);
    await page.getByText('This needs developer mode').waitFor(SLOW);
    await page.keyboard.press('Escape');
    await useDeveloperMode(page);
    await again(home, file);
    await page.getByRole('dialog', { name: 'Install dropped ö.troupe?' }).getByRole('button', { name: 'Install, unsigned' }).click(SLOW);
    await seesSheet(page);
    expect(await page.evaluate(() => document.body.innerText)).not.toContain(path.dirname(file));
    await page.getByText('Dropped is ready to use.').or(page.getByText(/com\.example\.dropped is ready/)).first().waitFor(SLOW);
    await again(home, path.join(home, 'gone.troupe'));
    await page.getByText(/gone\.troupe could not be read/).waitFor(SLOW);
    expect(desktop.problems).toEqual([]);
  });

  it('takes a real drop of an archive onto the window', async () => {
    const file = await archiveIn(await desk.folder());
    const desktop = await desk.open({ home: await desk.folder() });
    const { page } = desktop;
    await enterNewHome(page);
    await useDeveloperMode(page);
    await goTo(page, 'Plugins');
    await page.getByRole('button', { name: 'From this computer' }).waitFor();
    const session = await page.context().newCDPSession(page);
    const drag = (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<unknown> => session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data: { items: [], files: [file], dragOperationsMask: 1 } });
    await drag('dragEnter');
    await drag('dragOver');
    await page.getByText('Drop a .troupe archive to install it, unsigned').waitFor(SLOW);
    await drag('drop');
    await seesSheet(page);
    expect(desktop.problems).toEqual([]);
  });
});
