import { AppError, hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import { secretToken } from '../../../../sandbox/host/index.ts';
import { secretForms } from '../../base/observe/index.ts';
import { granted, type InstalledCode, type PluginSecrets } from './installed-code.ts';

/** Puts placeholders where the secrets of a plugin stand, in whatever came back from outside or out of the sandbox. */
export interface SecretMask {
  text(text: string): string;
  /** Every text in a JSON value, keys included. */
  value(value: unknown): unknown;
  bytes(bytes: Uint8Array): Promise<Uint8Array>;
  /** The same error without them. */
  error(error: unknown): unknown;
}

/** Lets everything through. */
export const NO_MASK: SecretMask = { text: (text) => text, value: (value) => value, bytes: (bytes) => Promise.resolve(bytes), error: (error) => error };
const LARGE = 256 * 1024;
const pause = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Keys of the secrets that a plugin may have filled in or read. */
const keysOf = (code: InstalledCode): string[] => [...new Set([...granted(code, 'secret:').map((rest) => rest.slice(0, rest.indexOf('@'))), ...granted(code, 'secret_read:')])];

/** A mask over every secret that was granted to the plugin and entered. */
export async function secretMask(code: InstalledCode, secrets: PluginSecrets): Promise<SecretMask> {
  const found: { form: string; token: string }[] = [];
  for (const key of keysOf(code)) {
    try {
      await secrets.withSecret(code, key, (value) => { for (const form of secretForms(value)) found.push({ form, token: secretToken(key) }); });
    } catch (error) {
      if (!hasCode(error, 'credentials/not-found', 'credentials/key-changed')) throw error;
    }
  }
  return maskOver(found);
}

/** A mask over these forms of secrets (see `secretForms`), each with what stands in its place. */
export function maskOver(found: readonly { readonly form: string; readonly token: string }[]): SecretMask {
  if (found.length === 0) return NO_MASK;
  const forms = found.toSorted((a, b) => b.form.length - a.form.length);
  const text = (given: string): string => forms.reduce((clean, { form, token }) => (clean.includes(form) ? clean.replaceAll(form, () => token) : clean), given);
  const value = (given: unknown): unknown => {
    if (typeof given === 'string') return text(given);
    if (Array.isArray(given)) return given.map(value);
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([key, item]) => [text(key), value(item)]));
  };
  return {
    text, value,
    async bytes(given) {
      let clean: Buffer = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
      for (const { form, token } of forms) {
        clean = replaced(clean, Buffer.from(form, 'utf8'), Buffer.from(token, 'utf8'));
        // Each search of a large body takes milliseconds; others get their turn in between.
        if (clean.length > LARGE) await pause();
      }
      return clean;
    },
    error(given) {
      const { code: errorCode, message, details, retryable } = toWire(given);
      const clean = text(message);
      const cleanDetails = value(details) as Record<string, unknown>;
      return clean === message && JSON.stringify(cleanDetails) === JSON.stringify(details) ? given : new AppError(errorCode, clean, { details: cleanDetails, retryable });
    },
  };
}

function replaced(bytes: Buffer, form: Buffer, token: Buffer): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(form); at !== -1; at = bytes.indexOf(form, from)) {
    parts.push(bytes.subarray(from, at), token);
    from = at + form.length;
  }
  return from === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
}
