import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { useDrafts } from '../../../renderer/features/chat/drafts.ts';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { useTurns } from '../../../renderer/features/chat/turns.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { scriptSends, talk } from './scripted-run.ts';
import { giveSizes, show } from './show.tsx';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld): ReturnType<typeof show> => { shown = show(world, '/chat/talk-1', { '/chat/*': ChatScreen }); return shown; };
const message = (id: string, seq: number, text: string, change: Partial<ChatMessage> = {}): ChatMessage => ({ id, conversationId: 'talk-1', runId: `run-${id}`, seq, parentId: null, role: 'assistant', at: 1, status: 'done', blocks: [{ type: 'text', text }], model: null, usage: null, hireId: 'hire-1', ...change });

function twoAnswers(): FakeWorld {
  const world = createWorld();
  world.conversations.push(talk('talk-1'));
  world.hires = ['Ada', 'Grace', 'Lin'].flatMap((name, at) => world.hires.slice(0, 1).map((hire) => ({ ...hire, id: `hire-${at + 1}`, name })));
  const { hireId: _, ...question } = message('q', 1, 'Where to?', { role: 'user' });
  world.messages.set('talk-1', [question, message('b', 3, 'To Porto.', { parentId: 'q', hireId: 'hire-2' })]);
  world.answersBeside.set('b', [message('a', 2, 'To Lisbon.', { parentId: 'q' })]);
  return world;
}

beforeEach(() => { giveSizes(); useTurns.setState({ turns: {} }); useDrafts.setState({ drafts: {} }); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A10 several agents on one question', () => {
  it('shows the answers side by side under the names of those who gave them, keeps one, and asks another', async () => {
    const world = twoAnswers();
    const { called } = open(world);
    fireEvent.click(await screen.findByText('Side by side'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Answers side by side' }));
    await dialog.findByText('To Lisbon.');
    expect(dialog.getAllByRole('region').map((region) => region.getAttribute('aria-label'))).toEqual(['Answer 1, by Ada', 'Answer 2, by Grace']);
    expect(dialog.getByText('The conversation goes on from here')).toBeTruthy();
    fireEvent.click(dialog.getByText('Keep this one'));
    await waitFor(() => { expect(called('chat.choose')).toMatchObject([{ id: 'talk-1', messageId: 'a' }]); });
    const runs = scriptSends(world);
    fireEvent.click(dialog.getByRole('button', { name: 'Ask' }));
    await waitFor(() => { expect(called('chat.retry')).toMatchObject([{ id: 'talk-1', messageId: 'b', hireId: 'hire-1' }]); });
    expect(called('chat.retry')[0]).not.toHaveProperty('model');
    await waitFor(() => { expect(runs).toHaveLength(1); });
    runs[0]?.finish();
  });
});

describe('A10 handing over', () => {
  it('marks in the transcript who took over', async () => {
    const world = twoAnswers();
    world.messages.set('talk-1', [...world.messages.get('talk-1') ?? [], message('q2', 4, 'And then?', { role: 'user', parentId: 'b' }), message('c', 5, 'To Faro.', { parentId: 'q2' })]);
    open(world);
    await screen.findByText('To Faro.');
    expect(screen.getByText('From Grace to Ada')).toBeTruthy();
  });

  it('gives the conversation to the one who is chosen', async () => {
    const world = twoAnswers();
    const { called } = open(world);
    fireEvent.click(await screen.findByRole('button', { name: 'Copy or save this conversation' }));
    fireEvent.click(await screen.findByText('Hand over to another agent…'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Hand over the conversation' }));
    fireEvent.click(dialog.getByText('Lin'));
    await waitFor(() => { expect(called('chat.handOver')).toMatchObject([{ id: 'talk-1', hireId: 'hire-3' }]); });
    await waitFor(() => { expect(screen.getByLabelText('Message Lin')).toBeTruthy(); });
  });
});
