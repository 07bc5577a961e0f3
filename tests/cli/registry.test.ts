/** A registry of one's own at the command line: made, published, signed, served, followed and left. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveOf } from '../core/plugins/registry.ts';
import { startCore, type RunningCore } from '../support/running-core.ts';
import { cli, startCli, type CliAnswer } from './run-cli.ts';

let core: RunningCore;
let top: string;
let [keys, plugins, out] = ['', '', ''];
let fingerprint: string;
beforeAll(async () => {
  top = await mkdtemp(path.join(os.tmpdir(), 'troupe-registry-'));
  [keys, plugins, out] = [path.join(top, 'keys'), path.join(top, 'plugins'), path.join(top, 'public')];
  await mkdir(plugins);
  await writeFile(path.join(plugins, 'one.troupe'), await archiveOf({ id: 'com.acme.one' }));
  // It waits longer for its first client than the commands before it take, on whatever machine.
  core = await startCore({ words: ['--idle-exit', '600000'] });
}, 120_000);
afterAll(async () => {
  await core.end();
  await rm(top, { recursive: true, force: true });
});

/** Those that need no core are given a home that must stay unmade. */
const alone = (...words: string[]): Promise<CliAnswer> => cli(['--home', path.join(top, 'never made'), 'registry', ...words]);
const troupe = (...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, 'registry', ...words]);
const value = ({ code, stdout, stderr }: CliAnswer): Record<string, unknown> => {
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe('D9 a registry of one’s own', () => {
  it('is made, published, signed again and given other keys', async () => {
    const made = await alone('keys', keys);
    expect(made, made.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Made 8 keys in .+\.\nFingerprint, which readers compare: [0-9a-f]{64}\n$/) as string });
    expect(made.stderr).toContain('signs in your name');
    fingerprint = /[0-9a-f]{64}/.exec(made.stdout)?.[0] ?? '';

    const published = await alone('publish-static', plugins, '--keys', keys, '--out', out);
    expect(published, published.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^Published com\\.acme\\.one.*; catalog 1 with 1 plugins, valid until \\d{4}-.+Z\\.\\nFingerprint: ${fingerprint}\\n$`)) as string });
    expect(value(await alone('sign', '--keys', keys, '--out', out, '--json'))).toMatchObject({ added: [], plugins: 1, fingerprint });
    const rotated = await alone('rotate', 'timestamp', '--keys', keys, '--out', out);
    expect(rotated, rotated.stderr).toMatchObject({ code: 0, stdout: 'The role timestamp has another key. Destroy timestamp.old.pem once what was published is served.\n' });
    expect(await readdir(keys)).toContain('timestamp.old.pem');
    expect(await readdir(top)).not.toContain('never made');
  }, 180_000);

  it('writes over nothing, and says what a command takes', async () => {
    const commands: [string[], string][] = [
      [['keys', keys], 'is not empty'], [['keys', path.join(top, 'more'), '--for', 'ever'], '--for takes folder or hosted'], [['publish-static', plugins, '--keys', keys], 'Usage: troupe registry publish-static'], [['sign', '--out', out], 'Usage: troupe registry sign'],
      [['rotate', 'nothing', '--keys', keys, '--out', out], 'Usage: troupe registry rotate <'], [['serve', '--static', out, '--cert', 'a.pem'], 'Usage: troupe registry serve'], [['serve', '--static', out, '--host', '0.0.0.0'], 'over TLS alone'], [['nonsense'], 'Usage: troupe registry list'],
    ];
    for (const [words, text] of commands) expect(await alone(...words), words.join(' ')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(text) as string });
    const told = await alone('keys', '--json');
    expect([told.code, JSON.parse(told.stdout)]).toMatchObject([2, { error: { code: 'core/bad-input' } }]);
  }, 180_000);

  it('is served until Ctrl-C, with its title', async () => {
    const serving = startCli(['registry', 'serve', '--static', out, '--name', 'Acme plugins', '--json']);
    try {
      await expect.poll(() => serving.stdout(), { timeout: 120_000 }).toContain('}\n');
      const { address } = JSON.parse(serving.stdout()) as { address: string };
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      expect(await (await fetch(address)).text()).toContain('<title>Acme plugins</title>');
      expect((await fetch(`${address}metadata/timestamp.json`)).status).toBe(200);
    } finally {
      serving.process.kill('SIGINT');
    }
    expect(await serving.ended).toMatchObject({ code: 0, stderr: '' });
  }, 180_000);

  it('is added by its fingerprint alone, listed and left', async () => {
    const unsure = await troupe('add', out);
    expect(unsure, unsure.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(unsure.stderr).toContain(`--fingerprint ${fingerprint}`);
    expect(await troupe('add', out, '--fingerprint', 'f'.repeat(64))).toMatchObject({ code: expect.any(Number) as number, stdout: '' });
    expect((value(await troupe('list', '--json'))['registries'] as unknown[])).toHaveLength(1);

    const added = await troupe('add', out, '--fingerprint', fingerprint, '--prefix', 'com.acme', '--name', 'Acme', '--priority', '7');
    expect(added, added.stderr).toMatchObject({ code: 0, stdout: `Added ${out}: 1 plugins.\n` });
    const [list, status, json] = await Promise.all([troupe('list'), troupe('status'), troupe('status', '--json')]);
    expect(list).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Acme +folder +1 plugins {2}synced .+, signed until \d{4}-\d\d-\d\d$/m) as string });
    expect(list.stdout).not.toContain(fingerprint);
    expect(status.code).toBe(0);
    for (const part of [`address      ${out}`, `fingerprint  ${fingerprint}`, 'com.acme', 'priority 7, catalog ']) expect(status.stdout).toContain(part);
    expect((value(json)['registries'] as { name: string }[]).find(({ name }) => name === 'Acme')).toMatchObject({ kind: 'folder', address: out, prefix: expect.stringContaining('com.acme') as string, priority: 7, entries: 1, error: null, fingerprint });

    const [unknown, wrong] = await Promise.all([troupe('remove', 'Nobody'), troupe('add', out, '--priority', '0')]);
    expect([unknown.code, unknown.stdout, wrong.code, wrong.stdout]).toEqual([4, '', 2, '']);
    expect(await troupe('remove', 'Acme')).toMatchObject({ code: 0, stdout: 'Removed Acme. What was installed from it stays, without updates.\n' });
    expect((value(await troupe('list', '--json'))['registries'] as { name: string }[]).map(({ name }) => name)).toEqual(['Built in']);
  }, 180_000);
});
