/**
 * One sandbox process. It is forked by sandbox/host with every permission denied but to read itself and isolated-vm, gives
 * those up before it takes a plugin, and runs each plugin in an isolate of its own.
 *
 * Arguments: the path of isolated-vm's .node file, then (tests only) `--off=guard,guard`.
 */
import { Socket } from 'node:net';
import process from 'node:process';
import { BOOT_SOURCE, WARM_UP } from './boot-source.ts';
import { readFrames, writeFrame } from './frames.ts';
import type { Ivm } from './isolate-run.ts';
import { IsolateServer } from './isolate-server.ts';
import type { Guard, Order } from './protocol.ts';
import { RssGuard } from './rss-guard.ts';

const [addonFile = '', offArgument = ''] = process.argv.slice(2);
const off: ReadonlySet<Guard> = new Set(offArgument.replace('--off=', '').split(',') as Guard[]);

const addon = { exports: {} as { ivm: Ivm } };
process.dlopen(addon, addonFile);
const permission = process.permission as typeof process.permission & { drop(scope: string): void };
permission.drop('addon');
permission.drop('fs.read');
const granted = ['fs.read', 'fs.write', 'addon', 'child', 'worker', 'net', 'wasi', 'inspector'].filter((scope) => permission.has(scope));

const pipe = new Socket({ fd: 3, readable: true, writable: true });
const server = new IsolateServer({
  library: addon.exports.ivm,
  snapshot: addon.exports.ivm.Isolate.createSnapshot([{ code: BOOT_SOURCE }], WARM_UP),
  off,
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
