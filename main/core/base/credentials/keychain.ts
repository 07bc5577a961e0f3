/** The system's keychain, asked with a time limit. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';

export interface KeychainQuestion { service: string; account: string; /** Present: store it. Absent: read. */ value?: string | undefined }

const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), value: z.string() }),
  z.object({ kind: z.literal('missing') }),
  z.object({ kind: z.literal('locked'), reason: z.string() }),
  z.object({ kind: z.literal('no-service'), reason: z.string() }),
]);
export type KeychainAnswer = z.infer<typeof answerSchema>;

/** Keeps one key per account. Both fail `credentials/locked` (unlock it and retry) or `credentials/no-store` (there is none). */
export interface Keychain {
  /** @returns undefined when it has no such entry */
  read(account: string, limitMs: number): Promise<Uint8Array | undefined>;
  write(account: string, key: Uint8Array, limitMs: number): Promise<void>;
}

/** What a client needs to find the session's keychain; nothing else of the environment is passed on. */
const NEEDED = /^(HOME|USER|LOGNAME|PATH|LANG|DBUS_SESSION_BUS_ADDRESS|XDG_[A-Z_]+|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|SYSTEMROOT|WINDIR|USERPROFILE|USERNAME|APPDATA|LOCALAPPDATA|TEMP|TMP)$/i;

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
const besideThisFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'keychain-process.ts' : 'keychain-process.js');

/** @param options.processFile the file that asks the keychain; default: beside this one */
export function systemKeychain(options: { service?: string; processFile?: string; environment?: NodeJS.ProcessEnv } = {}): Keychain {
  const { service = 'troupe', processFile = besideThisFile(), environment = process.env } = options;
  const ask = async (account: string, value: string | undefined, limitMs: number): Promise<string | undefined> => {
    const answer = await askProcess(processFile, environment, { service, account, value }, limitMs);
    if (answer.kind === 'value') return answer.value;
    if (answer.kind === 'missing') return undefined;
    if (answer.kind === 'locked') throw new AppError('credentials/locked', 'The keychain of this system is locked. Unlock it and try again.', { details: { reason: answer.reason } });
    throw new AppError('credentials/no-store', 'This system has no keychain that Troupe can use. Start one, or protect the home with a passphrase.', { details: { reason: answer.reason } });
  };
  return {
    async read(account, limitMs) {
      const value = await ask(account, undefined, limitMs);
      return value === undefined ? undefined : Buffer.from(value, 'base64');
    },
    async write(account, key, limitMs) { await ask(account, Buffer.from(key).toString('base64'), limitMs); },
  };
}

async function askProcess(file: string, environment: NodeJS.ProcessEnv, question: KeychainQuestion, limitMs: number): Promise<KeychainAnswer> {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => NEEDED.test(name)));
  const child = spawn(process.execPath, [file], { env, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
  let late = false;
  const timer = setTimeout(() => { late = true; child.kill('SIGKILL'); }, limitMs);
  try {
    // A process that died before reading is recognised by its missing answer.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(question));
    const failed = new Promise<never>((_resolve, reject) => { child.once('error', reject); });
    const said = await Promise.race([text(child.stdout), failed]);
    // A keychain that does not answer in time is waiting for a person: locked, as far as we can tell.
    if (late) return { kind: 'locked', reason: `no answer within ${limitMs} ms` };
    if (said === '') return { kind: 'no-service', reason: 'the keychain client ended without an answer' };
    return z.parse(answerSchema, JSON.parse(said));
  } finally {
    clearTimeout(timer);
  }
}
