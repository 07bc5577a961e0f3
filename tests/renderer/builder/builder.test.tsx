import { notifications } from '@mantine/notifications';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actionsOf, readRule, type DraftRule } from '../../../renderer/features/builder/guardrail-rule.ts';
import { BuilderScreen } from '../../../renderer/features/builder/index.tsx';
import { ownAgent } from '../../support/fake-builder.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from '../chat/show.tsx';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld, path: string): ReturnType<typeof show> => { shown = show(world, path, { '/builder/*': BuilderScreen }); return shown; };
const withCook = (): FakeWorld => { const world = createWorld(); world.ownAgents.set('cook', ownAgent('cook', { name: 'Scout' })); return world; };

beforeEach(() => { giveSizes(); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); notifications.clean(); vi.restoreAllMocks(); });

describe('B1 B3 B4 the builder', () => {
  it('keeps what is typed by itself, mends a problem with its button, and lets it be tried and saved', async () => {
    const { world, called } = open(withCook(), '/builder/cook');
    await userEvent.click(await screen.findByRole('button', { name: /^Use the name/ }));
    await waitFor(() => { expect(called('builder.change')).toMatchObject([{ id: 'cook', revision: 1, draft: { name: 'Scout', role: 'Scout' } }]); });
    await userEvent.type(await screen.findByLabelText('Message Scout'), 'Hello{Enter}');
    expect(await screen.findByText('I am Scout. You said: Hello')).toBeTruthy();
    await userEvent.click(await screen.findByRole('button', { name: 'Save version' }));
    await waitFor(() => { expect(world.ownAgents.get('cook')?.versions).toHaveLength(1); });
    expect(await screen.findByText(/Same as version 1/)).toBeTruthy();
  });

  it('keeps what is typed without a rest, and tries again by itself what could not be kept', async () => {
    const { world, called } = open(withCook(), '/builder/cook');
    const field = await screen.findByLabelText(/^Goal/);
    // Never a rest of 400 ms: only the bound on the whole can have kept it.
    for (let letters = 1; called('builder.change').length === 0; letters += 1) {
      fireEvent.change(field, { target: { value: 'g'.repeat(letters) } });
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    await waitFor(() => { expect(world.ownAgents.get('cook')?.draft['goal']).toMatch(/^g+$/); });
    world.failures.set('builder.change', { code: 'store/busy', message: 'Busy.', retryable: true, details: {} });
    fireEvent.change(field, { target: { value: 'The last word' } });
    expect(await screen.findByText(/The draft could not be kept/, undefined, { timeout: 10_000 })).toBeTruthy();
    world.failures.delete('builder.change');
    await waitFor(() => { expect(world.ownAgents.get('cook')?.draft['goal']).toBe('The last word'); }, { timeout: 10_000 });
  });

  it('A9 leads to the form of a connection that a tool lacks, or to those that are there', async () => {
    const world = createWorld();
    const fix = (kind: 'connect' | 'give', connection: 'search' | 'http') => ({ kind, connection, set: {}, pluginId: null });
    world.ownAgents.set('own-1', ownAgent('own-1', { name: 'Scout', role: 'one who looks' }, { problems: [{ path: 'tools[0]', severity: 'warning', message: 'One.', fix: fix('connect', 'search') }, { path: 'tools[1]', severity: 'warning', message: 'Two.', fix: fix('give', 'http') }] }));
    open(world, '/builder/own-1');
    expect((await screen.findByRole('link', { name: 'Set up a connection: One.' })).getAttribute('href')).toBe('/settings/tools?connect=search&for=own-1');
    expect(screen.getByRole('link', { name: 'Give it one: Two.' }).getAttribute('href')).toBe('/settings/tools');
  });

  it('deletes an agent and takes it back', async () => {
    const { called } = open(withCook(), '/builder');
    await userEvent.click(await screen.findByRole('button', { name: 'More actions for Scout' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => { expect(called('builder.restore')).toMatchObject([{ id: 'cook' }]); });
    expect(await screen.findByRole('link', { name: 'Scout' })).toBeTruthy();
  });
});

describe('A8 guardrails in the form', () => {
  const rulesOf = (world: FakeWorld): unknown => world.ownAgents.get('cook')?.draft['guardrails'];
  const add = async (kind: RegExp): Promise<void> => {
    fireEvent.click(await screen.findByText('Add a check'));
    fireEvent.click(await screen.findByText(kind, { selector: '[role=menuitem] *' }));
  };
  const check = (name: string) => within(screen.getByLabelText(name));
  const press = (name: string): void => { fireEvent.click(screen.getByLabelText(name)); };

  it('adds and changes checks, which the draft keeps as the document has them', async () => {
    const { world } = open(withCook(), '/builder/cook');
    await add(/^Length/);
    await add(/^Banned words/);
    fireEvent.change(check('2. Banned words').getByLabelText('Words and phrases'), { target: { value: 'guarantee\n\nrisk free' } });
    await waitFor(() => { expect(rulesOf(world)).toEqual([{ type: 'length', max_words: 200 }, { type: 'banned', words: ['guarantee', 'risk free'] }]); });
  });

  it('orders and removes them', async () => {
    const world = withCook();
    world.ownAgents.set('cook', ownAgent('cook', { name: 'Scout', role: 'one', guardrails: [{ type: 'length', max_words: 9 }, { type: 'personal_data', on: 'input', action: 'mask' }] }));
    open(world, '/builder/cook');
    await screen.findByLabelText('1. Length');
    press('Move up: 2. Personal data');
    fireEvent.click(check('1. Personal data').getByLabelText('IP addresses'));
    await waitFor(() => { expect(rulesOf(world)).toEqual([{ type: 'personal_data', on: 'input', action: 'mask', kinds: ['email', 'phone', 'iban', 'card', 'national_id'] }, { type: 'length', max_words: 9 }]); });
    press('Remove: 2. Length');
    press('Remove: 1. Personal data');
    await waitFor(() => { expect(world.ownAgents.get('cook')?.draft).not.toHaveProperty('guardrails'); });
  });

  it('keeps a sentence a sentence, shows what is wrong at its field, and leaves what it does not know', async () => {
    const world = withCook();
    const problems = [{ path: 'guardrails[0].rule', severity: 'error' as const, message: 'guardrails[0].rule is too long.', fix: null }];
    world.ownAgents.set('cook', ownAgent('cook', { name: 'Scout', role: 'one', guardrail: 'It is kind.' }, { problems }));
    open(world, '/builder/cook');
    const rule = await screen.findByLabelText('Rule');
    expect(rule).toHaveProperty('value', 'It is kind.');
    expect(check('1. A model as judge').getByText('guardrails[0].rule is too long.')).toBeTruthy();
    fireEvent.change(rule, { target: { value: 'It is kind. Always.' } });
    await waitFor(() => { expect(rulesOf(world)).toEqual(['It is kind. Always.']); });
    expect(world.ownAgents.get('cook')?.draft).not.toHaveProperty('guardrail');
  });

  it('offers to mask only where masking is done', () => {
    const of = (rule: DraftRule): readonly string[] => actionsOf(rule);
    expect([of({ type: 'personal_data', on: 'input' }), of({ type: 'banned', on: 'input' }), of({ type: 'banned' }), of({ type: 'length' })]).toEqual([['stop', 'mask'], ['stop'], ['retry', 'stop', 'mask'], ['retry', 'stop']]);
    expect(readRule({ type: 'later' })).toBeNull();
  });
});
