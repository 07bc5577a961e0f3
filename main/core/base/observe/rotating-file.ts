/**
 * A log file that starts a successor when it is full. Lines wait in memory and are written in the background, one write
 * at a time; no worker is involved, so that it works in a single bundle.
 */
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, write, writeSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

export interface RotatingFileOptions {
  folder: string;
  /** Files are called `<name>.<number>.log`; the highest number is the newest. */
  name: string;
  /** Bytes after which the next file begins. A longer line gets a file of its own. */
  limit: number;
  /** How many files stay, the current one included. */
  keep: number;
}

export interface RotatingFile {
  write(line: string): void;
  /** The file that is written now. */
  current(): string;
  /** Writes out everything that waits and closes the file. */
  close(): Promise<void>;
}

/** When the disk cannot keep up, the log gives way, not the core's memory. */
const WAITING_LIMIT = 8 * 1024 * 1024;
const writeAsync = promisify(write);

export function openRotatingFile(options: RotatingFileOptions): RotatingFile {
  const { folder, name, limit, keep } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (number: number): string => path.join(folder, `${name}.${number}.log`);
  const numbers = (): number[] => readdirSync(folder).flatMap((file) => {
    const digits = file.startsWith(`${name}.`) && file.endsWith('.log') ? file.slice(name.length + 1, -4) : '';
    return /^\d+$/.test(digits) ? [Number(digits)] : [];
  }).sort((a, b) => a - b);

  let number = numbers().at(-1) ?? 1;
  let descriptor = openSync(pathOf(number), 'a', 0o600);
  let size = statSync(pathOf(number)).size;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let lost = 0;
  let closing = false;
  let writing: Promise<void> | undefined;

  function next(): void {
    // Opened first: when the disk refuses, the old file goes on serving.
    const following = openSync(pathOf(number + 1), 'a', 0o600);
    closeSync(descriptor);
    descriptor = following;
    number += 1;
    size = 0;
    for (const old of numbers().slice(0, -keep)) rmSync(pathOf(old), { force: true });
  }

  /** Takes as many lines as the current file has room for, at least one. */
  function take(): { chunk: Buffer; lines: number } {
    if (size > 0 && size + (waiting[0]?.length ?? 0) > limit) next();
    let count = 0;
    let bytes = 0;
    for (const line of waiting) {
      if (count > 0 && size + bytes + line.length > limit) break;
      count += 1;
      bytes += line.length;
    }
    const chunk = Buffer.concat(waiting.slice(0, count));
    waiting = waiting.slice(count);
    waitingBytes -= bytes;
    size += bytes;
    return { chunk, lines: count };
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      let taken = 0;
      try {
        const { chunk, lines } = take();
        taken = lines;
        for (let done = 0; done < chunk.length;) done += (await writeAsync(descriptor, chunk, done)).bytesWritten;
      } catch {
        // A full or vanished disk must not take the core down with its log: the loss is counted and told later. Without
        // a successor file nothing was taken yet, and it is tried again.
        lost += taken;
        if (closing) return;
        await new Promise((resolve) => setTimeout(resolve, 100).unref());
      }
    }
  }

  function push(line: string): void {
    const buffer = Buffer.from(line);
    waiting.push(buffer);
    waitingBytes += buffer.length;
  }

  /** The process ends without `close`: what waits is written at once, as far as the disk takes it. */
  const atExit = (): void => {
    try {
      while (waiting.length > 0) writeSync(descriptor, take().chunk);
    } catch {
      // Nobody is left to be told.
      waiting = [];
    }
  };
  process.once('exit', atExit);

  return {
    write(line) {
      if (waitingBytes > WAITING_LIMIT) { lost += 1; return; }
      if (lost > 0) push(`{"level":"warn","time":${Date.now()},"lost":${lost},"msg":"log lines were lost"}\n`);
      lost = 0;
      push(line);
      writing ??= drain().finally(() => { writing = undefined; });
    },
    current: () => pathOf(number),
    async close() {
      closing = true;
      await writing;
      process.off('exit', atExit);
      closeSync(descriptor);
    },
  };
}
