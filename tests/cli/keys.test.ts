/** The commands over a home's keys, against a running core whose home is behind a passphrase. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../contract/link/client.ts';
import { keys } from '../../main/cli/commands/keys.ts';
import { createOutput } from '../../main/cli/output.ts';
import { readWords } from '../../main/cli/words.ts';
import { openKeys } from '../../main/core/base/credentials/index.ts';
import { memoryKeychain } from '../core/credentials/memory-keychain.ts';
import { startCore, type RunningCore } from '../support/running-core.ts';
import { cli, type CliAnswer } from './run-cli.ts';

let core: RunningCore;
let first: string;
beforeAll(async () => {
  core = await startCore({ words: ['--idle-exit', '600000'], passphrase: 'a passphrase of the test' });
  const client = await core.client();
  first = String((await client.call.credentials.takeRecoveryCode({})).code);
  await client.call.credentials.confirmRecoveryCode({});
}, 60_000);
afterAll(async () => { await core.end(); });

const troupe = (...words: string[]): Promise<CliAnswer> => cli(['--home', core.home, ...words]);
/** Whether a code opens the home, as its key file stands now. */
async function opens(code: string): Promise<boolean> {
  const home = await openKeys({ keyFile: path.join(core.home, 'key.json'), database: path.join(core.home, 'troupe.db'), keychain: memoryKeychain(), interactive: true });
  return home.recover(code).then(() => true, () => false);
}

describe('X4 keys', () => {
  it('says what holds the key, for people and as JSON', async () => {
    expect(await troupe('keys')).toMatchObject({ code: 0, stderr: '', stdout: 'state          open\ndata           encrypted with a passphrase\nrecovery code  written down\n' });
    expect(JSON.parse((await troupe('keys', 'status', '--json')).stdout)).toEqual({ state: 'open', protectedBy: 'passphrase', encrypted: true, recoveryCodePending: false });
    expect((await troupe('keys', 'show')).code).toBe(2);
  }, 60_000);

  it('makes a new recovery code, which takes the former one\'s place when it is confirmed', async () => {
    const asked = await troupe('keys', 'recovery-code');
    expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining('goes on working') as string });
    const fresh = asked.stdout.trim();
    expect(fresh).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
    expect([await opens(first), await opens(fresh)]).toEqual([true, true]);
    expect((await troupe('keys')).stdout).toContain('not written down yet');
    const confirmed = await troupe('keys', 'recovery-code', '--yes', '--json');
    expect(JSON.parse(confirmed.stdout)).toEqual({ recoveryCode: fresh });
    expect([await opens(first), await opens(fresh)]).toEqual([false, true]);
    expect(await readFile(path.join(core.home, 'key.json'), 'utf8')).not.toContain('recoveryNext');
  }, 60_000);

  it('encrypts everything anew, shows the code that opens it from now on, and leaves the former one nothing', async () => {
    const client = await core.client();
    await client.call.settings.change({ change: { theme: 'dark' } });
    expect(await troupe('keys', 'rekey')).toMatchObject({ code: 2 });
    const refused = await cli(['--home', core.home, 'keys', 'rekey', '--json'], { input: 'another passphrase\n' });
    expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([5, { error: { code: 'credentials/wrong-passphrase' } }]);
    const former = await readFile(path.join(core.home, 'troupe.db'));
    const done = await cli(['--home', core.home, 'keys', 'rekey', '--yes', '--json'], { input: 'a passphrase of the test\n' });
    expect(done, done.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('written anew under another key') as string });
    const { recoveryCode } = JSON.parse(done.stdout) as { recoveryCode: string };
    expect(await opens(recoveryCode)).toBe(true);
    expect((await readFile(path.join(core.home, 'troupe.db'))).subarray(0, 16)).not.toEqual(former.subarray(0, 16));
    // The core that did it goes on with what is there.
    expect((await client.call.settings.get({})).theme).toBe('dark');
  }, 60_000);

  it('changes the passphrase after the present one, which opens nothing any more', async () => {
    const change = (...lines: string[]): Promise<CliAnswer> => cli(['--home', core.home, 'keys', 'passphrase', '--json'], { input: `${lines.join('\n')}\n` });
    const wrong = await change('not the present one', 'wombat quilt radish moon');
    expect([wrong.code, JSON.parse(wrong.stdout)]).toMatchObject([5, { error: { code: 'credentials/wrong-passphrase' } }]);
    expect((await change('a passphrase of the test')).code).toBe(2);
    expect(await change('a passphrase of the test', 'wombat quilt radish moon')).toMatchObject({ code: 0, stderr: '' });
    const entered = (passphrase: string): Promise<unknown> => openKeys({ keyFile: path.join(core.home, 'key.json'), database: path.join(core.home, 'troupe.db'), keychain: memoryKeychain(), passphrase, interactive: true }).then((keys) => keys.state().state, (error: { code: string }) => error.code);
    expect([await entered('a passphrase of the test'), await entered('wombat quilt radish moon')]).toEqual(['credentials/wrong-passphrase', 'open']);
  }, 60_000);

  it('does not rotate what no keychain holds', async () => {
    const refused = await troupe('keys', 'rotate', '--json');
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'credentials/no-store', message: expect.stringContaining('protected by a passphrase') as string } });
  }, 60_000);

  it('X14 leaves a row in the audit list for each of these, also for what was refused', async () => {
    const client = await core.client();
    const { rows } = await client.call.audit.list({ limit: 100 });
    const told = rows.map(({ action, outcome, actor }) => `${action} ${outcome} ${actor.id}`);
    for (const row of ['recovery_code_made done cli', 'recovery_code_confirmed done cli', 'data_rekeyed refused cli', 'data_rekeyed done cli', 'passphrase_changed refused cli', 'passphrase_changed done cli', 'key_rotated failed cli']) expect(told).toContain(row);
    expect(JSON.stringify(rows)).not.toContain('wombat');
    expect((await client.call.audit.verify({})).problem).toBeNull();
  }, 60_000);

  it('says that it rotated, and answers the state alone as JSON', async () => {
    const state = { state: 'open', protectedBy: 'keychain', encrypted: true, recoveryCodePending: false };
    const client = { call: { credentials: { rotate: () => Promise.resolve(state) } } } as unknown as TroupeClient;
    for (const [words, shown] of [[['keys', 'rotate'], 'The keychain holds a new key.'], [['keys', 'rotate', '--json'], JSON.stringify(state, null, 2)]] as const) {
      let text = '';
      const stdout = { write: (piece: string) => { text += piece; return true; } } as unknown as NodeJS.WriteStream;
      const read = readWords(words);
      expect(keys.fits(read)).toBe(true);
      await keys.run({ client, words: read, out: createOutput(read.json, stdout, process.stderr), ask: () => Promise.resolve(null), signal: new AbortController().signal });
      expect(text).toContain(shown);
    }
  });
});
