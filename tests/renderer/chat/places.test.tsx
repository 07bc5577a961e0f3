import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useDrafts } from '../../../renderer/features/chat/drafts.ts';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { useTurns } from '../../../renderer/features/chat/turns.ts';
import { withQuote } from '../../../renderer/features/chat/use-quote.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from './show.tsx';
import { startRun, talk } from './scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld, path = '/chat/new'): ReturnType<typeof show> => { shown = show(world, path, { '/chat/*': ChatScreen }); return shown; };
const menu = async (title: string, item: string | RegExp): Promise<void> => {
  await userEvent.click(await screen.findByRole('button', { name: `Rename, pin, move or remove “${title}”` }));
  await userEvent.click(await screen.findByRole('menuitem', { name: item }));
};
const sections = (): string[] => within(screen.getByRole('navigation', { name: 'Conversations' })).getAllByRole('heading', { level: 3 }).map((heading) => heading.textContent.trim());

beforeEach(() => { giveSizes(); useTurns.setState({ turns: {} }); useDrafts.setState({ drafts: {} }); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A2 pinned conversations and folders', () => {
  it('pins one, moves one into a folder by its name, and takes it out again', async () => {
    const world = createWorld();
    world.conversations.push(talk('talk-1'), talk('talk-2', { title: 'Porto' }));
    const { called } = open(world);
    await menu('Porto', 'Pin');
    await waitFor(() => { expect(sections()).toEqual(['Pinned', 'Today']); });
    await menu('Trip to Lisbon', 'Move to folder…');
    await userEvent.type(await screen.findByRole('combobox', { name: 'Name of the folder' }), 'Trips{Enter}');
    await waitFor(() => { expect(sections()).toEqual(['Pinned', 'Trips']); });
    const folder = screen.getByRole('button', { name: 'Trips' });
    await userEvent.click(folder);
    expect(folder.getAttribute('aria-expanded')).toBe('false');
    expect(screen.queryByText('Trip to Lisbon')).toBeNull();
    await userEvent.click(folder);
    await menu('Trip to Lisbon', 'Take out of “Trips”');
    await waitFor(() => { expect(sections()).toEqual(['Pinned', 'Today']); });
    await menu('Porto', 'Unpin');
    await waitFor(() => { expect(sections()).toEqual(['Today']); });
    expect(called('chat.place')).toMatchObject([{ id: 'talk-2', pinned: true }, { id: 'talk-1', folder: 'Trips' }, { id: 'talk-1', folder: null }, { id: 'talk-2', pinned: false }]);
  });
});

describe('A2 quoting', () => {
  it('takes what is selected in a message into what is being written', async () => {
    const world = createWorld();
    world.conversations.push(talk('talk-1'));
    const run = startRun(world, 'talk-1', 'Where?');
    run.chunk('By the river');
    run.finish();
    open(world, '/chat/talk-1');
    const words = await screen.findByText('By the river');
    document.getSelection()?.selectAllChildren(words);
    document.dispatchEvent(new Event('selectionchange'));
    await userEvent.click(await screen.findByRole('button', { name: 'Quote' }));
    const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message Ada' });
    expect(field.value).toBe('> By the river\n\n');
    expect(document.activeElement).toBe(field);
  });

  it('keeps what was written and marks every line', () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.string().filter((line) => !line.includes('\n')), { minLength: 1 }), (draft, lines) => {
      const made = withQuote(draft, lines.join('\n'));
      expect(made.startsWith(draft.trimEnd())).toBe(true);
      for (const line of made.slice(draft.trimEnd().length).trim().split('\n')) expect(line.startsWith('>')).toBe(true);
    }));
  });
});
