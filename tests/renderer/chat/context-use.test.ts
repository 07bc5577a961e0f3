import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { contextUse } from '../../../renderer/features/chat/context-use.ts';

const answer = (contextTokens?: number): ChatMessage => ({
  id: 'a', conversationId: 'c', runId: 'r', seq: 2, parentId: null, role: 'assistant', at: 0, status: 'done', blocks: [], model: 'p/m',
  usage: { promptTokens: 9_999, completionTokens: 1, estimated: false, ...(contextTokens !== undefined && { contextTokens }) },
});

describe('A11 the context meter', () => {
  it('adds what is typed to what the last answer left', () => {
    expect(contextUse([answer(5_000), answer(100), { ...answer(), role: 'user', usage: null }], 'x'.repeat(40), 1_000)).toEqual({ tokens: 110, length: 1_000, share: 0.11, full: false });
  });

  it('is full from where the core begins to leave messages out', () => {
    expect(contextUse([answer(750)], '', 1_000)?.full).toBe(false);
    expect(contextUse([answer(750)], 'x', 1_000)?.full).toBe(true);
  });

  it('says nothing of what it does not know', () => {
    expect(contextUse([], '', 1_000)).toBeNull();
    expect(contextUse([answer(5)], '', null)).toBeNull();
    expect(contextUse([answer()], '', 1_000)).toBeNull();
  });
});
