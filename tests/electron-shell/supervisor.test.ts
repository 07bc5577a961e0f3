import { describe, expect, it } from 'vitest';
import type { CoreNotice } from '../../contract/host/index.ts';
import type { CoreListener, CoreProcess } from '../../main/electron/core-process.ts';
import { superviseCore } from '../../main/electron/supervisor.ts';

/** Cores that the test ends by hand. */
function stage() {
  const cores: { listener: CoreListener; end(): void; told: unknown[]; killed: boolean }[] = [];
  const waits: number[] = [];
  let clock = 0;
  let retry = false;
  let givenUp = 0;
  let taken = 0;
  const told: CoreNotice[] = [];
  const supervisor = superviseCore({
    start(listener) {
      let end = (): void => undefined;
      const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => { end = () => { resolve({ code: 1, signal: null }); }; });
      const core = { listener, end, told: [] as unknown[], killed: false };
      cores.push(core);
      return { exited, openPage: () => ({ at: cores.length }) as never, tell: (notice) => { core.told.push(notice); }, kill: () => { core.killed = true; end(); } } satisfies CoreProcess;
    },
    onNotice: (notice) => { told.push(notice); }, onHomeTaken: () => { taken += 1; }, onAsk: () => Promise.resolve({}), onGivenUp: () => { givenUp += 1; return Promise.resolve(retry); },
    now: () => clock, wait: (ms) => { waits.push(ms); return Promise.resolve(); },
  });
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  return { supervisor, cores, waits, settle, age: (ms: number) => { clock += ms; }, setRetry: (value: boolean) => { retry = value; }, givenUp: () => givenUp, taken: () => taken, told };
}

describe('the shell keeps one core running', () => {
  it('starts the next one after a crash, waiting longer each time', async () => {
    const { supervisor, cores, waits, settle } = stage();
    for (let crash = 0; crash < 4; crash += 1) { cores.at(-1)?.end(); await settle(); }
    expect(cores).toHaveLength(5);
    expect(waits).toEqual([50, 200, 800, 3200]);
    expect(supervisor.openPage()).toEqual({ at: 5 });
  });

  it('forgets old crashes of a core that was well', async () => {
    const { cores, waits, settle, age } = stage();
    cores[0]?.end(); await settle();
    age(60_000);
    cores[1]?.end(); await settle();
    expect(waits).toEqual([50, 50]);
  });

  it('asks the person after too many crashes and obeys', async () => {
    const { supervisor, cores, settle, givenUp, setRetry } = stage();
    setRetry(false);
    for (let crash = 0; crash < 6; crash += 1) { cores.at(-1)?.end(); await settle(); }
    expect(givenUp()).toBe(1);
    expect(cores).toHaveLength(6);
    expect(supervisor.openPage()).toBeNull();
  });

  it('does not start again what said that it cannot start', async () => {
    const { cores, settle } = stage();
    cores[0]?.listener.onNotice({ tell: 'failed', input: { code: 'store/newer', message: 'newer' } });
    cores[0]?.end(); await settle();
    expect(cores).toHaveLength(1);
  });

  const taken = { tell: 'failed', input: { code: 'core/home-in-use', message: 'in use' } } as const;

  it('waits for a home that a command still uses', async () => {
    const { cores, settle, age, taken: timesSaid, told } = stage();
    for (let turn = 0; turn < 3; turn += 1) { cores.at(-1)?.listener.onNotice(taken); cores.at(-1)?.end(); await settle(); age(4_000); }
    cores.at(-1)?.listener.onNotice({ tell: 'ready', input: { build: 'b', home: 'h', address: null } });
    expect(timesSaid()).toBe(1);
    expect(told.map(({ tell }) => tell)).toEqual(['ready']);
  });

  it('tells the person when the home stays taken', async () => {
    const { cores, settle, age, told } = stage();
    for (let turn = 0; turn < 4; turn += 1) { cores.at(-1)?.listener.onNotice(taken); cores.at(-1)?.end(); await settle(); age(8_000); }
    expect(cores).toHaveLength(4);
    expect(told).toEqual([taken]);
  });

  it('stops politely, then kills', async () => {
    const polite = stage();
    const stopping = polite.supervisor.stop(1_000);
    expect(polite.cores[0]?.told).toEqual([{ tell: 'shutdown', input: { graceMs: 1_000 } }]);
    polite.cores[0]?.end();
    await stopping;
    expect(polite.cores[0]?.killed).toBe(false);
    const deaf = stage();
    await deaf.supervisor.stop(20);
    expect(deaf.cores[0]?.killed).toBe(true);
    expect(deaf.cores).toHaveLength(1);
  });
});
