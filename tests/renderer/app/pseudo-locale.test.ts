import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { pseudo } from '../../../renderer/lib/pseudo-locale.ts';

const format = (message: string, values: Record<string, unknown>): string => createIntl({ locale: 'en', messages: { m: pseudo(message) }, onError: (error) => { throw error; } }).formatMessage({ id: 'm' }, values as never) as unknown as string;

describe('the pseudo-locale', () => {
  it('changes letters, lengthens, and keeps arguments', () => {
    expect(format('Install {name}', { name: 'Ada' })).toMatch(/^\[Îñšţàļļ Ada~+\]$/);
  });
  it('lengthens a plural by what it shows, not by what it is written with', () => {
    expect(format('{count, plural, =0 {Filters} other {Filters (#)}}', { count: 2 })).toMatch(/^\[Ƒîļţéŕš \(2\)~{2,4}\]$/);
  });
  it('keeps plurals, selects and nested arguments working', () => {
    const message = '{count, plural, =0 {Nothing} one {# plugin by {who}} other {# plugins}}';
    expect(format(message, { count: 1, who: 'Ada' })).toMatch(/^\[1 þļûĝîñ ƀý Ada~+\]$/);
    expect(format(message, { count: 5, who: 'Ada' })).toContain('5 þļûĝîñš');
  });
});
