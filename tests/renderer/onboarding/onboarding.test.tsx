import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OnboardingScreen } from '../../../renderer/features/onboarding/index.tsx';
import { beginAnew } from '../../../renderer/features/onboarding/progress.ts';
import { startersOf } from '../../../renderer/features/onboarding/starters.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { makeCard } from '../../support/fake-data.ts';
import { giveSizes, show } from '../chat/show.tsx';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld): ReturnType<typeof show> => { shown = show(world, '/onboarding', { '/onboarding': OnboardingScreen }); return shown; };
const fresh = (): FakeWorld => {
  const world = createWorld({ empty: true, entries: 12 });
  world.settings.onboardingDone = false;
  world.stepMs = 1;
  for (const card of world.cards) world.hireable.push({ pluginId: card.id, pluginName: card.name, agentId: 'agent-0', name: `${card.name} Agent`, description: '', role: 'Helper', goal: '', tools: [] });
  return world;
};

beforeEach(() => { giveSizes(); beginAnew(); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); vi.restoreAllMocks(); localStorage.clear(); });

describe('X1 first start', () => {
  it('leads from nothing to a first message', async () => {
    const world = fresh();
    const { called, router } = open(world);
    await userEvent.click(await screen.findByRole('button', { name: 'Continue' }));
    expect(await screen.findAllByRole('radio')).toHaveLength(3);
    await userEvent.click(screen.getByRole('button', { name: 'Hire Text Toolkit' }));
    await userEvent.click(await screen.findByRole('button', { name: /Install with/ }));
    expect(await screen.findByRole('heading', { name: 'Say something to Text Toolkit Agent' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Hello! What can you do for me?' }));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => { expect(router.state.location.pathname).toMatch(/^\/chat\/talk-/); });
    expect(called('plugins.install')).toHaveLength(1);
    expect(called('team.hire')).toHaveLength(1);
    expect(called('chat.send')).toMatchObject([{ text: 'Hello! What can you do for me?' }]);
    await waitFor(() => { expect(world.settings.onboardingDone).toBe(true); });
  });

  it('can be skipped at once', async () => {
    const world = fresh();
    const { router } = open(world);
    await userEvent.click(await screen.findByRole('button', { name: 'Skip the tour' }));
    await waitFor(() => { expect(world.settings.onboardingDone).toBe(true); });
    expect(router.state.location.pathname).toBe('/');
  });

  it('goes on where it was left', async () => {
    const world = fresh();
    open(world);
    await userEvent.click(await screen.findByRole('button', { name: 'Continue' }));
    await screen.findAllByRole('radio');
    shown?.end();
    cleanup();
    open(world);
    expect(await screen.findByRole('heading', { name: 'Hire your first agent' })).toBeTruthy();
  });

  it('connects a model after asking it, and shows a refusal at its field', async () => {
    const world = fresh();
    const { called } = open(world);
    await userEvent.click(await screen.findByRole('radio', { name: /Connect a model/ }));
    await userEvent.type(await screen.findByRole('textbox', { name: 'Address' }), 'not an address');
    await userEvent.click(screen.getByRole('button', { name: 'Connect' }));
    expect(await screen.findByText(/Enter a whole address/)).toBeTruthy();
    expect(called('models.add')).toEqual([]);
    await userEvent.clear(screen.getByRole('textbox', { name: 'Address' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Address' }), 'https://api.example.com/v1');
    world.failures.set('models.add', { code: 'models/unauthorized', message: 'The key was refused.', retryable: false, details: {} });
    await userEvent.click(screen.getByRole('button', { name: 'Connect' }));
    expect(await screen.findByText(/The key was refused/)).toBeTruthy();
    world.failures.clear();
    await userEvent.type(screen.getByLabelText('Key'), 'sk-1');
    await userEvent.click(screen.getByRole('button', { name: 'Connect' }));
    expect(await screen.findByText(/answers, with 2 models/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Continue' }));
    await waitFor(() => { expect(world.settings.defaultModel).toMatch(/\/acme-large$/); });
    expect(await screen.findByRole('heading', { name: 'Hire your first agent' })).toBeTruthy();
  });

  it('keeps the choice when an install fails, and tries again', async () => {
    const world = fresh();
    world.consent = null;
    world.failInstall = { code: 'plugins/download-failed', message: 'The download broke off.', retryable: true, details: {} };
    open(world);
    await userEvent.click(await screen.findByRole('button', { name: 'Continue' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Hire Text Toolkit' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The download broke off.');
    world.failInstall = null;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: /Say something to/ })).toBeTruthy();
  });

  it('offers agents that work at once', () => {
    const starters = startersOf(Array.from({ length: 24 }, (_, at) => makeCard(at)));
    expect(starters).toHaveLength(3);
    for (const card of starters) expect(card.kinds.includes('agent') && card.compatible && !card.permissionKinds.includes('secret')).toBe(true);
    const [bare, asking] = [{ ...makeCard(0), permissionKinds: [] }, { ...makeCard(0), permissionKinds: ['network' as const, 'tools' as const] }].map((card, at) => ({ ...card, id: `a.b.${at}`, kinds: ['agent' as const], compatible: true, priceModel: 'free' as const }));
    expect(startersOf([asking, bare].flatMap((card) => card ?? [])).map(({ id }) => id)).toEqual(['a.b.0', 'a.b.1']);
  });

  it('offers a server that runs on this machine', async () => {
    const world = fresh();
    world.found = [{ preset: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', needsKey: false, models: ['llama'], providerId: null }];
    open(world);
    await userEvent.click(await screen.findByRole('radio', { name: /Connect a model/ }));
    await userEvent.click(await screen.findByRole('button', { name: 'Add Ollama' }));
    expect(await screen.findByText(/answers, with 2 models/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Continue' }));
    await waitFor(() => { expect(world.settings.defaultModel).toBe('provider-1/acme-large'); });
  });
});
