/** `troupe chat list|export|import` against a running core. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCore, type RunningCore } from '../support/running-core.ts';
import { cli, type CliAnswer } from './run-cli.ts';

let core: RunningCore;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-talks-'));
  core = await startCore({ words: ['--idle-exit', '600000'], passphrase: 'a passphrase of the test' });
  const client = await core.client();
  const { agent } = await client.call.builder.import({ text: 'role: Helper\ngoal: Help.\n' });
  await client.call.builder.save({ id: agent.id });
  await client.call.team.hire({ pluginId: 'own', agentId: agent.id, name: 'Ada', model: null });
}, 90_000);
afterAll(async () => { await core.end(); await rm(folder, { recursive: true, force: true }); });

const troupe = (...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, ...words]);

describe('A2 conversations at the command line', () => {
  it('takes one over out of a file once, lists it and writes it as a file', async () => {
    const [given, taken] = [path.join(folder, 'talk.json'), path.join(folder, 'talk.md')];
    const at = '2026-01-02T03:04:05.000Z';
    await writeFile(given, JSON.stringify({ format: 'troupe-conversation', version: 1, title: 'Tea', agent: 'Ada', created_at: at, shown: 'a', messages: [{ id: 'a', parent_id: null, role: 'user', at, status: 'done', model: null, usage: null, blocks: [{ type: 'text', text: 'Which tea?' }] }] }));
    // Nobody is at a terminal to agree.
    expect(await troupe('chat', 'import', given)).toMatchObject({ code: 5, stdout: 'Nothing was imported.\n' });
    const imported = await troupe('chat', 'import', given, '--yes');
    expect(imported.stdout, imported.stderr).toBe('Imported 1 conversation.\n');
    expect(imported.stderr).toContain('1 conversation with 1 message (troupe).');
    expect(await troupe('chat', 'import', given, '--yes')).toMatchObject({ code: 0, stdout: 'All of them are here already.\n' });
    const { stdout } = await troupe('chat', 'list', '--agent', 'ada');
    const [id = ''] = stdout.split(/\s/);
    expect(stdout).toMatch(/2026-01-02 03:04 {2}Tea\n$/);
    expect(await troupe('chat', 'export', id, '--out', taken)).toMatchObject({ code: 0, stdout: `Wrote ${taken}.\n` });
    expect(await readFile(taken, 'utf8')).toContain('Which tea?');
    expect(await troupe('chat', 'import', taken, '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('chat/bad-import') as string });
  }, 90_000);
});
