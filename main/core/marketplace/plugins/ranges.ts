import { satisfies } from 'semver';

/** Whether a version lies in a range; a pre-release only where the range names one of the same number. An empty range is any. */
export const inRange = (version: string, range: string): boolean => satisfies(version, range === '' ? '*' : range);
