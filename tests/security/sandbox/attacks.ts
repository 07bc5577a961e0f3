import { GROWS, inKernel, inNode, inPool, OVERFLOWS, STALLS, type Control } from './controls.ts';

/**
 * Hostile plugins, at least one for each class of attack. `body` is the body of an async tool `(input, ctx)`; `module` a
 * whole module. `ends` is what the caller must see: error codes, or `returns` for the output of a run that ends well.
 */
export interface Attack {
  name: string;
  /** Where it succeeds: what holds it back is absent there, and nothing else. */
  control: Control;
  body?: string;
  module?: string;
  ends?: string[];
  returns?: unknown;
  /** No more than so many host calls may reach the host. */
  mostCalls?: number;
}

const LOOP = ['sandbox/deadline'];
/** Too much memory ends in the isolate's limit, in the process' limit, in a V8 abort, or in a RangeError of the plugin's own. */
const MEMORY = ['sandbox/memory', 'sandbox/crashed', 'sandbox/plugin-threw', 'sandbox/deadline'];
const THREW = ['sandbox/plugin-threw'];
const BAD = ['sandbox/bad-plugin'];
const BIG = ['sandbox/result-too-large'];

export const ATTACKS: readonly Attack[] = [
  // Time
  { name: 'loop while the module loads', module: 'for (;;); export default {};', ends: LOOP, control: STALLS },
  { name: 'loop in the tool', body: 'for (;;);', ends: LOOP, control: STALLS },
  { name: 'loop after an awaited call', body: 'await ctx.sleep(1); for (;;);', ends: LOOP, control: STALLS },
  { name: 'loop in a callback of an awaited call', body: 'await ctx.sleep(1).then(() => { for (;;); });', ends: LOOP, control: STALLS },
  { name: 'endless chain of microtasks', body: 'const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});', ends: LOOP, control: STALLS },
  { name: 'endless chain of microtasks after a call', body: 'await ctx.sleep(1); const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});', ends: LOOP, control: STALLS },
  { name: 'endless microtasks after the result', body: 'const again = () => Promise.resolve().then(again); again(); return 1;', ends: LOOP, control: STALLS },
  { name: 'await without end', body: 'for (;;) await null;', ends: LOOP, control: STALLS },
  { name: 'endless async generator', body: 'async function* all() { for (;;) yield 1; } for await (const _ of all());', ends: LOOP, control: STALLS },
  { name: 'regular expression that backtracks', body: 'return /^(a+)+$/.test("a".repeat(48) + "b");', ends: LOOP, control: STALLS },
  { name: 'BigInt multiplication', body: 'let a = 7n ** 3000000n; for (;;) a = a * a;', ends: [...LOOP, ...MEMORY], control: STALLS },
  { name: 'sort with a comparator that never agrees', body: 'const a = Array.from({ length: 1e6 }, (_, i) => i); for (;;) a.sort(() => Math.random() - 0.5);', ends: LOOP, control: STALLS },
  { name: 'JSON.parse with a reviver that loops', body: 'JSON.parse("[1]", () => { for (;;); });', ends: LOOP, control: STALLS },
  { name: 'toJSON of the result loops', body: 'return { toJSON() { for (;;); } };', ends: LOOP, control: STALLS },
  { name: 'getter of the result loops', body: 'return { get a() { for (;;); } };', ends: LOOP, control: STALLS },
  { name: 'Proxy as the result, its trap loops', body: 'return new Proxy({}, { ownKeys() { for (;;); } });', ends: LOOP, control: STALLS },
  { name: 'thenable as the result, its then loops', body: 'return { then() { for (;;); } };', ends: LOOP, control: STALLS },
  { name: 'error whose message loops', body: 'throw { get message() { for (;;); } };', ends: LOOP, control: STALLS },
  { name: 'error whose message loops, thrown while loading', module: 'throw { get message() { for (;;); } }; export default {};', ends: LOOP, control: STALLS },
  { name: 'unhandled rejection whose stack loops', body: 'Promise.reject({ get stack() { for (;;); } }); await ctx.sleep(5); return 1;', ends: LOOP, control: STALLS },
  { name: 'stack trace formatter that loops', body: 'Error.prepareStackTrace = () => { for (;;); }; return new Error("x").stack;', ends: LOOP, control: STALLS },
  { name: 'plugin that is a Proxy whose traps loop', module: 'export default new Proxy({}, { get() { for (;;); } });', ends: LOOP, control: STALLS },
  { name: 'source that is slow to compile', module: `export default { tools: { attack: () => ${'('.repeat(3_000)}1${')'.repeat(3_000)} } }; ${'var a = () => { let b; { let c; } };'.repeat(20_000)}`, ends: [...LOOP, ...BAD], returns: 1, control: inPool(['timeout', 'wall', 'kill'], { code: 'ok', output: 1 }, { deadlineMs: 10 }) },
  { name: 'stack overflow', body: 'const deeper = () => deeper() + 1; return deeper();', ends: THREW, control: OVERFLOWS },
  { name: 'stack overflow caught for ever', body: 'const deeper = () => { try { deeper(); } finally { deeper(); } }; deeper();', ends: [...LOOP, ...THREW], control: STALLS },
  { name: 'stack overflow inside a host call', body: 'const deeper = () => { try { deeper(); } catch { ctx.progress(0); } }; deeper(); await ctx.sleep(1); return "alive";', returns: 'alive', ends: [...THREW, ...LOOP], control: OVERFLOWS },

  // Memory
  { name: 'strings that double', body: 'let s = "0123456789abcdef"; const all = []; for (;;) { s += s; all.push([...s.slice(0, 1e6)]); }', ends: MEMORY, control: GROWS },
  { name: 'one string of the greatest length, flattened', body: 'const s = "\\u{1F600}".repeat(2 ** 27); return new TextEncoder().encode(s).length;', ends: MEMORY, control: GROWS },
  { name: 'arrays without end', body: 'const a = []; for (;;) a.push(new Array(1000).fill(a));', ends: MEMORY, control: GROWS },
  { name: 'one array of half a milliard', body: 'return new Array(5e8).fill(1).length;', ends: MEMORY, control: GROWS },
  { name: 'spread of an endless iterator', body: 'return [...{ *[Symbol.iterator]() { for (;;) yield {}; } }].length;', ends: MEMORY, control: GROWS },
  { name: 'buffers without end', body: 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1));', ends: MEMORY, control: GROWS },
  { name: 'resizable buffers', body: 'const a = []; for (;;) { const b = new ArrayBuffer(0, { maxByteLength: 1e9 }); b.resize(2e8); new Uint8Array(b).fill(1); a.push(b); }', ends: MEMORY, control: GROWS },
  { name: 'a growing resizable buffer', body: 'const b = new ArrayBuffer(1, { maxByteLength: 4e9 }); for (let n = 1e7; ; n += 1e7) { b.resize(n); new Uint8Array(b, n - 1e7).fill(1); }', ends: MEMORY, control: GROWS },
  { name: 'one resizable buffer of 500 MB', body: 'const b = new ArrayBuffer(0, { maxByteLength: 5e8 }); b.resize(5e8); new Uint8Array(b).fill(1); await ctx.sleep(40); return b.byteLength;', ends: MEMORY, control: GROWS },
  { name: 'promises without end', body: 'const a = []; for (;;) a.push(new Promise(() => {}).then(() => {}));', ends: MEMORY, control: GROWS },
  { name: 'maps without end', body: 'const m = new Map(); for (let i = 0; ; i += 1) m.set({ i }, new Set([i]));', ends: MEMORY, control: GROWS },
  { name: 'numbers as large as memory', body: 'const a = []; for (let n = 1n; ; n += 1n) a.push((1n << 8000000n) + n);', ends: MEMORY, control: GROWS },
  { name: 'functions without end', body: 'const a = []; for (let i = 0; ; i += 1) a.push(() => a[i]);', ends: MEMORY, control: GROWS },
  { name: 'error with a message of 400 MB, thrown while loading', module: 'throw new Error("x".repeat(4e8)); export default {};', ends: [...BAD, ...MEMORY], control: GROWS },
  { name: 'WebAssembly memory', body: 'return new WebAssembly.Memory({ initial: 60000 }).buffer.byteLength;', ends: THREW, control: inNode({ code: 'ok', output: 3_932_160_000 }) },
  { name: 'shared memory', body: 'return new SharedArrayBuffer(8).byteLength;', ends: THREW, control: inPool(['strip'], { code: 'ok', output: 8 }) },
  { name: 'Atomics.wait', body: 'return Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0);', ends: THREW, control: inPool(['strip', 'timeout', 'wall', 'kill'], { code: 'no answer' }) },
  { name: 'finalizers, which run where nothing watches', body: 'new FinalizationRegistry(() => { for (;;); }).register({}, 1); return 1;', ends: THREW, control: inPool(['strip'], { code: 'ok', output: 1 }) },

  // Poisoned prototypes: the run goes on as if nothing had happened, or fails as the plugin's own fault.
  { name: 'poisoned Promise.prototype.then', body: 'Promise.resolve = () => { throw 2; }; Promise.prototype.then = function (done) { done("stolen " + done.name); }; return 5;', returns: 5, control: inKernel('await', { code: 'ok', output: 'stolen sealValue' }) },
  { name: 'a promise with a then of its own', module: 'export default { tools: { attack: () => Object.assign(Promise.resolve(7), { then(done) { done("stolen " + done.name); } }) } };', returns: 7, control: inKernel('await', { code: 'ok', output: 'stolen sealValue' }) },
  { name: 'poisoned Promise constructor and species', module: 'export default { tools: { attack: () => { class Thief extends Promise { then(done) { done(done.name === "" ? 7 : "stolen " + done.name); } static get [Symbol.species]() { throw 1; } } Promise.prototype.constructor = Thief; return new Thief(() => {}); } } };', returns: 7, control: inKernel('await', { code: 'ok', output: 'stolen sealValue' }) },
  { name: 'subclass of Promise as the result', module: 'export default { tools: { attack: () => { class P extends Promise { then(done) { done(done.name === "" ? 7 : "stolen " + done.name); } } return P.resolve(7); } } };', returns: 7, control: inKernel('await', { code: 'ok', output: 'stolen sealValue' }) },
  { name: 'setters on Object.prototype', body: 'for (const key of ["0", "1", "2", "resolve", "reject", "chars", "code", "message", "then", "value", "writable", "get", "set"]) { const trap = { __proto__: null, configurable: true, get() { return undefined; }, set() { throw new Error("stolen " + key); } }; Object.defineProperty(Object.prototype, key, trap); } const a = await ctx.storage.get("x"); return a.name;', returns: 'storage.get', ends: THREW, control: inKernel('bare', { code: 'sandbox/plugin-threw', message: 'stolen 1' }) },
  { name: 'toJSON on every prototype', body: 'Object.prototype.toJSON = String.prototype.toJSON = Number.prototype.toJSON = Array.prototype.toJSON = () => "forged"; return [1, 2];', returns: 'forged', control: inKernel('text', { code: 'protocol broken' }) },
  { name: 'poisoned Array.prototype', body: 'for (const key of Object.getOwnPropertyNames(Array.prototype)) { if (key !== "length" && key !== "constructor") Array.prototype[key] = () => { throw 1; }; } Array.prototype[Symbol.iterator] = () => { throw 1; }; return 5;', returns: 5, control: inKernel('intrinsics', { code: 'sandbox/plugin-threw', message: '1' }) },
  { name: 'poisoned String.prototype and Function.prototype', body: 'const p = ctx.sleep(1); for (const proto of [String.prototype, Function.prototype]) for (const key of Object.getOwnPropertyNames(proto)) if (!["length", "constructor", "caller", "arguments"].includes(key)) Object.defineProperty(proto, key, { value() { throw 1; } }); await p; return 5;', returns: 5, control: inKernel('intrinsics', { code: 'kernel broken' }) },
  { name: 'replaced JSON, Reflect and Object', body: 'const p = ctx.sleep(1); JSON.stringify = JSON.parse = () => { throw 1; }; Reflect.apply = Reflect.defineProperty = () => { throw 1; }; Object.create = Object.keys = () => { throw 1; }; globalThis.JSON = globalThis.Promise = globalThis.Error = undefined; await p; return 5;', returns: 5, control: inKernel('intrinsics', { code: 'kernel broken' }) },
  { name: 'replaced globals while loading', module: 'globalThis.Promise = class {}; globalThis.Error = class {}; Date.now = () => { for (;;); }; Object.hasOwn = () => true; export default { tools: { attack: async (i, ctx) => { ctx.log.info("x"); return 5; } } };', returns: 5, control: inKernel('intrinsics', { code: 'sandbox/deadline' }) },

  // Ways out
  { name: 'constructor of a constructor', body: 'return ctx.constructor.constructor("return typeof process + typeof require")();', returns: 'undefinedundefined', ends: THREW, control: inNode({ code: 'ok', output: 'objectundefined' }) },
  { name: 'constructor of a host function', body: 'return ctx.fetch.constructor("return Object.keys(this)")();', returns: [], ends: THREW, control: inNode({ code: 'ok' }) },
  { name: 'eval', body: 'return (0, eval)("typeof process + typeof require");', returns: 'undefinedundefined', ends: THREW, control: inNode({ code: 'ok', output: 'objectundefined' }) },
  { name: 'Function', body: 'return new Function("return typeof process")();', returns: 'undefined', ends: THREW, control: inNode({ code: 'ok', output: 'object' }) },
  { name: 'GeneratorFunction', body: 'return Object.getPrototypeOf(function* () {}).constructor("yield typeof process")().next().value;', returns: 'undefined', ends: THREW, control: inNode({ code: 'ok', output: 'object' }) },
  { name: 'dynamic import', body: 'return typeof (await import("node:fs")).readFileSync;', ends: [...THREW, 'sandbox/never-settles'], control: inNode({ code: 'ok', output: 'function' }) },
  { name: 'static import', module: 'import fs from "node:fs"; export default { tools: { attack: () => typeof fs.readFileSync } };', ends: BAD, control: inNode({ code: 'ok', output: 'function' }) },
  { name: 'import.meta', body: 'return Object.keys(import.meta);', returns: [], control: inNode({ code: 'ok' }) },
  { name: 'names of Node, of isolated-vm, of the kernel', body: 'return ["process", "require", "module", "global", "Buffer", "ivm", "$0", "__troupe", "kernel", "isolate", "fetch", "XMLHttpRequest", "setTimeout"].filter((name) => typeof globalThis[name] !== "undefined" || Reflect.has(globalThis, name));', returns: [], control: inNode({ code: 'ok' }) },
  { name: 'walking the stack for the kernel', module: 'globalThis.found = []; Error.prepareStackTrace = (_, sites) => { for (const site of sites) { const f = site.getFunction(); if (typeof f === "function" && /hostCall|sealed|makeContext/.test(Function.prototype.toString.call(f))) found.push(site.getFunctionName()); } return ""; }; export default { tools: { attack: new Function("void new Error().stack; return found;") } };', returns: [], control: inKernel('strict', { code: 'ok', output: ['run', 'start', 'enter'] }) },
  { name: 'kernel functions on the stack', module: 'globalThis.found = []; Error.prepareStackTrace = (_, sites) => { for (const site of sites) { const f = site.getFunction(); if (typeof f === "function" && /hostCall|sealed|makeContext/.test(Function.prototype.toString.call(f))) found.push(site.getFunctionName()); } return ""; }; export default Object.defineProperty({}, "tools", { get: new Function("void new Error().stack; return { attack: () => found };") });', returns: [], control: inKernel('strict', { code: 'ok', output: ['start', 'enter'] }) },
  { name: 'caller and arguments of the kernel', body: 'globalThis.got = []; await ctx.storage.set("k", { toJSON: new Function("const { caller } = arguments.callee; if (caller) got.push(caller.name); return 1;") }); return got;', returns: [], control: inKernel('strict', { code: 'ok', output: ['hostCall'] }) },

  // Floods
  { name: 'a flood of host calls at once', body: 'const all = []; for (let i = 0; i < 15000; i += 1) all.push(ctx.storage.get("x").catch((e) => e.code)); const codes = await Promise.all(all); return codes.filter((code) => code === "sandbox/too-many-calls").length;', returns: 14_000, ends: LOOP, mostCalls: 1_000, control: inPool(['calls'], { calls: 14_001 }) },
  { name: 'host calls without end', body: 'for (;;) { const wave = []; for (let i = 0; i < 900; i += 1) wave.push(ctx.storage.get("x")); await Promise.all(wave); }', ends: [...THREW, ...LOOP], mostCalls: 10_000, control: inPool(['calls'], { calls: 10_001 }, { deadlineMs: 60_000 }) },
  { name: 'progress without end', body: 'for (;;) ctx.progress(0.5).catch(() => {});', ends: [...LOOP, ...MEMORY], mostCalls: 10_000, control: inPool(['timeout', 'wall', 'kill'], { code: 'no answer' }) },
  { name: 'many calls with 256 KiB of small values each', body: 'const value = new Array(87000).fill([]); const all = []; for (let i = 0; i < 30; i += 1) all.push(ctx.storage.set("x", value).catch((e) => e.code)); return [...new Set(await Promise.all(all))];', returns: ['core/bad-input'], ends: LOOP, mostCalls: 0, control: inPool(['depth'], { code: 'ok', calls: 30 }, { deadlineMs: 20_000 }) },
  { name: 'arguments of 10 MiB', body: 'return await ctx.storage.set("x", "y".repeat(10485760)).catch((e) => e.code);', returns: 'core/bad-input', mostCalls: 0, control: inPool(['arguments'], { code: 'ok', calls: 1 }, { deadlineMs: 20_000 }) },
  { name: 'body of 20 MiB', body: 'return await ctx.fetch("https://example.com", { method: "POST", body: "y".repeat(20971520) }).catch((e) => e.code);', returns: 'sandbox/too-many-calls', mostCalls: 0, control: inPool(['arguments'], { code: 'ok', calls: 1 }, { deadlineMs: 20_000 }) },
  { name: 'arguments nested 1,000 deep', body: 'let a = 1; for (let i = 0; i < 1000; i += 1) a = [a]; return await ctx.storage.set("x", a).catch((e) => e.code);', returns: 'core/bad-input', mostCalls: 0, control: inPool(['depth'], { code: 'ok', calls: 1 }) },
  { name: 'result of 10 MiB', body: 'return "x".repeat(10485760);', ends: BIG, control: inPool(['results'], { code: 'ok', output: 10_485_760 }, { deadlineMs: 20_000 }) },
  { name: 'result of 300 MiB', body: 'return ["x".repeat(3e8)];', ends: [...BIG, ...MEMORY], control: GROWS },
  // How far it gets before one of the limits meets it depends on the machine.
  { name: 'result nested 400,000 deep, written by toJSON', body: 'let a = []; for (let i = 0; i < 400000; i += 1) a = [a]; return a;', ends: [...BIG, ...THREW, ...MEMORY], control: inPool(['depth'], { code: 'parent broken' }, { deadlineMs: 20_000 }) },
  { name: 'result nested 5,000 deep', body: 'let a = 1; for (let i = 0; i < 1000; i += 1) a = { a }; return a;', ends: BIG, control: inPool(['depth'], { code: 'ok' }) },
  { name: 'result of 300,000 empty arrays', body: 'return new Array(300000).fill([]);', ends: BIG, control: inPool(['depth'], { code: 'ok' }) },
  { name: 'result that refers to itself', body: 'const a = {}; a.a = a; return a;', ends: THREW, control: inNode({ code: 'parent broken' }) },
  { name: 'result that JSON does not know', body: 'return 1n;', ends: THREW, control: inNode({ code: 'parent broken' }) },
  { name: 'log of 20 MB in one line', body: 'ctx.log.info("x".repeat(2e7)); return 1;', returns: 1, control: inPool(['logs'], { code: 'ok', logChars: 20_000_000 }, { deadlineMs: 20_000 }) },
  { name: 'a million log lines', body: 'for (let i = 0; i < 1e5; i += 1) ctx.log.info("line"); return 1;', returns: 1, ends: LOOP, control: inPool(['logs'], { code: 'ok', logLines: 100_000 }, { deadlineMs: 20_000 }) },

  // Ends
  { name: 'a promise that nothing settles', body: 'await new Promise(() => {});', ends: ['sandbox/never-settles'], control: inPool(['settles'], { code: 'no answer' }) },
  { name: 'top-level await that nothing settles', module: 'await new Promise(() => {}); export default { tools: { attack: () => 1 } };', ends: [...THREW, ...BAD], control: inNode({ code: 'no answer' }) },
  { name: 'host calls after the result', body: 'const later = async () => { for (let i = 0; i < 50; i += 1) await null; await ctx.storage.set("late", 1); }; later().catch(() => {}); return 1;', returns: 1, mostCalls: 0, control: inKernel('sealed', { calls: 1 }) },
  { name: 'host calls from the toJSON of the result', body: 'return { toJSON() { ctx.storage.set("late", 1).catch(() => {}); return 2; } };', returns: 2, mostCalls: 0, control: inKernel('sealed first', { calls: 1 }) },
  { name: 'an answer that changes after it was given', body: 'const a = { n: 1 }; Promise.resolve().then(() => Promise.resolve()).then(() => Promise.resolve()).then(() => { a.n = 2; }); return a;', returns: { n: 1 }, control: inNode({ code: 'ok', output: { n: 2 } }) },
  { name: 'an error that calls itself a deadline', body: 'throw Object.assign(new Error("Script execution timed out."), { code: "sandbox/deadline" });', ends: THREW, control: inNode({ code: 'sandbox/deadline' }) },
  { name: 'an unhandled rejection that calls itself a disposed isolate', body: 'Promise.reject(new Error("Isolate was disposed during execution due to memory limit")); await ctx.sleep(1); return 3;', returns: 3, control: inNode({ code: 'died' }) },
  { name: 'an error with a message of 100 MB', body: 'throw new Error("x".repeat(1e8));', ends: [...THREW, ...MEMORY], control: inKernel('short messages', { messageChars: 100_000_000 }) },
  { name: 'an error that is a Proxy', body: 'throw new Proxy(new Error("x"), { get() { throw 1; }, getPrototypeOf() { throw 2; } });', ends: THREW, control: inNode({ code: 'parent broken' }) },
  { name: 'a symbol, undefined and null thrown', body: 'throw Symbol("x");', ends: THREW, control: inNode({ code: 'parent broken' }) },
  { name: 'no default export', module: 'export const tools = {};', ends: [...BAD, ...THREW], control: inNode({ code: 'parent broken' }) },
  { name: 'a tool found on a prototype only', module: 'export default { tools: Object.create({ attack: () => 1 }) };', ends: BAD, control: inKernel('own tools', { code: 'ok', output: 1 }) },
  { name: 'source that is no JavaScript', module: '<html>', ends: BAD, control: inNode({ code: 'parent broken' }) },
];

/** The module of an attack. */
export function moduleOf(attack: Attack): string {
  return attack.module ?? `export default { tools: { attack: async (input, ctx) => { ${attack.body ?? ''} } } };`;
}
