import { notifications } from '@mantine/notifications';
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { MemoryScreen } from '../../../renderer/features/memory/index.tsx';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { remembered } from '../../support/fake-memory.ts';
import { startRun, talk } from '../chat/scripted-run.ts';
import { giveSizes, show } from '../chat/show.tsx';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld, path = '/memory'): ReturnType<typeof show> => { shown = show(world, path, { '/memory': MemoryScreen, '/chat/*': ChatScreen }); return shown; };
const withMemories = (): FakeWorld => {
  const world = createWorld();
  world.memories = [remembered('a', 'Likes tea.', { kind: 'preference' }), remembered('b', 'Lives in Lisbon.', { scope: 'agent', scopeId: 'hire-1', owner: 'Ada', author: 'agent', conversationId: 'talk-1' })];
  return world;
};

beforeEach(() => { giveSizes(); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); notifications.clean(); vi.restoreAllMocks(); });

describe('A7 the memory page', () => {
  it('shows what is remembered, whose it is and where it came from', async () => {
    open(withMemories());
    await screen.findByText('Lives in Lisbon.');
    expect(screen.getByRole('link', { name: 'Noted by the agent' }).getAttribute('href')).toBe('/chat/talk-1');
    expect(screen.getByText('2 things are remembered')).toBeTruthy();
  });

  it('finds by words', async () => {
    const { called } = open(withMemories());
    await screen.findByText('Likes tea.');
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search what is remembered' }), 'lisb');
    await waitFor(() => { expect(screen.queryByText('Likes tea.')).toBeNull(); });
    expect(called('memory.search').at(-1)).toMatchObject({ words: 'lisb' });
  });

  it('adds by keyboard for the one whose memory is open, edits, pins, and leaves an edit with Escape', async () => {
    const { called } = open(withMemories(), '/memory?of=agent:hire-1');
    await screen.findByText('Lives in Lisbon.');
    await userEvent.click(screen.getByRole('button', { name: 'Add' }));
    await userEvent.keyboard('Has a cat.');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Has a cat.');
    expect(called('memory.add').at(-1)).toMatchObject({ scope: 'agent', scopeId: 'hire-1', text: 'Has a cat.', kind: 'fact' });
    await userEvent.click(screen.getByRole('button', { name: 'Pin “Has a cat.”' }));
    await screen.findByText('Pinned');
    await userEvent.click(screen.getByRole('button', { name: 'Edit “Has a cat.”' }));
    await userEvent.keyboard(' And a dog.{Escape}');
    expect(screen.queryByRole('textbox', { name: 'What to remember' })).toBeNull();
    expect(called('memory.update')).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Edit “Has a cat.”' }));
    await userEvent.clear(screen.getByRole('textbox', { name: 'What to remember' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'What to remember' }), 'Has two cats.');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Has two cats.');
  });

  it('forgets one, or all of one place, and takes it back', async () => {
    open(withMemories(), '/memory?of=agent:hire-1');
    await userEvent.click(await screen.findByRole('button', { name: 'Forget “Lives in Lisbon.”' }));
    await screen.findByText('Nothing is remembered here');
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await screen.findByText('Lives in Lisbon.');
    await userEvent.click(await screen.findByRole('button', { name: 'Forget all: Ada' }));
    await screen.findByText('Nothing is remembered here');
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await screen.findByText('Lives in Lisbon.');
  });
});

describe('A7 at the answer', () => {
  it('tells what was remembered for it', async () => {
    const world = withMemories();
    world.conversations.push(talk('talk-1'));
    const run = startRun(world, 'talk-1', 'Where do I live?');
    run.tell('memory_recalled', { memories: [{ id: 'b', scope: 'agent', kind: 'fact', text: 'Lives in Lisbon.' }] });
    run.chunk('In Lisbon.');
    run.finish();
    open(world, '/chat/talk-1');
    const fold = await screen.findByRole('button', { name: 'Remembered 1 thing' });
    expect(screen.queryByText('Lives in Lisbon.')).toBeNull();
    await userEvent.click(fold);
    await screen.findByText('Lives in Lisbon.');
    expect(screen.getByRole('link', { name: 'Open the memory' }).getAttribute('href')).toBe('/memory');
  });
});
