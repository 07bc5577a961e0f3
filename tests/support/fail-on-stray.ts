/** A console error or an unhandled rejection fails the test in which it happens. */
import { afterEach, beforeEach, expect, vi } from 'vitest';

let spy: ReturnType<typeof vi.spyOn> | undefined;

beforeEach(() => { spy = vi.spyOn(console, 'error'); });
afterEach(() => {
  const calls = spy?.mock.calls ?? [];
  spy?.mockRestore();
  expect(calls, 'console.error was called').toEqual([]);
});
