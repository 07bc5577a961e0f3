import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile, access, realpath } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAddon } from '../../../sandbox/host/index.ts';
import { sandboxFlags } from '../../../sandbox/host/worker-process.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** What a sandbox process may do even when a plugin has broken out of its isolate. */
describe('permissions of a sandbox process', () => {
  let folder: string;
  let server: http.Server;
  let reached = 0;
  let port = 0;
  const probe = path.join(import.meta.dirname, 'probe.mjs');
  const addon = findAddon(path.join(root, 'node_modules/isolated-vm')) ?? '';

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'troupe-denial-')));
    await writeFile(path.join(folder, 'private.txt'), 'private');
    server = http.createServer((_, response) => { reached += 1; response.end('x'); }).on('connection', () => { reached += 1; });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  async function run(flags: readonly string[], drop: boolean): Promise<Record<string, unknown>> {
    const child = spawn(process.execPath, [...flags, probe, path.join(folder, 'private.txt'), path.join(folder, 'written.txt'), String(port), drop ? 'drop' : ''],
      { env: {}, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
    await new Promise((resolve) => child.once('close', resolve));
    if (output === '') throw new Error(errors);
    return JSON.parse(output) as Record<string, unknown>;
  }

  test('every way out answers ERR_ACCESS_DENIED, and nothing is reached', async () => {
    reached = 0;
    const results = await run(sandboxFlags([probe, addon]), true);
    const { environment, webAssembly, ...ways } = results;
    expect(Object.entries(ways).filter(([, answer]) => answer !== 'ERR_ACCESS_DENIED')).toEqual([]);
    expect(Object.keys(ways)).toHaveLength(13);
    expect(environment).toBe(0);
    expect(webAssembly).toBe('undefined');
    expect(reached).toBe(0);
    await expect(access(path.join(folder, 'written.txt'))).rejects.toThrow();
  });

  test('with the flags of QuickJS too, but for WebAssembly, which it is made of', async () => {
    reached = 0;
    const { environment, webAssembly, ...ways } = await run(sandboxFlags([probe, addon], 'quickjs'), true);
    // It never had the permission to load addons, which Node calls by another name than one that was dropped.
    expect(Object.entries(ways).filter(([, answer]) => answer !== 'ERR_ACCESS_DENIED')).toEqual([['load an addon', 'ERR_DLOPEN_DISABLED']]);
    expect(Object.keys(ways)).toHaveLength(13);
    expect([environment, webAssembly, reached]).toEqual([0, 'object', 0]);
  });

  test('without the flags the same tries succeed', async () => {
    reached = 0;
    const results = await run(['--no-warnings'], false);
    expect(results).toMatchObject({ 'read a file': 'allowed', 'write a file': 'allowed', 'start a process': 'allowed', connect: 'allowed', fetch: 'allowed' });
    expect(reached).toBeGreaterThan(0);
  });

  test('before permissions are dropped, it can read what it is made of and nothing else', async () => {
    const results = await run(sandboxFlags([probe, addon]), false);
    expect(results).toMatchObject({ 'read its own source': 'allowed', 'read a file': 'ERR_ACCESS_DENIED' });
  });
});
