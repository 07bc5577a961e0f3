/** Runs the command line from source, as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { withoutKeychain } from '../support/running-core.ts';

const main = path.resolve(import.meta.dirname, '../../main/cli/main.ts');

export interface CliAnswer { code: number | null; stdout: string; stderr: string }
export interface CliOptions { input?: string; environment?: Record<string, string>; cwd?: string }
export interface CliProcess { process: ChildProcess; stdout(): string; stderr(): string; ended: Promise<CliAnswer> }

/** Starts `troupe <words>`. Its standard input is closed (nobody at a terminal) after `input`. */
export function startCli(words: readonly string[], options: CliOptions = {}): CliProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...words], { env: { ...withoutKeychain(), ...options.environment }, stdio: 'pipe', cwd: options.cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const ended = new Promise<CliAnswer>((resolve) => { child.once('close', (code) => { resolve({ code, stdout, stderr }); }); });
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
}

export const cli = (words: readonly string[], options?: CliOptions): Promise<CliAnswer> => startCli(words, options).ended;
