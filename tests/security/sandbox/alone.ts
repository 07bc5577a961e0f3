/**
 * Attacks without the sandbox: on its kernel alone, with and without one of the kernel's rules, or in plain Node with nothing
 * around them. A process of its own, since some of them end it. Prints a line of JSON for each.
 *
 * Arguments: `kernel` for all of those; or `node` and the names of attacks.
 */
import { setImmediate as turn } from 'node:timers/promises';
import vm from 'node:vm';
import { BOOT_SOURCE, DOOR } from '../../../sandbox/guest/boot-source.ts';
import { readTaken, type Taken } from '../../../sandbox/host/taken.ts';
import { ATTACKS, moduleOf, type Attack } from './attacks.ts';
import type { KernelRule, Seen } from './controls.ts';

export interface Alone { name: string; held: Seen | undefined; loose: Seen }

const TIMEOUT_MS = 1_500;
const ENOUGH_TURNS = 50;
const nothing: Seen = { code: 'ok', output: null, message: '', messageChars: 0, calls: 0, logChars: 0, logLines: 0 };

/** What to replace in the kernel's text, types being blanks by then. */
const CHANGES: Record<KernelRule, readonly (readonly [from: RegExp, to: string])[]> = {
  // It asks for what it needs when it needs it, as code does that trusts its surroundings.
  intrinsics: [
    [/const \{ stringify, parse \} = JSON;/, 'const stringify = (value) => JSON.stringify(value), parse = (text) => JSON.parse(text);'],
    [/const \{ apply, defineProperty \} = Reflect;/, 'const apply = (f, self, args) => f.apply(self, args), defineProperty = (...args) => Reflect.defineProperty(...args);'],
    [/const \{ create, hasOwn, keys \} = Object;/, 'const create = (proto) => Object.create(proto), hasOwn = (...args) => Object.hasOwn(...args), keys = (value) => Object.keys(value);'],
    [/const NativePromise = Promise;/, ''], [/new NativePromise\b/, 'new Promise'], [/const NativeError = Error;/, ''], [/new NativeError\b/, 'new Error'],
    [/const now = Date\.now;/, 'const now = () => Date.now();'],
    [/if \(charsUnderWay/, 'Array.from([text]).forEach(() => undefined); if (charsUnderWay'],
    [/sealed = true; \/\/ a toJSON/, 'Array.from([value]).forEach(() => undefined); sealed = true; // a toJSON'],
  ],
  await: [[/sealValue\(await \((.*)\)\);/, '($1).then(sealValue);']],
  bare: [[/waiting = create\(null\)/, 'waiting = {}']],
  text: [[/const out = `\$\{state\}\$\{meta\}\\n\$\{data\}`;/, 'const out = stringify({ state, meta, data });']],
  strict: [[/'use strict';/, '']],
  sealed: [[/if \(sealed\) \{ reject\([^}]*\}/, '']],
  'sealed first': [[/sealed = true; \/\/ a toJSON/, '// a toJSON']],
  'short messages': [[/const messageChars = 2_000;/, 'const messageChars = Infinity;']],
  'own tools': [[/hasOwn\(tools, tool\s*\)/, 'true']],
};

function bootWithout(rule: KernelRule | undefined): string {
  let text = BOOT_SOURCE;
  for (const [from, to] of rule === undefined ? [] : CHANGES[rule]) {
    if (!from.test(text)) throw new Error(`The kernel has no ${from.source} to take "${rule ?? ''}" from.`);
    text = text.replace(from, to);
  }
  return text;
}

/** Drives the kernel as the worker does, with a host that answers everything at once. */
async function onKernel(attack: Attack, rule: KernelRule | undefined): Promise<Seen> {
  const context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
  const inside = (code: string): unknown => vm.runInContext(code, context, { timeout: TIMEOUT_MS });
  const seen = { ...nothing, code: 'sandbox/never-settles' };
  const caps = { resultChars: 1_048_576, logChars: 1_048_576, logLines: 10_000, calls: 10_000, pendingCalls: 1_000, argumentChars: 262_144, underWayChars: 8_388_608 };
  const order = JSON.stringify({ entry: { kind: 'tool', tool: 'attack' }, input: null, context: { execution: {}, parameters: {}, config: {} }, caps });
  try {
    inside(bootWithout(rule));
    inside(`const troupeDoor = globalThis.${DOOR}; delete globalThis.${DOOR};`);
    inside(`'use strict'; ${moduleOf(attack).replace(/export default ([^]*?);?$/, 'var plugin = { default: $1 };')}`);
    inside(`void troupeDoor(0, plugin, ${JSON.stringify(order)})`);
    for (let turns = 0; turns < ENOUGH_TURNS; turns += 1) {
      const taken = take(seen, inside('troupeDoor(2)') as string);
      seen.calls += taken.calls.length;
      if (taken.state === 'done') return { ...seen, code: 'ok', output: JSON.parse(taken.result) as unknown };
      if (taken.state !== 'pending') return { ...seen, ...failure(taken) };
      if (taken.calls.length === 0) return seen;
      const answers = taken.calls.map(({ id, name }) => ({ id, json: JSON.stringify({ name }) }));
      inside(`void troupeDoor(1, ${JSON.stringify(JSON.stringify(answers.map(({ id, json }) => [id, 1, json.length, -1])))}, ${JSON.stringify(answers.map(({ json }) => json).join(''))})`);
      await turn();
    }
    return seen;
  } catch (error) {
    return { ...seen, ...(seen.code === 'protocol broken' ? {} : { code: (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'sandbox/deadline' : 'kernel broken' }), message: describe(error) };
  }
}

function take(seen: Seen, text: string): Taken {
  try {
    return readTaken(text);
  } catch (error) {
    seen.code = 'protocol broken';
    throw error;
  }
}

function failure(taken: Taken): Pick<Seen, 'code' | 'message' | 'messageChars'> {
  const value = JSON.parse(taken.result) as { code?: string; message: string };
  return { code: taken.state === 'threw' ? 'sandbox/plugin-threw' : value.code ?? '', message: value.message.slice(0, 100), messageChars: value.message.length };
}

function describe(error: unknown): string {
  try { return String((error as Error).message).slice(0, 100); } catch { return 'an error that cannot be read'; }
}

/** A host that imports the plugin, calls its tool and believes what it gets. */
async function inPlainNode(attack: Attack): Promise<Seen> {
  const ctx = {
    fetch: (): unknown => null, storage: { get: (): unknown => null, set: (): unknown => null }, progress: (): unknown => null,
    sleep: (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); }),
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Seen>((resolve) => { timer = setTimeout(() => resolve({ ...nothing, code: 'no answer' }), TIMEOUT_MS); });
  const work = async (): Promise<Seen> => {
    const plugin = (await import(`data:text/javascript,${encodeURIComponent(moduleOf(attack))}`) as { default: { tools: { attack(input: unknown, context: unknown): unknown } } }).default;
    const { attack: tool } = plugin.tools;
    let output: unknown;
    try {
      output = await tool(null, ctx);
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      return { ...nothing, code: code ?? 'sandbox/plugin-threw', message: message ?? `${error as string}` };
    }
    await turn();
    return { ...nothing, output: JSON.parse(JSON.stringify(output)) as unknown };
  };
  return Promise.race([late, work().catch((error: unknown): Seen => ({ ...nothing, code: 'parent broken', message: describe(error) }))]).finally(() => clearTimeout(timer));
}

const [where, ...names] = process.argv.slice(2);
// Poisoned prototypes leave rejections behind; in plain Node those are what a host would have died of.
if (where === 'kernel') process.on('unhandledRejection', () => undefined);
for (const attack of ATTACKS) {
  const { control, name } = attack;
  let alone: Alone | undefined;
  if (where === 'kernel' && control.where === 'kernel') alone = { name, held: await onKernel(attack, undefined), loose: await onKernel(attack, control.without) };
  else if (where === 'node' && names.includes(name)) alone = { name, held: undefined, loose: await inPlainNode(attack) };
  if (alone) process.stdout.write(`${JSON.stringify(alone)}\n`);
}
