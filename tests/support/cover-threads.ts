/**
 * Loaded before anything else in test processes of a run that measures coverage, and in the Node processes that they start.
 * Threads of ours get an environment of their own, without the variable by which Node writes what was covered: it is added.
 * Sandbox processes may not write files, and their environment is empty on purpose: there it is kept out.
 */
import children, { type SpawnOptions } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import threads, { type WorkerOptions } from 'node:worker_threads';

const folder = process.env['NODE_V8_COVERAGE'];
if (folder !== undefined) {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      super(file, { ...options, env: { ...(typeof options.env === 'object' ? options.env : process.env), NODE_V8_COVERAGE: folder } });
    }
  };
  const spawn = children.spawn as (command: string, words: readonly string[], options: SpawnOptions) => children.ChildProcess;
  const kept = (command: string, words: readonly string[] = [], options: SpawnOptions = {}): children.ChildProcess =>
    spawn(command, words, words.includes('--permission') ? { ...options, env: { ...options.env, NODE_V8_COVERAGE: undefined } } : options);
  children.spawn = kept as typeof children.spawn;
  syncBuiltinESMExports();
}
