/**
 * A sandbox process for machines for which isolated-vm has no binary: QuickJS in WebAssembly, behind the same interface and
 * with the same permissions. What is weaker stands in docs/decisions/012-quickjs-where-isolated-vm-is-not.md.
 *
 * Arguments: the path of QuickJS's .wasm file, then (tests only) `--off=guard,guard`.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import loadModule from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { QuickJsRun } from './quickjs-run.ts';
import { guardsOff, serveParent } from './serve-parent.ts';

const [wasmFile = '', offArgument] = process.argv.slice(2);
const off = guardsOff(offArgument);
// Compiled once; each run gets an instance with a memory of its own, so that not even a hole in QuickJS joins two runs.
const wasmModule = await WebAssembly.compile(readFileSync(wasmFile));
const base = { type: 'sync' as const, importFFI: () => Promise.resolve(QuickJSFFI), importModuleLoader: () => Promise.resolve(loadModule) };
const load = (wasmMemory: WebAssembly.Memory): Promise<QuickJSWASMModule> => newQuickJSWASMModuleFromVariant(newVariant(base, { wasmModule, wasmMemory }));
await load(new WebAssembly.Memory({ initial: 256, maximum: 512 })); // what it loads at need, while that may still be read
serveParent(off, (memoryMiB) => new QuickJsRun(load, memoryMiB, off));
