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

/** More than this and the graph is beyond this search; a clear error is better than a frozen install. */
export const MOST_STEPS = 2_000;

interface Option { version: string; dependencies: readonly Needed[] }

class Search {
  steps = 0;
  /** The first dead end: nearest to what the person would get, so the one worth telling. */
  failure: AppError | undefined;
  readonly chosen = new Map<string, Option>();
  readonly installed: ReadonlyMap<string, InstalledVersion>;
  readonly input: ResolveInput;

  constructor(input: ResolveInput) {
    this.input = input;
    this.installed = new Map(input.installed.map((one) => [one.id, one]));
  }

  /** Decides one plugin after another; false when there is no way from here. */
  solve(): boolean {
    const id = this.undecided();
    if (id === undefined) return true;
    const wants = this.wantsOf(id);
    const options = this.optionsFor(id, wants);
    for (const option of options) {
      this.steps += 1;
      if (this.steps > MOST_STEPS) throw new AppError('plugins/conflict', `The dependencies of ${this.input.wanted.map((want) => want.id).join(', ')} are too tangled: after ${MOST_STEPS} tries no fitting set of versions was found. Ask for an exact version to make it simpler.`, { details: { steps: MOST_STEPS } });
      this.chosen.set(id, option);
      if (this.solve()) return true;
      this.chosen.delete(id);
    }
    if (options.length === 0) this.failure ??= conflictOf(id, wants, this.input.candidates(id), this.installed.get(id)?.version);
    return false;
  }

  /** The next plugin that needs a decision: asked for, needed by a choice, or installed and hurt by a choice. */
  undecided(): string | undefined {
    const asked = this.input.wanted.find(({ id }) => !this.chosen.has(id));
    if (asked) return asked.id;
    for (const { dependencies } of this.chosen.values()) {
      const open = dependencies.find(({ id, foreign }) => foreign !== true && !this.chosen.has(id));
      if (open) return open.id;
    }
    return this.input.installed.find(({ id, dependencies }) => !this.chosen.has(id) && !this.suits(dependencies))?.id;
  }

  /** Whether these dependencies agree with what was chosen; what is not chosen yet agrees. */
  suits(dependencies: readonly Needed[]): boolean {
    return dependencies.every(({ id, range, foreign }) => {
      const option = foreign === true ? undefined : this.chosen.get(id);
      return option === undefined || inRange(option.version, range);
    });
  }

  wantsOf(id: string): Want[] {
    const wants: Want[] = this.input.wanted.filter((want) => want.id === id).map(({ range }) => ({ by: null, version: null, range, installed: false }));
    for (const [by, { version, dependencies }] of this.chosen) {
      for (const need of dependencies) if (need.id === id && need.foreign !== true) wants.push({ by, version, range: need.range, installed: this.installed.get(by)?.version === version });
    }
    return wants;
  }

  /** Versions that agree with every decision so far, in order of preference: what is installed, then the newest. */
  optionsFor(id: string, wants: readonly Want[]): Option[] {
    const here = this.installed.get(id);
    const offered = (this.input.candidates(id) ?? []).filter(({ version, withdrawn, misfits = [] }) => version !== here?.version && withdrawn == null && misfits.length === 0);
    const asked = wants.some(({ by }) => by === null);
    const options: Option[] = here === undefined ? [...offered] : asked ? [...this.inPlace(id, here, offered)] : [here, ...offered];
    return options.filter(({ version, dependencies }) =>
      wants.every(({ range }) => inRange(version, range)) && this.suits(dependencies) && dependencies.every((need) => need.id !== id || inRange(version, need.range)));
  }

  /** A plugin that is asked for by name is wanted as new as possible: what is installed stands where its version belongs. */
  inPlace(id: string, here: InstalledVersion, offered: readonly Candidate[]): Option[] {
    const order = (this.input.candidates(id) ?? []).map(({ version }) => version);
    const place = order.indexOf(here.version);
    if (place === -1) return [...offered, here];
    const before = new Set(order.slice(0, place));
    return [...offered.filter(({ version }) => before.has(version)), here, ...offered.filter(({ version }) => !before.has(version))];
  }
}

/**
 * @returns what to install, dependencies before what needs them; what is installed already and stays is left out
 * @throws AppError `plugins/conflict`, `plugins/no-version`, `plugins/incompatible`, `plugins/withdrawn`; `details.wants` says who wants what
 */
export function resolve(input: ResolveInput): Choice[] {
  const search = new Search(input);
  if (!search.solve()) throw search.failure ?? new AppError('plugins/conflict', 'No set of versions fits everyone.');
  return inOrder(search, input);
}

function inOrder(search: Search, input: ResolveInput): Choice[] {
  const asked = new Set(input.wanted.map(({ id }) => id));
  const choices: Choice[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    const option = search.chosen.get(id);
    if (option === undefined || seen.has(id)) return;
    seen.add(id);
    for (const { id: needed, foreign } of option.dependencies) if (foreign !== true) visit(needed);
    const before = search.installed.get(id)?.version ?? null;
    if (before === option.version) return;
    choices.push({ id, version: option.version, dependencies: option.dependencies, reason: asked.has(id) ? 'asked' : 'dependency', replaces: before });
  };
  for (const id of search.chosen.keys()) visit(id);
  return choices;
}
