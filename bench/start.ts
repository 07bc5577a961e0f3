/**
 * From starting the app to a screen that can be used: the core process and the page of the browser shell in a Chromium that
 * is running already, and Electron as a whole where TROUPE_ELECTRON names one. The rival is a bare Node server with one button.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { _electron, chromium, type Browser, type Page } from 'playwright-core';
import { dist, makeHome, removeHome, startBuiltCore } from './built-core.ts';
import { sample, spread, type Figure, type Rival } from './measure.ts';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file));
export const CHROMIUM_ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const STARTS = 7;
const BUDGET_MS = 12_000;

const usable = (page: Page): Promise<void> => page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Marketplace' }).waitFor();

/** Sets a home up as a person does once: no encryption, since no keychain is asked, and no tour. */
async function settledHome(): Promise<string> {
  const home = await makeHome();
  const core = await startBuiltCore(home, { serve: true });
  const client = core.webSocket();
  await client.call.credentials.choosePlain({});
  await client.call.settings.change({ change: { onboardingDone: true } });
  await client.call.catalog.sync({});
  await core.stop();
  return home;
}

async function browserShell(browser: Browser, home: string): Promise<{ ready: number[]; usable: number[] }> {
  const ready: number[] = [];
  let end = (): Promise<void> => Promise.resolve();
  const samples = await sample(STARTS, BUDGET_MS, async () => {
    const core = await startBuiltCore(home, { serve: true });
    ready.push(core.readyMs);
    const page = await browser.newPage();
    end = async () => { await page.close(); await core.stop(); };
    await page.goto(core.address ?? '');
    await usable(page);
  }, () => end());
  await end();
  return { ready, usable: samples };
}

const BARE = `require('node:http').createServer((request, response) => { response.setHeader('content-type', 'text/html'); response.end('<!doctype html><title>bare</title><button>Go</button>'); })
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

async function bareServer(browser: Browser): Promise<Rival> {
  let end = (): Promise<void> => Promise.resolve();
  const samples = await sample(STARTS, BUDGET_MS, async () => {
    const child = spawn(process.execPath, ['-e', BARE], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => { resolve(String(chunk).trim()); }));
    const page = await browser.newPage();
    end = async () => { await page.close(); child.kill(); };
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByRole('button', { name: 'Go' }).waitFor();
  }, () => end());
  await end();
  return { name: 'a bare Node server and one button', ...spread(samples) };
}

/** The desktop app from its executable to the same screen. */
async function electron(executable: string, home: string): Promise<number[]> {
  let end = (): Promise<void> => Promise.resolve();
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const samples = await sample(5, BUDGET_MS, async () => {
    const app = await _electron.launch({
      executablePath: executable, args: [...asRoot, path.join(dist, 'shell'), `--node=${process.execPath}`, `--resources=${dist}`, `--home=${home}`],
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } as Record<string, string>,
    });
    end = () => app.close();
    await usable(await app.firstWindow());
  }, () => end());
  await end();
  return samples;
}

export async function benchStart(): Promise<Figure[]> {
  if (CHROMIUM === undefined) throw new Error('There is no Chromium here; install one to measure the start.');
  const home = await settledHome();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  try {
    const rival = await bareServer(browser);
    const shell = await browserShell(browser, home);
    const figures: Figure[] = [
      { name: 'start of the core until pages may connect', unit: 'ms', ...spread(shell.ready) },
      { name: 'start to first usable screen, browser shell', unit: 'ms', ...spread(shell.usable), rival },
    ];
    const executable = process.env['TROUPE_ELECTRON'];
    if (executable) figures.push({ name: 'start to first usable screen, Electron', unit: 'ms', ...spread(await electron(executable, home)), rival });
    return figures;
  } finally {
    await browser.close();
    await removeHome(home);
  }
}
