import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { useDrafts } from '../../../renderer/features/chat/drafts.ts';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { useTurns } from '../../../renderer/features/chat/turns.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from './show.tsx';
import { talk } from './scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld): ReturnType<typeof show> => { shown = show(world, '/chat/talk-1', { '/chat/*': ChatScreen }); return shown; };
const worldWithTalk = (): FakeWorld => { const world = createWorld(); world.conversations.push(talk('talk-1')); return world; };
const menu = async (item: string): Promise<void> => {
  await userEvent.click(await screen.findByRole('button', { name: 'Copy or save this conversation' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: item }));
};

beforeEach(() => { giveSizes(); useTurns.setState({ turns: {} }); useDrafts.setState({ drafts: {} }); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A2 taking a conversation along', () => {
  it('saves it as the file that the core made', async () => {
    const saved: { name: string; blob: Blob }[] = [];
    let blob: Blob | undefined;
    vi.spyOn(URL, 'createObjectURL').mockImplementation((object) => { blob = object as Blob; return 'blob:x'; });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(this: HTMLAnchorElement) { if (this.download !== '' && blob) saved.push({ name: this.download, blob }); });
    const { called } = open(worldWithTalk());
    await menu('Save as JSON, all branches');
    await waitFor(() => { expect(saved).toHaveLength(1); });
    expect(called('chat.export')).toMatchObject([{ id: 'talk-1', format: 'json' }]);
    expect(saved[0]?.name).toMatch(/\.json$/);
    expect(await saved[0]?.blob.text()).toMatch(/^# /);
  });

  it('copies the whole of it', async () => {
    const copied: string[] = [];
    open(worldWithTalk());
    await screen.findByRole('button', { name: 'Copy or save this conversation' });
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: (text: string) => { copied.push(text); return Promise.resolve(); } } });
    await menu('Copy conversation');
    await waitFor(() => { expect(copied[0]).toMatch(/^# /); });
  });

  it('says why it could not', async () => {
    const world = worldWithTalk();
    world.failures.set('chat.export', { code: 'core/timeout', message: 'The core took too long.', retryable: true, details: {} });
    open(world);
    await menu('Save as Markdown');
    expect((await screen.findByRole('alert')).textContent).toContain('The core took too long.');
  });
});

describe('A11 told before anything is cut', () => {
  it('says in words that the oldest messages will be summed up', async () => {
    const world = worldWithTalk();
    const model = world.models.find(({ model: name }) => name === 'small-local');
    world.hires = world.hires.map((hire) => ({ ...hire, model: 'ollama/small-local' }));
    const message: ChatMessage = { id: 'm1', conversationId: 'talk-1', runId: 'r', seq: 2, parentId: null, role: 'assistant', at: 1, status: 'done', blocks: [{ type: 'text', text: 'Hi' }], model: null, usage: { promptTokens: 1, completionTokens: 1, estimated: false, contextTokens: (model?.contextLength ?? 0) * 0.75 } };
    world.messages.set('talk-1', [message]);
    open(world);
    expect(await screen.findByText('≈ 75 %')).toBeTruthy();
    expect(screen.queryByText('Oldest messages will be summed up')).toBeNull();
    await userEvent.type(await screen.findByRole('textbox', { name: 'Message Ada' }), 'more');
    expect(await screen.findByText('Oldest messages will be summed up')).toBeTruthy();
  });

  it('marks the words that were looked for', async () => {
    const world = worldWithTalk();
    world.conversations = world.conversations.map((one) => ({ ...one, title: 'Sales of spring', match: '…about the spring sales' }));
    open(world);
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Search conversations' }), 'spring');
    await waitFor(() => { expect([...document.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['spring', 'spring']); });
  });
});
