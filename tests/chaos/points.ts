/** The places at which a core is killed: the one table of them, for the tests and for `npm run soak`. */
import type { Job } from './jobs.ts';

/** `at:n` is the nth time that the point is reached. `next`: where the core that takes over is killed as well. */
export interface Point { job: Job; at: string; next?: string }

/** How often each step is done: for two plugins what is done for each of them. */
const STEPS = {
  bring: { resolve: 1, download: 2, verify: 2, check: 2, consent: 1, unpack: 2, smoke: 2, activate: 1, sweep: 1 },
  /** One from this machine, and one from a registry that it needs. */
  local: { resolve: 1, download: 1, verify: 1, check: 2, consent: 1, unpack: 2, smoke: 2, activate: 1, sweep: 1 },
  back: { resolve: 1, check: 2, unpack: 2, smoke: 2, activate: 1, sweep: 1 },
  away: { check: 1, activate: 1, sweep: 1 },
};

/** Before a step is told, before its work, after it. */
const SIDES = ['before', 'started', 'after'];
const times = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}:${index + 1}`);
const around = (kind: string, steps: Record<string, number>): string[] => Object.entries(steps).flatMap(([step, count]) => SIDES.flatMap((side) => times(`${kind}.${step}.${side}`, count)));
/** Inside the transaction, and between its commit and the answer. */
const stored = (...names: string[]): string[] => names.flatMap((name) => [`store.${name}.written`, `store.${name}.committed`]);
const whole = (kind: string, effect: string): string[] => [`${kind}.stored`, `${kind}.end`, ...stored('startOperation', effect, 'endOperation')];
const DOWNLOADS = ['piece', 'synced', 'named'].flatMap((place) => times(`download.${place}`, 2));
/** Four files in each of two archives. */
const FILES = [...times('unpack.file', 8), ...times('unpack.synced', 2)];
const RECOVERY = [...stored('endInterruptedOperations'), ...times('sweep.folder', 2), ...times('sweep.removed', 2)];

const of = (job: Job, points: readonly string[], next?: string): Point[] => points.map((at) => ({ job, at, ...(next !== undefined && { next }) }));

/** Over the life of a plugin that needs another one. */
export const PLUGIN_POINTS: readonly Point[] = [
  ...of('install', [...whole('install', 'activatePlugins'), ...around('install', STEPS.bring), 'install.consent.asked', ...stored('touchOperation'), ...DOWNLOADS, ...FILES]),
  ...of('update', [...whole('update', 'activatePlugins'), ...around('update', STEPS.bring), 'update.consent.asked', ...stored('touchOperation'), ...DOWNLOADS, ...FILES]),
  ...of('downgrade', [...whole('update', 'activatePlugins'), ...around('update', STEPS.bring)]),
  ...of('rollback', [...whole('rollback', 'rollBackPlugins'), ...around('rollback', STEPS.back)]),
  ...of('uninstall', [...whole('uninstall', 'removePlugins'), ...around('uninstall', STEPS.away), 'uninstall.forget', ...times('sweep.folder', 4), ...times('sweep.removed', 4)]),
  ...of('refuse', ['install.end', ...times('install.undo', 2), ...stored('endOperation')]),
  ...of('disable', stored('setPluginEnabled')), ...of('enable', stored('setPluginEnabled')),
  ...of('pin', stored('setPluginPin')), ...of('unpin', stored('setPluginPin')),
  ...(['sideload', 'develop'] as const).flatMap((job) => of(job, ['side-load.taken', 'side-load.named', ...whole('install', 'activatePlugins'), ...around('install', STEPS.local), 'install.consent.asked', ...stored('touchOperation'), ...FILES])),
  ...of('set', [...whole('install', 'activatePlugins'), ...around('install', STEPS.bring), 'install.consent.asked', ...stored('touchOperation'), ...DOWNLOADS, ...FILES]),
  ...RECOVERY.flatMap((next) => [...of('install', ['install.smoke.after:2'], next), ...of('update', ['update.activate.started'], next)]),
];

/** Within one turn of a conversation. */
export const CHAT_POINTS: readonly Point[] = of('chat', [
  'chat.before-user-message', 'chat.after-user-message', 'run.after-first-chunk', 'run.after-model:1', 'run.before-tool', 'run.after-tool', 'run.after-model:2', 'run.before-finish', 'run.after-finish',
]);

/** Numbers in [0, 1) that one seed always gives in the same order (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of them, none twice before each was there once. */
export function drawn<T>(from: readonly T[], count: number, random: () => number): T[] {
  const deck: T[] = [];
  return Array.from({ length: count }, () => {
    if (deck.length === 0) deck.push(...from);
    return deck.splice(Math.floor(random() * deck.length), 1)[0] as T;
  });
}
