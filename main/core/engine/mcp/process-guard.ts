import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** Sees to it that no started program outlives the core. */
export interface ProcessGuard {
  watch(pid: number): void;
  release(pid: number): void;
  stop(): void;
}

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
export const defaultGuardFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'guard-process.ts' : 'mcp-guard.js');

/** One small process for all servers, started with the first of them. It leads a session of its own, so that what ends the core does not reach it. */
export function createProcessGuard(file = defaultGuardFile()): ProcessGuard {
  const watched = new Set<number>();
  let child: ChildProcess | undefined;
  const start = (): ChildProcess => {
    const started = spawn(process.execPath, [file], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, windowsHide: true, env: {} });
    const gone = (): void => { if (child === started) child = undefined; };
    // A guard that died is replaced with the next program; a broken pipe to it says the same.
    started.on('error', gone).on('exit', gone);
    started.stdin?.on('error', gone);
    started.unref();
    for (const pid of watched) started.stdin?.write(`+${pid}\n`);
    return started;
  };
  return {
    watch(pid) {
      watched.add(pid);
      if (child) child.stdin?.write(`+${pid}\n`);
      else child = start();
    },
    release(pid) {
      watched.delete(pid);
      child?.stdin?.write(`-${pid}\n`);
    },
    stop() {
      child?.stdin?.end();
      child = undefined;
    },
  };
}
