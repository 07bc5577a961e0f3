/** Runs inside a session bus with a real gnome-keyring; writes one JSON line per step for real-keychain.test.ts. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AsyncEntry } from '@napi-rs/keyring';
import { openCredentials, openKeys, systemKeychain, type Keys } from '../../../main/core/base/credentials/index.ts';
import { openHome, openStore } from '../../../main/core/base/store/index.ts';

const home = openHome({ home: path.join(process.env['HOME'] ?? '', 'troupe') });
const open = (): Promise<Keys> => openKeys({ keyFile: home.keyFile, database: home.database, keychain: systemKeychain(), interactive: true, limitMs: 5_000 });
const report = (step: string, facts: Record<string, unknown>): void => { process.stdout.write(`${JSON.stringify({ step, ...facts })}\n`); };

async function session<T>(keys: Keys, use: (services: { store: Awaited<ReturnType<typeof openStore>>; credentials: ReturnType<typeof openCredentials> }) => Promise<T>): Promise<T> {
  const store = await openStore({ file: home.database, key: keys.databaseKey() });
  try {
    return await use({ store, credentials: openCredentials({ store, keys, newId: () => 'openai', now: () => 1 }) });
  } finally {
    await store.stop();
  }
}

const everything = (keys: Keys): Promise<{ settings: unknown; secret: string }> => session(keys, async ({ store, credentials }) => ({
  settings: await store.read('storedSettings', {}), secret: await credentials.withSecret('openai', (value) => value),
}));

/** Locks the collection in which the entry lies, as a desktop does; unlocks it by starting the keyring anew with its password. */
const lock = (): void => {
  execFileSync('dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', 'array:objpath:/org/freedesktop/secrets/collection/login'], { stdio: 'ignore' });
};
const unlock = (): void => { execFileSync('gnome-keyring-daemon', ['--replace', '--unlock', '--components=secrets'], { input: 'test-only', stdio: ['pipe', 'ignore', 'ignore'] }); };

const first = await open();
const code = String(await first.takeRecoveryCode());
await first.confirmRecoveryCode();
await session(first, async ({ store, credentials }) => {
  await store.write('putSettings', { values: { theme: '"dark"' }, at: 1 });
  await credentials.setSecret('OpenAI', 'sk-kept');
});
report('set up', { ...first.state() });

const second = await open();
report('second start', { ...second.state(), ...await everything(second) });

lock();
const locked = await open();
report('locked', { ...locked.state() });
unlock();
report('unlocked', { ...await locked.retry(), ...await everything(locked) });

const { homeId } = JSON.parse(readFileSync(home.keyFile, 'utf8')) as { homeId: string };
const entry = new AsyncEntry('troupe', `home-${homeId}`, { linux: { store: 'secret-service' } });
report('deleted', { deleted: await entry.deletePassword() });
const missing = await open();
report('missing', { ...missing.state() });
report('recovered', { ...await missing.recover(code), ...await everything(missing) });
const after = await open();
report('start after recovery', { ...after.state(), ...await everything(after) });

const former = await entry.getPassword();
report('rotated', { ...await after.rotate(), other: await entry.getPassword() !== former });
const rotated = await open();
report('start after rotation', { ...rotated.state(), ...await everything(rotated) });

await entry.setPassword(Buffer.alloc(32, 7).toString('base64'));
const changed = await open();
report('changed', { ...changed.state() });
report('recovered again', { ...await changed.recover(code), ...await everything(changed) });
home.release();
