import { describe, expect, it } from 'vitest';
import { idFrom } from '../../../main/core/new-id.ts';

describe('X4 an id', () => {
  it('can be given to a command: it never begins as an option does', () => {
    expect(Buffer.from([0xf8, 0, 0]).toString('base64url')).toBe('-AAA');
    expect(idFrom(Buffer.from([0xf8, 0, 0]))).toBe('_AAA');
    expect(idFrom(Buffer.from([0, 0xff, 0x80]))).toBe('AP-A');
  });
});
