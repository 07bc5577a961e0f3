import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import * as z from 'zod/mini';
import { coreNoticeSchema, type CoreNotice } from '../../contract/host/index.ts';
import { HOST_CHANNEL } from '../../contract/link/frames.ts';
import { CORE_FLAGS, coreEnvironment } from '../../main/link/core-flags.ts';
import { createFramedStream } from '../../main/link/framed-stream.ts';
import { root } from '../sources.ts';

export interface CoreProcess {
  /** Resolves with the core's first notice: `ready` or `failed`. */
  first: Promise<CoreNotice>;
  exited: Promise<number>;
  /** Asks the core to stop, and kills it when it does not within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Starts the built core with a framed pipe on descriptor 3. Its words for people go to this process's stderr. */
export function startCore(words: readonly string[]): CoreProcess {
  const child: ChildProcess = spawn(process.execPath, [...CORE_FLAGS, path.join(root, 'dist/core/core.js'), '--pipe', ...words], { env: coreEnvironment(process.env), stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  let answer = (_notice: CoreNotice): void => undefined;
  const first = new Promise<CoreNotice>((resolve) => { answer = resolve; });
  const framed = createFramedStream(child.stdio[3] as Duplex, null, () => undefined);
  const host = framed.channel(HOST_CHANNEL);
  host.onMessage((message) => {
    const value: unknown = JSON.parse(message);
    const notice = z.safeParse(coreNoticeSchema, value);
    if (notice.success) { answer(notice.data); return; }
    const asked = z.safeParse(z.object({ id: z.number(), ask: z.string() }), value);
    if (asked.success) void host.send(JSON.stringify({ id: asked.data.id, error: { code: 'host/unavailable', message: `The browser shell cannot do ${asked.data.ask}.` } }));
  });
  const exited = new Promise<number>((resolve) => { child.once('exit', (code) => { resolve(code ?? 1); }); });
  void exited.then((code) => { answer({ tell: 'failed', input: { code: 'core/internal', message: `The core ended with code ${code} before it was ready.` } }); });
  return {
    first, exited,
    async stop(graceMs) {
      void host.send(JSON.stringify({ tell: 'shutdown', input: { graceMs } }));
      const timer = setTimeout(() => { child.kill('SIGKILL'); }, graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
