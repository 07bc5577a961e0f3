/**
 * What changed from one sequence of a catalog to a later one. Names say which: `delta-4-5.jsonl.br` leads from 4 to 5, and
 * a chain of them from any sequence that is not too old to the newest.
 */
import { AppError } from '../../contract/errors/app-error.ts';
import { catalogDeltaHeadSchema, type CatalogRecord } from '../../contract/manifest/index.ts';
import { compress } from './write.ts';
import { linesOf, readRecord, type BadRecord } from './records.ts';

/** Who is further behind takes the whole catalog; the signer keeps as many. */
export const DELTAS_KEPT = 60;
/** More is not worth a delta; the signer writes the whole catalog then. Unpacked bytes. */
export const LARGEST_DELTA = 64 * 1024 ** 2;

export type CatalogDelta = { put: CatalogRecord } | { remove: string };

/** The lines of a delta without its head. Records are compared by what they say. */
export function deltaOf(before: readonly CatalogRecord[], after: readonly CatalogRecord[]): string[] {
  const known = new Map(before.map((record) => [record.id, JSON.stringify(record)]));
  const lines = after.flatMap((record) => {
    const text = JSON.stringify(record);
    const same = known.get(record.id) === text;
    known.delete(record.id);
    return same ? [] : [`{"put":${text}}`];
  });
  return [...lines, ...[...known.keys()].map((id) => JSON.stringify({ remove: id }))];
}

/** A delta as the file that is published; undefined when it is too large to be one. */
export async function deltaFile(from: number, to: number, lines: readonly string[]): Promise<[string, Uint8Array] | undefined> {
  const bytes = new TextEncoder().encode(`${[JSON.stringify({ from, to }), ...lines].join('\n')}\n`);
  return bytes.length > LARGEST_DELTA ? undefined : [`catalog/delta-${from}-${to}.jsonl.br`, await compress(bytes)];
}

/**
 * The deltas that lead from one sequence to another, in order; undefined when a gap lies between.
 * @param names of targets, others among them
 */
export function chainOf(names: Iterable<string>, from: number, to: number): string[] | undefined {
  const furthest = new Map<number, { end: number; name: string }>();
  for (const name of names) {
    const [, start, end] = /^catalog\/delta-(\d{1,15})-(\d{1,15})\.jsonl\.br$/.exec(name)?.map(Number) ?? [];
    if (start === undefined || end === undefined || end <= start || end > to || end <= (furthest.get(start)?.end ?? 0)) continue;
    furthest.set(start, { end, name });
  }
  const chain: string[] = [];
  for (let at = from; at !== to;) {
    const step = furthest.get(at);
    if (!step) return undefined;
    chain.push(step.name);
    at = step.end;
  }
  return chain;
}

/** The newest whole catalog among target names. */
export function fullOf(names: Iterable<string>): { name: string; sequence: number } | undefined {
  const all = [...names].flatMap((name) => { const found = /^catalog\/full-(\d{1,15})\.jsonl\.br$/.exec(name); return found ? [{ name, sequence: Number(found[1]) }] : []; });
  return all.sort((a, b) => b.sequence - a.sequence)[0];
}

/** The newest statistics among target names. */
export const statsOf = (names: Iterable<string>): string | undefined => [...names].filter((name) => /^catalog\/stats-\d{4}-\d{2}-\d{2}\.json\.br$/.test(name)).sort().at(-1);

/** The newest reviews among target names. */
export const reviewsOf = (names: Iterable<string>): string | undefined => [...names].filter((name) => /^catalog\/reviews-\d{4}-\d{2}-\d{2}\.json\.br$/.test(name)).sort().at(-1);

/**
 * Streams a verified delta. A record that is none is reported and, as in a whole catalog, not there.
 * @param name says what the head has to say, so that no delta stands in the place of another
 * @throws AppError `catalog/refused`
 */
export async function* changesOf(file: string, name: string, report: (bad: BadRecord) => void): AsyncGenerator<CatalogDelta> {
  const refuse = (why: string): AppError => new AppError('catalog/refused', `${name} of the catalog is no delta that can be followed: ${why}. Nothing of it was taken.`, { details: { name } });
  let number = 0;
  for await (const line of linesOf(file, LARGEST_DELTA)) {
    number += 1;
    if (line === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw refuse(`line ${number} is not JSON`);
    }
    if (number === 1) {
      const head = catalogDeltaHeadSchema.safeParse(value);
      if (!head.success || name !== `catalog/delta-${head.data.from}-${head.data.to}.jsonl.br`) throw refuse('it says that it leads elsewhere');
      continue;
    }
    if (typeof value !== 'object' || value === null) throw refuse(`line ${number} is no change`);
    if ('remove' in value && typeof value.remove === 'string') yield { remove: value.remove };
    else if ('put' in value) {
      const record = readRecord(value.put);
      if (!('message' in record)) yield { put: record };
      else {
        report({ line: number, ...record });
        if (record.id !== null) yield { remove: record.id };
      }
    } else throw refuse(`line ${number} is no change`);
  }
  if (number === 0) throw refuse('it is empty');
}
