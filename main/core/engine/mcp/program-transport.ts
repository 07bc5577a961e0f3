import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import spawn from 'cross-spawn';
import type { ChildProcess } from 'node:child_process';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { parseBounded } from '../../../../sandbox/host/index.ts';
import type { BoundedLog } from './bounded-log.ts';
import { endGroup } from './end-group.ts';
import { MESSAGE_BOUNDS } from './limits.ts';
import type { ProcessGuard } from './process-guard.ts';

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly guard: ProcessGuard;
  readonly log: BoundedLog;
}

/** How long a program has to end after its input did, and again after SIGTERM. */
const GRACE_MS = 1_000;
const NEWLINE = 10;

/**
 * A server that is a program: one JSON message a line on its input and output. The SDK's own transport starts no group of
 * processes, passes more of the environment on, and knows no bounds but one.
 */
export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(options: ProgramOptions) { this.#options = options; }

  start(): Promise<void> {
    const { command, args, environment, folder, guard, log } = this.#options;
    return new Promise((resolve, reject) => {
      const child = spawn(command, [...args], { cwd: folder, env: { ...environment }, stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true });
      this.#child = child;
      child.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'ENOENT' ? `There is no program "${command}" here. Install it, or write its whole path.` : error.code === 'EACCES' ? `"${command}" may not be run. Make it executable, or choose another program.` : `"${command}" could not be started (${error.code ?? error.message}).`;
        reject(new AppError('mcp/unavailable', why, { cause: error }));
      });
      child.once('spawn', () => {
        const { pid } = child;
        if (pid !== undefined) guard.watch(pid);
        log.add('troupe', `Started ${command} (process ${pid ?? '?'}).`);
        resolve();
      });
      this.#ended = new Promise((done) => {
        const over = (): void => { done(); this.onclose?.(); };
        child.once('exit', (code, signal) => {
          log.add('troupe', signal === null ? `Ended with exit code ${code ?? '?'}.` : `Ended by ${signal}.`);
          // What it started itself may still be there.
          if (child.pid !== undefined) { endGroup(child.pid, 'SIGKILL'); guard.release(child.pid); }
          over();
        });
        child.once('error', over);
      });
      child.stdin?.on('error', (error) => this.onerror?.(error));
      child.stdout?.on('data', (chunk: Buffer) => { this.#take(chunk); });
      child.stderr?.setEncoding('utf8').on('data', (piece: string) => { log.stream(piece); });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const input = this.#child?.stdin;
    if (!input?.writable) return Promise.reject(new AppError('mcp/unavailable', 'The program of this MCP server has ended. It is started again with the next call.'));
    if (input.writableLength > MESSAGE_BOUNDS.bytes) return Promise.reject(new AppError('mcp/unavailable', 'The program of this MCP server does not read what it is sent.'));
    return new Promise((resolve, reject) => { input.write(`${JSON.stringify(message)}\n`, (error) => { if (error) reject(error); else resolve(); }); });
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.stdin?.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await this.#endsWithin(GRACE_MS)) return;
      if (child.pid !== undefined) endGroup(child.pid, signal);
    }
    await this.#endsWithin(GRACE_MS);
  }

  async #endsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => { timer = setTimeout(() => { resolve(false); }, ms); });
    try { return await Promise.race([this.#ended.then(() => true), late]); } finally { clearTimeout(timer); }
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#hold(chunk.subarray(from, at));
      from = at + 1;
      if (this.#size <= MESSAGE_BOUNDS.bytes) this.#read(Buffer.concat(this.#pieces).toString('utf8').trim());
      else this.#tell(`A message of more than ${MESSAGE_BOUNDS.bytes} bytes was left out.`);
      [this.#pieces, this.#size] = [[], 0];
    }
    this.#hold(chunk.subarray(from));
  }

  /** What is too large is counted and let go, so that a line without an end fills no memory. */
  #hold(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size > MESSAGE_BOUNDS.bytes) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  #read(line: string): void {
    if (line === '') return;
    const parsed = parseBounded(line, MESSAGE_BOUNDS);
    if ('refused' in parsed) { this.#tell(`A line of its output was left out (${parsed.refused}): ${line.slice(0, 200)}`); return; }
    const message = JSONRPCMessageSchema.safeParse(parsed.value);
    if (message.success) this.onmessage?.(message.data);
    else this.#tell(`A message that is no JSON-RPC was left out: ${line.slice(0, 200)}`);
  }

  #tell(text: string): void {
    this.#options.log.add('troupe', text);
    this.onerror?.(new Error(text));
  }
}
