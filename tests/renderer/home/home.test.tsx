import { cleanup, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HomeScreen } from '../../../renderer/features/home/index.tsx';
import { needsOf } from '../../../renderer/features/home/needs.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from '../chat/show.tsx';
import { startRun, talk } from '../chat/scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld): void => { shown = show(world, '/', { '/': HomeScreen }); };

beforeEach(() => { giveSizes(); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); vi.restoreAllMocks(); });

describe('X5 home', () => {
  it('names what waits for the person and leads there', async () => {
    const world = createWorld();
    world.conversations.push(talk('talk-1'));
    world.hires = world.hires.map((hire) => ({ ...hire, status: 'setup' as const, needs: ['folder data'] }));
    world.keyState = { ...world.keyState, recoveryCodePending: true };
    const { id } = startRun(world, 'talk-1', 'Go');
    const entry = world.runs.get(id);
    if (entry) world.answers.set('runs.list', (() => ({ runs: [{ ...entry.run, status: 'waiting' }] })) as never);
    open(world);
    const needs = (await screen.findByRole('heading', { name: 'Needs you' })).closest('section') as HTMLElement;
    await within(needs).findByText('Ada waits for your approval');
    await within(needs).findByText('Write down your recovery code');
    expect(within(needs).getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(['/chat/talk-1', '/team/hire-1/setup', '/settings/keys']);
    expect(screen.getByRole('link', { name: /New chat with Ada/ })).toBeTruthy();
    expect(screen.getByRole('link', { name: /Trip to Lisbon/ }).getAttribute('href')).toBe('/chat/talk-1');
  });

  it('says so when nothing does', async () => {
    open(createWorld());
    expect(await screen.findByText('Nothing needs you right now.')).toBeTruthy();
  });

  it('welcomes who is new', async () => {
    open(createWorld({ empty: true }));
    expect((await screen.findByRole('link', { name: 'Get started' })).getAttribute('href')).toBe('/onboarding');
  });

  it('tells of an install of the last day that failed, once, and not when it worked later', () => {
    const base = { hires: [], runs: [], installed: [], updates: [], keys: undefined, now: 100_000_000 };
    const operation = (id: string, createdAt: number, state: 'failed' | 'finished') => ({ id, kind: 'install' as const, pluginId: 'a.b', state, createdAt, finishedAt: createdAt, automatic: null, asked: 'plugin' as const });
    expect(needsOf({ ...base, operations: [operation('1', 99_000_000, 'failed'), operation('2', 99_500_000, 'failed')] }).map(({ key }) => key)).toEqual(['operation 2']);
    expect(needsOf({ ...base, operations: [operation('1', 99_000_000, 'failed'), operation('2', 99_500_000, 'finished')] })).toEqual([]);
    expect(needsOf({ ...base, operations: [operation('1', 1, 'failed')] })).toEqual([]);
  });
});
