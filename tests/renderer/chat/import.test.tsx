import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { notifications } from '@mantine/notifications';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from './show.tsx';
import { talk } from './scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld): ReturnType<typeof show> => { shown = show(world, '/chat/talk-1', { '/chat/*': ChatScreen }); return shown; };
const worldWithTalk = (): FakeWorld => { const world = createWorld(); world.conversations.push(talk('talk-1')); return world; };
const file = (name: string, size = 5): File => new File(['x'.repeat(size)], name);

beforeEach(giveSizes);
afterEach(() => { shown?.end(); shown = undefined; cleanup(); notifications.clean(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A2 import of conversations', () => {
  it('shows what is in a chosen file, stores it when told to, and takes it back in one go', async () => {
    const { called } = open(worldWithTalk());
    await userEvent.click(await screen.findByRole('button', { name: 'Import conversations' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.upload(dialog.querySelector('input[type=file]') as HTMLInputElement, file('conversations.json', 600_000));
    expect(await screen.findByText(/holds 3 conversations with 240 messages, written by ChatGPT/)).toBeTruthy();
    expect(screen.getByText('Conversation 4, "Odd": The message "a" follows itself by way of others.')).toBeTruthy();
    expect(called('chat.readImport').map((input) => (input as { offset: number }).offset)).toEqual([0, 524_288]);
    expect(called('chat.storeImport')).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Import 2 conversations' }));
    expect(await screen.findByText('2 conversations were imported.')).toBeTruthy();
    expect(called('chat.storeImport')).toMatchObject([{ hireId: 'hire-1' }]);
    expect(await screen.findByText('A trip to Rome')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Take the import back' }));
    await waitFor(() => { expect(screen.queryByText('A trip to Rome')).toBeNull(); });
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('A trip to Rome')).toBeTruthy();
  });

  it('takes a file that is dropped on the list, not into the message, and says why one cannot be read', async () => {
    const { called } = open(worldWithTalk());
    await screen.findByRole('textbox', { name: 'Message Ada' });
    const list = screen.getByRole('navigation', { name: 'Conversations' });
    const given = { dataTransfer: { types: ['Files'], files: [file('photos.zip')] } };
    fireEvent.dragOver(list, given);
    expect(await screen.findByText('Drop a file of conversations here to import them')).toBeTruthy();
    fireEvent.drop(list, given);
    expect(await screen.findByText(/This is no export of conversations/)).toBeTruthy();
    expect(called('chat.attach')).toEqual([]);
    expect(screen.queryByText('Drop a file of conversations here to import them')).toBeNull();
  });
});
