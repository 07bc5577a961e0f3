import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSyncTimer, waitBefore } from '../../../main/core/marketplace/catalog/sync-timer.ts';

const MINUTE = 60_000;
beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('D7 syncing in the background', () => {
  it('waits an hour, after failures less and ever longer, and not all apps the same', () => {
    expect([0, 1, 2, 3, 20].map((failures) => waitBefore(failures, 0.5) / MINUTE)).toEqual([60, 2, 4, 8, 360]);
    expect([waitBefore(0, 0), waitBefore(0, 0.999)].map((ms) => Math.round(ms / MINUTE))).toEqual([45, 75]);
  });

  it('goes on after each, backs off while it fails, and stops', async () => {
    const outcomes = [true, false, false, true];
    const at: number[] = [];
    const began = Date.now();
    const timer = createSyncTimer(() => { at.push((Date.now() - began) / MINUTE); return Promise.resolve(outcomes[at.length - 1] ?? true); }, () => 0.5);
    timer.start();
    timer.start();
    await vi.advanceTimersByTimeAsync(190 * MINUTE);
    expect(at).toEqual([60, 120, 122, 126, 186]);
    timer.stop();
    timer.start();
    await vi.advanceTimersByTimeAsync(600 * MINUTE);
    expect(at).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });
});
