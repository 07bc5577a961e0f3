import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPatience } from '../../../main/core/engine/mcp/patience.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('N1 how long a server may be silent', () => {
  it('gives a call up after its time, counted anew from each sign', () => {
    const wait = createPatience(1_000).begin();
    vi.advanceTimersByTime(900);
    wait.again();
    vi.advanceTimersByTime(900);
    expect(wait.signal.aborted).toBe(false);
    vi.advanceTimersByTime(100);
    expect(wait.signal.reason).toMatchObject({ code: 'mcp/unavailable' });
  });

  it('does not count the time that the person takes for a question of the server', async () => {
    const patience = createPatience(1_000);
    const wait = patience.begin();
    const { promise, resolve } = Promise.withResolvers<string>();
    const asked = patience.paused(() => promise);
    vi.advanceTimersByTime(600_000);
    wait.again();
    vi.advanceTimersByTime(600_000);
    expect(wait.signal.aborted).toBe(false);
    resolve('Ada');
    expect(await asked).toBe('Ada');
    vi.advanceTimersByTime(999);
    expect(wait.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(wait.signal.aborted).toBe(true);
  });

  it('leaves nothing running when the call is over', () => {
    const wait = createPatience(1_000).begin();
    wait.end();
    vi.advanceTimersByTime(5_000);
    expect([wait.signal.aborted, vi.getTimerCount()]).toEqual([false, 0]);
  });
});
