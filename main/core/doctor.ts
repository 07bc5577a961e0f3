import { statfs } from 'node:fs/promises';
import type { DoctorCheck } from '../../contract/model/health.ts';
import type { KeyState } from '../../contract/model/credentials.ts';
import { hasCode, toWire } from '../../contract/errors/app-error.ts';
import type { Keychain, Keys } from './base/credentials/index.ts';
import type { LoopMeter } from './base/observe/index.ts';
import type { Home } from './base/store/index.ts';
import type { Rooms } from './rooms.ts';

const LEAST_FREE_BYTES = 500 * 1024 * 1024;

const KEY_WORDS: Record<KeyState['state'], { status: DoctorCheck['status']; message: string; advice: string | null }> = {
  open: { status: 'ok', message: 'The home is encrypted and open.', advice: null },
  plain: { status: 'warning', message: 'The home is not encrypted and stores no keys.', advice: 'Start a keychain and use a new home, or protect a new home by a passphrase.' },
  'locked-keyring': { status: 'failed', message: 'The keychain is locked.', advice: 'Unlock it and try again.' },
  'no-service': { status: 'failed', message: 'The keychain of this system does not answer, and this home is closed or not set up yet.', advice: 'Start a keychain (on Linux: GNOME Keyring or KWallet), or open the app and follow what it says.' },
  'key-missing': { status: 'failed', message: 'The keychain has lost the key of this home.', advice: 'Open the app and enter the recovery code.' },
  'key-changed': { status: 'failed', message: 'The keychain holds another key than the one of this home.', advice: 'Open the app and enter the recovery code.' },
  'passphrase-needed': { status: 'failed', message: 'The home is protected by a passphrase.', advice: 'Open the app and enter it, or start with --passphrase-fd.' },
};

/** The core's main thread answers faster than this, 99 times of 100. */
const SLOW_MS = 50;
/** The start itself is among the first samples and weighs too much in a few of them. */
const ENOUGH_SAMPLES = 1_000;

/** Looks at what everything depends on. Each check is one line for people; none changes anything. */
export async function examine(parts: { home: Home; keys: Keys; keychain: Pick<Keychain, 'read'>; meter: LoopMeter; rooms: Rooms | null }): Promise<DoctorCheck[]> {
  const { home, keys, keychain, meter, rooms } = parts;
  const state = keys.state();
  const figures = meter.figures();
  const disk = await statfs(home.root);
  const free = disk.bavail * disk.bsize;
  const checks: DoctorCheck[] = [
    { id: 'runtime', status: 'ok', message: `Node ${process.versions.node} on ${process.platform}-${process.arch}.`, advice: null, facts: { node: process.version } },
    { id: 'home', status: free < LEAST_FREE_BYTES ? 'warning' : 'ok', message: `The home is ${home.root}, with ${Math.round(free / 1024 / 1024)} MiB free.`, advice: free < LEAST_FREE_BYTES ? 'Free some space before you install more.' : null, facts: { home: home.root, freeBytes: free } },
    { id: 'keys', ...KEY_WORDS[state.state], facts: { ...state } },
    { id: 'main-thread', status: figures.p99 < SLOW_MS || figures.samples < ENOUGH_SAMPLES ? 'ok' : 'warning', message: `The core answered within ${figures.p99.toFixed(0)} ms (99 of 100 samples).`, advice: null, facts: { ...figures } },
  ];
  const others = [askKeychain(keychain, state), ...(rooms ? rooms.checks().map(run) : [])];
  return [...checks, ...await Promise.all(others)];
}

/** Longer than a keychain that is there takes, short enough to wait for one that is not. */
const KEYCHAIN_MS = 3_000;

/** Asks for an entry that nobody made: whether the keychain answers is what is to be known. */
async function askKeychain(keychain: Pick<Keychain, 'read'>, { protectedBy }: KeyState): Promise<DoctorCheck> {
  const facts = { protectedBy };
  try {
    await keychain.read('doctor', KEYCHAIN_MS);
    return { id: 'keychain', status: 'ok', message: 'The keychain of this system answers.', advice: null, facts };
  } catch (error) {
    const { code } = toWire(error);
    const locked = hasCode(error, 'credentials/locked');
    // A home that has another way to its key does without.
    const status = protectedBy === 'passphrase' ? 'ok' : protectedBy === 'keychain' ? 'failed' : 'warning';
    const advice = locked ? 'Unlock it.' : 'Start a keychain (on Linux: GNOME Keyring or KWallet), or go on without one.';
    return { id: 'keychain', status, message: `${locked ? 'The keychain of this system is locked' : 'This system has no keychain that answers'}${status === 'ok' ? ', and this home needs none' : ''}.`, advice: status === 'ok' ? null : advice, facts: { ...facts, code } };
  }
}

/** A check that a room offers: it resolves with facts for people, or rejects with what is wrong. */
export interface RoomCheck { id: string; look(): Promise<{ message: string; status?: DoctorCheck['status']; advice?: string; facts?: Record<string, unknown> }> }

async function run(check: RoomCheck): Promise<DoctorCheck> {
  try {
    const { message, status = 'ok', advice = null, facts = {} } = await check.look();
    return { id: check.id, status, message, advice, facts };
  } catch (error) {
    const wire = toWire(error);
    return { id: check.id, status: 'failed', message: wire.message, advice: 'The log in the home\'s logs folder has the details.', facts: { code: wire.code } };
  }
}
