import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../main/core/workspace/builder/difference.ts';

const lines = (count: number, word: string): string => Array.from({ length: count }, (_, at) => (at % 10 === 5 ? `kept ${at}` : `${word} ${at}`)).join('\n');

describe('B4 the difference of two versions', () => {
  it('lays lines side by side, and very long texts as a whole so that the core is not held up', () => {
    expect(differenceOf(lines(100, 'old'), lines(100, 'new')).filter(({ kind }) => kind === 'same')).toHaveLength(10);
    const long = differenceOf(lines(1200, 'old'), lines(1200, 'new'));
    expect(long.map(({ kind }) => kind)).toEqual([...Array.from({ length: 1200 }, () => 'removed'), ...Array.from({ length: 1200 }, () => 'added')]);
  });
});
