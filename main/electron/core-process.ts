import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import * as z from 'zod/mini';
import { coreNoticeSchema, hostAskSchema, type CoreNotice, type ShellNotice } from '../../contract/host/index.ts';
import type { Channel } from '../../contract/link/channel.ts';
import { HOST_CHANNEL } from '../../contract/link/frames.ts';
import { CORE_FLAGS, coreEnvironment } from '../link/core-flags.ts';
import { createFramedStream, type FramedStream } from '../link/framed-stream.ts';
import type { ShellArguments } from './arguments.ts';

export interface CoreProcess {
  /** The next page's channel; null when its pipe is closed already. */
  openPage(): Channel | null;
  tell(notice: ShellNotice): void;
  exited: Promise<{ code: number | null; signal: string | null }>;
  kill(): void;
}

/** What the core says to the shell, and the answer to what it asks. */
export interface CoreListener {
  onNotice(notice: CoreNotice): void;
  onAsk(ask: string, input: unknown): Promise<unknown>;
}

/** Starts the core under the bundled Node with a framed pipe on descriptor 3. Its stderr goes to a file in the home. */
export function startCore(options: ShellArguments, listener: CoreListener): CoreProcess {
  const logs = path.join(options.home, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const stderr = openSync(path.join(logs, 'core-stderr.log'), 'a', 0o600);
  const child: ChildProcess = spawn(options.node, [...CORE_FLAGS, path.join(options.resources, 'core', 'core.js'), '--pipe', '--home', options.home, '--catalog', path.join(options.resources, 'catalog')], { env: coreEnvironment(process.env), stdio: ['ignore', 'ignore', stderr, 'pipe'] });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => { resolve({ code, signal }); });
    child.once('error', () => { resolve({ code: null, signal: null }); });
  });
  closeSync(stderr);
  let piped = true;
  const framed: FramedStream = createFramedStream(child.stdio[3] as Duplex, null, () => { piped = false; });
  const host = framed.channel(HOST_CHANNEL);
  host.onMessage((message) => {
    const value: unknown = JSON.parse(message);
    const notice = z.safeParse(coreNoticeSchema, value);
    if (notice.success) { listener.onNotice(notice.data); return; }
    const asked = z.safeParse(hostAskSchema, value);
    if (!asked.success) return;
    const { id, ask, input } = asked.data;
    listener.onAsk(ask, input).then(
      (ok) => { void host.send(JSON.stringify({ id, ok })); },
      (error: unknown) => { void host.send(JSON.stringify({ id, error: { code: 'host/unavailable', message: error instanceof Error ? error.message : String(error) } })); },
    );
  });
  let last = HOST_CHANNEL;
  return {
    exited,
    openPage() {
      if (!piped) return null;
      last += 1;
      return framed.channel(last);
    },
    tell(notice) { void host.send(JSON.stringify(notice)); },
    kill() { child.kill('SIGKILL'); },
  };
}
