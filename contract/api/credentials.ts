import * as z from 'zod/mini';
import { keyStateSchema } from '../model/credentials.ts';
import { read, write } from './procedure.ts';

const whileLocked = true;

export const credentials = {
  state: read('/credentials/state', {}, keyStateSchema, { whileLocked }),
  /** The recovery code that waits to be written down; null when it was confirmed before. */
  takeRecoveryCode: read('/credentials/recovery-code', {}, z.object({ code: z.nullable(z.string()) })),
  /** The person wrote the code down: it is never shown again. */
  confirmRecoveryCode: write('POST /credentials/recovery-code/confirm', {}, keyStateSchema),
  /** Makes a new recovery code, to be taken and confirmed as at set-up; until it is confirmed, the former one opens the home too. */
  renewRecoveryCode: write('POST /credentials/recovery-code/renew', {}, keyStateSchema, { errors: ['credentials/no-store'] }),
  /**
   * Writes everything anew under a new data key, which takes about a minute for each gigabyte; calls that need the data wait
   * meanwhile, and `state` says how far it is. A new recovery code waits to be taken then: the former one opens nothing.
   * @param passphrase of a home that is protected by one
   */
  rekey: write('POST /credentials/rekey', { passphrase: z.optional(z.string()) }, keyStateSchema, { errors: ['credentials/locked', 'credentials/no-store', 'credentials/key-changed', 'credentials/wrong-passphrase', 'store/full', 'store/corrupt'], timeoutMs: 6 * 3_600_000 }),
  /** Gives the keychain a new key that opens the same data key; the data itself is not encrypted anew. */
  rotate: write('POST /credentials/rotate', {}, keyStateSchema, { errors: ['credentials/locked', 'credentials/no-store'], timeoutMs: 90_000 }),
  /** Opens a home whose keychain entry is gone or changed, and wraps its key anew. */
  recover: write('POST /credentials/recover', { code: z.string() }, keyStateSchema, { whileLocked, errors: ['credentials/wrong-recovery-code'] }),
  /** Opens a home that is protected by a passphrase. */
  unlock: write('POST /credentials/unlock', { passphrase: z.string() }, keyStateSchema, { whileLocked, errors: ['credentials/wrong-passphrase'] }),
  /**
   * Protects a new home without a usable keychain, or an open one, by a passphrase from now on.
   * @param current the passphrase that protects an open home now
   */
  protect: write('POST /credentials/passphrase', { passphrase: z.string().check(z.minLength(8), z.maxLength(1024)), current: z.optional(z.string()) }, keyStateSchema, { whileLocked, errors: ['credentials/no-store', 'credentials/wrong-passphrase'] }),
  /** For a new home without a usable keychain: no encryption and no stored secrets; keys are asked for each time. */
  choosePlain: write('POST /credentials/plain', {}, keyStateSchema, { whileLocked }),
  /** Asks the keychain again, after the person unlocked it. */
  retry: write('POST /credentials/retry', {}, keyStateSchema, { whileLocked, timeoutMs: 60_000 }),
};
