import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { mergeMessages } from '../../../renderer/features/chat/merge-messages.ts';
import { useTurns } from '../../../renderer/features/chat/turns.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from './show.tsx';
import { startRun, talk, type ScriptedRun } from './scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld): ReturnType<typeof show> => { shown = show(world, '/chat/talk-1', { '/chat/*': ChatScreen }); return shown; };
const worldWithTalk = (): FakeWorld => { const world = createWorld(); world.conversations.push(talk('talk-1')); return world; };
const message = (id: string, seq: number, parentId: string | null, role: ChatMessage['role'] = 'user'): ChatMessage => ({ id, conversationId: 'c', runId: `run-${id}`, seq, parentId, role, at: seq, status: 'done', blocks: [{ type: 'text', text: id }], model: null, usage: null });

beforeEach(() => { giveSizes(); useTurns.setState({ turns: {} }); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A2 branches in the page', () => {
  it('edits a message in its place; the answer to it takes the place of what stood below', async () => {
    const world = worldWithTalk();
    const first = startRun(world, 'talk-1', 'Trip to Lisbon?');
    first.chunk('Take the tram.');
    first.finish();
    const runs: ScriptedRun[] = [];
    world.answers.set('chat.edit', ((input: { id: string; text: string }) => { world.messages.set(input.id, []); const run = startRun(world, input.id, input.text, 3); runs.push(run); return { runId: run.id }; }) as never);
    const { called } = open(world);
    await screen.findByText('Take the tram.');
    await userEvent.click(screen.getByRole('button', { name: 'Edit' }));
    const field = screen.getByRole('textbox', { name: 'Edit the message' });
    await userEvent.type(field, '{Escape}');
    expect(screen.queryByRole('textbox', { name: 'Edit the message' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Edit' }));
    await userEvent.clear(screen.getByRole('textbox', { name: 'Edit the message' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Edit the message' }), 'Trip to Porto?{Enter}');
    expect(await screen.findByText('Trip to Porto?')).toBeTruthy();
    await waitFor(() => { expect(screen.queryByText('Take the tram.')).toBeNull(); });
    expect(called('chat.edit')).toMatchObject([{ id: 'talk-1', messageId: `${first.id}_u`, text: 'Trip to Porto?' }]);
    runs[0]?.chunk('Take the train.');
    expect(await screen.findByText('Take the train.')).toBeTruthy();
  });

  it('moves between branches, and to nothing while an answer comes', async () => {
    const world = worldWithTalk();
    startRun(world, 'talk-1', 'Two').finish();
    world.messages.set('talk-1', (world.messages.get('talk-1') ?? []).map((one) => (one.role === 'user' ? { ...one, branch: { position: 2, count: 3, previous: 'one', next: 'three' } } : one)));
    const { called } = open(world);
    const arrows = await screen.findByRole('group', { name: 'Branch 2 of 3' });
    await userEvent.click(within(arrows).getByRole('button', { name: 'Branch before' }));
    await userEvent.click(within(arrows).getByRole('button', { name: 'Next branch' }));
    await waitFor(() => { expect(called('chat.choose')).toMatchObject([{ id: 'talk-1', messageId: 'one' }, { id: 'talk-1', messageId: 'three' }]); });
    world.changed('chat');
    startRun(world, 'talk-1', 'More').chunk('So');
    world.changed('chat');
    await screen.findByText('So');
    expect((within(arrows).getByRole('button', { name: 'Branch before' }) as HTMLButtonElement).disabled).toBe(true);
    expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull();
  });

  it('goes on with an answer that was cut off, and says so', async () => {
    const world = worldWithTalk();
    const first = startRun(world, 'talk-1', 'Tell me');
    first.chunk('The first half');
    first.finish('run_interrupted', { error: { code: 'models/cut', message: 'The stream broke.' } });
    world.answers.set('chat.continue', ((input: { id: string }) => { const run = startRun(world, input.id, null); run.chunk('and the rest'); return { runId: run.id }; }) as never);
    open(world);
    expect(await screen.findByText('Interrupted')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Continue' }));
    expect(await screen.findByText('and the rest')).toBeTruthy();
    expect(screen.getByText('Goes on where the answer above was cut off')).toBeTruthy();
    expect(screen.getByText('The first half')).toBeTruthy();
  });

  it('puts what comes at the message that it follows', () => {
    const stored = [message('a', 1, null), message('b', 2, 'a', 'assistant'), message('c', 3, 'b'), message('d', 4, 'c', 'assistant')];
    const ids = (messages: ChatMessage[]): string[] => messages.map(({ id }) => id);
    const edited = [message('e', 5, 'b'), message('f', 6, 'e', 'assistant')];
    expect(ids(mergeMessages(stored, edited, null, 'c'))).toEqual(['a', 'b', 'e', 'f']);
    expect(ids(mergeMessages(stored, [stored[2] as ChatMessage, message('g', 7, 'c', 'assistant')], null, 'c'))).toEqual(['a', 'b', 'c', 'g']);
    expect(ids(mergeMessages(stored, [message('h', 8, null), message('i', 9, 'h', 'assistant')], null, 'c'))).toEqual(['h', 'i']);
    // Its parent was not loaded: nothing that is shown goes away.
    expect(ids(mergeMessages(stored.slice(2), [message('k', 9, 'b')], null, 'c'))).toEqual(['c', 'd', 'k']);
    expect(ids(mergeMessages(stored, [], { text: 'x', at: 1, runId: null, after: 'b' }, 'c'))).toEqual(['a', 'b', 'pending_u', 'pending_a']);
    expect(ids(mergeMessages(stored, [], { text: 'x', at: 1, runId: null, after: null }, 'c'))).toEqual(['pending_u', 'pending_a']);
    expect(ids(mergeMessages(stored, [], { text: 'x', at: 1, runId: null }, 'c'))).toEqual(['a', 'b', 'c', 'd', 'pending_u', 'pending_a']);
  });
});
