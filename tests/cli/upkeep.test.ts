/** What became of installed plugins, at the command line: newer versions and back, permissions, the audit list; and what --yes does not grant. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../contract/link/client.ts';
import { testRegistry } from '../core/plugins/registry.ts';
import { startCore, type RunningCore } from '../support/running-core.ts';
import { cli, type CliAnswer } from './run-cli.ts';

const CSV = 'dev.troupe.csv-analyst';
const TOOLKIT = 'dev.troupe.text-toolkit';
const HTTP = 'dev.troupe.http-tools';
const LOCAL = 'com.acme.local';
const FOLDER = 'folder:data:read';

let core: RunningCore;
let client: TroupeClient;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-upkeep-'));
  const registry = await testRegistry(path.join(folder, 'registry'));
  // A host of one's own network is what a permission marks as dangerous.
  await registry.publish([{ id: LOCAL }, { id: LOCAL, version: '2.0.0', network: ['http://127.0.0.1:9'] }, { id: LOCAL, version: '1.5.0', network: ['api.example.com'] }]);
  core = await startCore({ words: ['--idle-exit', '600000'] });
  client = await core.client();
  const { catalog } = client.call;
  const { fingerprint } = await catalog.addRegistry({ address: registry.folder });
  await catalog.addRegistry({ address: registry.folder, fingerprint });
}, 120_000);
afterAll(async () => {
  await core.end();
  await rm(folder, { recursive: true, force: true });
});

const troupe = (...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, ...words]);
/** The one JSON value that --json writes. */
const json = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { stdout, code, stderr } = await troupe(...words, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};
const versionOf = async (id: string): Promise<string> => (await client.call.plugins.get({ id })).version;

describe('I5 I6 newer versions and the one before', () => {
  it('says what is newer, updates, goes back and forward again', async () => {
    expect(await troupe('install', `${CSV}@1.0.0`, '--yes')).toMatchObject({ code: 0, stdout: 'Installed CSV Analyst 1.0.0.\n' });
    // One of the person's own, known by its draft alone, and one that is hired and checked by what the other one needs.
    await client.call.builder.import({ text: `name: Scout\nrole: one who looks\ntools: [${CSV}/describe_data]\n` });
    const { agent } = await client.call.builder.import({ text: `name: Judge\nrole: one who counts\nguardrails: [{ type: tool, tool: ${TOOLKIT}/count_words }]\n` });
    await client.call.builder.save({ id: agent.id });
    await client.call.team.hire({ pluginId: 'own', agentId: agent.id, name: 'Jo' });
    const [found, checked] = await Promise.all([json('update', '--check'), troupe('update', '--check')]);
    expect(found).toMatchObject({ updates: [{ id: CSV, installed: '1.0.0', version: '1.1.0', added: [], pinned: null }] });
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^dev\.troupe\.csv-analyst {2}1\.0\.0 → 1\.1\.0 +asks for nothing new\n$/) as string });
    expect(checked.stderr).toContain(`${CSV} 1.1.0: `);
    expect(checked.stderr).toContain('  used by Scout\n');

    const updated = await troupe('update', CSV);
    expect(updated, updated.stderr).toMatchObject({ code: 0, stdout: 'CSV Analyst is now 1.1.0.\n' });
    expect(updated.stderr).toMatch(/✓ resolve\n {2}used by Scout\n[^]*✓ activate/);
    const back = await troupe('rollback', CSV);
    expect(back, back.stderr).toMatchObject({ code: 0, stdout: 'CSV Analyst is back at 1.0.0.\n' });
    expect(back.stderr).toContain('  used by Scout\n');
    expect(await troupe('why', CSV)).toMatchObject({ stdout: `${CSV} 1.0.0: you asked for it\n  Scout works with what you gave it of this plugin\n` });
    // A check that looks at what an agent says, by the names of those hired from it; an agent that is gone uses nothing.
    expect(await json('why', TOOLKIT)).toMatchObject({ chains: [[CSV, TOOLKIT]], hiredAs: [], usedBy: ['Jo'] });
    await client.call.builder.remove({ id: agent.id });
    expect(await json('why', TOOLKIT)).toMatchObject({ usedBy: ['Jo'] });
    await client.call.team.dismiss({ id: (await client.call.team.byName({ name: 'Jo' })).id });
    expect(await json('why', TOOLKIT)).toMatchObject({ usedBy: [] });
    expect(await json('rollback', CSV)).toMatchObject({ id: CSV, version: '1.1.0', previousVersion: '1.0.0' });
    expect(await Promise.all([json('update'), json('verify')])).toEqual([{ updated: [], heldBack: [] }, { plugins: 2, problems: [] }]);
  }, 120_000);

  it('changes nothing where something new is asked for and nobody answers', async () => {
    expect(await troupe('install', `${HTTP}@1.0.0`, '--yes')).toMatchObject({ code: 0 });
    const refused = await troupe('update', HTTP);
    expect(refused).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('(plugins/consent-needed)') as string });
    expect(await versionOf(HTTP)).toBe('1.0.0');
    expect(await json('update', HTTP, '--yes')).toMatchObject({ updated: [{ id: HTTP, version: '1.1.0' }] });
  }, 120_000);
});

describe('I2 what plugins may do', () => {
  it('is listed of all and of one, taken back and given again', async () => {
    const [{ stdout: rows }, all] = await Promise.all([troupe('permissions', CSV), json('permissions')]);
    expect(rows.split('\n')).toContainEqual(expect.stringMatching(/^dev\.troupe\.csv-analyst {2}folder:data:read +granted +never used$/));
    expect(rows).not.toContain(HTTP);
    expect(new Set((all['permissions'] as { pluginId: string }[]).map(({ pluginId }) => pluginId))).toEqual(new Set([CSV, HTTP]));
    expect(all['approvals']).toEqual([]);

    expect(await troupe('permissions', 'revoke', CSV, FOLDER)).toEqual({ code: 0, stderr: '', stdout: `${CSV} may no longer use ${FOLDER}. Give it back with: troupe permissions grant ${CSV} ${FOLDER}\n` });
    expect((await troupe('permissions', CSV)).stdout.split('\n')).toContainEqual(expect.stringMatching(/^dev\.troupe\.csv-analyst {2}folder:data:read +not granted +never used$/));
    expect(await json('permissions', 'grant', CSV, FOLDER)).toMatchObject({ pluginId: CSV, granted: true, permission: { key: FOLDER } });
    const wrong = await Promise.all([troupe('permissions', 'grant', CSV, 'network:evil.example'), troupe('permissions', 'revoke', CSV), troupe('permissions', 'com.example.none')]);
    expect(wrong).toMatchObject([{ code: 2, stdout: '' }, { code: 2, stdout: '' }, { code: 4, stdout: '' }]);
  }, 120_000);

  it('stands in the audit list', async () => {
    const { rows, total } = await json('audit', CSV) as { rows: { seq: number; action: string; pluginId: string }[]; total: number };
    expect(total).toBe(rows.length);
    expect(new Set(rows.map(({ pluginId }) => pluginId))).toEqual(new Set([CSV]));
    const revoked = rows.filter(({ action }) => action === 'permission_revoked');
    expect(revoked).toMatchObject([{ actor: { kind: 'person' }, outcome: 'done', subject: FOLDER }]);
    // For people the newest stands last.
    const [list, one, none] = await Promise.all([troupe('audit', CSV), troupe('audit', CSV, '--action', 'permission_revoked', '--limit', '1'), troupe('audit', 'com.example.none')]);
    const lines = list.stdout.trimEnd().split('\n');
    expect(lines.map((line) => Number(line.trim().split(' ')[0]))).toEqual(rows.map(({ seq }) => seq).toReversed());
    expect(one).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}person \S+ +permission_revoked +folder:data:read +\(dev\.troupe\.csv-analyst\)\n$/) as string });
    expect(none).toEqual({ code: 0, stdout: '', stderr: 'Nothing in the audit list fits.\n' });

    const file = path.join(folder, 'audit.jsonl');
    expect(await json('audit', CSV, '--export', file)).toEqual({ file, format: 'jsonl', rows: total });
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(total);
    const [again, verdict] = await Promise.all([troupe('audit', '--export', file), json('audit', '--verify')]);
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('exists already') as string });
    expect(verdict).toMatchObject({ problem: null });
  }, 120_000);
});

describe('I2 --yes', () => {
  it('installs nothing that asks for what is dangerous', async () => {
    const refused = await troupe('install', `${LOCAL}@2.0.0`, '--yes', '--json');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('network http://127.0.0.1:9  ← read carefully\nThis includes something dangerous, which --yes never grants.\n');
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'plugins/consent-needed' } });
    await expect(versionOf(LOCAL)).rejects.toMatchObject({ code: 'plugins/not-installed' });
  }, 120_000);

  it('updates to nothing that newly asks for it, and leaves what was granted', async () => {
    expect(await troupe('install', `${LOCAL}@1.5.0`, '--yes')).toMatchObject({ code: 0 });
    const refused = await troupe('update', LOCAL, '--yes');
    expect(refused).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('which --yes never grants') as string });
    expect(await versionOf(LOCAL)).toBe('1.5.0');
    const { permissions } = await client.call.plugins.permissions({ id: LOCAL });
    expect(permissions.map(({ permission, granted }) => [permission.key, granted])).toEqual([['network:api.example.com', true]]);
  }, 120_000);
});
