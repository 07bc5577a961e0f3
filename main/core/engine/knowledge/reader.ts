import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { knowledgePlaceSchema, type KnowledgeKind, type KnowledgePlace } from '../../../../contract/model/knowledge.ts';

export interface ReaderLimits { readonly timeMs: number; readonly heapMiB: number; readonly residentMiB: number }
export interface ReadDocument { readonly passages: readonly { readonly text: string; readonly place: KnowledgePlace }[]; readonly notes: readonly string[] }
/** Reads a document in a process of its own, one at a time. Errors: `knowledge/unreadable`, `knowledge/too-large`. */
export interface Reader { read(kind: KnowledgeKind, bytes: Uint8Array): Promise<ReadDocument>; stop(): Promise<void> }

const LIMITS: ReaderLimits = { timeMs: 45_000, heapMiB: 384, residentMiB: 900 };
const MOST_ANSWER = 64 * 1024 * 1024;
const LOOK_MS = 100;
const PAGE_BYTES = 4096;

const answerSchema = z.union([
  z.object({ passages: z.array(z.object({ text: z.string(), place: knowledgePlaceSchema })), notes: z.array(z.string()) }),
  z.object({ refused: z.string(), tooLarge: z.boolean() }),
]);

/** The build's reader is one file; from source it needs the checkout that it is part of. */
const readableFor = (file: string): string => (file.endsWith('.ts') ? path.join(path.resolve(path.dirname(file), '../../../../..'), '*') : file);

/** @param processFile the reader's program; default: beside this one */
export function createReader(processFile = path.join(import.meta.dirname, 'reading/process.ts'), limits: ReaderLimits = LIMITS): Reader {
  let turn: Promise<unknown> = Promise.resolve();
  let current: AbortController | undefined;
  let stopped = false;

  async function inProcess(kind: KnowledgeKind, bytes: Uint8Array): Promise<ReadDocument> {
    const stop = new AbortController();
    current = stop;
    const file = realpathSync(processFile);
    const env = process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {};
    const child = spawn(process.execPath, ['--no-warnings', '--permission', `--max-old-space-size=${limits.heapMiB}`, `--allow-fs-read=${readableFor(file)}`, file], { env, cwd: path.parse(file).root, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    let killed: string | undefined;
    const kill = (reason: string): void => { killed ??= reason; child.kill('SIGKILL'); };
    const timer = setTimeout(() => { kill(`It took longer than ${Math.round(limits.timeMs / 1000)} seconds to read.`); }, limits.timeMs);
    // What lies outside of V8's heap is seen from outside only; where the system does not say it, time is the limit.
    const looking = setInterval(() => {
      readFile(`/proc/${child.pid}/statm`, 'utf8').then((text) => { if (Number(text.split(' ')[1]) * PAGE_BYTES > limits.residentMiB * 1024 * 1024) kill('It takes more memory to read than a document may.'); }, () => { clearInterval(looking); });
    }, LOOK_MS);
    stop.signal.addEventListener('abort', () => { kill('Troupe is stopping.'); }, { once: true });
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      child.stdout.on('data', (chunk: Buffer) => { size += chunk.length; if (size > MOST_ANSWER) kill('It gives more text than a document may have.'); else chunks.push(chunk); });
      // A process that died before it read everything is recognised by its missing answer.
      child.stdin.on('error', () => undefined);
      child.stdin.write(`${JSON.stringify({ kind })}\n`);
      child.stdin.end(bytes);
      await new Promise<void>((resolve, reject) => { child.once('close', () => { resolve(); }); child.once('error', reject); });
      if (killed !== undefined) throw new AppError('knowledge/too-large', `The document was not read. ${killed}`, { details: { reason: killed } });
      const said = Buffer.concat(chunks);
      const line = said.subarray(said.lastIndexOf(10) + 1).toString('utf8');
      if (line === '') throw new AppError('knowledge/too-large', 'The document was not read: it needed more memory than reading may take, or made its reader fail.');
      const answer = answerSchema.parse(JSON.parse(line));
      if ('refused' in answer) throw new AppError(answer.tooLarge ? 'knowledge/too-large' : 'knowledge/unreadable', `The document was not read. ${answer.refused}`, { details: { reason: answer.refused } });
      return answer;
    } finally {
      clearTimeout(timer);
      clearInterval(looking);
      current = undefined;
    }
  }

  return {
    read(kind, bytes) {
      const mine = turn.then(() => {
        if (stopped) throw new AppError('core/stopping', 'Troupe is stopping. Add the document again when it runs.');
        return inProcess(kind, bytes);
      });
      turn = mine.catch(() => undefined);
      return mine;
    },
    async stop() { stopped = true; current?.abort(); await turn; },
  };
}
