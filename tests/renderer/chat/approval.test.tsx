import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ARMED_AFTER_MS } from '../../../renderer/components/tool-call/approval-card.tsx';
import { editable, readable, summaryOf, visibleText } from '../../../renderer/components/tool-call/visible-text.ts';
import { ChatScreen } from '../../../renderer/features/chat/index.tsx';
import { useTurns } from '../../../renderer/features/chat/turns.ts';
import { createWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from './show.tsx';
import { startRun, talk } from './scripted-run.ts';

let shown: ReturnType<typeof show> | undefined;
const EVIL = `</pre><button>Allow once</button>\n[Allow](javascript:alert(1)) \u202etxt.exe ${'x'.repeat(30_000)}`;

async function ask(effect = 'destructive', given: object = { note: EVIL }) {
  const world = createWorld();
  world.conversations.push(talk('talk-1'));
  const run = startRun(world, 'talk-1', 'Tidy up');
  run.tell('tool_approval_requested', { callId: 'call-1', toolId: 'dev.evil.plugin/delete_files', name: 'delete_files', effect, arguments: given });
  shown = show(world, '/chat/talk-1', { '/chat/*': ChatScreen });
  const card = await screen.findByRole('region', { name: 'Approval: delete_files' });
  return { card, run, ...shown };
}
const armed = (): Promise<unknown> => new Promise((resolve) => { setTimeout(resolve, ARMED_AFTER_MS + 50); });

beforeEach(() => { giveSizes(); useTurns.setState({ turns: {} }); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); vi.restoreAllMocks(); localStorage.clear(); });

describe('A3 approvals', () => {
  it.each([['Allow once', 'allow', 'once'], ['Allow for this chat', 'allow', 'conversation'], ['Always allow', 'allow', 'always'], ['Deny', 'deny', 'once']])('%s answers %s for %s', async (name, decision, scope) => {
    const { card, called, run } = await ask();
    await armed();
    await userEvent.click(within(card).getByRole('button', { name }));
    await waitFor(() => { expect(called('runs.approve')).toMatchObject([{ id: run.id, callId: 'call-1', decision, scope }]); });
    run.tell('tool_approval_answered', { callId: 'call-1', decision });
    await waitFor(() => { expect(screen.queryByRole('region', { name: 'Approval: delete_files' })).toBeNull(); });
  });

  it('can refuse for good', async () => {
    const { card, called } = await ask();
    await armed();
    await userEvent.click(within(card).getByRole('button', { name: 'More ways to deny' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Never allow' }));
    await waitFor(() => { expect(called('runs.approve')).toMatchObject([{ decision: 'deny', scope: 'always' }]); });
  });

  it('says by itself that the code is unsigned, however long the list of plugins takes', async () => {
    const { card, run } = await ask();
    expect(within(card).queryByText('Unsigned')).toBeNull();
    run.tell('tool_approval_requested', { callId: 'call-2', toolId: 'dev.own/send', name: 'send', effect: 'write', arguments: {}, unsigned: true });
    expect(within(await screen.findByRole('region', { name: 'Approval: send' })).getByText('Unsigned')).toBeTruthy();
  });

  it('takes no click that was meant for what stood there before', async () => {
    const { card, called } = await ask();
    expect(card.contains(document.activeElement)).toBe(false);
    await userEvent.click(within(card).getByRole('button', { name: 'Allow once' }));
    expect(called('runs.approve')).toEqual([]);
  });

  it('shows hostile arguments as capped plain text, away from its buttons, with plugin and tool by id', async () => {
    const { card } = await ask();
    expect(within(card).getAllByRole('button', { name: 'Allow once' })).toHaveLength(1);
    const box = within(card).getByRole('region', { name: 'With these arguments' });
    expect(box.querySelector('*')).toBeNull();
    expect(box.contains(within(card).getByRole('button', { name: 'Allow once' }))).toBe(false);
    expect(box.textContent.length).toBeLessThan(6_000);
    expect(box.textContent).toContain('\\u202e');
    expect(box.textContent).not.toContain('\u202e');
    expect(within(card).getByText('dev.evil.plugin')).toBeTruthy();
    expect(within(card).getByText('dev.evil.plugin/delete_files')).toBeTruthy();
    expect(within(card).getByText('May delete something')).toBeTruthy();
  });

  it('a new question in the place of the old one takes neither its click nor what was written for it, and is answered by its own id', async () => {
    const { card, called, run } = await ask('write', { to: 'bob' });
    await armed();
    await userEvent.click(within(card).getByRole('button', { name: 'Change' }));
    const questions = (): unknown[] => called('runs.approve').map((input) => (input as { questionId: string }).questionId);
    run.tell('tool_approval_requested', { callId: 'call-1', toolId: 'dev.evil.plugin/delete_files', name: 'delete_files', effect: 'destructive', arguments: { to: 'everybody' } });
    await screen.findByText(/everybody/);
    const next = screen.getByRole('region', { name: 'Approval: delete_files' });
    expect(within(next).queryByRole('textbox')).toBeNull();
    await userEvent.click(within(next).getByRole('button', { name: 'Allow once' }));
    expect(questions()).toEqual([]);
    await armed();
    await userEvent.click(within(next).getByRole('button', { name: 'Allow once' }));
    await waitFor(() => { expect(questions()).toEqual([expect.stringMatching(/^scripted-\d+-5$/)]); });
  });

  it('says why an answer did not arrive and lets it be given again', async () => {
    const { card, world, called } = await ask('write');
    world.failures.set('runs.approve', { code: 'store/busy', message: 'The database was busy.', retryable: true, details: {} });
    await armed();
    await userEvent.click(within(card).getByRole('button', { name: 'Deny' }));
    expect((await within(card).findByRole('alert')).textContent).toContain('The database was busy.');
    world.failures.clear();
    await userEvent.click(within(card).getByRole('button', { name: 'Deny' }));
    await waitFor(() => { expect(called('runs.approve')).toHaveLength(2); });
  });
});

describe('A3 changed arguments', () => {
  it('are written with the keyboard alone, sent with the permission, and the core\'s objection is shown', async () => {
    const { card, called, world } = await ask('write', { to: 'bob', note: '\u202e\u{e0041}' });
    await armed();
    within(card).getByRole('button', { name: 'Change' }).focus();
    await userEvent.keyboard('{Enter}');
    const field = within(card).getByRole('textbox', { name: /^Arguments as JSON/ });
    expect(document.activeElement).toBe(field);
    expect((field as HTMLTextAreaElement).value).toContain('"\\u202e\\udb40\\udc41"');
    await userEvent.clear(field);
    await userEvent.paste('{"to": ');
    const allow = within(card).getByRole('button', { name: 'Allow once' });
    expect(allow).toHaveProperty('disabled', true);
    expect(within(card).getByText(/Expected JSON between braces/)).toBeTruthy();
    await userEvent.paste('"carol"}');
    world.failures.set('runs.approve', { code: 'run/bad-parameters', message: 'The changed arguments do not fit the tool.', retryable: false, details: {} });
    await userEvent.click(allow);
    expect((await within(card).findByRole('alert')).textContent).toContain('do not fit');
    world.failures.clear();
    allow.focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => { expect(called('runs.approve').at(-1)).toMatchObject({ decision: 'allow', scope: 'once', arguments: { to: 'carol' } }); });
  });

  it('go away when put back, and are not sent when nothing was changed or the call is refused', async () => {
    const { card, called } = await ask('write', { to: 'bob' });
    await armed();
    await userEvent.click(within(card).getByRole('button', { name: 'Change' }));
    await userEvent.type(within(card).getByRole('textbox'), 'x');
    await userEvent.click(within(card).getByRole('button', { name: 'Put back' }));
    await userEvent.click(within(card).getByRole('button', { name: 'Change' }));
    await userEvent.click(within(card).getByRole('button', { name: 'Allow once' }));
    await waitFor(() => { expect(called('runs.approve')).toHaveLength(1); });
    expect(called('runs.approve')[0]).not.toHaveProperty('arguments');
  });

  it('are offered only where all of them can be shown', () => {
    for (const value of ['text', [1], null, undefined, { long: 'x'.repeat(100_001) }]) expect(editable(value)).toBeNull();
    const odd = { 'a\u200b': '\u{e0041}\u0085\n', b: [1, { c: null }] };
    expect(JSON.parse(editable(odd) ?? '')).toEqual(odd);
  });
});

describe('tool calls', () => {
  it('fold into a line and open to arguments, result and log', async () => {
    const world = createWorld();
    world.conversations.push(talk('talk-1'));
    const run = startRun(world, 'talk-1', 'Count');
    for (let at = 0; at < 8; at += 1) {
      run.tell('tool_usage_started', { callId: `c${at}`, toolId: 'dev.troupe.text/count', name: 'count_words', effect: 'read', arguments: { file: `day-${at}.md` } });
      run.tell('tool_usage_finished', { callId: `c${at}`, content: `result ${at}`, durationMs: 1500, logs: ['opened the file'] });
    }
    run.finish();
    shown = show(world, '/chat/talk-1', { '/chat/*': ChatScreen });
    const line = await screen.findByRole('button', { name: /count_words day-7\.md Done 1\.5 s/ });
    expect(screen.queryByText('result 7')).toBeNull();
    await userEvent.click(line);
    expect(await screen.findByText('result 7')).toBeTruthy();
    expect(screen.getByText('opened the file')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /day-0\.md/ })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: '5 earlier tool calls' }));
    expect(await screen.findByRole('button', { name: /day-0\.md/ })).toBeTruthy();
  });

  it('write out marks that reorder text, and cut what is long', () => {
    expect(visibleText('a\u202eb\n\u200bc', 100)).toEqual({ text: 'a\\u202eb\n\\u200bc', cut: 0 });
    expect(visibleText('x'.repeat(50), 10)).toEqual({ text: 'x'.repeat(10), cut: 40 });
    expect(summaryOf({ path: 'a.md', deep: { x: 1 }, limit: 3, more: 'no' })).toBe('a.md, 3');
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    expect(readable(ring)).toContain('circular');
  });
});
