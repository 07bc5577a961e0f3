/**
 * Places at which a test may kill the process, to prove that what was promised survives. Nothing is armed unless the
 * core was started with `--failpoint name[:n]`; then a call costs one comparison.
 */
import { writeSync } from 'node:fs';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

interface Armed { name: string; left: number }

const KEY = 'troupe.failpoint';
/** A thread that is started after arming is armed as well; a name belongs to one thread, which counts alone. */
let armed = getEnvironmentData(KEY) as Armed | undefined;

/** Arms one failpoint: the process dies the `hit`th time (from 1) that it is reached. Called by main only. */
export function enableFailpoints(options: { name: string; hit: number }): void {
  armed = { name: options.name, left: options.hit };
  setEnvironmentData(KEY, armed);
}

/** Reads `name` or `name:n` as it stands behind `--failpoint`. */
export function parseFailpoint(text: string): { name: string; hit: number } | undefined {
  const match = /^([a-z][a-zA-Z0-9-]*(?:[./][a-zA-Z0-9-]+)*)(?::([1-9]\d{0,5}))?$/.exec(text);
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
