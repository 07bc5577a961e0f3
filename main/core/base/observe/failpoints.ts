/**
 * Places at which a test may kill the process, to prove that what was promised survives. Nothing is armed unless the
 * core was started with `--failpoint name[:n]`; then a call costs one comparison.
 */
import { writeSync } from 'node:fs';

let armed: { name: string; left: number } | undefined;

/** Arms one failpoint: the process dies the `hit`th time (from 1) that it is reached. Called by main only. */
export function enableFailpoints(options: { name: string; hit: number }): void {
  armed = { name: options.name, left: options.hit };
}

/** Reads `name` or `name:n` as it stands behind `--failpoint`. */
export function parseFailpoint(text: string): { name: string; hit: number } | undefined {
  const match = /^([a-z][a-z0-9-]*(?:[./][a-z0-9-]+)*)(?::([1-9]\d{0,5}))?$/.exec(text);
  return match?.[1] === undefined ? undefined : { name: match[1], hit: Number(match[2] ?? 1) };
}

/** Marks a place. When it is the armed one, the process says so on standard error and kills itself at once. */
export function failpoint(name: string): void {
  if (armed === undefined || armed.name !== name) return;
  armed.left -= 1;
  if (armed.left > 0) return;
  writeSync(2, `failpoint reached ${name}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may be handled a moment later: nothing more may happen in this thread until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
