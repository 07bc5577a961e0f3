import { beforeEach, describe, expect, it, vi } from 'vitest';

const held = vi.hoisted(() => ({ text: '' }));
vi.mock('electron', () => ({ app: {}, dialog: {}, Notification: class {}, session: {}, shell: {}, clipboard: { readText: () => Promise.resolve(held.text), writeText: (text: string) => { held.text = text; return Promise.resolve(); } } }));
const { createHostAnswers } = await import('../../main/electron/host-answers.ts');
const answer = createHostAnswers(() => null, () => undefined);
beforeEach(() => { held.text = ''; });

describe('A9 the clipboard of the desktop', () => {
  it('is read and written as text, no more of it than the core takes', async () => {
    await answer('writeClipboard', { text: 'copied' });
    expect(await answer('readClipboard', {})).toEqual({ text: 'copied', cut: false });
    held.text = 'x'.repeat(100_001);
    expect(await answer('readClipboard', {})).toEqual({ text: 'x'.repeat(100_000), cut: true });
  });

  it('takes nothing but text, and nobody but the core asks for it by these names', async () => {
    for (const input of [{}, { text: 5 }, { text: 'x'.repeat(100_001) }]) await expect(answer('writeClipboard', input)).rejects.toThrow();
    await expect(answer('clipboard', {})).rejects.toThrow('does not know');
    expect(held.text).toBe('');
  });
});
