/** The built core as a process of its own, with a client, for tests that kill it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { TroupeClient } from '../../contract/link/client.ts';
import { HOST_CHANNEL } from '../../contract/link/frames.ts';
import { readAddress } from '../../main/link/core-address.ts';
import { createFramedStream } from '../../main/link/framed-stream.ts';
import { root } from '../../scripts/sources.ts';
import { clientOf } from './socket-client.ts';
import { CORE_FLAGS } from '../../main/link/core-flags.ts';

export interface RunningCore {
  pid: number;
  /** Ends with the core; nothing is repeated by itself. */
  client: TroupeClient;
  stderr(): string;
  /** Resolves when the process has ended, with the signal that ended it. */
  exited: Promise<{ code: number | null; signal: string | null }>;
  kill(): Promise<void>;
  /** Asks it to stop, and fails when that takes longer than it promises. */
  stop(): Promise<void>;
}

const STOP_MS = 6_000;

/** Starts dist/core for `home`, which has no keychain and no terminal: it is not encrypted. Rejects when it cannot start. */
export async function startBuiltCore(home: string, options: { failpoint?: string | undefined } = {}): Promise<RunningCore> {
  const words = [...CORE_FLAGS, path.join(root, 'dist/core/core.js'), '--pipe', '--idle-exit', '600000', '--home', home, '--catalog', path.join(root, 'dist/catalog'), ...(options.failpoint === undefined ? [] : ['--failpoint', options.failpoint])];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => { errors += String(chunk); });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => { child.once('close', (code, signal) => { resolve({ code, signal }); }); });
  await new Promise<void>((resolve, reject) => {
    void exited.then(({ code, signal }) => { reject(new Error(`The core ended with ${signal ?? `code ${code}`} before it was ready: ${errors}`)); });
    createFramedStream(child.stdio[3] as Duplex, null, () => undefined).channel(HOST_CHANNEL).onMessage((message) => {
      if ((JSON.parse(message) as { tell?: string }).tell === 'ready') resolve();
    });
  });
  const client = clientOf(await readAddress(home) ?? '');
  return {
    pid: child.pid ?? 0, client, exited, stderr: () => errors,
    async kill() { child.kill('SIGKILL'); await exited; client.close(); },
    async stop() {
      client.close();
      child.kill('SIGTERM');
      const timer = setTimeout(() => { child.kill('SIGKILL'); }, STOP_MS);
      const { signal } = await exited;
      clearTimeout(timer);
      if (signal === 'SIGKILL') throw new Error(`The core did not stop within ${STOP_MS} ms: ${errors}`);
    },
  };
}
