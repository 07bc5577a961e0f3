import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSyncTimer, waitBefore, type SyncOutcome, type SyncTimer } from '../../../main/core/marketplace/catalog/sync-timer.ts';

const MINUTE = 60_000;
beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('D7 syncing in the background', () => {
  it('waits an hour, after failures less and ever longer, and not all apps the same', () => {
    expect([0, 1, 2, 3, 20].map((failures) => waitBefore(failures, 0.5) / MINUTE)).toEqual([60, 2, 4, 8, 360]);
    expect([waitBefore(0, 0), waitBefore(0, 0.999)].map((ms) => Math.round(ms / MINUTE))).toEqual([45, 75]);
  });

  /** The minutes at which each registry was asked; it answers the next of `outcomes`, then good. */
  const watch = (outcomes: Record<string, SyncOutcome[]>) => {
    const began = Date.now();
    const asked: Record<string, number[]> = Object.fromEntries(Object.keys(outcomes).map((id) => [id, []]));
    const timer: SyncTimer = createSyncTimer({
      sync(due) {
        for (const id of Object.keys(outcomes).filter(due)) {
          asked[id]?.push((Date.now() - began) / MINUTE);
          timer.ended(id, outcomes[id]?.shift() ?? 'good');
        }
        return Promise.resolve();
      },
      now: () => Date.now(), random: () => 0.5,
    });
    return { asked, timer };
  };

  it('goes on after each, backs off while it fails, and stops', async () => {
    const { asked, timer } = watch({ one: ['good', 'failed', 'failed', 'good'] });
    timer.start();
    timer.start();
    await vi.advanceTimersByTimeAsync(190 * MINUTE);
    expect(asked).toEqual({ one: [60, 120, 122, 126, 186] });
    timer.stop();
    timer.start();
    timer.online();
    await vi.advanceTimersByTimeAsync(600 * MINUTE);
    expect(asked['one']).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('backs off from the registry that fails alone; the others are asked every hour', async () => {
    const { asked, timer } = watch({ good: [], dead: Array.from({ length: 40 }, () => 'failed' as const) });
    timer.start();
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
    timer.stop();
    expect(asked['good']).toHaveLength(24);
    // 60, then 2, 4, 8 … up to 360 minutes later.
    expect(asked['dead']?.slice(0, 8)).toEqual([60, 62, 66, 74, 90, 122, 186, 314]);
    expect(asked['dead']?.slice(8).every((at, index, all) => at - (all[index - 1] ?? 314) <= 360)).toBe(true);
    expect(asked['dead']?.length).toBeLessThan(14);
  });

  it('learns of syncs that it did not begin: a failure at the start is tried again soon, a success ends the back-off', async () => {
    const { asked, timer } = watch({ one: ['failed', 'failed'] });
    timer.ended('one', 'failed');
    timer.start();
    await vi.advanceTimersByTimeAsync(7 * MINUTE);
    expect(asked).toEqual({ one: [2, 6] });
    timer.ended('one', 'good');
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(asked).toEqual({ one: [2, 6, 67] });
    timer.stop();
  });

  it('counts no failure while the user works offline, and asks at once when they are back', async () => {
    const { asked, timer } = watch({ here: [], far: Array.from({ length: 10 }, () => 'offline' as const) });
    timer.start();
    await vi.advanceTimersByTimeAsync(601 * MINUTE);
    expect(asked['far']).toHaveLength(10);
    timer.online();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked['far']).toHaveLength(11);
    expect(asked['here']).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(asked['far']).toHaveLength(12);
    timer.stop();
  });

  it('forgets a registry that was removed and asks one that was added', async () => {
    const outcomes: Record<string, SyncOutcome[]> = { one: [], gone: ['failed'] };
    const { asked, timer } = watch(outcomes);
    timer.start();
    await vi.advanceTimersByTimeAsync(61 * MINUTE);
    delete outcomes['gone'];
    outcomes['new'] = [];
    asked['new'] = [];
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    // The turn that was meant for the removed one finds the new one.
    expect(asked).toEqual({ one: [60, 120], gone: [60], new: [62] });
    timer.stop();
  });

  it('does not ask without pause when a sync ended before it reached any registry', async () => {
    let turns = 0;
    const timer = createSyncTimer({ sync: () => { turns += 1; return Promise.resolve(); }, now: () => Date.now(), random: () => 0.5 });
    timer.ended('one', 'failed');
    timer.start();
    await vi.advanceTimersByTimeAsync(12 * MINUTE);
    expect(turns).toBe(11);
    timer.stop();
  });
});
