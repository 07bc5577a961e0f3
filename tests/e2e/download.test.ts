/** A download that takes its time, from a registry on this machine: seen on the page, cancelled without a trace, and begun again. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobPath } from '../../packaging/index.ts';
import { testRegistry } from '../core/plugins/registry.ts';
import { useBrowser } from '../support/browser-app.ts';
import { enterNewHome } from '../support/journey.ts';

const ID = 'com.acme.large';
const CLI = path.resolve(import.meta.dirname, '../../dist/core/cli.js');
const PIECES = 20;
const SLOW_MS = 30_000;
const run = promisify(execFile);
const { home, serve, open } = useBrowser();
let folder: string;
let slow: string;
let server: Server;
/** How many pieces the server may send: the test lets them come, so that nothing depends on how fast this machine is. */
let allowed = PIECES;
const more = new EventTarget();
const allow = (pieces: number): void => { allowed = pieces; more.dispatchEvent(new Event('more')); };

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-e2e-registry-'));
  const registry = await testRegistry(folder);
  let state = 1;
  const bytes = Uint8Array.from({ length: 2_000_000 }, () => { state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0; return state >>> 24; });
  const records = await registry.publish([{ id: ID, files: { 'assets/data.bin': bytes } }]);
  slow = `/${blobPath(records.get(ID)?.versions[0]?.sha512 ?? '')}`;
  server = createServer((request, response) => {
    void (async () => {
      const found = await readFile(path.join(folder, request.url ?? '')).catch(() => null);
      response.writeHead(found === null ? 404 : 200, { 'content-length': found?.length ?? 0 });
      for (let at = 0; request.url === slow && found && at < PIECES - 1 && !response.destroyed; at += 1) {
        while (at >= allowed && !response.destroyed) await Promise.race([once(more, 'more'), once(response, 'close')]);
        response.write(found.subarray(Math.floor(found.length * at / PIECES), Math.floor(found.length * (at + 1) / PIECES)));
      }
      response.end(request.url === slow ? found?.subarray(Math.floor(found.length * (PIECES - 1) / PIECES)) : found);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('I1 a download that takes its time', () => {
  it('shows its bytes move, leaves nothing when it is cancelled, and succeeds when it is begun again', async () => {
    const at = await home();
    const core = await serve(at);
    const { page } = await open(core.address);
    await enterNewHome(page);
    const troupe = async (...words: string[]): Promise<string> => (await run(process.execPath, [CLI, ...words, '--home', at]).catch((error: { stderr: string }) => ({ stdout: error.stderr }))).stdout;
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const [, fingerprint = ''] = /--fingerprint (\S+)/.exec(await troupe('registry', 'add', address)) ?? [];
    expect(await troupe('registry', 'add', address, '--fingerprint', fingerprint)).toContain('1 plugins');

    await page.goto(`${core.origin}/marketplace/${ID}`);
    allow(5);
    await page.getByRole('button', { name: 'Install', exact: true }).first().click({ timeout: SLOW_MS });
    const sheet = page.getByRole('dialog');
    const bytes = sheet.getByText(/^[\d.,]+ \S+ of 2 MB$/);
    await bytes.waitFor({ timeout: SLOW_MS });
    const first = await bytes.textContent();
    // Progress is told ten times a second at most: a piece for each look, so that one of them comes late enough.
    await expect.poll(() => { allow(Math.min(allowed + 1, PIECES - 2)); return bytes.textContent(); }, { timeout: SLOW_MS }).not.toBe(first);
    await sheet.getByRole('button', { name: 'Cancel', exact: true }).click();
    await sheet.getByText('Cancelled. Nothing was changed.').waitFor({ timeout: SLOW_MS });
    const left = async (part: string): Promise<string[]> => (await readdir(path.join(at, part), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
    expect([await left('plugins'), await left('blobs')]).toEqual([[], []]);
    expect(await troupe('list')).not.toContain(ID);

    allow(PIECES);
    await sheet.getByRole('button', { name: 'Try again' }).click();
    await sheet.getByText(/is ready to use\.$/).waitFor({ timeout: SLOW_MS });
    expect(await troupe('list')).toContain(ID);
  });
});
