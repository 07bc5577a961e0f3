/**
 * Hostile plugins, at least one for each class of attack. `body` is the body of an async tool `(input, ctx)`; `module` a
 * whole module. `ends` is what the caller must see: error codes, or `returns` for the output of a run that ends well.
 */
export interface Attack {
  name: string;
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
  { name: 'loop while the module loads', module: 'for (;;); export default {};', ends: LOOP },
  { name: 'loop in the tool', body: 'for (;;);', ends: LOOP },
  { name: 'loop after an awaited call', body: 'await ctx.sleep(1); for (;;);', ends: LOOP },
  { name: 'loop in a callback of an awaited call', body: 'await ctx.sleep(1).then(() => { for (;;); });', ends: LOOP },
  { name: 'endless chain of microtasks', body: 'const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});', ends: LOOP },
  { name: 'endless chain of microtasks after a call', body: 'await ctx.sleep(1); const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});', ends: LOOP },
  { name: 'endless microtasks after the result', body: 'const again = () => Promise.resolve().then(again); again(); return 1;', ends: LOOP },
  { name: 'await without end', body: 'for (;;) await null;', ends: LOOP },
  { name: 'endless async generator', body: 'async function* all() { for (;;) yield 1; } for await (const _ of all());', ends: LOOP },
  { name: 'regular expression that backtracks', body: 'return /^(a+)+$/.test("a".repeat(48) + "b");', ends: LOOP },
  { name: 'BigInt multiplication', body: 'let a = 7n ** 3000000n; for (;;) a = a * a;', ends: [...LOOP, ...MEMORY] },
  { name: 'sort with a comparator that never agrees', body: 'const a = Array.from({ length: 1e6 }, (_, i) => i); for (;;) a.sort(() => Math.random() - 0.5);', ends: LOOP },
  { name: 'JSON.parse with a reviver that loops', body: 'JSON.parse("[1]", () => { for (;;); });', ends: LOOP },
  { name: 'toJSON of the result loops', body: 'return { toJSON() { for (;;); } };', ends: LOOP },
  { name: 'getter of the result loops', body: 'return { get a() { for (;;); } };', ends: LOOP },
  { name: 'Proxy as the result, its trap loops', body: 'return new Proxy({}, { ownKeys() { for (;;); } });', ends: LOOP },
  { name: 'thenable as the result, its then loops', body: 'return { then() { for (;;); } };', ends: LOOP },
  { name: 'error whose message loops', body: 'throw { get message() { for (;;); } };', ends: LOOP },
  { name: 'error whose message loops, thrown while loading', module: 'throw { get message() { for (;;); } }; export default {};', ends: LOOP },
  { name: 'unhandled rejection whose stack loops', body: 'Promise.reject({ get stack() { for (;;); } }); await ctx.sleep(5); return 1;', ends: LOOP },
  { name: 'stack trace formatter that loops', body: 'Error.prepareStackTrace = () => { for (;;); }; return new Error("x").stack;', ends: LOOP },
  { name: 'plugin that is a Proxy whose traps loop', module: 'export default new Proxy({}, { get() { for (;;); } });', ends: LOOP },
  { name: 'source that is slow to compile', module: `export default { tools: { attack: () => ${'('.repeat(3_000)}1${')'.repeat(3_000)} } }; ${'var a = () => { let b; { let c; } };'.repeat(20_000)}`, ends: [...LOOP, ...BAD], returns: 1 },
  { name: 'stack overflow', body: 'const deeper = () => deeper() + 1; return deeper();', ends: THREW },
  { name: 'stack overflow caught for ever', body: 'const deeper = () => { try { deeper(); } finally { deeper(); } }; deeper();', ends: [...LOOP, ...THREW] },
  { name: 'stack overflow inside a host call', body: 'const deeper = () => { try { deeper(); } catch { ctx.progress(0); } }; deeper(); await ctx.sleep(1); return "alive";', returns: 'alive', ends: [...THREW, ...LOOP] },

  // Memory
  { name: 'strings that double', body: 'let s = "0123456789abcdef"; const all = []; for (;;) { s += s; all.push([...s.slice(0, 1e6)]); }', ends: MEMORY },
  { name: 'one string of the greatest length, flattened', body: 'const s = "\\u{1F600}".repeat(2 ** 27); return new TextEncoder().encode(s).length;', ends: MEMORY },
  { name: 'arrays without end', body: 'const a = []; for (;;) a.push(new Array(1000).fill(a));', ends: MEMORY },
  { name: 'one array of half a milliard', body: 'return new Array(5e8).fill(1).length;', ends: MEMORY },
  { name: 'spread of an endless iterator', body: 'return [...{ *[Symbol.iterator]() { for (;;) yield {}; } }].length;', ends: MEMORY },
  { name: 'buffers without end', body: 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1));', ends: MEMORY },
  { name: 'resizable buffers', body: 'const a = []; for (;;) { const b = new ArrayBuffer(0, { maxByteLength: 1e9 }); b.resize(2e8); new Uint8Array(b).fill(1); a.push(b); }', ends: MEMORY },
  { name: 'a growing resizable buffer', body: 'const b = new ArrayBuffer(1, { maxByteLength: 4e9 }); for (let n = 1e7; ; n += 1e7) { b.resize(n); new Uint8Array(b, n - 1e7).fill(1); }', ends: MEMORY },
  { name: 'one resizable buffer of 500 MB', body: 'const b = new ArrayBuffer(0, { maxByteLength: 5e8 }); b.resize(5e8); new Uint8Array(b).fill(1); await ctx.sleep(40); return b.byteLength;', ends: MEMORY },
  { name: 'promises without end', body: 'const a = []; for (;;) a.push(new Promise(() => {}).then(() => {}));', ends: MEMORY },
  { name: 'maps without end', body: 'const m = new Map(); for (let i = 0; ; i += 1) m.set({ i }, new Set([i]));', ends: MEMORY },
  { name: 'numbers as large as memory', body: 'const a = []; for (let n = 1n; ; n += 1n) a.push((1n << 8000000n) + n);', ends: MEMORY },
  { name: 'functions without end', body: 'const a = []; for (let i = 0; ; i += 1) a.push(() => a[i]);', ends: MEMORY },
  { name: 'error with a message of 400 MB, thrown while loading', module: 'throw new Error("x".repeat(4e8)); export default {};', ends: [...BAD, ...MEMORY] },
  { name: 'WebAssembly memory', body: 'return new WebAssembly.Memory({ initial: 60000 }).buffer.byteLength;', ends: THREW },
  { name: 'shared memory', body: 'return new SharedArrayBuffer(8).byteLength;', ends: THREW },
  { name: 'Atomics.wait', body: 'return Atomics.wait(new Int32Array(8), 0, 0);', ends: THREW },
  { name: 'finalizers, which run where nothing watches', body: 'new FinalizationRegistry(() => { for (;;); }).register({}, 1); return 1;', ends: THREW },

  // Poisoned prototypes: the run goes on as if nothing had happened, or fails as the plugin's own fault.
  { name: 'poisoned Promise.prototype.then', body: 'Promise.prototype.then = () => { throw 1; }; Promise.resolve = () => { throw 2; }; const r = await ctx.storage.get("a"); return r.name;', returns: 'storage.get', ends: THREW },
  { name: 'poisoned Promise constructor and species', body: 'Object.defineProperty(Promise, Symbol.species, { get() { throw 1; } }); Promise.prototype.constructor = class { constructor() { throw 2; } }; return (await ctx.storage.get("a")).name;', returns: 'storage.get', ends: [...THREW, 'sandbox/never-settles'] },
  { name: 'subclass of Promise as the result', body: 'class P extends Promise { static get [Symbol.species]() { throw 1; } } return P.resolve(7);', returns: 7, ends: THREW },
  { name: 'setters on Object.prototype', body: 'for (const key of ["0", "1", "2", "resolve", "reject", "chars", "code", "message", "then", "value", "writable", "get", "set"]) { const trap = { __proto__: null, configurable: true, get() { return undefined; }, set() { throw new Error("stolen " + key); } }; Object.defineProperty(Object.prototype, key, trap); } const a = await ctx.storage.get("x"); return a.name;', returns: 'storage.get', ends: THREW },
  { name: 'toJSON on every prototype', body: 'Object.prototype.toJSON = String.prototype.toJSON = Number.prototype.toJSON = Array.prototype.toJSON = () => "forged"; return [1, 2];', returns: 'forged' },
  { name: 'poisoned Array.prototype', body: 'for (const key of Object.getOwnPropertyNames(Array.prototype)) { if (key !== "length" && key !== "constructor") Array.prototype[key] = () => { throw 1; }; } Array.prototype[Symbol.iterator] = () => { throw 1; }; return 5;', returns: 5 },
  { name: 'poisoned String.prototype and Function.prototype', body: 'const p = ctx.sleep(1); for (const proto of [String.prototype, Function.prototype]) for (const key of Object.getOwnPropertyNames(proto)) if (!["length", "constructor", "caller", "arguments"].includes(key)) Object.defineProperty(proto, key, { value() { throw 1; } }); await p; return 5;', returns: 5 },
  { name: 'replaced JSON, Reflect and Object', body: 'const p = ctx.sleep(1); JSON.stringify = JSON.parse = () => { throw 1; }; Reflect.apply = Reflect.defineProperty = () => { throw 1; }; Object.create = Object.keys = () => { throw 1; }; globalThis.JSON = globalThis.Promise = globalThis.Error = undefined; await p; return 5;', returns: 5 },
  { name: 'replaced globals while loading', module: 'globalThis.Promise = class {}; globalThis.Error = class {}; Date.now = () => { for (;;); }; Object.hasOwn = () => true; export default { tools: { attack: async (i, ctx) => { ctx.log.info("x"); return 5; } } };', returns: 5 },

  // Ways out
  { name: 'constructor of a constructor', body: 'return ctx.constructor.constructor("return typeof process + typeof require")();', returns: 'undefinedundefined', ends: THREW },
  { name: 'constructor of a host function', body: 'return ctx.fetch.constructor("return Object.keys(this)")();', returns: [], ends: THREW },
  { name: 'eval', body: 'return (0, eval)("typeof process + typeof require");', returns: 'undefinedundefined', ends: THREW },
  { name: 'Function', body: 'return new Function("return typeof process")();', returns: 'undefined', ends: THREW },
  { name: 'GeneratorFunction', body: 'return Object.getPrototypeOf(function* () {}).constructor("yield typeof process")().next().value;', returns: 'undefined', ends: THREW },
  { name: 'dynamic import', body: 'return await import("node:fs");', ends: [...THREW, 'sandbox/never-settles'] },
  { name: 'static import', module: 'import fs from "node:fs"; export default { tools: { attack: () => fs.readFileSync("/etc/passwd", "utf8") } };', ends: BAD },
  { name: 'import.meta', body: 'return Object.keys(import.meta);', returns: [] },
  { name: 'names of Node, of isolated-vm, of the kernel', body: 'return ["process", "require", "module", "global", "Buffer", "ivm", "$0", "__troupe", "kernel", "isolate", "fetch", "XMLHttpRequest", "setTimeout"].filter((name) => typeof globalThis[name] !== "undefined" || Reflect.has(globalThis, name));', returns: [] },
  { name: 'walking the stack for the kernel', body: 'Error.prepareStackTrace = (_, sites) => sites.map((site) => typeof site.getFunction() + typeof site.getThis()).filter((text) => text !== "undefinedundefined" && text !== "functionundefined").length; const seen = []; await { then(done) { const own = (() => new Error("x").stack)(); seen.push(own); done(); } }; return typeof seen[0];', returns: 'number' },
  { name: 'kernel functions on the stack', body: 'const found = []; Error.prepareStackTrace = (_, sites) => { for (const site of sites) { const f = site.getFunction(); if (typeof f === "function" && /hostCall|charsUnderWay|sealed/.test(Function.prototype.toString.call(f))) found.push(site.getFunctionName()); } return ""; }; const evil = { toJSON() { void new Error("x").stack; return 1; } }; await ctx.storage.set("k", evil); return found;', returns: [] },
  { name: 'caller and arguments of the kernel', body: 'let got = "none"; await ctx.storage.set("k", { toJSON: function () { try { got = typeof arguments.callee.caller; } catch (e) { got = e.constructor.name; } return 1; } }); return got;', returns: 'TypeError' },

  // Floods
  { name: 'a flood of host calls at once', body: 'const all = []; for (let i = 0; i < 15000; i += 1) all.push(ctx.storage.get("x").catch((e) => e.code)); const codes = await Promise.all(all); return codes.filter((code) => code === "sandbox/too-many-calls").length;', returns: 14_000, ends: LOOP, mostCalls: 1_000 },
  { name: 'host calls without end', body: 'for (;;) await ctx.storage.get("x");', ends: [...THREW, ...LOOP], mostCalls: 10_000 },
  { name: 'progress without end', body: 'for (;;) ctx.progress(0.5).catch(() => {});', ends: [...LOOP, ...MEMORY], mostCalls: 10_000 },
  { name: 'many calls with 256 KiB of small values each', body: 'const value = new Array(87000).fill([]); const all = []; for (let i = 0; i < 30; i += 1) all.push(ctx.storage.set("x", value).catch((e) => e.code)); return [...new Set(await Promise.all(all))];', returns: ['core/bad-input'], ends: LOOP, mostCalls: 0 },
  { name: 'arguments of 10 MiB', body: 'return await ctx.storage.set("x", "y".repeat(10485760)).catch((e) => e.code);', returns: 'core/bad-input', mostCalls: 0 },
  { name: 'body of 20 MiB', body: 'return await ctx.fetch("https://example.com", { method: "POST", body: "y".repeat(20971520) }).catch((e) => e.code);', returns: 'sandbox/too-many-calls', mostCalls: 0 },
  { name: 'arguments nested 1,000 deep', body: 'let a = 1; for (let i = 0; i < 1000; i += 1) a = [a]; return await ctx.storage.set("x", a).catch((e) => e.code);', returns: 'core/bad-input', mostCalls: 0 },
  { name: 'result of 10 MiB', body: 'return "x".repeat(10485760);', ends: BIG },
  { name: 'result of 300 MiB', body: 'return ["x".repeat(3e8)];', ends: [...BIG, ...MEMORY] },
  // How far it gets before one of the limits meets it depends on the machine.
  { name: 'result nested 400,000 deep, written by toJSON', body: 'let a = []; for (let i = 0; i < 400000; i += 1) a = [a]; return a;', ends: [...BIG, ...THREW, ...MEMORY] },
  { name: 'result nested 5,000 deep', body: 'let a = 1; for (let i = 0; i < 1000; i += 1) a = { a }; return a;', ends: BIG },
  { name: 'result of 300,000 empty arrays', body: 'return new Array(300000).fill([]);', ends: BIG },
  { name: 'result that refers to itself', body: 'const a = {}; a.a = a; return a;', ends: THREW },
  { name: 'result that JSON does not know', body: 'return 1n;', ends: THREW },
  { name: 'log of 50 MB in one line', body: 'ctx.log.info("x".repeat(5e7)); return 1;', returns: 1 },
  { name: 'a million log lines', body: 'for (let i = 0; i < 1e5; i += 1) ctx.log.info("line"); return 1;', returns: 1, ends: LOOP },

  // Ends
  { name: 'a promise that nothing settles', body: 'await new Promise(() => {});', ends: ['sandbox/never-settles'] },
  { name: 'top-level await that nothing settles', module: 'await new Promise(() => {}); export default { tools: { attack: () => 1 } };', ends: [...THREW, ...BAD] },
  { name: 'host calls after the result', body: 'const later = async () => { for (let i = 0; i < 50; i += 1) await null; await ctx.storage.set("late", 1); }; later().catch(() => {}); return 1;', returns: 1, mostCalls: 0 },
  { name: 'host calls from the toJSON of the result', body: 'return { toJSON() { ctx.storage.set("late", 1).catch(() => {}); return 2; } };', returns: 2, mostCalls: 0 },
  { name: 'an answer that changes after it was given', body: 'const a = { n: 1 }; Promise.resolve().then(() => Promise.resolve()).then(() => Promise.resolve()).then(() => { a.n = 2; }); return a;', returns: { n: 1 } },
  { name: 'an error that calls itself a deadline', body: 'throw Object.assign(new Error("Script execution timed out."), { code: "sandbox/deadline" });', ends: THREW },
  { name: 'an unhandled rejection that calls itself a disposed isolate', body: 'Promise.reject(new Error("Isolate was disposed during execution due to memory limit")); await ctx.sleep(1); return 3;', returns: 3 },
  { name: 'an error with a message of 100 MB', body: 'throw new Error("x".repeat(1e8));', ends: [...THREW, ...MEMORY] },
  { name: 'an error that is a Proxy', body: 'throw new Proxy(new Error("x"), { get() { throw 1; }, getPrototypeOf() { throw 2; } });', ends: THREW },
  { name: 'a symbol, undefined and null thrown', body: 'throw Symbol("x");', ends: THREW },
  { name: 'no default export', module: 'export const tools = {};', ends: [...BAD, ...THREW] },
  { name: 'a tool found on a prototype only', module: 'export default { tools: Object.create({ attack: () => 1 }) };', ends: BAD },
  { name: 'source that is no JavaScript', module: '<html>', ends: BAD },
];

/** The module of an attack. */
export function moduleOf(attack: Attack): string {
  return attack.module ?? `export default { tools: { attack: async (input, ctx) => { ${attack.body ?? ''} } } };`;
}
