import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { notifications } from '@mantine/notifications';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { useDrafts } from '../../../renderer/features/chat/drafts.ts';
import { useTurns } from '../../../renderer/features/chat/turns.ts';
import { announcements } from '../../../renderer/lib/announce.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from './show.tsx';
import { scriptSends, startRun, talk } from './scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld, path = '/chat/talk-1'): ReturnType<typeof show> => { shown = show(world, path, { '/chat/*': ChatScreen }); return shown; };
const worldWithTalk = (): FakeWorld => { const world = createWorld(); world.conversations.push(talk('talk-1')); return world; };
const composer = async (): Promise<HTMLElement> => screen.findByRole('textbox', { name: 'Message Ada' });

beforeEach(() => { giveSizes(); useTurns.setState({ turns: {} }); useDrafts.setState({ drafts: {} }); announcements.setState({ text: '' }); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); notifications.clean(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A2 chat', () => {
  it('shows the message at once, the answer as it comes, and announces it whole', async () => {
    const world = worldWithTalk();
    const runs = scriptSends(world);
    open(world);
    await userEvent.type(await composer(), 'Hello{Enter}');
    expect(await screen.findByText('Hello')).toBeTruthy();
    await waitFor(() => { expect(runs).toHaveLength(1); });
    expect(await screen.findByText('Ada is thinking…')).toBeTruthy();
    runs[0]?.chunk('Good ');
    expect(await screen.findByText('Good')).toBeTruthy();
    expect(announcements.getState().text).toBe('');
    runs[0]?.chunk('**morning**');
    expect((await screen.findByText('morning')).tagName).toBe('STRONG');
    runs[0]?.tell('llm_call_finished', { text: 'Good **morning**', usage: { promptTokens: 12, completionTokens: 3 } });
    runs[0]?.finish();
    await waitFor(() => { expect(announcements.getState().text).toBe('Ada answered: Good **morning**'); });
    expect(await screen.findByRole('button', { name: 'Send' })).toBeTruthy();
    expect(screen.getAllByText('Hello')).toHaveLength(1);
  });

  it('shows fast chunks in few paints and loses none', async () => {
    const world = worldWithTalk();
    const runs = scriptSends(world);
    open(world);
    await userEvent.type(await composer(), 'Count{Enter}');
    await waitFor(() => { expect(runs).toHaveLength(1); });
    const frames = vi.spyOn(globalThis, 'requestAnimationFrame');
    for (let at = 0; at < 300; at += 1) runs[0]?.chunk(`${at} `);
    await screen.findByText(/298 299/);
    expect(frames.mock.calls.length).toBeLessThan(100);
  });

  it('sends nothing on Shift+Enter, and Enter sends both lines', async () => {
    const world = worldWithTalk();
    scriptSends(world);
    const { called } = open(world);
    await userEvent.type(await composer(), 'one{Shift>}{Enter}{/Shift}two');
    expect(called('chat.send')).toEqual([]);
    await userEvent.keyboard('{Enter}');
    await waitFor(() => { expect(called('chat.send')).toMatchObject([{ id: 'talk-1', text: 'one\ntwo' }]); });
  });

  it('stops an answer and says so', async () => {
    const world = worldWithTalk();
    const runs = scriptSends(world);
    const { called } = open(world);
    await userEvent.type(await composer(), 'Write a book{Enter}');
    await waitFor(() => { expect(runs).toHaveLength(1); });
    runs[0]?.chunk('Chapter one');
    await screen.findByText('Chapter one');
    await userEvent.click(await screen.findByRole('button', { name: 'Stop' }));
    await waitFor(() => { expect(called('runs.cancel')).toMatchObject([{ id: runs[0]?.id }]); });
    runs[0]?.finish('run_cancelled');
    expect(await screen.findByText('Stopped')).toBeTruthy();
    expect(screen.getByText('Chapter one')).toBeTruthy();
  });

  it('answers again after a failure, in the place of the failed answer', async () => {
    const world = worldWithTalk();
    const runs = scriptSends(world);
    startRun(world, 'talk-1', 'Why?').finish('run_failed', { error: { code: 'models/rate-limited', message: 'Too many requests.' } });
    open(world);
    expect(await screen.findByText('Too many requests.')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Open the model settings' }).getAttribute('href')).toBe('/settings/models');
    await userEvent.click(screen.getByRole('button', { name: 'Answer again' }));
    await waitFor(() => { expect(runs).toHaveLength(1); });
    runs[0]?.chunk('Because.');
    expect(await screen.findByText('Because.')).toBeTruthy();
    expect(screen.queryByText('Too many requests.')).toBeNull();
    runs[0]?.finish();
    await waitFor(() => { expect(screen.getAllByText('Because.')).toHaveLength(1); });
    expect(screen.getAllByText('Why?')).toHaveLength(1);
  });

  it('gives the text back when the core does not take it', async () => {
    const world = worldWithTalk();
    world.failures.set('chat.send', { code: 'chat/busy', message: 'An answer is under way.', retryable: true, details: {} });
    open(world);
    await userEvent.type(await composer(), 'Hello{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('An answer is under way.');
    expect(((await composer()) as HTMLTextAreaElement).value).toBe('Hello');
  });

  it('keeps a draft for each conversation over a reload', async () => {
    const world = worldWithTalk();
    world.conversations.push(talk('talk-2', { title: 'Other' }));
    const first = open(world);
    await userEvent.type(await composer(), 'half a thought');
    await first.router.navigate('/chat/talk-2');
    await screen.findByRole('heading', { level: 1, name: 'Other' });
    expect(((await composer()) as HTMLTextAreaElement).value).toBe('');
    first.end();
    cleanup();
    const kept = localStorage.getItem('troupe-drafts');
    useDrafts.setState({ drafts: {} });
    localStorage.setItem('troupe-drafts', kept ?? '');
    await useDrafts.persist.rehydrate();
    open(world);
    expect(((await composer()) as HTMLTextAreaElement).value).toBe('half a thought');
  });

  it('follows an answer that was under way before the page came', async () => {
    const world = worldWithTalk();
    const run = startRun(world, 'talk-1', 'Earlier question');
    run.chunk('So far');
    open(world);
    expect(await screen.findByText('So far')).toBeTruthy();
    run.chunk(' so good');
    expect(await screen.findByText('So far so good')).toBeTruthy();
  });

  it('begins a conversation with its first message only', async () => {
    const world = createWorld();
    const runs = scriptSends(world);
    const { called, router } = open(world, '/chat/new?agent=hire-1');
    const field = await composer();
    expect(called('chat.start')).toEqual([]);
    await userEvent.type(field, 'First{Enter}');
    await waitFor(() => { expect(router.state.location.pathname).toMatch(/^\/chat\/talk-/); });
    await waitFor(() => { expect(runs).toHaveLength(1); });
    runs[0]?.chunk('Welcome');
    expect(await screen.findByText('Welcome')).toBeTruthy();
    expect(called('chat.start')).toMatchObject([{ hireId: 'hire-1' }]);
  });

  it('renames, removes and takes back a conversation', async () => {
    const world = worldWithTalk();
    const { called } = open(world, '/chat/new');
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Rename, pin, move or remove “Trip to Lisbon”' }));
    await user.click(await screen.findByRole('menuitem', { name: /Rename/ }));
    await user.clear(await screen.findByRole('textbox', { name: 'Title of the conversation' }));
    await user.type(screen.getByRole('textbox', { name: 'Title of the conversation' }), 'Porto{Enter}');
    expect(await screen.findByText('Porto')).toBeTruthy();
    await user.click(await screen.findByRole('button', { name: 'Rename, pin, move or remove “Porto”' }));
    await user.click(await screen.findByRole('menuitem', { name: /Remove/ }));
    await waitFor(() => { expect(screen.queryByText('Porto')).toBeNull(); });
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('Porto')).toBeTruthy();
    expect(called('chat.restore')).toMatchObject([{ id: 'talk-1' }]);
  });

  it('lets a person write to an agent that lacks a folder, and says what is lacking; not to one whose plugin is off', async () => {
    const world = worldWithTalk();
    world.hires = world.hires.map((hire) => ({ ...hire, status: 'setup' as const, needs: ['Pick a folder for "data".', 'Pick a folder for "out".'] }));
    open(world);
    await screen.findByText('Ada can do more once this is done: Pick a folder for "data". Pick a folder for "out".');
    expect(screen.getByRole('link', { name: 'Set up' }).getAttribute('href')).toBe('/team/hire-1/setup');
    expect(((await composer()) as HTMLTextAreaElement).disabled).toBe(false);
    world.installed.clear();
    world.changed('plugins');
    await waitFor(async () => { expect(((await composer()) as HTMLTextAreaElement).disabled).toBe(true); });
    expect(screen.getByRole('link', { name: 'Open the plugin' })).toBeTruthy();
  });

  it('says why nothing can be written to a paused agent, and resumes it', async () => {
    const world = worldWithTalk();
    world.hires = world.hires.map((hire) => ({ ...hire, status: 'paused' as const }));
    open(world);
    const reason = (await screen.findByText('Ada is paused.')).closest('[role=status]') as HTMLElement;
    expect(((await composer()) as HTMLTextAreaElement).disabled).toBe(true);
    await userEvent.click(within(reason).getByRole('button', { name: 'Resume' }));
    await waitFor(async () => { expect(((await composer()) as HTMLTextAreaElement).disabled).toBe(false); });
  });
});
