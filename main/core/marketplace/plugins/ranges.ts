import { satisfies } from 'semver';

/** A resolution asks the same again and again, and reading a range costs more than anything else in it. */
const MOST_KEPT = 50_000;
const kept = new Map<string, boolean>();

/** Whether a version lies in a range; a pre-release only where the range names one of the same number. An empty range is any. */
export function inRange(version: string, range: string): boolean {
  const key = `${version} ${range}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const answer = satisfies(version, range === '' ? '*' : range);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, answer);
  return answer;
}
