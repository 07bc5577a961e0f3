import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import { openConnected, type Connected } from './connected.ts';

let at: Connected | undefined;
afterEach(async () => { await at?.close(); at = undefined; });
/** A desktop whose clipboard holds this text. */
async function desktop(text: string, answer: 'allow' | 'deny' = 'allow'): Promise<{ at: Connected; held: () => string }> {
  let held = text;
  at = await openConnected({ answer, clipboard: { read: () => Promise.resolve({ text: held, cut: false }), write: (next) => { held = next; return Promise.resolve(); } } });
  return { at, held: () => held };
}

describe('A9 the clipboard', () => {
  it('is read after asking, though reading changes nothing', async () => {
    const { at: home } = await desktop('the words that were copied');
    expect(await home.use('builtin.clipboard_read', {})).toMatchObject({ output: { text: 'the words that were copied', cut: false }, error: null });
    expect(home.questions.map(({ toolId }) => toolId)).toEqual(['builtin.clipboard_read']);
    expect(home.told.filter(({ action }) => action === 'tool_called')).toMatchObject([{ subject: 'builtin.clipboard_read', outcome: 'done' }]);
    expect(JSON.stringify(home.told)).not.toContain('copied');
  });

  it('is written after asking, with what was asked about', async () => {
    const { at: home, held } = await desktop('before');
    expect(await home.use('builtin.clipboard_write', { text: 'after' })).toMatchObject({ output: { copied: 5 }, error: null });
    expect([held(), home.questions.length]).toEqual(['after', 1]);
    expect((await home.use('builtin.clipboard_write', { text: 'x'.repeat(100_001) })).error).toMatchObject({ code: 'tools/bad-arguments' });
  });

  it('stays as it is when the person says no', async () => {
    const { at: home, held } = await desktop('a password', 'deny');
    for (const [tool, input] of [['builtin.clipboard_read', {}], ['builtin.clipboard_write', { text: 'x' }]] as const) {
      const { error, content } = await home.use(tool, input);
      expect(error).toMatchObject({ code: 'permission/denied' });
      expect(content).not.toContain('password');
    }
    expect(held()).toBe('a password');
  });

  it.each([['without a shell', undefined], ['of a shell that has none', { read: () => Promise.reject(new AppError('host/unavailable', 'No desktop shell.')), write: () => Promise.reject(new AppError('host/unavailable', 'No desktop shell.')) }]])('%s says what to do instead', async (_name, clipboard) => {
    at = await openConnected({ ...(clipboard && { clipboard }) });
    expect((await at.use('builtin.clipboard_read', {})).error).toMatchObject({ code: 'host/unavailable', message: expect.stringContaining('paste the text into the conversation') as string });
    expect((await at.use('builtin.clipboard_write', { text: 'x' })).error).toMatchObject({ code: 'host/unavailable' });
  });
});
