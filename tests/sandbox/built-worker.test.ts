import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { nodeBundle, oneFile } from '../../vite.config.ts';
import { ENGINES, makePool, toolRequest } from './pool-for-tests.ts';

/** What goes into an isolate is the text of functions: a bundler that changes them would break every plugin. */
test('the worker as it is built: one file, and it serves', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe built wörker-'));
  try {
    await build(nodeBundle({ input: { 'sandbox-worker': path.resolve(import.meta.dirname, '../../sandbox/guest/worker.ts') }, outDir: folder, format: 'es', build: 'test', version: '0.0.0' }));
    expect(await readdir(folder)).toEqual(['sandbox-worker.js']);
    const pool = makePool({ workerFile: path.join(folder, 'sandbox-worker.js') });
    const result = await pool.run(toolRequest('ctx.log.info("in"); return [await ctx.storage.get("k"), new URL("/x", "https://a.example").href, typeof SharedArrayBuffer];', () => 'value'));
    expect(result).toMatchObject({ output: ['value', 'https://a.example/x', 'undefined'], logs: ['info: in'] });
    await pool.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the worker of QuickJS as it is built: one file too, and it serves', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe built wörker-'));
  try {
    await build(oneFile(nodeBundle({ input: { 'sandbox-quickjs': path.resolve(import.meta.dirname, '../../sandbox/guest/quickjs-worker.ts') }, outDir: folder, format: 'es', build: 'test', version: '0.0.0' })));
    expect(await readdir(folder)).toEqual(['sandbox-quickjs.js']);
    const pool = makePool({ ...ENGINES[1]?.options, workerFile: path.join(folder, 'sandbox-quickjs.js') });
    const result = await pool.run(toolRequest('ctx.log.info("in"); return [await ctx.storage.get("k"), new URL("/x", "https://a.example").href, typeof SharedArrayBuffer];', () => 'value'));
    expect(result).toMatchObject({ output: ['value', 'https://a.example/x', 'undefined'], logs: ['info: in'] });
    expect(pool.stats().engine).toBe('quickjs');
    await pool.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
});
