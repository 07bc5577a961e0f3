import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createPace } from '../../../main/core/engine/models/index.ts';
import { ask, failure, rawProvider, refuses, run, says, world, type World } from './stand-in.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => { for (const thing of open.splice(0)) await thing.close(); });

/** A provider whose clock goes on by what is slept. */
async function limited(perMinute: number | null, ...answers: Parameters<typeof rawProvider>) {
  const raw = await rawProvider(...answers);
  const at: World = world({ sleep: async (ms) => { at.now += ms; } });
  open.push(raw, at.http);
  const { provider } = await at.models.addProvider({ baseUrl: raw.url, name: 'Acme' });
  await at.models.setLimit(provider.id, perMinute);
  return { at, provider, model: await at.models.resolve({ provider: provider.id, model: 'm' }) };
}

describe('A4 requests a minute of a provider', () => {
  it('are kept to: what is too much waits until a minute has passed, says so and is answered', async () => {
    const { at, provider, model } = await limited(2, says('ok'));
    const started = at.now;
    const waits: unknown[] = [];
    const request = ask('hello', { waits: (wait) => { waits.push(wait); return () => { waits.push('over'); }; } });
    for (let count = 0; count < 2; count += 1) await run(model, request);
    expect(at.slept).toEqual([]);
    at.now += 10_000;
    expect((await run(model, request)).answer.text).toBe('ok');
    expect(waits).toEqual([{ of: 'provider', name: 'Acme', delayMs: 50_000 }, 'over']);
    expect(at.now).toBe(started + 60_000);
    expect((await at.models.list())[0]).toMatchObject({ requestsPerMinute: 2 });
    // Without the limit the same goes out at once.
    await at.models.setLimit(provider.id, null);
    await run(await at.models.resolve({ provider: provider.id, model: 'm' }), request);
    expect(at.slept).toEqual([50_000]);
  });

  it('count tries after a failure, and asking a provider that is gone for a limit is refused', async () => {
    const { at, model } = await limited(1, refuses(429, { message: 'slow down' }, { 'retry-after': '1' }), says('ok'));
    expect((await run(model, ask('hello'))).answer.text).toBe('ok');
    expect(at.slept).toEqual([1000, 59_000]);
    expect(await failure(at.models.setLimit('nobody', 3))).toMatchObject({ code: 'models/not-found' });
  });

  it('are waited for until the request is cancelled, and its turn goes to the next', async () => {
    const now = 0;
    const asleep: { ms: number; wake: () => void }[] = [];
    const pace = createPace({ now: () => now, sleep: (ms, signal) => new Promise((resolve, reject) => { asleep.push({ ms, wake: resolve }); signal.addEventListener('abort', () => { reject(new Error('aborted')); }); }) });
    const turn = (signal = new AbortController().signal): Promise<void> => pace.turn('p', 1, { of: 'provider', name: 'P' }, signal, undefined);
    await turn();
    const stop = new AbortController();
    const second = turn(stop.signal);
    stop.abort();
    expect(await failure(second)).toMatchObject({ code: 'run/cancelled' });
    const third = turn();
    expect(asleep.map(({ ms }) => ms)).toEqual([60_000, 60_000]);
    asleep[1]?.wake();
    await third;
    expect(await failure(turn(AbortSignal.abort()))).toMatchObject({ code: 'run/cancelled' });
  });

  it('are never more than so many in any minute, and come in their order, whatever the times and cancels', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.record({ after: fc.nat(20_000), cancelled: fc.boolean() }), { maxLength: 40 }), async (limit, asked) => {
      let now = 0;
      const sent: number[] = [];
      const pace = createPace({ now: () => now, sleep: (ms, signal) => (signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve(void sent.push(now + ms))) });
      for (const { after, cancelled } of asked) {
        now += after;
        const before = sent.length;
        const stop = new AbortController();
        const turn = pace.turn('k', limit, { of: 'agent', name: 'A' }, stop.signal, () => { if (cancelled) stop.abort(); return () => undefined; }).then(() => true, () => false);
        if (await turn && sent.length === before) sent.push(now);
      }
      expect(sent).toEqual(sent.toSorted((one, other) => one - other));
      sent.forEach((at, index) => { const earlier = sent[index - limit]; if (earlier !== undefined) expect(at - earlier).toBeGreaterThanOrEqual(60_000); });
    }), { numRuns: 200, seed: 7 });
  });
});
