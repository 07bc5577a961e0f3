import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { colourCode, type ColourAnswer, type ColourRequest } from '../../../renderer/components/markdown/highlight.ts';

/** Answers at once, with the code as one line; `mute` never does. */
class StandIn extends EventTarget {
  static started: StandIn[] = [];
  static mute = false;
  ended = false;
  constructor() { super(); StandIn.started.push(this); }
  postMessage(request: ColourRequest): void {
    const answer: ColourAnswer = { id: request.id, lines: [[['', request.code]]] };
    if (!StandIn.mute) queueMicrotask(() => { this.dispatchEvent(new MessageEvent('message', { data: answer })); });
  }
  terminate(): void { this.ended = true; }
}

beforeEach(() => { vi.useFakeTimers(); vi.stubGlobal('Worker', StandIn); });
afterEach(() => { vi.runAllTimers(); vi.useRealTimers(); vi.unstubAllGlobals(); });

describe('N the thread that colours code', () => {
  it('ends when it has nothing to do, and is there again for the next code', async () => {
    expect(await colourCode('one', 'js')).toEqual([[['', 'one']]]);
    vi.advanceTimersByTime(20_000);
    await colourCode('two', 'js');
    vi.advanceTimersByTime(20_000);
    expect(StandIn.started.map(({ ended }) => ended)).toEqual([false]);
    vi.advanceTimersByTime(10_000);
    expect(StandIn.started.map(({ ended }) => ended)).toEqual([true]);
    expect(await colourCode('three', 'js')).toEqual([[['', 'three']]]);
    expect(StandIn.started.map(({ ended }) => ended)).toEqual([true, false]);
  });

  it('ends when a grammar takes too long, and what waits stays plain', async () => {
    StandIn.mute = true;
    const waiting = colourCode('four', 'js');
    vi.advanceTimersByTime(10_000);
    expect(await waiting).toBeNull();
    StandIn.mute = false;
    expect(await colourCode('five', 'js')).not.toBeNull();
  });
});
