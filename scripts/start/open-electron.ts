import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../sources.ts';
import type { StartOptions } from './options.ts';

const GRACE_MS = 5_000;

/** Runs the Electron shell until it ends; it starts and supervises the core itself. Resolves with its exit code. */
export async function openElectron(executable: string, options: StartOptions, say: (line: string) => void): Promise<number> {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(executable, [...asRoot, path.join(root, 'dist/shell'), `--node=${process.execPath}`, `--resources=${path.join(root, 'dist')}`, ...(options.home === undefined ? [] : [`--home=${path.resolve(options.home)}`])], { stdio: ['ignore', 'inherit', 'inherit'] });
  const end = (): void => {
    child.kill('SIGTERM');
    setTimeout(() => { child.kill('SIGKILL'); }, GRACE_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  return new Promise((resolve) => {
    child.once('error', (error) => { say(`Electron did not start: ${error.message}`); resolve(1); });
    child.once('exit', (code) => { resolve(code ?? 0); });
  });
}
