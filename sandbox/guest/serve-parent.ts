import { Socket } from 'node:net';
import process from 'node:process';
import { readFrames, writeFrame } from './frames.ts';
import { IsolateServer, type ServerOptions } from './isolate-server.ts';
import type { Guard, Order } from './protocol.ts';
import { RssGuard } from './rss-guard.ts';

/** Guards that a test has switched off on the command line. */
export const guardsOff = (argument = ''): ReadonlySet<Guard> => new Set(argument.replace('--off=', '').split(',') as Guard[]);

/** Gives up every permission but to compute, then takes the parent's orders until it is gone. */
export function serveParent(off: ReadonlySet<Guard>, make: ServerOptions['make']): void {
  const permission = process.permission as typeof process.permission & { drop(scope: string): void };
  permission.drop('addon');
  permission.drop('fs.read');
  const granted = ['fs.read', 'fs.write', 'addon', 'child', 'worker', 'net', 'wasi', 'inspector'].filter((scope) => permission.has(scope));
  const pipe = new Socket({ fd: 3, readable: true, writable: true });
  const server = new IsolateServer({
    make,
    watch: off.has('rss') ? undefined : (onBreach) => new RssGuard(onBreach),
    report: (message, body) => writeFrame(pipe, message, body),
    kill: () => {
      // SIGKILL, since leaving politely would wait for threads that are out of control.
      pipe.end(() => process.kill(process.pid, 'SIGKILL'));
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
    },
  });
  pipe.on('data', readFrames((head, body) => server.obey(head as unknown as Order, body)));
  pipe.on('close', () => process.exit(0)); // the parent is gone
  pipe.on('error', () => process.exit(0));
  writeFrame(pipe, { t: 'ready', granted });
}
