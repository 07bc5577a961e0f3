import { installBase64 } from './inside/base64.ts';
import { installClone } from './inside/clone.ts';
import { contextMaker } from './inside/context.ts';
import { installHostName } from './inside/host-name.ts';
import { kernel } from './inside/kernel.ts';
import { installSearchParams } from './inside/search-params.ts';
import { installText } from './inside/text.ts';
import { installUrl } from './inside/url.ts';

/** The same list, in the same order, as HOST_CALLS in sandbox/host/host-calls.ts; a test compares them. */
export const CALL_NAMES = ['fetch', 'secret', 'storage.get', 'storage.set', 'storage.delete', 'storage.list', 'files.list', 'files.readText',
  'files.readBytes', 'files.writeText', 'files.remove', 'model.complete', 'tools.call', 'progress', 'sleep'] as const;

/**
 * Globals that no plugin gets: shared memory and WebAssembly pass by the memory limit, and finalizers run where no
 * deadline is watching.
 */
export const REMOVED = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry'] as const;

/** Takes the globals of REMOVED away. Run in each context and not in the snapshot: V8 aborts when it cannot put its own back. */
export const STRIP = `for (const name of ${JSON.stringify(REMOVED)}) delete globalThis[name];`;

/** The name under which the kernel's door waits until the worker has taken it away, before any plugin code runs. */
export const DOOR = '__troupe';

const installs = [installBase64, installText, installClone, installSearchParams, installHostName, installUrl];

/**
 * What goes into the snapshot of every isolate. The functions are written as TypeScript and refer to nothing outside
 * themselves, so that their text is the script. All of it is strict: a stack walker then sees no functions.
 */
export const BOOT_SOURCE = `'use strict';
(() => {
  const kernel = (${kernel.toString()})();
  for (const install of [${installs.map((install) => install.toString()).join(',\n')}]) install(globalThis);
  delete globalThis[Symbol.for('troupe.parse-host')];
  kernel.useContext((${contextMaker.toString()})(kernel, ${JSON.stringify(CALL_NAMES)}));
  Object.defineProperty(globalThis, ${JSON.stringify(DOOR)}, { value: kernel.enter, configurable: true });
})();`;

const PLUGIN = `async (input, ctx) => {
  ctx.log.info('text', { a: 1 }); void ctx.progress(0.5, 'half'); await ctx.sleep(1); return { input };
}`;

/**
 * Run once while the snapshot is made, in a context that is thrown away: what it calls is stored compiled. Without it each
 * isolate compiles the kernel anew, which is most of the time a short call takes.
 */
export const WARM_UP = `(() => {
  const door = globalThis.${DOOR};
  const order = (kind) => JSON.stringify({ entry: { kind, tool: 'a' }, input: {}, context: { execution: {}, parameters: {}, config: {} }, caps: { resultChars: 1, logChars: 99, logLines: 9, calls: 9, pendingCalls: 9, argumentChars: 99, underWayChars: 999 } });
  const plugin = { default: { tools: { a: ${PLUGIN}, b: async (input, ctx) => { await ctx.fetch(new URL('../b?c=d#e', 'https://user@example.com:8443/a/b')); } } } };
  door(0, plugin, order('tool'));
  door(2);
  door(1, '[[1,1,4,-1],[2,0,22,-1]]', 'null{"code":"","message":""}');
  plugin.default.tools.a = plugin.default.tools.b;
  door(0, plugin, order('tool'));
  door(2);
  new URL('https://example.com/?a=b').searchParams.append('c', 'd é');
  new TextDecoder().decode(new TextEncoder().encode('é'));
  atob(btoa('abc'));
  structuredClone({ a: [1, new Date(0)] });
  door(0, plugin, order('load'));
  door(2);
})()`;
