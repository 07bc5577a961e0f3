import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { createFramedStream } from '../../../../link/framed-stream.ts';
import { reportSchema, type Order, type Report } from './engine-words.ts';

/** How the process ended. `wanted`: it was told to. `said` is the end of what it wrote for people. */
export interface Gone { readonly wanted: boolean; readonly code: number | null; readonly signal: string | null; readonly said: string }

/** One process that runs a model. */
export interface EngineProcess {
  readonly pid: number | null;
  readonly gone: Promise<Gone>;
  send(order: Order): void;
  /** The first report that `pick` answers something for. Rejects with `models/engine-lost` when the process ends before. */
  next<T>(pick: (report: Report) => T | undefined): Promise<T>;
  kill(): void;
}

/** Starts the process. It has no environment to speak of, and ends by itself when this one does. */
export function startEngineProcess(processFile: string): EngineProcess {
  const env = process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {};
  const child = spawn(process.execPath, ['--no-warnings', processFile], { cwd: path.parse(processFile).root, env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], windowsHide: true });
  let said = '';
  let wanted = false;
  const waiting = new Set<{ hear(report: Report): void; lost(how: Gone): void }>();
  child.stderr?.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2_000); });
  const channel = createFramedStream(child.stdio[3] as Duplex, null, () => undefined).channel(1);
  channel.onMessage((message) => {
    const report = read(message);
    if (!report) {
      said = 'it broke the protocol';
      child.kill('SIGKILL');
      return;
    }
    for (const entry of [...waiting]) entry.hear(report);
  });
  let ended: Gone | undefined;
  const gone = new Promise<Gone>((resolve) => {
    const end = (code: number | null, signal: string | null): void => {
      ended ??= { wanted, code, signal, said };
      for (const entry of [...waiting]) entry.lost(ended);
      resolve(ended);
    };
    child.once('error', (error) => { said = error.message; end(null, null); });
    // What it still said is read before its end counts.
    child.once('close', end);
  });
  return {
    pid: child.pid ?? null, gone,
    send(order) { void channel.send(JSON.stringify(order)); },
    next(pick) {
      return new Promise((resolve, reject) => {
        if (ended) { reject(lost(ended)); return; }
        const entry = {
          hear(report: Report): void {
            try {
              const picked = pick(report);
              if (picked === undefined) return;
              waiting.delete(entry);
              resolve(picked);
            } catch (error) {
              waiting.delete(entry);
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          },
          lost(how: Gone): void { waiting.delete(entry); reject(lost(how)); },
        };
        waiting.add(entry);
      });
    },
    kill() { wanted = true; child.kill('SIGKILL'); },
  };
}

function read(message: string): Report | undefined {
  try {
    return reportSchema.safeParse(JSON.parse(message)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The reason in words: the system that ends a process says no more than a signal. */
function lost({ code, signal, wanted }: Gone): AppError {
  const why = wanted ? 'it was ended' : signal === 'SIGKILL' ? 'the system ended it, most often for want of memory' : signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGABRT' || signal === 'SIGILL' ? `it crashed, ${signal}` : signal !== null ? `it got ${signal}` : `it ended with code ${code ?? 'none'}`;
  return new AppError('models/engine-lost', `The process that runs the model stopped (${why}). It starts again with the next message; if this happens again, choose a smaller model.`, { details: { signal, exitCode: code } });
}
