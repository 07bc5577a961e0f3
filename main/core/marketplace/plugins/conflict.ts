/** Tells why no version of a plugin can be chosen, in the form "who wants what". */
import { AppError } from '../../../../contract/errors/app-error.ts';
import { inRange } from './ranges.ts';
import type { Candidate } from './resolver.ts';

/** One who wants a plugin in a range; `by` is null for the person. */
export interface Want { by: string | null; version: string | null; range: string; installed: boolean }

const LISTED_VERSIONS = 10;

const who = ({ by, version, installed }: Want): string => (by === null ? 'you' : `${by} ${version ?? ''}${installed ? ' (installed)' : ''}`);
const rangeText = (range: string): string => (range === '*' || range === '' ? 'any version' : range);
const listed = (texts: readonly string[]): string => (texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}`);

export function conflictOf(id: string, wants: readonly Want[], candidates: readonly Candidate[] | undefined, installed: string | undefined): AppError {
  const details = { id, installed: installed ?? null, wants: wants.map(({ by, version, range, installed: there }) => ({ by, version, range, installed: there })), available: (candidates ?? []).slice(0, LISTED_VERSIONS).map(({ version }) => version) };
  const asking = listed(wants.map((want) => `${who(want)} ${want.by === null ? 'want' : 'wants'} ${rangeText(want.range)}`));
  if (candidates === undefined || candidates.length === 0) {
    return new AppError('plugins/no-version', `No registry here has the plugin ${id} (${asking || 'it is needed'}). Sync the catalog, or add the registry that has it.`, { details });
  }
  const fitting = candidates.filter(({ version }) => wants.every(({ range }) => inRange(version, range)));
  if (fitting.length === 0 && wants.length > 1 && wants.every(({ range }) => candidates.some(({ version }) => inRange(version, range)))) {
    return new AppError('plugins/conflict', `No version of ${id} fits everyone: ${asking}. Available: ${listed(details.available)}.`, { details });
  }
  if (fitting.length === 0) return new AppError('plugins/no-version', `No version of ${id} is in range: ${asking}. Available: ${listed(details.available)}.`, { details });
  const usable = fitting.filter(({ withdrawn }) => withdrawn == null);
  if (usable.length === 0) return new AppError('plugins/withdrawn', `Every fitting version of ${id} was withdrawn: ${fitting[0]?.withdrawn ?? ''}`, { details });
  const suiting = usable.filter(({ misfits = [] }) => misfits.length === 0);
  if (suiting.length === 0) {
    const because = [...new Set(usable[0]?.misfits ?? [])];
    return new AppError('plugins/incompatible', `${id} does not suit this app. ${because.join(' ')}`, { details: { ...details, because } });
  }
  const needs = suiting[0]?.dependencies.filter(({ foreign }) => foreign !== true).map((need) => `${need.id} ${need.range}`) ?? [];
  return new AppError('plugins/conflict', `No version of ${id} agrees with the rest: ${asking || 'it is installed'}, and ${id} ${suiting[0]?.version ?? ''} itself wants ${listed(needs) || 'nothing'}.`, { details });
}
