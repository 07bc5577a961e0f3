/** `key.json`: how the data key of a home is wrapped. It holds no key that opens anything by itself. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Sealed, ScryptCost } from './seal.ts';

const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/));
const sealed = z.object({ nonce: base64, ciphertext: base64 });
/** Bounded, since the file may have been touched by anyone: scrypt takes 128·N·r bytes of memory. */
const stretched = z.extend(sealed, {
  salt: base64,
  cost: z.object({ N: z.number().check(z.int(), z.minimum(1024), z.maximum(1 << 18)), r: z.number().check(z.int(), z.minimum(1), z.maximum(16)), p: z.number().check(z.int(), z.minimum(1), z.maximum(4)) }),
});

const keyFileSchema = z.object({
  format: z.literal(1),
  /** Names this home in the keychain. */
  homeId: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  protectedBy: z.enum(['keychain', 'passphrase', 'none']),
  keychain: z.optional(sealed),
  /** While the keychain's entry is replaced: the wrap by the new one, beside the former. */
  keychainNext: z.optional(sealed),
  passphrase: z.optional(stretched),
  recovery: z.optional(stretched),
  /** Whether a person said that the recovery code was written down. */
  recoveryConfirmed: z.boolean(),
  /** The wrap by a new code that nobody confirmed yet; until then the former one goes on working. */
  recoveryNext: z.optional(stretched),
  /** These wraps are of a new data key, and the database under it may still have to take its place: see `finishRekey`. */
  rekeyed: z.optional(z.boolean()),
});
export type KeyFile = z.infer<typeof keyFileSchema>;
export type StoredSeal = z.infer<typeof sealed>;
export type StoredStretch = z.infer<typeof stretched>;

/**
 * @returns undefined when there is none
 * @throws AppError `credentials/key-missing` when it cannot be understood
 */
export function readKeyFile(file: string): KeyFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = z.safeParse(keyFileSchema, parseJson(text));
  if (!parsed.success) throw new AppError('credentials/key-missing', `The file ${file} is damaged, and with it the way to this home's key. Put back a copy of it: one lies beside each backup.`, { details: { file } });
  return parsed.data;
}

/** Replaces the file as a whole: whenever the power goes, the old or the new one is there. */
export function writeKeyFile(file: string, content: KeyFile): void {
  const temporary = `${file}.new`;
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  if (process.platform === 'win32') return; // A folder cannot be flushed there.
  const folder = openSync(path.dirname(file), 'r');
  try { fsyncSync(folder); } finally { closeSync(folder); }
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
const text = (value: Uint8Array): string => Buffer.from(value).toString('base64');

export const toStoredSeal = (value: Sealed): StoredSeal => ({ nonce: text(value.nonce), ciphertext: text(value.ciphertext) });
export const fromStoredSeal = (stored: StoredSeal): Sealed => ({ nonce: bytes(stored.nonce), ciphertext: bytes(stored.ciphertext) });
export const toStoredStretch = (value: Sealed, salt: Uint8Array, cost: ScryptCost): StoredStretch => ({ ...toStoredSeal(value), salt: text(salt), cost });
export const saltOf = (stored: StoredStretch): Uint8Array => bytes(stored.salt);

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // Judged by the schema, like every other damage.
    return undefined;
  }
}
