import { expect } from 'vitest';
import type { ManifestProblem } from '../../contract/manifest/index.ts';

/** The problems with which a document was refused; fails when it was not. */
export function problemsIn(read: () => unknown): ManifestProblem[] {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ code: 'plugins/bad-manifest' });
    return (error as { details: { problems: ManifestProblem[] } }).details.problems;
  }
  throw new Error('The document was taken.');
}
