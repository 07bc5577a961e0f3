import { describe, expect, test } from 'vitest';
import { CALL_NAMES } from '../../sandbox/guest/boot-source.ts';
import { contextMaker } from '../../sandbox/guest/inside/context.ts';
import { kernel, type Kernel, type StartOrder } from '../../sandbox/guest/inside/kernel.ts';
import { readTaken, type Taken } from '../../sandbox/host/taken.ts';
import type { ToolContext } from '../../sdk/index.ts';
import { sleep } from './pool-for-tests.ts';

/** The guest's event loop, driven by hand in this process: what it puts out and what it takes in. */
type Tool = (input: unknown, ctx: ToolContext) => unknown;

interface Driven { inside: Kernel; take(): Promise<Taken>; deliver(...answers: [id: number, ok: boolean, json?: unknown, body?: string][]): void }

function drive(tool: Tool | undefined, plugin: unknown = { tools: { t: tool } }, more: Partial<StartOrder> = {}): Driven {
  const inside = kernel();
  inside.useContext(contextMaker(inside, CALL_NAMES));
  const order: StartOrder = { entry: { kind: 'tool', tool: 't' }, input: { n: 1 }, context: { execution: {}, parameters: {}, config: {} }, caps: { resultChars: 100, logChars: 300, calls: 20, pendingCalls: 10, logLines: 10_000, argumentChars: 262_144, underWayChars: 8_388_608 }, ...more };
  inside.enter(0, { default: plugin }, JSON.stringify(order));
  return {
    inside,
    async take() { await sleep(1); return readTaken(inside.enter(2) as string); },
    deliver(...answers) {
      const texts = answers.map(([, , json, body]) => ({ json: json === undefined ? undefined : JSON.stringify(json), body }));
      const heads = answers.map(([id, ok], index) => [id, ok ? 1 : 0, texts[index]?.json?.length ?? -1, texts[index]?.body?.length ?? -1]);
      inside.enter(1, JSON.stringify(heads), texts.map(({ json, body }) => (json ?? '') + (body ?? '')).join(''));
    },
  };
}

describe('the kernel', () => {
  test('runs a tool, sends its calls side by side, takes answers in any order', async () => {
    const run = drive(async (input, ctx) => {
      ctx.log.debug('begin', input);
      const [a, b] = await Promise.all([ctx.storage.get('a'), ctx.files.readText('f', 'p')]);
      return [a, b, input];
    });
    const first = await run.take();
    expect(first).toMatchObject({ state: 'pending', logs: [{ level: 'debug', message: 'begin {"n":1}' }], calls: [{ id: 1, name: 'storage.get', args: '{"key":"a"}' }, { id: 2, name: 'files.readText', args: '{"key":"f","path":"p"}' }] });
    run.deliver([2, true, undefined, 'text']);
    expect(await run.take()).toMatchObject({ state: 'pending', calls: [] });
    run.deliver([1, true, { deep: [1] }], [77, true, null]);
    expect(await run.take()).toMatchObject({ state: 'done', result: '[{"deep":[1]},"text",{"n":1}]' });
  });

  test('is sealed after the result', async () => {
    let late: Promise<unknown> | undefined;
    const run = drive((_, ctx) => { setTimeout(() => { late = ctx.storage.get('x').catch((error: unknown) => error); ctx.log.info('late'); }, 2); return 1; });
    expect(await run.take()).toMatchObject({ state: 'done', result: '1' });
    await sleep(10);
    expect(await late).toMatchObject({ code: 'sandbox/cancelled' });
    expect(await run.take()).toMatchObject({ calls: [], logs: [] });
  });

  test.each<[string, Tool, string, unknown]>([
    ['throws an Error', () => { throw Object.assign(new RangeError('r'), { code: 'E' }); }, 'threw', { name: 'RangeError', message: 'r', code: 'E' }],
    ['throws a string', () => { throw 'text'; }, 'threw', { name: 'Error', message: 'text' }],
    ['throws a number', () => { throw 7; }, 'threw', { name: 'Error', message: '7' }],
    ['throws null', () => { throw null; }, 'threw', { name: 'Error', message: 'null' }],
    ['throws a symbol', () => { throw Symbol('s'); }, 'threw', { name: 'Error', message: 'a symbol' }],
    ['throws an object with a getter that throws', () => { throw { get message() { throw new Error('no'); } }; }, 'threw', { name: 'Error', message: 'an object that is no Error' }],
    ['rejects', async () => { await null; throw new Error('later'); }, 'threw', { name: 'Error', message: 'later' }],
    ['returns what JSON does not know', () => 1n, 'threw', { name: 'TypeError', message: expect.stringContaining('BigInt') }],
    ['returns too much', () => 'x'.repeat(200), 'refused', { code: 'sandbox/result-too-large', message: expect.stringContaining('202') }],
    ['returns undefined', () => undefined, 'done', null],
    ['returns a function', () => () => 1, 'done', null],
  ])('a tool that %s', async (_, tool, state, result) => {
    const taken = await drive(tool).take();
    expect({ state: taken.state, result: JSON.parse(taken.result) as unknown }).toEqual({ state, result });
  });

  test.each<[string, unknown, Partial<StartOrder>, string]>([
    ['no default export', undefined, {}, 'refused'],
    ['a function in place of an object', () => 1, {}, 'refused'],
    ['tools that are no object', { tools: 3 }, {}, 'refused'],
    ['no such tool', { tools: {} }, {}, 'refused'],
    ['a getter that throws', { get tools() { throw new Error('x'); } }, {}, 'threw'],
    ['no check', {}, { entry: { kind: 'healthCheck' } }, 'done'],
    ['a check', { healthCheck: (ctx: ToolContext) => ({ ok: typeof ctx.fetch === 'function' }) }, { entry: { kind: 'healthCheck' } }, 'done'],
    ['loading', { tools: { a: () => 1, 'b"': () => 2, c: 3 }, validateCredentials: () => 1 }, { entry: { kind: 'load' } }, 'done'],
  ])('a plugin with %s', async (what, plugin, order, state) => {
    const taken = await drive(undefined, plugin, order).take();
    expect(taken.state).toBe(state);
    if (what === 'loading') expect(JSON.parse(taken.result)).toEqual({ tools: ['a', 'b"'], validateCredentials: true, healthCheck: false });
    if (what === 'a check') expect(taken.result).toBe('{"ok":true}');
  });

  test('refuses calls beyond each of its limits, and goes on', async () => {
    const codes: unknown[] = [];
    const run = drive(async (_, ctx) => {
      const note = (error: { code?: string; name: string }): void => { codes.push(error.code ?? error.name); };
      await ctx.storage.set('k', 'x'.repeat(300_000)).catch(note);
      await ctx.files.writeText('f', 'p', 'x'.repeat(9_000_000)).catch(note);
      await ctx.model.complete((() => 1) as never).catch(note);
      const cyclic: { self?: unknown } = {};
      cyclic.self = cyclic;
      await ctx.tools.call('t', cyclic).catch(note);
      for (let n = 0; n < 11; n += 1) ctx.storage.get(String(n)).catch(note);
      await ctx.sleep(1).catch(note);
    });
    const taken = await run.take();
    expect(codes).toEqual(['core/bad-input', 'sandbox/too-many-calls', 'core/bad-input', 'TypeError', 'sandbox/too-many-calls', 'sandbox/too-many-calls']);
    expect(taken.calls).toHaveLength(10);
    run.deliver(...taken.calls.map((call): [number, boolean, unknown] => [call.id, false, { code: 'permission/denied', message: 'no' }]));
    await sleep(1);
    expect(codes.slice(6)).toEqual(new Array(10).fill('permission/denied'));
  });

  test('a run may make so many calls and no more', async () => {
    const run = drive(async (_, ctx) => { for (;;) await ctx.storage.get('x'); });
    for (let n = 1; n <= 20; n += 1) {
      expect((await run.take()).calls).toHaveLength(1);
      run.deliver([n, true, null]);
    }
    expect(await run.take()).toMatchObject({ state: 'threw', result: expect.stringContaining('sandbox/too-many-calls') });
  });

  test('logs end with a line that says so', async () => {
    const run = drive((_, ctx) => { for (let n = 0; n < 100; n += 1) ctx.log.warn('0123456789'.repeat(3)); return 1; });
    const { logs } = await run.take();
    expect(logs.at(-1)?.message).toContain('the log is full');
    expect(logs.length).toBeLessThan(15);
  });

  test('log lines show what they are given', async () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const run = drive((_, ctx) => { ctx.log.error('a', 1, null, undefined, { b: [2] }, new TypeError('t'), cyclic); return 1; });
    expect((await run.take()).logs[0]?.message).toBe('a 1 null undefined {"b":[2]} TypeError: t [cannot be shown as JSON]');
  });
});

describe('ctx.fetch', () => {
  const answer = { url: 'https://a.example/x', status: 201, statusText: 'Created', headers: [['content-type', 'text/plain'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['X-B', '2']], redirected: true, encoding: 'utf8' };
  async function fetched(use: (ctx: ToolContext) => unknown, encoding: string, body: string): Promise<{ call: unknown; body: string | undefined; result: unknown }> {
    const run = drive((_, ctx) => use(ctx), undefined, { caps: { resultChars: 10_000, logChars: 0, calls: 9, pendingCalls: 9, logLines: 10_000, argumentChars: 262_144, underWayChars: 8_388_608 } });
    const [call] = (await run.take()).calls;
    run.deliver([1, true, { ...answer, encoding }, body]);
    const taken = await run.take();
    return { call: JSON.parse(call?.args ?? 'null'), body: call?.body, result: taken.result === '' ? taken : JSON.parse(taken.result) };
  }

  test('the answer has the shape of a Response', async () => {
    const { result } = await fetched(async (ctx) => {
      const response = await ctx.fetch(new URL('https://a.example/'));
      const copy = response.clone();
      const text = await response.text();
      const again = await response.text().catch((error: Error) => error.message);
      let cloned = 'cloned';
      try { response.clone(); } catch (error) { cloned = (error as Error).name; }
      return [response.status, response.ok, response.statusText, response.url, response.redirected, response.bodyUsed, copy.bodyUsed, text, again, cloned, response.headers.get('x-b'), response.headers.get('SET-COOKIE'), response.headers.getSetCookie(), [...response.headers], [...response.headers.keys()], [...response.headers.values()]];
    }, 'utf8', '\ufefftext');
    expect(result).toEqual([201, true, 'Created', 'https://a.example/x', true, true, false, 'text', expect.stringContaining('clone()'), 'TypeError', '2', 'a=1, b=2', ['a=1', 'b=2'],
      [['content-type', 'text/plain'], ['set-cookie', 'a=1, b=2'], ['x-b', '2']], ['content-type', 'set-cookie', 'x-b'], ['text/plain', 'a=1, b=2', '2']]);
  });

  test('bodies are read as text, JSON and bytes from both encodings', async () => {
    const read = async (ctx: ToolContext): Promise<unknown> => {
      const response = await ctx.fetch('https://a.example/');
      return [await response.clone().json(), [...await response.clone().bytes()].length, (await response.arrayBuffer()).byteLength];
    };
    const text = '{"ä":1}';
    expect((await fetched(read, 'utf8', text)).result).toEqual([{ ä: 1 }, 8, 8]);
    expect((await fetched(read, 'base64', Buffer.from(text).toString('base64'))).result).toEqual([{ ä: 1 }, 8, 8]);
  });

  test.each<[string, unknown, string | undefined, string | undefined, string | undefined]>([
    ['none', undefined, undefined, undefined, undefined],
    ['text', 'ä', 'ä', 'utf8', 'text/plain;charset=UTF-8'],
    ['search parameters', new URLSearchParams({ a: 'b c' }), 'a=b+c', 'utf8', 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['bytes', Uint8Array.of(1, 2, 255), 'AQL/', 'base64', undefined],
    ['a buffer', Uint8Array.of(1).buffer, 'AQ==', 'base64', undefined],
    ['many bytes', new Uint8Array(7_001).fill(65), Buffer.alloc(7_001, 65).toString('base64'), 'base64', undefined],
  ])('a request with the body: %s', async (_, body, sent, encoding, type) => {
    const { call, body: got } = await fetched(async (ctx) => { await ctx.fetch('https://a.example/', { method: 'put', body: body as string, redirect: 'error' }); }, 'utf8', '');
    expect(got).toBe(sent);
    expect(call).toEqual({ url: 'https://a.example/', method: 'PUT', redirect: 'error', headers: type === undefined ? [] : [['content-type', type]], ...(encoding === undefined ? {} : { encoding }) });
  });

  test('headers come from objects, lists and headers, and hold no line breaks', async () => {
    const { call } = await fetched(async (ctx) => {
      const { headers } = await ctx.fetch('https://a.example/', { headers: [['A', '1'], ['a', '2']] });
      headers.set('x', 'y');
      headers.delete('X-B');
      const seen: string[] = [];
      headers.forEach((value, name) => seen.push(`${name}=${value}`));
      for (const bad of [() => headers.set('a', 'b\r\nc: d'), () => headers.set('a b', 'c')]) { try { bad(); seen.push('allowed'); } catch { seen.push('refused'); } }
      return [headers.has('x'), headers.has('x-b'), seen];
    }, 'utf8', '');
    expect(call).toMatchObject({ headers: [['a', '1, 2']] });
  });
});
