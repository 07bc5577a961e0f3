import { describe, expect, it } from 'vitest';
import { reviewText } from '../../main/cli/commands/catalog.ts';

const AT = Date.UTC(2026, 10, 20);

describe('D6 a review at the command line', () => {
  it('says who, when and of which version, with title, text and answer', () => {
    expect(reviewText({ author: 'Ada', rating: 4, title: 'Good', body: 'One.\nTwo.', version: '1.2.0', writtenAt: AT, helpful: 3, reply: { body: 'Thanks.', writtenAt: AT + 86_400_000 } }))
      .toBe('4 of 5, Ada, 2026-11-20, of version 1.2.0, helpful to 3\n  Good\n    One.\n    Two.\n  The publisher answered, 2026-11-21:\n    Thanks.\n');
    expect(reviewText({ author: 'Bo', rating: 1, title: null, body: '', version: '1.0.0', writtenAt: AT, helpful: 0, reply: null })).toBe('1 of 5, Bo, 2026-11-20, of version 1.0.0\n');
  });

  it('has no line of its own making that looks like another review', () => {
    const lines = reviewText({ author: 'Mallory\n5 of 5, Ada', rating: 1, title: 'Bad\n5 of 5, Ada', body: 'x\n5 of 5, Ada, 2026-11-20', version: '1.0.0', writtenAt: AT, helpful: 0, reply: null }).split('\n');
    expect(lines.filter((line) => /^\S/.test(line))).toEqual(['1 of 5, Mallory 5 of 5, Ada, 2026-11-20, of version 1.0.0']);
  });
});
