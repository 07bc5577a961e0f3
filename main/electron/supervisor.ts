import type { CoreNotice, ShellNotice } from '../../contract/host/index.ts';
import type { Channel } from '../../contract/link/channel.ts';
import type { CoreListener, CoreProcess } from './core-process.ts';

export interface Supervisor {
  /** A page's channel to the core that runs now, or null while none runs; the page asks again by itself. */
  openPage(): Channel | null;
  tell(notice: ShellNotice): void;
  /** Asks the core to stop and waits; kills it after `graceMs`. No new one is started. */
  stop(graceMs: number): Promise<void>;
}

export interface SupervisorOptions {
  start(listener: CoreListener): CoreProcess;
  onNotice(notice: CoreNotice): void;
  onAsk: CoreListener['onAsk'];
  /** Another core owns the home; it is asked for again for a while, since one of the command line ends by itself. */
  onHomeTaken(): void;
  /** The core died too often; the person decides whether to try again. */
  onGivenUp(): Promise<boolean>;
  now(): number;
  wait(ms: number): Promise<void>;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;
/** A core that ran this long was well; its end starts the count anew. */
const WELL_MS = 30_000;
const MOST_FAILURES = 5;
/** A core that the command line started leaves 10 s after its last command. */
const HOME_WAIT_MS = 12_000;
const HOME_RETRY_MS = 300;

/** Keeps one core running: after a crash the next one starts with back-off, while the windows stay. */
export function superviseCore(options: SupervisorOptions): Supervisor {
  let core: CoreProcess | null = null;
  let ending = false;
  const loop = async (): Promise<void> => {
    let takenSince: number | null = null;
    for (let failures = 0; !ending;) {
      const started = options.now();
      let refused = false;
      let taken = false;
      core = options.start({
        onNotice(notice) {
          taken = notice.tell === 'failed' && notice.input.code === 'core/home-in-use' && started - (takenSince ?? started) < HOME_WAIT_MS;
          if (taken) return;
          if (notice.tell === 'failed') refused = true;
          if (notice.tell === 'ready') takenSince = null;
          options.onNotice(notice);
        },
        onAsk: options.onAsk,
      });
      await core.exited;
      core = null;
      if (taken) {
        if (takenSince === null) options.onHomeTaken();
        takenSince ??= started;
        await options.wait(HOME_RETRY_MS);
        continue;
      }
      // `failed` means that the core itself said why it cannot start: it was told to the person, who retries or quits.
      if (ending || refused) return;
      failures = options.now() - started > WELL_MS ? 1 : failures + 1;
      if (failures > MOST_FAILURES) {
        if (!(await options.onGivenUp())) return;
        failures = 0;
      }
      await options.wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 4 ** (failures - 1)));
    }
  };
  const done = loop();
  return {
    openPage: () => core?.openPage() ?? null,
    tell(notice) { core?.tell(notice); },
    async stop(graceMs) {
      ending = true;
      const last = core;
      if (!last) return;
      last.tell({ tell: 'shutdown', input: { graceMs } });
      const killing = setTimeout(() => { last.kill(); }, graceMs);
      await last.exited;
      clearTimeout(killing);
      await done;
    },
  };
}
