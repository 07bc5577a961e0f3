import { describe, expect, it } from 'vitest';
import { titleOf } from '../../../main/core/workspace/chat/title.ts';

describe('A2 a conversation\'s name', () => {
  it.each([
    ['hello', 'hello'], ['\n\n  # **What** is `this`?\nmore', 'What is this ?'], ['   \n\t', ''],
    ['Please compare the three reports from last week and tell me what changed', 'Please compare the three reports from last week and tell me…'],
    ['a'.repeat(80), `${'a'.repeat(60)}…`], ['😀'.repeat(61), `${'😀'.repeat(60)}…`],
  ])('%j is called %j', (text, title) => { expect(titleOf(text)).toBe(title); });
});
