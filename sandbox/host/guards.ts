/**
 * Every defence by name. All are on; tests switch one off to show that the attack it holds back then succeeds. Not exported
 * by the room's index and not part of a request: nothing but a test can reach it.
 */
export interface HostGuards {
  /** SIGKILL for a process that lets a deadline pass in silence. */
  kill: boolean;
  /** Depth and number of values are checked before JSON is parsed. */
  depth: boolean;
  /** Cap on the size of results, inside the isolate and outside. */
  results: boolean;
  /** Caps on the number of host calls. */
  calls: boolean;
  /** Caps on the size of what host calls carry, inside the isolate and outside. */
  arguments: boolean;
  /** Caps on the bytes of bodies that are under way, of one run and of all. */
  bodies: boolean;
  /** Caps on the log. */
  logs: boolean;
  /** A run that waits for nothing is ended at once. */
  settles: boolean;
  /** Arguments of many calls are parsed over several turns of the event loop. */
  slice: boolean;
  /** Guards inside the worker: V8's timeout (and that nothing enters whose time is over), the wall deadline, the isolate's memory limit, the process' memory limit, removed globals. */
  timeout: boolean;
  wall: boolean;
  memory: boolean;
  rss: boolean;
  strip: boolean;
}

export const ALL_GUARDS: HostGuards = { kill: true, depth: true, results: true, calls: true, arguments: true, bodies: true, logs: true, settles: true, slice: true, timeout: true, wall: true, memory: true, rss: true, strip: true };

const IN_WORKER = ['timeout', 'wall', 'memory', 'rss', 'strip'] as const;

/** The worker's argument for the guards that are off; none when all are on. */
export function workerArguments(guards: HostGuards): string[] {
  const off = IN_WORKER.filter((guard) => !guards[guard]);
  return off.length === 0 ? [] : [`--off=${off.join(',')}`];
}
