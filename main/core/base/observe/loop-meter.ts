/** Notices when the core's main thread was busy for too long: then nothing streamed and no cancel was heard. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopMeter {
  /** Milliseconds since the start: the longest delay, and what 99 of 100 samples stayed under; how many samples that were. */
  figures(): { worst: number; p99: number; samples: number };
  stop(): void;
}

export interface LoopMeterOptions {
  /** Told of the longest delay of an interval when it exceeds `limit`. */
  onStall: (stall: { milliseconds: number }) => void;
  /** Default 100 ms. */
  limit?: number;
  /** How often it looks; default 1,000 ms. */
  interval?: number;
}

const RESOLUTION_MS = 10;

export function meterLoop(options: LoopMeterOptions): LoopMeter {
  const { limit = 100, interval = 1_000 } = options;
  const sinceStart = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const sinceLook = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  sinceStart.enable();
  sinceLook.enable();
  const timer = setInterval(() => {
    const worst = Math.round(sinceLook.max / 1e6);
    sinceLook.reset();
    if (worst > limit) options.onStall({ milliseconds: worst });
  }, interval);
  timer.unref();
  return {
    figures: () => ({ worst: sinceStart.max / 1e6, p99: sinceStart.percentile(99) / 1e6, samples: sinceStart.count }),
    stop() {
      clearInterval(timer);
      sinceStart.disable();
      sinceLook.disable();
    },
  };
}
