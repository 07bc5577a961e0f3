/**
 * One sandbox process. It is forked by sandbox/host with every permission denied but to read itself and isolated-vm, gives
 * those up before it takes a plugin, and runs each plugin in an isolate of its own.
 *
 * Arguments: the path of isolated-vm's .node file, then (tests only) `--off=guard,guard`.
 */
import process from 'node:process';
import { BOOT_SOURCE, WARM_UP } from './boot-source.ts';
import { IsolateRun, type Ivm } from './isolate-run.ts';
import { ProcessorShare } from './processor-share.ts';
import { guardsOff, serveParent } from './serve-parent.ts';

const [addonFile = '', offArgument] = process.argv.slice(2);
const off = guardsOff(offArgument);
const addon = { exports: {} as { ivm: Ivm } };
process.dlopen(addon, addonFile);
const library = addon.exports.ivm;
const snapshot = library.Isolate.createSnapshot([{ code: BOOT_SOURCE }], WARM_UP);
const share = new ProcessorShare();
serveParent(off, (memoryMiB, onCatastrophe) => new IsolateRun(library, snapshot, memoryMiB, off, share, onCatastrophe));
