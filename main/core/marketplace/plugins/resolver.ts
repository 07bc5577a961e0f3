/**
 * Which versions to install so that everyone gets what they need: one version of a plugin runs, so one version is chosen.
 * Pure: everything it knows comes in. It decides what was asked for first, newest first, and takes a decision back when
 * nothing fits any more; what is installed stays as it is where that is possible.
 */
import { AppError } from '../../../../contract/errors/app-error.ts';
import { conflictOf, type Want } from './conflict.ts';
import { inRange } from './ranges.ts';

/** A dependency of a version; foreign ones (no plugin id) are ignored. */
export interface Needed { id: string; range: string; foreign?: boolean }

/** A version that a registry offers. `misfits` says why it does not suit this app; `withdrawn` why it may not be installed. */
export interface Candidate { version: string; dependencies: readonly Needed[]; withdrawn?: string | null; misfits?: readonly string[] }

export interface InstalledVersion { id: string; version: string; dependencies: readonly Needed[] }

export interface ResolveInput {
  /** What the person asked for. */
  wanted: readonly Needed[];
  installed: readonly InstalledVersion[];
  /** Versions of a plugin in order of preference; undefined when no registry has it. */
  candidates: (id: string) => readonly Candidate[] | undefined;
}

export interface Choice { id: string; version: string; dependencies: readonly Needed[]; reason: 'asked' | 'dependency'; replaces: string | null }

/** More decisions taken back than this and the graph is beyond this search: it is handed to the solver. */
export const MOST_STEPS = 2_000;

/** A version that was or may be chosen. */
export interface Option { version: string; dependencies: readonly Needed[] }

/** The search was stopped before it knew. */
class GaveUp extends Error {}

class Search {
  /** Decisions that were taken back; those that stand are progress, however many there are. */
  steps = 0;
  /** The first dead end: nearest to what the person would get, so the one worth telling. */
  failure: AppError | undefined;
  readonly chosen = new Map<string, Option>();
  /** Those of `chosen` in the order of their choice. */
  readonly order: { id: string; option: Option }[] = [];
  /** What choices want of each plugin. */
  readonly wanting = new Map<string, Want[]>();
  readonly installed: ReadonlyMap<string, InstalledVersion>;
  readonly input: ResolveInput;
  readonly mayGoOn: (steps: number) => boolean;

  constructor(input: ResolveInput, mayGoOn: (steps: number) => boolean) {
    this.input = input;
    this.mayGoOn = mayGoOn;
    this.installed = new Map(input.installed.map((one) => [one.id, one]));
    for (const { id, range } of input.wanted) this.wantsOf(id).push({ by: null, version: null, range, installed: false });
  }

  /**
   * Decides one plugin after another; false when there is no way from here.
   * @param settled how many choices from the first on are known to have all that they need
   */
  solve(settled = 0): boolean {
    let from = settled;
    while (from < this.order.length && this.openOf(this.order[from]?.option) === undefined) from += 1;
    const id = this.undecided(from);
    if (id === undefined) return true;
    const wants = this.wantsOf(id);
    const options = optionsFor(this.input, this.installed, id, wants).filter(({ dependencies }) => this.suits(dependencies));
    for (const option of options) {
      if (!this.mayGoOn(this.steps)) throw new GaveUp('There were too many steps.');
      this.choose(id, option);
      if (this.solve(from)) return true;
      this.takeBack(id, option);
      this.steps += 1;
    }
    if (options.length === 0) this.failure ??= conflictOf(id, wants, this.input.candidates(id), this.installed.get(id)?.version);
    return false;
  }

  choose(id: string, option: Option): void {
    this.chosen.set(id, option);
    this.order.push({ id, option });
    const installed = this.installed.get(id)?.version === option.version;
    for (const need of option.dependencies) if (need.foreign !== true) this.wantsOf(need.id).push({ by: id, version: option.version, range: need.range, installed });
  }

  takeBack(id: string, option: Option): void {
    this.chosen.delete(id);
    this.order.pop();
    for (const need of option.dependencies.toReversed()) if (need.foreign !== true) this.wantsOf(need.id).pop();
  }

  openOf(option: Option | undefined): string | undefined {
    return option?.dependencies.find(({ id, foreign }) => foreign !== true && !this.chosen.has(id))?.id;
  }

  /** The next plugin that needs a decision: asked for, needed by a choice, or installed and hurt by a choice. */
  undecided(from: number): string | undefined {
    return this.input.wanted.find(({ id }) => !this.chosen.has(id))?.id ?? this.openOf(this.order[from]?.option)
      ?? this.input.installed.find(({ id, dependencies }) => !this.chosen.has(id) && !this.suits(dependencies))?.id;
  }

  /** Whether these dependencies agree with what was chosen; what is not chosen yet agrees. */
  suits(dependencies: readonly Needed[]): boolean {
    return dependencies.every(({ id, range, foreign }) => {
      const option = foreign === true ? undefined : this.chosen.get(id);
      return option === undefined || inRange(option.version, range);
    });
  }

  wantsOf(id: string): Want[] {
    const wants = this.wanting.get(id) ?? [];
    this.wanting.set(id, wants);
    return wants;
  }
}

/** Versions that everyone who wants the plugin agrees with, in order of preference: what is installed, then the newest. */
export function optionsFor(input: ResolveInput, installed: ReadonlyMap<string, InstalledVersion>, id: string, wants: readonly Pick<Want, 'range'>[]): Option[] {
  const here = installed.get(id);
  const known = input.candidates(id) ?? [];
  const offered = known.filter(({ version, withdrawn, misfits = [] }) => version !== here?.version && withdrawn == null && misfits.length === 0);
  const asked = input.wanted.some((want) => want.id === id);
  const options: Option[] = here === undefined ? offered : asked ? inPlace(known, here, offered) : [here, ...offered];
  return options.filter(({ version, dependencies }) => wants.every(({ range }) => inRange(version, range)) && dependencies.every((need) => need.id !== id || inRange(version, need.range)));
}

/** A plugin that is asked for by name is wanted as new as possible: what is installed stands where its version belongs. */
function inPlace(known: readonly Candidate[], here: InstalledVersion, offered: readonly Candidate[]): Option[] {
  const order = known.map(({ version }) => version);
  const place = order.indexOf(here.version);
  if (place === -1) return [...offered, here];
  const before = new Set(order.slice(0, place));
  return [...offered.filter(({ version }) => before.has(version)), here, ...offered.filter(({ version }) => !before.has(version))];
}

/** How a search ended: with a choice, with the reason why there is none, or before it knew, with the first dead end it met. */
export type Searched = { choices: Choice[] } | { failure: AppError } | { gaveUp: AppError | undefined };

/** @param mayGoOn told before each decision how many were taken back so far; false ends the search */
export function search(input: ResolveInput, mayGoOn: (steps: number) => boolean = (steps) => steps <= MOST_STEPS): Searched {
  const one = new Search(input, mayGoOn);
  try {
    if (one.solve()) return { choices: inOrder(one.chosen, input) };
    return { failure: one.failure ?? new AppError('plugins/conflict', 'No set of versions fits everyone.') };
  } catch (error) {
    // A RangeError: more plugins than the stack has room for.
    if (error instanceof GaveUp || error instanceof RangeError) return { gaveUp: one.failure };
    throw error;
  }
}

/** Dependencies before what needs them; what is installed already and stays is left out. */
export function inOrder(chosen: ReadonlyMap<string, Option>, input: ResolveInput): Choice[] {
  const asked = new Set(input.wanted.map(({ id }) => id));
  const installed = new Map(input.installed.map(({ id, version }) => [id, version]));
  const choices: Choice[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    const option = chosen.get(id);
    if (option === undefined || seen.has(id)) return;
    seen.add(id);
    for (const { id: needed, foreign } of option.dependencies) if (foreign !== true) visit(needed);
    const before = installed.get(id) ?? null;
    if (before === option.version) return;
    choices.push({ id, version: option.version, dependencies: option.dependencies, reason: asked.has(id) ? 'asked' : 'dependency', replaces: before });
  };
  for (const id of chosen.keys()) visit(id);
  return choices;
}
