/**
 * One sandbox process. It is forked by sandbox/host with every permission denied but the two files it is made of, gives
 * those up before it takes a plugin, and runs each plugin in an isolate of its own. It decides nothing: it enters
 * isolates when told to and reports what came out.
 *
 * Arguments: the path of isolated-vm's .node file, then (tests only) `--off=guard,guard`.
 */
import { Socket } from 'node:net';
import process from 'node:process';
import { BOOT_SOURCE, WARM_UP } from './boot-source.ts';
import { readFrames, writeFrame } from './frames.ts';
import { IsolateRun, type Ivm, type Outcome } from './isolate-run.ts';
import type { Guard, Order, Report } from './protocol.ts';
import { RssGuard } from './rss-guard.ts';

interface Live { run: IsolateRun; began: number; entered: Promise<void> | undefined }

const [addonFile = '', offArgument = ''] = process.argv.slice(2);
const off: ReadonlySet<Guard> = new Set(offArgument.replace('--off=', '').split(',') as Guard[]);

const addon = { exports: {} as { ivm: Ivm } };
process.dlopen(addon, addonFile);
const library = addon.exports.ivm;
const permission = process.permission as typeof process.permission & { drop(scope: string): void };
permission.drop('addon');
permission.drop('fs.read');
const granted = ['fs.read', 'fs.write', 'addon', 'child', 'worker', 'net', 'wasi', 'inspector'].filter((scope) => permission.has(scope));

const snapshot = library.Isolate.createSnapshot([{ code: BOOT_SOURCE }], WARM_UP);
const pipe = new Socket({ fd: 3, readable: true, writable: true });
const codes = new Map<number, string>();
const live = new Map<number, Live>();
const report = (message: Report, body?: string): void => writeFrame(pipe, message, body);

let dying = false;

/** Ends the process after saying why; what runs in it is lost, which the parent takes as normal. */
function die(reason: string): void {
  if (dying) return;
  dying = true;
  const running = [...live].filter(([, entry]) => entry.entered !== undefined);
  // With one run at work it is known whose memory it was; with several nobody is blamed.
  if (running.length === 1) {
    const [id, entry] = running[0] as [number, Live];
    report({ t: 'end', run: id, code: 'sandbox/memory', message: '', stuck: true, usedMs: performance.now() - entry.began, cpuMs: 0 });
  }
  report({ t: 'dying', reason });
  // SIGKILL, since leaving politely would wait for threads that are out of control.
  pipe.end(() => process.kill(process.pid, 'SIGKILL'));
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
}

/** The usual limit of a run; an isolate of it is kept ready, since making one takes longer than a short call. */
const SPARE_MIB = 128;
let spare: IsolateRun | undefined;
let refill: NodeJS.Immediate | undefined;

function makeRun(memoryMiB: number): IsolateRun { return new IsolateRun(library, snapshot, memoryMiB, off, () => die('memory')); }

function takeRun(memoryMiB: number): IsolateRun {
  const ready = memoryMiB === SPARE_MIB ? spare : undefined;
  if (ready === undefined) return makeRun(memoryMiB);
  spare = undefined;
  return ready;
}

/** Makes the next isolate when nothing is at work here. It is as fresh as any: no plugin has been in it. */
function keepSpare(): void {
  refill ??= setImmediate(() => {
    refill = undefined;
    if (spare === undefined && !dying && ![...live.values()].some((entry) => entry.entered !== undefined)) spare = makeRun(SPARE_MIB);
  });
}

const rss = off.has('rss') ? undefined : new RssGuard(() => die('memory'));

function drop(id: number): void {
  live.get(id)?.run.dispose();
  live.delete(id);
  rss?.remove(id);
  keepSpare();
}

function enter(id: number, entry: Live, work: () => Promise<Outcome>): void {
  entry.began = performance.now();
  entry.entered = work().then((outcome) => {
    entry.entered = undefined;
    if (live.get(id) !== entry) return; // cancelled meanwhile, and answered for
    const usedMs = performance.now() - entry.began;
    const cpuMs = entry.run.cpuMs();
    if (outcome.kind === 'turn') report({ t: 'turn', run: id, usedMs, cpuMs, note: outcome.note }, outcome.taken);
    else report({ t: 'end', run: id, code: outcome.code, message: outcome.message, stuck: outcome.stuck, usedMs, cpuMs });
    if (outcome.kind === 'end' || !outcome.taken.startsWith('p')) drop(id);
  });
}

/** Disposes a run and says so when its thread has let go, or that it has not after a while. */
async function cancel(id: number, entry: Live): Promise<void> {
  drop(id);
  const stuck = await Promise.race([
    Promise.resolve(entry.entered).then(() => false),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 150)),
  ]);
  report({ t: 'end', run: id, code: 'gone', message: '', stuck, usedMs: 0, cpuMs: 0 });
}

function obey(order: Order, body: string): void {
  if (order.t === 'code') codes.set(order.code, body);
  else if (order.t === 'forget') codes.delete(order.code);
  else if (order.t === 'start') {
    const run = takeRun(order.memoryMiB);
    const entry: Live = { run, began: 0, entered: undefined };
    live.set(order.run, entry);
    rss?.add(order.run, order.memoryMiB);
    enter(order.run, entry, () => run.start(codes.get(order.code) ?? '', body, order.budgetMs));
  } else if (order.t === 'deliver') {
    const entry = live.get(order.run);
    if (entry) enter(order.run, entry, () => entry.run.deliver(order.heads, body, order.budgetMs));
  } else {
    const entry = live.get(order.run);
    if (entry) void cancel(order.run, entry);
  }
}

pipe.on('data', readFrames((head, body) => obey(head as unknown as Order, body)));
pipe.on('close', () => process.exit(0)); // the parent is gone
pipe.on('error', () => process.exit(0));
spare = makeRun(SPARE_MIB);
report({ t: 'ready', granted, rssMiB: process.memoryUsage.rss() / 1_048_576 });
