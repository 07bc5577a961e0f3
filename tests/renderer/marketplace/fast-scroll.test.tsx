import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useFastScroll } from '../../../renderer/features/marketplace/list/use-fast-scroll.ts';

const scrolled = (...steps: readonly number[]) => {
  const { result } = renderHook(() => useFastScroll());
  let offset = 0;
  const told: boolean[] = [];
  for (const step of steps) {
    offset += step;
    // A virtual list tells of each step when it comes and when it was taken.
    for (let time = 0; time < 2; time += 1) act(() => { result.current.onChange({ isScrolling: true, scrollOffset: offset }); });
    told.push(result.current.isFast);
  }
  return { told, rest: () => { act(() => { result.current.onChange({ isScrolling: false, scrollOffset: offset }); }); return result.current.isFast; } };
};

describe('D1 a list that is scrolled faster than it can be read', () => {
  it('is one that is dragged, until it rests', () => {
    const { told, rest } = scrolled(600, 600, 600, 40);
    expect(told).toEqual([false, true, true, true]);
    expect(rest()).toBe(false);
  });
  it('is none that a wheel or a page key moves, or that leaps once', () => {
    expect(scrolled(40, 40, 120, 200).told).toEqual([false, false, false, false]);
    expect(scrolled(90_000, 0, 160, -90_000, 40).told).toEqual([false, false, false, false, false]);
  });
});
