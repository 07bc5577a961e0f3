import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { notifications } from '@mantine/notifications';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { useDraftFiles } from '../../../renderer/features/chat/draft-files.ts';
import { useDrafts } from '../../../renderer/features/chat/drafts.ts';
import { useTurns } from '../../../renderer/features/chat/turns.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { makeModel } from '../../support/fake-data.ts';
import { giveSizes, show } from './show.tsx';
import { talk } from './scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld): ReturnType<typeof show> => { shown = show(world, '/chat/talk-1', { '/chat/*': ChatScreen }); return shown; };
const worldWithTalk = (): FakeWorld => { const world = createWorld(); world.conversations.push(talk('talk-1')); return world; };
const box = async (): Promise<HTMLElement> => screen.findByRole('textbox', { name: 'Message Ada' });
const picker = (): HTMLInputElement => document.querySelector('input[type=file]') as HTMLInputElement;
const file = (name: string, size = 5): File => new File(['x'.repeat(size)], name);

beforeEach(() => { giveSizes(); useTurns.setState({ turns: {} }); useDrafts.setState({ drafts: {} }); useDraftFiles.setState({ files: {} }); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); notifications.clean(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A2 attachments in the composer', () => {
  it('takes files by button, paste and drop, and sends them with the message', async () => {
    const { called } = open(worldWithTalk());
    const field = await box();
    await userEvent.upload(picker(), file('one.txt', 600_000));
    fireEvent.paste(field, { clipboardData: { getData: () => '', files: [file('two.png')] } });
    fireEvent.drop(field, { dataTransfer: { types: ['Files'], files: [file('three.md')] } });
    const list = await screen.findByRole('list', { name: 'Attached files' });
    await waitFor(() => { expect(within(list).getAllByText('12 KB')).toHaveLength(3); });
    expect(called('chat.attach').map((input) => (input as { offset: number; last: boolean; name: string })).map(({ offset, last, name }) => [name, offset, last])).toEqual([['one.txt', 0, false], ['one.txt', 524_288, true], ['two.png', 0, true], ['three.md', 0, true]]);
    await userEvent.click(screen.getByRole('button', { name: 'Remove three.md' }));
    await userEvent.type(field, 'Look{Enter}');
    await waitFor(() => { expect(called('chat.send')).toMatchObject([{ text: 'Look', attachments: [{ name: 'one.txt' }, { name: 'two.png' }] }]); });
    expect(useDraftFiles.getState().files).toEqual({});
  });

  it('keeps files with the draft over a reload, and puts them back when the message was not taken', async () => {
    const world = worldWithTalk();
    world.failures.set('chat.send', { code: 'chat/bad-attachment', message: 'It is no longer kept.', retryable: false, details: {} });
    open(world);
    await userEvent.upload(picker() ?? (await box(), picker()), file('one.txt'));
    await screen.findByText('12 KB');
    expect(localStorage.getItem('troupe-draft-files')).toContain('one.txt');
    await userEvent.type(await box(), 'Look{Enter}');
    expect(await screen.findByText(/It is no longer kept\./)).toBeTruthy();
    expect(await screen.findByRole('button', { name: 'Remove one.txt' })).toBeTruthy();
  });

  it('says why a file is not taken, and gives a document to the agent instead', async () => {
    const { called } = open(worldWithTalk());
    await box();
    await userEvent.upload(picker(), [file('a.zip'), file('big.ts', 4_000_001), file('long.pdf')]);
    expect(await screen.findByText(/neither text nor an image/)).toBeTruthy();
    expect(screen.getByText('A file in a message has 4 MB at most.')).toBeTruthy();
    expect(called('chat.attach')).toHaveLength(1);
    await userEvent.click(screen.getByRole('button', { name: 'Give to Ada as a document' }));
    expect(await screen.findByText('Ada has it as a document and looks things up in it.')).toBeTruthy();
    expect(called('knowledge.add')).toMatchObject([{ name: 'long.pdf', scope: 'agent', scopeId: 'hire-1' }]);
  });

  it('says before sending that the model cannot see, and leaves the images out when asked to', async () => {
    const world = worldWithTalk();
    const blind = makeModel('acme', 'acme-blind');
    world.models.push({ ...blind, capabilities: { ...blind.capabilities, vision: false } });
    world.hires = world.hires.map((hire) => ({ ...hire, model: 'acme/acme-blind' }));
    open(world);
    await box();
    await userEvent.upload(picker(), [file('a.png'), file('b.txt')]);
    expect(await screen.findByText('acme-blind cannot see images: it will be told their names only.')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Leave the images out' }));
    expect(screen.queryByText('a.png')).toBeNull();
    expect(screen.getByText('b.txt')).toBeTruthy();
  });

  it('lets the files of an earlier message be taken away and added when it is edited', async () => {
    const world = worldWithTalk();
    const attached = (id: string, name: string) => ({ id, name, kind: 'text' as const, mediaType: 'text/plain', bytes: 12_345, width: null, height: null });
    world.messages.set('talk-1', [{ id: 'm1', conversationId: 'talk-1', runId: 'r1', seq: 1, parentId: null, role: 'user', at: 1, status: 'done', model: null, usage: null, blocks: [{ type: 'text', text: 'See' }], attachments: [attached('a', 'one.txt'), attached('b', 'two.txt')] }]);
    world.failures.set('chat.edit', { code: 'chat/busy', message: 'An answer is under way.', retryable: true, details: {} });
    const { called } = open(world);
    const edit = async (): Promise<HTMLInputElement> => { await userEvent.click(await screen.findByRole('button', { name: 'Edit' })); return await screen.findByLabelText('Attach files to the message that you edit', { selector: 'input' }); };
    await edit();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect([called('chat.edit').length, useDraftFiles.getState().files]).toEqual([0, {}]);
    const input = await edit();
    await userEvent.click(await screen.findByRole('button', { name: 'Remove one.txt' }));
    await userEvent.upload(input, file('three.md'));
    await screen.findByRole('button', { name: 'Remove three.md' });
    await waitFor(() => { expect(useDraftFiles.getState().files['edit:m1']?.map(({ state }) => state)).toEqual(['ready', 'ready']); });
    await userEvent.type(screen.getByRole('textbox', { name: 'Edit the message' }), '{Enter}');
    await waitFor(() => { expect(called('chat.edit')).toMatchObject([{ messageId: 'm1', text: 'See', attachments: [{ id: 'b', name: 'two.txt' }, { name: 'three.md' }] }]); });
    expect(useDraftFiles.getState().files).toEqual({});
  });
});
