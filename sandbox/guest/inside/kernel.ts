/** What the code that lives inside the isolate may ask of the kernel. */
export interface Kernel {
  /** Puts a host call into the outbox. `args` must be JSON, ≤ 256 KiB; `body` is one opaque string. Rejects with an Error that has a `code`. */
  hostCall(name: number, args: unknown, body?: string): Promise<unknown>;
  /** Collects one log line; lines beyond the cap are dropped and counted. `level` is an index into debug, info, warn, error. */
  log(level: number, text: string): void;
  /** The worker's only way in: 0 start, 1 deliver, 2 take. Never throws to the worker. */
  enter(operation: number, first?: unknown, second?: string): string | undefined;
  /** Tells the kernel how to build `ctx`; called once, at boot. */
  useContext(make: (start: StartOrder) => unknown): void;
}

/** What `start` brings into the isolate, as JSON. */
export interface StartOrder {
  entry: { kind: string; tool?: string };
  input: unknown;
  context: { execution: unknown; parameters: unknown; config: unknown };
  caps: { resultChars: number; logChars: number; logLines: number; calls: number; pendingCalls: number; argumentChars: number; underWayChars: number };
}

/**
 * The guest's own event loop. It is turned into text and evaluated inside every isolate, so it refers to nothing outside
 * itself. The plugin shares its globals and may poison every prototype: the kernel keeps its own intrinsics, writes to
 * no object with a prototype, iterates nothing, and lets out strings only. It checks no permission; the core does.
 */
export function kernel(): Kernel {
  const { stringify, parse } = JSON;
  const { apply, defineProperty } = Reflect;
  const { create, hasOwn, keys } = Object;
  const NativePromise = Promise;
  const NativeError = Error;
  const slice = String.prototype.slice;
  const now = Date.now;
  const messageChars = 2_000;

  interface Waiting { resolve(value: unknown): void; reject(error: unknown): void; chars: number }
  const waiting = create(null) as Record<number, Waiting>;
  const idle: StartOrder['caps'] = { resultChars: 1_048_576, logChars: 1_048_576, logLines: 10_000, calls: 10_000, pendingCalls: 1_000, argumentChars: 262_144, underWayChars: 8_388_608 };
  let caps = idle;
  let makeContext: ((start: StartOrder) => unknown) | undefined;
  // p: pending, d: done, t: the plugin threw, x: refused by the kernel. Once not p, the result is sealed.
  let state = 'p';
  let sealed = false;
  let meta = '';
  let data = '';
  let nextId = 1;
  let pending = 0;
  let charsUnderWay = 0;
  let logged = 0;
  let lines = 0;

  const cut = (text: string, to: number): string => apply(slice, text, [0, to]) as string;
  const refusal = (code: string, message: string): Error => {
    const error = new NativeError(message);
    defineProperty(error, 'code', { __proto__: null, value: code, enumerable: true, configurable: true, writable: true } as unknown as PropertyDescriptor);
    return error;
  };
  // Both strings are ready before either is assigned: a stack overflow in between must not leave half an entry.
  const put = (head: string, text: string): void => {
    const nextMeta = meta === '' ? head : `${meta};${head}`;
    const nextData = data + text;
    meta = nextMeta;
    data = nextData;
  };
  const seal = (how: string, text: string): void => {
    sealed = true;
    put(`r,${text.length}`, text);
    state = how;
  };
  const refuse = (code: string, message: string): void => seal('x', `{"code":${stringify(code)},"message":${stringify(message)}}`);
  const textOf = (value: unknown, key: string): string | undefined => {
    try {
      const found = (value as Record<string, unknown>)[key];
      return typeof found === 'string' ? cut(found, messageChars) : undefined;
    } catch {
      return undefined; // a getter that throws says nothing worth passing on
    }
  };
  const sealError = (error: unknown): void => {
    const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
    const plain = typeof error === 'string' ? cut(error, messageChars) : typeof error === 'symbol' ? 'a symbol' : isObject ? 'an object that is no Error' : `${error as number}`;
    const message = isObject ? textOf(error, 'message') ?? plain : cut(plain, messageChars);
    const name = isObject ? textOf(error, 'name') ?? 'Error' : 'Error';
    const code = isObject ? textOf(error, 'code') : undefined;
    seal('t', `{"name":${stringify(name)},"message":${stringify(message)}${code === undefined ? '' : `,"code":${stringify(code)}`}}`);
  };
  const sealValue = (value: unknown): void => {
    if (sealed) return;
    sealed = true; // a toJSON of the result can make no more host calls
    let text: string | undefined;
    try {
      text = stringify(value);
    } catch (error) {
      sealError(error);
      return;
    }
    if (text === undefined) text = 'null';
    if (text.length > caps.resultChars) refuse('sandbox/result-too-large', `A result of at most ${caps.resultChars} characters was expected; the plugin returned ${text.length}.`);
    else seal('d', text);
  };

  const hostCall = (name: number, args: unknown, body?: string): Promise<unknown> => {
    const text = args === undefined ? '{}' : stringify(args);
    const bodyLength = body === undefined ? -1 : body.length;
    return new NativePromise<unknown>((resolve, reject) => {
      if (sealed) { reject(refusal('sandbox/cancelled', 'The run has ended; a host call was made after its result.')); return; }
      if (typeof text !== 'string') { reject(refusal('core/bad-input', 'The arguments of a host call must be JSON.')); return; }
      if (text.length > caps.argumentChars) { reject(refusal('core/bad-input', `The arguments of a host call may have 256 KiB; these have ${text.length} characters.`)); return; }
      if (bodyLength >= 0 && typeof body !== 'string') { reject(refusal('core/bad-input', 'The body of a host call must be a string.')); return; }
      const chars = text.length + (bodyLength > 0 ? bodyLength : 0);
      if (charsUnderWay + chars > caps.underWayChars) { reject(refusal('sandbox/too-many-calls', 'Host calls under way may carry 8 MiB together. Wait for some to end, or send less.')); return; }
      if (nextId > caps.calls) { reject(refusal('sandbox/too-many-calls', `A run may make ${caps.calls} host calls.`)); return; }
      if (pending >= caps.pendingCalls) { reject(refusal('sandbox/too-many-calls', `A run may have ${caps.pendingCalls} host calls under way. Wait for some to end.`)); return; }
      const id = nextId;
      put(`c,${id},${name},${text.length},${bodyLength}`, body === undefined ? text : text + body);
      waiting[id] = { resolve, reject, chars };
      nextId = id + 1;
      pending += 1;
      charsUnderWay += chars;
    });
  };

  const log = (level: number, text: string): void => {
    if (sealed || lines > caps.logLines || logged > caps.logChars || typeof text !== 'string') return;
    const room = caps.logChars - logged;
    const full = text.length > room || lines === caps.logLines;
    const line = full ? `${cut(text, room > 200 ? room - 200 : 0)} … (the log is full; later lines are dropped)` : text;
    logged += full ? caps.logChars + 1 : text.length + 1;
    lines += 1;
    put(`l,${level},${now()},${line.length}`, line);
  };

  const run = async (target: (input: unknown, context: unknown) => unknown, input: unknown, context: unknown, one: boolean): Promise<void> => {
    try {
      // `await` takes native promises by their internal slots: a poisoned Promise.prototype.then is never asked.
      sealValue(await (one ? (target as (context: unknown) => unknown)(context) : target(input, context)));
    } catch (error) {
      if (!sealed) { sealed = true; sealError(error); }
    }
  };

  const list = (tools: Record<string, unknown>): string => {
    const names = keys(tools);
    let text = '';
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] as string;
      if (typeof tools[name] === 'function') text += `${text === '' ? '' : ','}${stringify(name)}`;
    }
    return `[${text}]`;
  };

  const start = (namespace: { default?: unknown }, json: string): void => {
    const order = parse(json) as StartOrder;
    caps = order.caps;
    const plugin = namespace.default as Record<string, unknown> | null | undefined;
    if (typeof plugin !== 'object' || plugin === null) { refuse('sandbox/bad-plugin', 'dist/plugin.js must export definePlugin({ … }) as its default.'); return; }
    const tools = plugin['tools'] ?? create(null);
    if (typeof tools !== 'object' || tools === null) { refuse('sandbox/bad-plugin', '"tools" must be an object of functions.'); return; }
    const { kind, tool } = order.entry;
    if (kind === 'load') {
      const names = list(tools as Record<string, unknown>);
      sealed = true;
      seal('d', `{"tools":${names},"validateCredentials":${typeof plugin['validateCredentials'] === 'function'},"healthCheck":${typeof plugin['healthCheck'] === 'function'}}`);
      return;
    }
    const context = (makeContext as (start: StartOrder) => unknown)(order);
    if (kind === 'tool') {
      const target = hasOwn(tools, tool as string) ? (tools as Record<string, unknown>)[tool as string] : undefined;
      if (typeof target !== 'function') { refuse('sandbox/bad-plugin', `The plugin has no tool named ${stringify(tool)}; its manifest promises one.`); return; }
      void run(target as () => unknown, order.input, context, false);
      return;
    }
    const target = plugin[kind];
    if (typeof target !== 'function') seal('d', 'null');
    else void run(target as () => unknown, undefined, context, true);
  };

  // `heads` is JSON [[id, ok, jsonLength, bodyLength], …]; bodyLength -1: none; jsonLength -1: the body is the value.
  const deliver = (heads: string, text: string): void => {
    const answers = parse(heads) as number[][];
    let at = 0;
    for (let index = 0; index < answers.length; index += 1) {
      const head = answers[index] as number[];
      const id = head[0] as number;
      const jsonLength = head[2] as number;
      const bodyLength = head[3] as number;
      const jsonEnd = at + (jsonLength > 0 ? jsonLength : 0);
      const bodyEnd = jsonEnd + (bodyLength > 0 ? bodyLength : 0);
      const json = apply(slice, text, [at, jsonEnd]) as string;
      const body = bodyLength >= 0 ? (apply(slice, text, [jsonEnd, bodyEnd]) as string) : undefined;
      at = bodyEnd;
      const call = waiting[id];
      if (call === undefined) continue;
      delete waiting[id];
      pending -= 1;
      charsUnderWay -= call.chars;
      let value: unknown = body;
      if (jsonLength >= 0) {
        value = parse(json);
        if (body !== undefined) defineProperty(value as object, 'body', { __proto__: null, value: body, enumerable: true, configurable: true, writable: true } as unknown as PropertyDescriptor);
      }
      if (head[1] === 1) call.resolve(value);
      else call.reject(refusal((value as { code: string }).code, (value as { message: string }).message));
    }
  };

  const take = (): string => {
    const out = `${state}${meta}\n${data}`;
    meta = '';
    data = '';
    return out;
  };

  const enter = (operation: number, first?: unknown, second?: string): string | undefined => {
    if (operation === 2) return take();
    try {
      if (operation === 0) start(first as { default?: unknown }, second as string);
      else deliver(first as string, second as string);
    } catch (error) {
      if (!sealed) { sealed = true; sealError(error); }
    }
    return undefined;
  };

  return { hostCall, log, enter, useContext: (make) => { makeContext = make; } };
}
