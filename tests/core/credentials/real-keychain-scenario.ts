/**
 * Runs inside a session bus with a real gnome-keyring: starts the core as a shell does, home after home of the person's life with a
 * keychain. Writes one JSON line per step for real-keychain.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AsyncEntry } from '@napi-rs/keyring';
import type { TroupeClient } from '../../../contract/link/client.ts';
import type { KeyState } from '../../../contract/model/credentials.ts';
import { openCredentials, openKeys, systemKeychain, type Credentials } from '../../../main/core/base/credentials/index.ts';
import { openHome, openStore } from '../../../main/core/base/store/index.ts';
import { startCore } from '../../support/running-core.ts';

const root = path.join(process.env['HOME'] ?? '', 'troupe');
const bus = process.env['DBUS_SESSION_BUS_ADDRESS'] ?? '';
const report = (step: string, facts: object): void => { process.stdout.write(`${JSON.stringify({ step, ...facts })}\n`); };

/** What the core said of its key at last. On a busy machine the keychain may have been too slow for the start: then it is asked again, as a person would. */
async function stateOf(client: TroupeClient, expected: KeyState['state']): Promise<KeyState> {
  let state = await client.call.credentials.state({});
  for (let times = 0; times < 3 && state.state !== expected; times += 1) state = await client.call.credentials.retry({});
  return state;
}

/** A core of its own, in the state in which its page would find it. */
async function inCore(step: string, expected: KeyState['state'], use: (client: TroupeClient) => Promise<object>, environment: Record<string, string> = { DBUS_SESSION_BUS_ADDRESS: bus }): Promise<void> {
  const core = await startCore({ home: root, environment });
  try {
    const client = await core.client();
    const state = await stateOf(client, expected);
    const refused = await client.call.plugins.list({}).then(() => null, (error: { code: string }) => error.code);
    report(step, { found: state, refused, ...await use(client) });
  } finally {
    await core.end();
  }
}
const opened = async (client: TroupeClient, state: Promise<KeyState>): Promise<object> => ({ then: await state, theme: (await client.call.settings.get({})).theme });

/** The same home without a core, for what no procedure reveals. */
async function withSecrets<T>(use: (credentials: Credentials) => Promise<T>): Promise<{ state: string; answer: T }> {
  const home = openHome({ home: root });
  const keys = await openKeys({ keyFile: home.keyFile, database: home.database, keychain: systemKeychain(), interactive: true, limitMs: 30_000 });
  const store = await openStore({ file: home.database, key: keys.databaseKey() });
  try {
    return { state: keys.state().state, answer: await use(openCredentials({ store, keys, newId: () => 'openai', now: () => 1 })) };
  } finally {
    await store.stop();
    home.release();
  }
}

/** Locks the collection in which the entry lies, as a desktop does; unlocks it by starting the keyring anew with its password. */
const lock = (): void => {
  execFileSync('dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', 'array:objpath:/org/freedesktop/secrets/collection/login'], { stdio: 'ignore' });
};
const unlock = (): void => { execFileSync('gnome-keyring-daemon', ['--replace', '--unlock', '--components=secrets'], { input: 'test-only', stdio: ['pipe', 'ignore', 'ignore'] }); };
const takeCode = async (client: TroupeClient): Promise<string> => {
  const { code } = await client.call.credentials.takeRecoveryCode({});
  await client.call.credentials.confirmRecoveryCode({});
  return code ?? '';
};

let code = '';
await inCore('set up', 'open', async (client) => {
  code = await takeCode(client);
  await client.call.settings.change({ change: { theme: 'dark' } });
  return opened(client, client.call.credentials.state({}));
});
await withSecrets((credentials) => credentials.setSecret('OpenAI', 'sk-kept'));
const { homeId } = JSON.parse(readFileSync(path.join(root, 'key.json'), 'utf8')) as { homeId: string };
/** Made when it is used: the keyring that was there before the unlocking knows it no more. */
const entry = (): AsyncEntry => new AsyncEntry('troupe', `home-${homeId}`, { linux: { store: 'secret-service' } });

lock();
await inCore('locked', 'locked-keyring', async (client) => {
  unlock();
  const answer = await opened(client, stateOf(client, 'open'));
  const former = await entry().getPassword();
  await client.call.credentials.rotate({});
  const formerCode = code;
  const { recoveryCodePending } = await client.call.credentials.rekey({});
  code = await takeCode(client);
  return { ...answer, otherEntry: await entry().getPassword() !== former, recoveryCodePending, otherCode: code !== formerCode };
});
report('rotated and encrypted anew', await withSecrets((credentials) => credentials.withSecret('openai', (value) => value)));

report('deleted', { deleted: await entry().deletePassword() });
await inCore('missing', 'key-missing', (client) => opened(client, client.call.credentials.recover({ code })));
report('mended', await withSecrets((credentials) => credentials.withSecret('openai', (value) => value)));

await entry().setPassword(Buffer.alloc(32, 7).toString('base64'));
await inCore('changed', 'key-changed', () => Promise.resolve({}));
await inCore('no service', 'no-service', (client) => opened(client, client.call.credentials.recover({ code })), {});
