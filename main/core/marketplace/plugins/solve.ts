/**
 * The second stage of dependency resolution, for graphs that the search gives up on: the same question as a formula, answered
 * by a SAT solver. Its module takes 64 MiB and its own time, so it is loaded by the resolver thread alone.
 */
import Logic from 'logic-solver';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { inRange } from './ranges.ts';
import { inOrder, optionsFor, search, type Choice, type Option, type ResolveInput } from './resolver.ts';

type Solver = InstanceType<typeof Logic.Solver>;

const variable = (id: string, version: string): string => `${id} ${version}`;
const needsOf = ({ dependencies }: Option): Option['dependencies'] => dependencies.filter(({ foreign }) => foreign !== true);

/**
 * Both stages. The newest versions of what was asked for win, in the order in which it was asked; then what is installed stays,
 * then what they need is as new as possible, nearest first.
 * @throws AppError `plugins/conflict`, `plugins/no-version`, `plugins/incompatible`, `plugins/withdrawn`; `details.wants` says who wants what
 */
export function resolve(input: ResolveInput): Choice[] {
  const first = search(input);
  if ('choices' in first) return first.choices;
  if ('failure' in first) throw first.failure;
  const chosen = solve(input);
  if (chosen === undefined) throw first.gaveUp ?? new AppError('plugins/conflict', `No set of versions fits everyone who needs something of ${input.wanted.map(({ id }) => id).join(', ')}. Ask for another version.`, { details: { wanted: input.wanted.map(({ id }) => id) } });
  return inOrder(chosen, input);
}

/** @returns the version of each plugin that is asked for, installed or needed by one of those; undefined when there is no way */
export function solve(input: ResolveInput): Map<string, Option> | undefined {
  const installed = new Map(input.installed.map((one) => [one.id, one]));
  const options = optionsReached(input, installed);
  const solver = new Logic.Solver();
  for (const [id, all] of options) {
    const variables = all.map(({ version }) => variable(id, version));
    solver.require(installed.has(id) || input.wanted.some((want) => want.id === id) ? Logic.exactlyOne(variables) : Logic.atMostOne(variables));
    for (const option of all) {
      for (const need of needsOf(option)) {
        const fitting = (options.get(need.id) ?? []).filter(({ version }) => inRange(version, need.range));
        solver.require(Logic.implies(variable(id, option.version), Logic.or(fitting.map(({ version }) => variable(need.id, version)))));
      }
    }
  }
  return solver.solve() === null ? undefined : new Preferring(solver, options).choose([...new Set(input.wanted.map(({ id }) => id))], [...installed.keys()]);
}

/** Every version that may come to be chosen, by plugin, in order of preference. */
function optionsReached(input: ResolveInput, installed: ReadonlyMap<string, ResolveInput['installed'][number]>): Map<string, Option[]> {
  const reached = new Map<string, Option[]>();
  const open = [...input.wanted.map(({ id }) => id), ...installed.keys()];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    const options = optionsFor(input, installed, id, input.wanted.filter((want) => want.id === id));
    reached.set(id, options);
    for (const option of options) for (const need of needsOf(option)) if (!reached.has(need.id)) open.push(need.id);
  }
  return reached;
}

/** Pins one version after another, each the first of its plugin's that leaves a solution. */
class Preferring {
  readonly #chosen = new Map<string, Option>();
  /** What those want of each plugin. */
  readonly #ranges = new Map<string, string[]>();
  readonly #solver: Solver;
  readonly #options: ReadonlyMap<string, readonly Option[]>;

  constructor(solver: Solver, options: ReadonlyMap<string, readonly Option[]>) {
    this.#solver = solver;
    this.#options = options;
  }

  choose(wanted: readonly string[], installed: readonly string[]): Map<string, Option> {
    // One by one: the first that was asked for matters most.
    for (const id of wanted) this.#pin([id]);
    this.#pin(installed.filter((id) => !this.#chosen.has(id)));
    for (let level = this.#needed(this.#chosen.values()); level.length > 0;) {
      this.#pin(level);
      level = this.#needed(level.flatMap((id) => this.#chosen.get(id) ?? []));
    }
    return this.#chosen;
  }

  #needed(options: Iterable<Option>): string[] {
    return [...new Set([...options].flatMap((option) => needsOf(option).map(({ id }) => id)))].filter((id) => !this.#chosen.has(id));
  }

  /** All of them at their first choice where that is possible; else halves of them, down to the one that has to give way. */
  #pin(ids: readonly string[]): void {
    const [only] = ids;
    if (only === undefined) return;
    const first = ids.flatMap((id) => { const option = this.#fitting(id)[0]; return option ? [{ id, option }] : []; });
    if (this.#holds(first)) return;
    if (ids.length > 1) {
      const half = ids.length >> 1;
      this.#pin(ids.slice(0, half));
      this.#pin(ids.slice(half));
      return;
    }
    if (!this.#fitting(only).slice(1).some((option) => this.#holds([{ id: only, option }]))) throw new AppError('core/internal', `The solver found versions and then none of ${only}.`);
  }

  /** Keeps them when there is a solution with them. */
  #holds(choices: readonly { id: string; option: Option }[]): boolean {
    const all = Logic.and(choices.map(({ id, option }) => variable(id, option.version)));
    if (this.#solver.solveAssuming(all) === null) return false;
    this.#solver.require(all);
    for (const { id, option } of choices) {
      this.#chosen.set(id, option);
      for (const need of needsOf(option)) this.#ranges.set(need.id, [...this.#ranges.get(need.id) ?? [], need.range]);
    }
    return true;
  }

  /** What agrees with those that are pinned; the solver knows this as well, at a greater cost. */
  #fitting(id: string): Option[] {
    const ranges = this.#ranges.get(id) ?? [];
    return (this.#options.get(id) ?? []).filter(({ version }) => ranges.every((range) => inRange(version, range)));
  }
}
