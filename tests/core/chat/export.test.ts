import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChatMessage, Conversation } from '../../../contract/model/chat.ts';
import { exportConversation } from '../../../main/core/workspace/chat/export.ts';

const conversation: Conversation = { id: 'c', hireId: 'h', title: 'Sales: Q1/Q2?\n', createdAt: 0, updatedAt: 0, lastText: '', activeRunId: null, pinned: false, folder: null };
const base = { conversationId: 'c', runId: 'r', parentId: null, at: 0, model: null, usage: null, status: 'done' as const };
const messages: ChatMessage[] = [
  { ...base, id: '1', seq: 1, role: 'user', blocks: [{ type: 'text', text: 'Which region?' }] },
  { ...base, id: '2', seq: 2, role: 'assistant', model: 'p/m', status: 'failed', blocks: [
    { type: 'tool', call: { callId: 'c1', toolId: 'x/look', name: 'Look', effect: 'read', arguments: { q: 'a' }, state: 'done', result: 'one ```` two', error: null, logs: [], durationMs: 1 } },
    { type: 'text', text: 'North.' }, { type: 'notice', code: 'models/cut', message: 'It broke off.\nAsk again.' },
  ] },
];
const what = { conversation, agent: 'Ada', messages, leafId: '2', at: 1_000 };

afterEach(() => { vi.restoreAllMocks(); });

describe('A2 a conversation as a file', () => {
  it('is Markdown in which no text can end its fence', async () => {
    const { name, mediaType, text } = await exportConversation(what, 'markdown');
    expect([name, mediaType]).toEqual(['Sales Q1 Q2.md', 'text/markdown']);
    expect(text).toBe([
      '# Sales: Q1/Q2? ', '## You', '*1970-01-01T00:00:00.000Z*', 'Which region?', '## Ada', '*1970-01-01T00:00:00.000Z · p/m · failed*',
      '**Look** (done)', '```json\n{\n  "q": "a"\n}\n```', '`````\none ```` two\n`````', 'North.', '> It broke off.\n> Ask again.',
    ].join('\n\n') + '\n');
  });

  it('is JSON that holds everything and says what it is', async () => {
    const file = await exportConversation(what, 'json');
    expect(file.name).toBe('Sales Q1 Q2.json');
    const data = JSON.parse(file.text) as { messages: unknown[] };
    expect(data).toMatchObject({ format: 'troupe-conversation', version: 1, agent: 'Ada', shown: '2', exported_at: '1970-01-01T00:00:01.000Z' });
    expect(data.messages).toMatchObject([{ id: '1', parent_id: null, role: 'user' }, { role: 'assistant', status: 'failed', blocks: messages[1]?.blocks }]);
  });

  it('is the same JSON that one piece of it would be, whatever it holds', async () => {
    const of = async (some: readonly ChatMessage[]): Promise<void> => {
      const { text } = await exportConversation({ ...what, messages: some }, 'json');
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    };
    await of([]);
    await of(messages);
    await fc.assert(fc.asyncProperty(fc.string(), fc.jsonValue(), async (text, value) => {
      await of([{ ...base, id: text, seq: 1, role: 'assistant', blocks: [{ type: 'text', text }, { type: 'tool', call: { callId: 'c', toolId: 't', name: text, effect: 'read', arguments: value, state: 'done', result: text, error: null, logs: [text], durationMs: 1 } }] }]);
    }));
  });

  it('is written in slices, between which the core does other things', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => { now += 1; return now; });
    let turns = 0;
    const other = (): void => { turns += 1; timer = setImmediate(other); };
    let timer = setImmediate(other);
    for (const format of ['json', 'markdown', 'html'] as const) {
      turns = 0;
      await exportConversation({ ...what, messages: Array.from({ length: 100 }, (_, at) => ({ ...messages[at % 2] as ChatMessage, id: `m${at}` })) }, format);
      expect(turns, format).toBeGreaterThan(5);
    }
    clearImmediate(timer);
  });

  it('is a page of HTML in which every text is text', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '</pre></article><iframe>', '&lt;b&gt;', "' onload='x")), async (text) => {
      const call = { callId: 'c', toolId: 'x/y', name: text, effect: 'read' as const, arguments: { text }, state: 'done' as const, result: text, error: null, logs: [], durationMs: 1 };
      const file = await exportConversation({ ...what, agent: text, conversation: { ...conversation, title: text }, messages: [{ ...base, id: '1', seq: 1, role: 'assistant', model: text, blocks: [{ type: 'text', text }, { type: 'tool', call }, { type: 'notice', code: 'x', message: text }] }] }, 'html');
      expect([...new Set([...file.text.matchAll(/<(\/?[a-z!0-9]+)/gi)].map(([, tag]) => tag?.replace('/', '')))].sort()).toEqual(['!doctype', 'article', 'body', 'h1', 'h2', 'head', 'html', 'meta', 'p', 'pre', 'small', 'style', 'title']);
      expect(file.text.replace(/<style>.*<\/style>|<meta[^>]*>/gs, '')).not.toMatch(/<[^>]*(?:on\w+=|src=|href=)/);
      expect(file.name.endsWith('.html')).toBe(true);
    }));
  });

  it('has a name that every file system takes', async () => {
    expect((await exportConversation({ ...what, conversation: { ...conversation, title: '../..\\:*?"<>|' } }, 'json')).name).toBe('Conversation.json');
    expect((await exportConversation({ ...what, conversation: { ...conversation, title: 'Ä'.repeat(120) } }, 'json')).name).toBe(`${'Ä'.repeat(60)}.json`);
  });
});
