import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOST_CALLS, type LogLine, type SandboxPool } from '../../sandbox/host/index.ts';
import { LOAD_DEADLINE_MS, LOAD_WALL_MS } from '../../sandbox/host/limits.ts';
import { ENGINES, makePool, sleep, toolRequest, until } from './pool-for-tests.ts';

describe.each(ENGINES)('a run in the sandbox of $name', ({ name, options }) => {
  let pool: SandboxPool;
  beforeAll(() => { pool = makePool(options); });
  afterAll(() => pool.stop());

  test('gets input and context and answers with output, logs and metrics', async () => {
    const lines: LogLine[] = [];
    const result = await pool.run(toolRequest(`
      ctx.log.info('got', input, new Error('e')); ctx.log.warn('careful');
      return { input, execution: ctx.execution, parameters: ctx.parameters, config: ctx.config, aborted: ctx.signal.aborted };`,
      () => null, { input: { a: [1, 'zwei'] }, onLog: (line) => lines.push(line) }));
    expect(result.output).toEqual({ input: { a: [1, 'zwei'] }, execution: { user_id: 'user', session_id: 'session', execution_id: 'run' }, parameters: { depth: 2 }, config: { project: 'default' }, aborted: false });
    expect(result.logs).toEqual(['info: got {"a":[1,"zwei"]} Error: e', 'warn: careful']);
    expect(lines.map(({ level, message }) => ({ level, message }))).toEqual([{ level: 'info', message: 'got {"a":[1,"zwei"]} Error: e' }, { level: 'warn', message: 'careful' }]);
    expect(lines[0]?.at).toBeGreaterThan(Date.now() - 10_000);
    expect(result.metrics.hostCalls).toBe(0);
    expect(result.metrics.wallMs).toBeGreaterThan(0);
    expect(result.metrics.cpuMs).toBeGreaterThan(0);
    expect(result.metrics.memoryBytes).toBeGreaterThan(100_000);
  });

  test('undefined becomes null, and text survives in any script', async () => {
    expect((await pool.run(toolRequest('return undefined;'))).output).toBeNull();
    const text = 'naïve 漢字 😀 \u0000 \ud800 "\\';
    expect((await pool.run(toolRequest('return input;', () => null, { input: text }))).output).toBe(text);
  });

  test('load names the tools and calls nothing', async () => {
    const code = 'export default { tools: { a: () => 1, b: async () => 2, no: 3 }, healthCheck: () => ({ ok: true }) };';
    const result = await pool.run({ ...toolRequest(''), code, entry: { kind: 'load' } });
    expect(result.tools).toEqual(['a', 'b']);
    expect(result.output).toEqual({ validateCredentials: false, healthCheck: true });
  });

  test('load has a second of processor time and no host calls', async () => {
    const began = performance.now();
    await expect(pool.run({ ...toolRequest(''), code: 'for (;;); export default {};', entry: { kind: 'load' }, limits: { deadlineMs: 20_000 } })).rejects.toMatchObject({ code: 'sandbox/deadline' });
    expect(performance.now() - began).toBeLessThan(LOAD_WALL_MS - 1_000);
  });

  test.skipIf(process.platform === 'win32')('a load that the machine holds up for longer than that ends well', async () => {
    const pool = makePool({ ...options, processes: 1 });
    try {
      await pool.run(toolRequest('return 1;'));
      const began = performance.now();
      // It computes until it was away for more than the whole second.
      const code = 'let last = Date.now(); for (;;) { const now = Date.now(); if (now - last > 1_000) break; last = now; } export default { tools: { a: () => 1 } };';
      let ended = false;
      const load = pool.run({ ...toolRequest(''), code, entry: { kind: 'load' } }).finally(() => { ended = true; });
      const settled = load.then(() => undefined, () => undefined);
      const [pid = 0] = pool.stats().pids;
      for (let round = 0; round < 5 && !ended; round += 1) { // again, should it not have begun yet
        await sleep(50);
        process.kill(pid, 'SIGSTOP');
        await sleep(1_200);
        process.kill(pid, 'SIGCONT');
        await Promise.race([settled, sleep(50)]);
      }
      expect((await load).tools).toEqual(['a']);
      expect(performance.now() - began).toBeGreaterThan(LOAD_DEADLINE_MS);
    } finally {
      await pool.stop();
    }
  });

  test('checks of the plugin: with context, and null when there is none', async () => {
    const code = 'export default { validateCredentials: async (ctx) => ({ ok: (await ctx.secret("api_key")) === "{{secret:api_key}}" }) };';
    const request = toolRequest('', (name, args) => (name === 'secret' ? `{{secret:${String(args['key'])}}}` : null));
    expect((await pool.run({ ...request, code, entry: { kind: 'validateCredentials' } })).output).toEqual({ ok: true });
    expect((await pool.run({ ...request, code, entry: { kind: 'healthCheck' } })).output).toBeNull();
  });

  test('every host call arrives by its name, with its arguments', async () => {
    const seen: [string, unknown][] = [];
    await pool.run(toolRequest(`
      await ctx.fetch('https://example.com/a', { method: 'post', body: 'text', headers: { 'X-A': 'b' } });
      await ctx.secret('k');
      await ctx.storage.get('k'); await ctx.storage.set('k', { v: 1 }); await ctx.storage.delete('k'); await ctx.storage.list('p');
      await ctx.files.list('f', 'p'); await ctx.files.readText('f', 'p'); await ctx.files.readBytes('f', 'p'); await ctx.files.writeText('f', 'p', 'text'); await ctx.files.remove('f', 'p');
      await ctx.model.complete({ messages: [] }); await ctx.tools.call('x/y', { z: 1 }); await ctx.progress(0.5, 'half'); await ctx.sleep(5);`,
      (name, args) => { seen.push([name, args]); return name === 'fetch' ? { url: '', status: 200, statusText: '', headers: [], redirected: false, encoding: 'utf8', body: '' } : null; }));
    expect(seen).toEqual([
      ['fetch', { url: 'https://example.com/a', method: 'POST', redirect: 'follow', headers: [['content-type', 'text/plain;charset=UTF-8'], ['x-a', 'b']], encoding: 'utf8', body: 'text' }],
      ['secret', { key: 'k' }],
      ['storage.get', { key: 'k' }], ['storage.set', { key: 'k', value: { v: 1 } }], ['storage.delete', { key: 'k' }], ['storage.list', { prefix: 'p' }],
      ['files.list', { key: 'f', path: 'p' }], ['files.readText', { key: 'f', path: 'p' }], ['files.readBytes', { key: 'f', path: 'p' }], ['files.writeText', { key: 'f', path: 'p', text: 'text' }], ['files.remove', { key: 'f', path: 'p' }],
      ['model.complete', { messages: [] }], ['tools.call', { name: 'x/y', input: { z: 1 } }], ['progress', { fraction: 0.5, message: 'half' }], ['sleep', { ms: 5 }],
    ]);
    expect(new Set(seen.map(([name]) => name))).toEqual(new Set(HOST_CALLS));
  });

  test('a rejected host call reaches the plugin as an Error with its code; unknown errors lose their text', async () => {
    const result = await pool.run(toolRequest(`
      const caught = [];
      for (const key of ['known', 'unknown']) { try { await ctx.storage.get(key); } catch (error) { caught.push([error instanceof Error, error.code, error.message]); } }
      return caught;`, (_, args) => { throw args['key'] === 'known' ? Object.assign(new Error('Not granted: storage.'), { code: 'permission/denied' }) : new Error('/home/user/secret.txt'); }));
    expect(result.output).toEqual([[true, 'permission/denied', 'Not granted: storage.'], [true, 'core/internal', expect.not.stringContaining('/home')]]);
  });

  test('what the plugin throws is told, cut, and never with a stack', async () => {
    await expect(pool.run(toolRequest('throw Object.assign(new TypeError("No such page."), { code: "E_PAGE" });'))).rejects.toMatchObject({ code: 'sandbox/plugin-threw', message: 'No such page.', details: { name: 'TypeError', code: 'E_PAGE' } });
    const error = await pool.run(toolRequest('throw new Error("x".repeat(1e6));')).catch((caught: Error) => caught) as Error;
    expect(error.message.length).toBeLessThanOrEqual(2_000);
  });

  test.skipIf(name === 'quickjs')('an error that nobody caught in the plugin stands in its log', async () => {
    const result = await pool.run(toolRequest('Promise.reject(new Error("forgotten")); await ctx.sleep(1); return 1;'));
    expect(result.output).toBe(1);
    expect(result.logs.join()).toContain('forgotten');
  });

  test('host calls run side by side', async () => {
    let underWay = 0;
    const result = await pool.run(toolRequest('return Promise.all([1, 2, 3].map((n) => ctx.storage.get(String(n))));', async (_, args) => {
      underWay += 1;
      await until(() => underWay === 3); // each is answered when all have come
      return args['key'];
    }));
    expect(result.output).toEqual(['1', '2', '3']);
  });

  test('of many fetches at most six are under way, and all are answered', async () => {
    let now = 0;
    let most = 0;
    const result = await pool.run(toolRequest('return Promise.all(Array.from({ length: 20 }, async (_, n) => (await ctx.fetch(`https://a.example/${n}`)).text()));', async (_, args) => {
      now += 1;
      most = Math.max(most, now);
      await sleep(10);
      now -= 1;
      return { url: args['url'], status: 200, statusText: 'OK', headers: [], redirected: false, encoding: 'utf8', body: String(args['url']).slice(18) };
    }));
    expect(result.output).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    expect(most).toBe(6);
  });

  test('waiting for the host does not count against the deadline', async () => {
    const result = await pool.run(toolRequest('await ctx.sleep(300); return 1;', (_, args) => sleep(args['ms'] as number), { limits: { deadlineMs: 100 } }));
    expect(result.output).toBe(1);
  });

  test('running time is summed up over entries', async () => {
    const body = 'for (let i = 0; i < 20; i += 1) { const end = Date.now() + 40; while (Date.now() < end); await ctx.sleep(1); } return 1;';
    await expect(pool.run(toolRequest(body, () => null, { limits: { deadlineMs: 300 } }))).rejects.toMatchObject({ code: 'sandbox/deadline' });
  });

  test('the core can neither be asked for an answer too large nor confused by what it cannot write', async () => {
    const result = await pool.run(toolRequest('const codes = []; for (const key of ["big", "cyclic"]) await ctx.storage.get(key).catch((error) => codes.push(error.code)); return codes;', (_, args) => {
      if (args['key'] === 'big') return 'x'.repeat(17 * 1_048_576);
      const cyclic: Record<string, unknown> = {};
      cyclic['self'] = cyclic;
      return cyclic;
    }));
    expect(result.output).toEqual(['core/bad-output', 'core/internal']);
  });

  test('ten megabytes of body arrive whole', async () => {
    const body = 'a'.repeat(10 * 1_048_576);
    const result = await pool.run(toolRequest('const text = await (await ctx.fetch("https://a.example/")).text(); return text.length;', () => ({ url: '', status: 200, statusText: '', headers: [], redirected: false, encoding: 'utf8', body })));
    expect(result.output).toBe(body.length);
  });

  test('a run sees nothing of the run before it', async () => {
    await pool.run(toolRequest('globalThis.left = 1; Array.prototype.left = 1; return 1;'));
    const results = await Promise.all(Array.from({ length: 6 }, () => pool.run(toolRequest('return [typeof left, typeof [].left];'))));
    for (const result of results) expect(result.output).toEqual(['undefined', 'undefined']);
  });

  test('input that is no JSON, or too much of it, is refused before anything runs', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    await expect(pool.run(toolRequest('', () => null, { input: cyclic }))).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(pool.run(toolRequest('', () => null, { input: 'x'.repeat(5_000_000) }))).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(pool.run({ ...toolRequest(''), code: ' '.repeat(6_000_000) })).rejects.toMatchObject({ code: 'sandbox/bad-plugin' });
  });

  test('logs are streamed while the plugin waits, and capped', async () => {
    const lines: string[] = [];
    let release: (() => void) | undefined;
    const run = pool.run(toolRequest('ctx.log.info("first"); await ctx.storage.get("k"); ctx.log.error("x".repeat(5000)); ctx.log.info("lost"); return 1;', () => new Promise<void>((resolve) => { release = resolve; }), { onLog: (line) => lines.push(line.message), limits: { logBytes: 1_000 } }));
    await until(() => release !== undefined);
    expect(lines).toEqual(['first']);
    release?.();
    const { logs } = await run;
    expect(logs).toHaveLength(2);
    expect(logs[1]).toContain('the log is full');
    expect(logs.join().length).toBeLessThan(1_200);
  });

  test('more plugins than a process keeps in memory', async () => {
    const padding = `/* ${'x'.repeat(4_000_000)} */`;
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 6; n += 1) {
        const request = toolRequest('');
        expect((await pool.run({ ...request, code: `export default { tools: { t: () => ${n} } }; ${padding}` })).output).toBe(n);
      }
    }
  });
});
