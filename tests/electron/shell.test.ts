import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findElectron } from '../../scripts/start/choose-shell.ts';
import { desktopWords, openDesktop, type Desktop } from '../support/electron-app.ts';
import { enterNewHome, seeMarketplace } from '../support/journey.ts';
import { until } from '../support/processes.ts';
import { describeDesktop } from './desktop.ts';

describeDesktop('X12 the desktop shell', (desk) => {
  let home: string;
  let desktop: Desktop;
  beforeAll(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'troupe-shell-'));
    desktop = await openDesktop({ home });
    await enterNewHome(desktop.page);
  });
  afterAll(async () => {
    await desktop.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  it('shows the page at its own origin, and the page reaches the core', async () => {
    expect(desktop.page.url()).toBe('app://ui/');
    await seeMarketplace(desktop.page);
    expect(await desktop.page.getByRole('article').count()).toBeGreaterThan(2);
    expect(desktop.problems).toEqual([]);
  });

  it('loads again at the address where it is, with nothing to complain about', async () => {
    await seeMarketplace(desktop.page);
    await desktop.page.reload();
    await desktop.page.getByRole('article').first().waitFor();
    expect(new URL(desktop.page.url()).pathname).toBe('/marketplace');
    expect(desktop.problems).toEqual([]);
  });

  it('keeps Node and Electron out of the page, which gets one function for one port', async () => {
    const seen = await desktop.page.evaluate(() => ({
      globals: ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'electron', 'ipcRenderer'].filter((name) => name in window),
      troupe: Object.keys((window as unknown as { troupe: object }).troupe).sort(),
    }));
    expect(seen).toEqual({ globals: [], troupe: ['connect', 'onOpen', 'platform', 'shell'] });
    const preferences = await desktop.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
      return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag };
    });
    expect(preferences).toEqual({ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, webviewTag: false });
  });

  it('serves the built page and nothing else', async () => {
    const answers = await desktop.page.evaluate(async () => {
      const page = await fetch('/');
      const of = async (address: string): Promise<string> => { const answer = await fetch(address); return `${answer.status} ${(await answer.text()).slice(0, 20)}`; };
      return { policy: page.headers.get('content-security-policy'), files: await Promise.all(['/stamp.json', '/../package.json', '/%2e%2e/shell/main.cjs', '/assets/none.js'].map(of)) };
    });
    expect(answers.policy).toContain("default-src 'none'");
    expect(answers.policy).not.toContain('unsafe');
    expect(answers.files).toEqual(answers.files.map(() => '404 There is no such fil'));
  });

  it('opens no second window; only web and mail addresses lead outside', async () => {
    await desktop.app.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { opened });
      shell.openExternal = (url: string) => { opened.push(url); return Promise.resolve(); };
    });
    const windows = await desktop.page.evaluate(() => ['https://troupe.invalid/a', 'mailto:a@troupe.invalid', 'http://troupe.invalid/', 'file:///etc/passwd', 'app://ui/', 'javascript:alert(1)', 'about:blank']
      .map((address) => window.open(address, '_blank')));
    expect(windows.every((one) => one === null)).toBe(true);
    const opened = await until('links led outside', () => desktop.app.evaluate(() => { const { opened: list } = globalThis as unknown as { opened: string[] }; return list.length >= 2 ? list : null; }));
    expect(opened).toEqual(['https://troupe.invalid/a', 'mailto:a@troupe.invalid']);
    expect(desktop.app.windows()).toHaveLength(1);
  });

  it('refuses to go anywhere else', async () => {
    // A window of its own: Playwright waits for ever for a navigation that was refused.
    const other = await desk.open({ home: await desk.folder() });
    const inPage = (words: string): Promise<unknown> => other.app.evaluate(({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code) as unknown, words);
    await other.app.evaluate(({ BrowserWindow }) => {
      const refused: string[] = [];
      Object.assign(globalThis, { refused });
      BrowserWindow.getAllWindows()[0]?.webContents.on('will-navigate', (event, url) => { if (event.defaultPrevented) refused.push(url); });
    });
    for (const address of ['https://troupe.invalid/', 'http://127.0.0.1:1/', 'app://other/']) {
      await inPage(`document.title = 'kept'; location.href = ${JSON.stringify(address)}; undefined`);
      await until(`${address} is refused`, () => other.app.evaluate((_electron, wanted) => (globalThis as unknown as { refused: string[] }).refused.includes(wanted), address));
      expect(await inPage('document.title + " " + location.href')).toBe('kept app://ui/');
    }
    // Chromium refuses these by itself, before anybody is asked.
    for (const address of ['file:///etc/passwd', 'data:text/html,hello']) expect(await inPage(`location.href = ${JSON.stringify(address)}; document.title + " " + location.href`)).toBe('kept app://ui/');
  });

  it('grants the page nothing of the machine', async () => {
    const answers = await desktop.page.evaluate(async () => {
      const refused = (work: Promise<unknown>): Promise<string> => work.then(() => 'granted', (error: unknown) => (error as Error).name);
      return {
        notification: await Notification.requestPermission(),
        location: await refused(new Promise((resolve, reject) => { navigator.geolocation.getCurrentPosition(resolve, () => { reject(new DOMException('', 'NotAllowedError')); }); })),
        clipboard: await refused(navigator.clipboard.readText()),
        // Where there is no microphone, the browser says so before it asks anybody.
        media: await refused(navigator.mediaDevices.getUserMedia({ audio: true })),
      };
    });
    expect(answers).toEqual({ notification: 'denied', location: 'NotAllowedError', clipboard: 'NotAllowedError', media: expect.stringMatching(/^Not(Allowed|Found)Error$/) as string });
    desktop.problems.length = 0;
  });

  it('runs nothing that stands inline in the page', async () => {
    const ran = await desktop.page.evaluate(async () => {
      const breaches: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => { breaches.push(event.effectiveDirective); });
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.head.append(script);
      const image = new Image();
      const settled = new Promise((resolve) => { image.onerror = resolve; });
      image.src = 'https://troupe.invalid/pixel.png';
      await settled;
      return { ran: 'ran' in window, breaches };
    });
    expect(ran).toEqual({ ran: false, breaches: ['script-src-elem', 'img-src'] });
    desktop.problems.length = 0;
  });

  it('shows the window that is there when it is started again on the same home', async () => {
    await desktop.app.evaluate(({ app, BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.hide();
      app.once('second-instance', () => { Object.assign(globalThis, { asked: true }); });
    });
    const second = spawn(findElectron() ?? '', desktopWords({ home }), { stdio: 'ignore' });
    const [code] = await once(second, 'exit') as [number];
    expect(code).toBe(0);
    await until('the first window is shown', () => desktop.app.evaluate(({ BrowserWindow }) => 'asked' in globalThis && BrowserWindow.getAllWindows()[0]?.isVisible()));
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('comes back with the size and place it had', async () => {
    const own = await desk.folder();
    const first = await desk.open({ home: own });
    const place = { x: 60, y: 40, width: 900, height: 650 };
    await first.app.evaluate(({ BrowserWindow }, bounds) => { BrowserWindow.getAllWindows()[0]?.setBounds(bounds); }, place);
    await until('the window moved', () => first.app.evaluate(({ BrowserWindow }, { width }) => BrowserWindow.getAllWindows()[0]?.getBounds().width === width, place));
    await desk.close(first);
    const second = await desk.open({ home: own });
    expect(await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())).toEqual(place);
  });
});
